import type { Fact, FactOf, SyncMode } from '../../nodes/facts.ts'
import type { Sid, Zxid } from '../../nodes/zxid.ts'
import type { FactListener } from '../kernel/World.ts'
import type { RecordedSync } from './Recording.ts'

/** Keeps of one phase what the log files of a real ensemble would tell of it. */
export class Watch implements FactListener {
  /** What each peer proposed at the beginning of each election; the same again and again stands there once. */
  readonly proposals = new Map<Sid, Zxid[]>()
  readonly syncs: RecordedSync[] = []
  private readonly electing = new Set<Sid>()

  hear(fact: Fact): void {
    switch (fact.type) {
      case 'stateChanged':
        if (fact.zab === 'ELECTION') this.electing.add(fact.peer)
        return
      case 'voted':
        if (this.electing.delete(fact.peer)) this.propose(fact.peer, fact.zxid)
        return
      case 'syncDecided':
        this.syncs.push(decided(fact))
        return
      case 'syncStarted':
        this.learned(fact.leader, fact.peer, fact.mode, fact.zxid)
        return
    }
  }

  private propose(peer: Sid, zxid: Zxid): void {
    const zxids = this.proposals.get(peer)
    if (zxids === undefined) this.proposals.set(peer, [zxid])
    else if (zxids.at(-1) !== zxid) zxids.push(zxid)
  }

  /** What the learner says it got wins over what the leader meant to send. */
  private learned(leader: Sid, learner: Sid, mode: SyncMode, packetZxid: Zxid): void {
    for (let i = this.syncs.length - 1; i >= 0; i -= 1) {
      const sync = this.syncs[i] as RecordedSync
      if (sync.leader !== leader || sync.learner !== learner || sync.mode !== null) continue
      this.syncs[i] = Object.freeze({ ...sync, mode, packetZxid })
      return
    }
  }
}

function decided(fact: FactOf<'syncDecided'>): RecordedSync {
  const empty = fact.committedLogLength === 0
  return Object.freeze({
    leader: fact.peer,
    learner: fact.learner,
    mode: null,
    packetZxid: null,
    peerLastZxid: fact.peerLastZxid,
    minCommittedLog: empty ? 0 : fact.minCommittedLog,
    maxCommittedLog: empty ? 0 : fact.maxCommittedLog,
    leaderLastProcessed: fact.lastProcessedZxid,
  })
}
