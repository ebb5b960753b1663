import { printZxid, type Sid, type Zxid } from '../../nodes/zxid.ts'
import { always } from '../invariant.ts'
import { sameTxn } from '../sameTxn.ts'
import { printTxn } from '../words.ts'

/** What a leader decided to cut off a learner, and has proposed to it anew since. */
interface Cut {
  /** Cut off is what is behind `after`, up to `upTo`. */
  readonly after: Zxid
  readonly upTo: Zxid
  readonly proposedAgain: Set<Zxid>
}

class Cuts {
  /** The last of each learner. */
  readonly of = new Map<Sid, Cut>()
}

export const truncationIsFinal = always<Cuts>({
  code: 'D6',
  name: 'TruncationIsFinal',
  says: 'What a synchronisation cut off, no log or snapshot of that peer brings back.',
  source: 'ZOOKEEPER-1549, -1558, -3701, -4837',
  start: () => new Cuts(),
  on: {
    syncDecided({ learner, packetZxid, peerLastZxid }, _history, _check, state) {
      state.of.set(learner, { after: packetZxid, upTo: peerLastZxid, proposedAgain: new Set() })
    },
    sent({ to, packet, zxid }, _history, _check, state) {
      if (packet !== 'PROPOSAL') return
      const cut = state.of.get(to)
      if (cut !== undefined && zxid > cut.after && zxid <= cut.upTo) cut.proposedAgain.add(zxid)
    },
    truncated({ peer, to, lastProcessedZxid }, _history, check) {
      check.exercised += 1
      if (lastProcessedZxid <= to) return
      check.broken(
        [peer],
        [to, lastProcessedZxid],
        `${peer} truncated to ${printZxid(to)} and still stands at ${printZxid(lastProcessedZxid)}`,
      )
    },
    recovered({ peer }, history, check, state) {
      const { cuts, before, excused, history: now } = history.peer(peer)
      if (excused) return
      for (const { log, at } of cuts) {
        check.exercised += 1
        if (at >= now.length || !sameTxn(now.at(at), log.at(at))) continue
        // Proposed again by a leader that had it, and logged again.
        if (at < before.length && sameTxn(before.at(at), log.at(at))) continue
        const back = log.at(at)
        // Its process may have died between writing it again and telling so.
        if (state.of.get(peer)?.proposedAgain.has(back.zxid) === true) continue
        check.broken(
          [peer],
          [back.zxid],
          `${peer} had been told to drop ${printTxn(back)} and has it after its restart`,
        )
      }
    },
  },
})
