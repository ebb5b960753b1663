import type { Sid } from '../../src/nodes/zxid.ts'
import { ANN, BOB, create, creation, type Story, z } from './Story.ts'

export interface Case {
  /** Ends in a contradiction of this invariant. */
  readonly breaks: (story: Story) => unknown
  /** As like it as can be, and legal. */
  readonly nearMiss: (story: Story) => unknown
}

const t = create

/** 3 has <1,3> alone, and then is gone. */
function loneTail(s: Story): Story {
  s.standing()
  s.propose(3, t(1, 3)).log(3, t(1, 3)).ack(3, 3, t(1, 3))
  for (const peer of [1, 2, 3]) s.look(peer).fastForward(peer)
  return s
}

/** {1,2} go on in epoch 2 without the <1,3> that 3 has; 3 is told to truncate to <1,2>. */
function truncating(s: Story): Story {
  loneTail(s).lead(2, 2, [1]).write(t(2, 1), [2, 1])
  return s.promise(3, 2, 2).startSync(3, 2, 2, 'TRUNC', z(1, 2))
}

/** 3, wiped or fresh, is given the whole database by 2. */
function snapping(s: Story): Story {
  for (const peer of [1, 2, 3]) s.restart(peer)
  s.lead(2, 1, [1]).write(t(1, 1), [2, 1]).write(t(1, 2), [2, 1])
  s.promise(3, 2, 1).startSync(3, 2, 1, 'SNAP', z(1, 2))
  return s.tell({ type: 'snapshotReceived', peer: 3, leader: 2, zxid: z(1, 2), tree: s.tree(z(1, 2)) })
}

const decided = (s: Story, leader: Sid, min: number, max: number, committedLogLength: number) =>
  s.tell({
    type: 'syncDecided',
    peer: leader,
    learner: 1,
    mode: 'DIFF',
    packetZxid: max,
    from: 'committedLog',
    peerLastZxid: min,
    minCommittedLog: min,
    maxCommittedLog: max,
    committedLogLength,
    lastProcessedZxid: max,
  })

export const cases: Readonly<Record<string, Case>> = {
  P1: {
    breaks: (s) => s.standing().tell({ type: 'synchronizing', peer: 2, epoch: 1, lastZxid: z(1, 2) }),
    nearMiss: (s) => s.standing().look(1).fastForward(1).look(2).fastForward(2).discover(2, 2, [1]),
  },
  P2: {
    breaks: (s) =>
      s
        .standing()
        .look(3)
        .look(2)
        .tell({ type: 'synchronizing', peer: 2, epoch: 1, lastZxid: z(1, 2) }),
    nearMiss: (s) => s.standing().restart(3).restart(2).restart(1).lead(3, 2, [1, 2]),
  },
  P3: {
    breaks: (s) => s.standing().deliver(1, t(1, 3)),
    // The leader's own disk is slower than two followers; each applies when it is told.
    nearMiss: (s) => {
      s.standing().propose(3, t(1, 3))
      for (const peer of [1, 2]) s.log(peer, t(1, 3)).ack(peer, 3, t(1, 3))
      return s.commit(3, t(1, 3), [1, 2]).deliver(3, t(1, 3)).deliver(2, t(1, 3))
    },
  },
  P4: {
    breaks: (s) => s.standing().deliver(1, t(1, 7)),
    nearMiss: (s) => s.standing().restart(1).join(1, 3, 1).write(t(1, 3), [3, 2, 1]),
  },
  P5: {
    breaks: (s) =>
      s
        .standing()
        .deliver(1, t(1, 3, '/a'))
        .deliver(2, t(1, 3, '/b')),
    // Equal transactions need not be one object: a codec makes new ones.
    nearMiss: (s) => {
      s.standing().accept(t(1, 3), [3, 1, 2]).commit(3, t(1, 3), [3, 1, 2])
      return s.deliver(1, t(1, 3)).deliver(2, t(1, 3))
    },
  },
  P6: {
    breaks: (s) => {
      s.standing().write(t(1, 3), [3, 1]).write(t(1, 4), [3, 1])
      return s.deliver(2, t(1, 4))
    },
    nearMiss: (s) => {
      s.standing().write(t(1, 3), [3, 1]).write(t(1, 4), [3, 1])
      return s.deliver(2, t(1, 3)).deliver(2, t(1, 4))
    },
  },
  P7: {
    breaks: (s) => {
      s.standing()
      for (const txn of [t(1, 3), t(1, 4)]) s.accept(txn, [3, 1, 2]).commit(3, txn, [3, 1, 2])
      return s.deliver(1, t(1, 4))
    },
    nearMiss: (s) => {
      s.standing()
      for (const txn of [t(1, 3), t(1, 4)]) s.accept(txn, [3, 1, 2]).commit(3, txn, [3, 1, 2])
      return s.deliver(1, t(1, 3)).deliver(1, t(1, 4))
    },
  },
  P8: {
    breaks: (s) => s.standing().deliver(1, t(1, 2)),
    nearMiss: (s) => {
      s.standing()
      for (const peer of [1, 2, 3]) s.look(peer).fastForward(peer)
      return s.lead(3, 2, [1, 2]).write(t(2, 1), [3, 1, 2])
    },
  },
  P9: {
    breaks: (s) => {
      s.standing().write(t(1, 3), [3, 1]).look(2).fastForward(2)
      s.tell({ type: 'synchronizing', peer: 2, epoch: 2, lastZxid: z(1, 2) }).establish(2, 2, [1])
      return s.propose(2, t(2, 1))
    },
    // <1,3> was in one log only and nobody delivered it.
    nearMiss: (s) => loneTail(s).lead(2, 2, [1]).write(t(2, 1), [2, 1]),
  },
  P10: {
    breaks: (s) => {
      loneTail(s).lead(3, 2, [1])
      for (const peer of [1, 2, 3]) s.look(peer)
      return s.tell({ type: 'synchronizing', peer: 2, epoch: 3, lastZxid: z(1, 2) }).establish(2, 3, [])
    },
    // The tail is in the initial history of an epoch that was never established.
    nearMiss: (s) => {
      loneTail(s).discover(3, 2, [1])
      for (const peer of [1, 3]) s.look(peer)
      return s.lead(2, 3, [1])
    },
  },
  P11: {
    breaks: (s) => {
      loneTail(s).elect(3, [3, 1]).discover(3, 2, [1])
      s.startSync(1, 3, 2, 'DIFF', z(1, 3)).ackNewLeader(1, 3, 2)
      return s.establish(3, 2, [1])
    },
    nearMiss: (s) => loneTail(s).lead(3, 2, [1]).write(t(2, 1), [3, 1]),
  },
  P12: {
    breaks: (s) => {
      // 3 keeps the tail that its leader 2 never had.
      loneTail(s).lead(2, 2, [1]).write(t(2, 1), [2, 1])
      s.promise(3, 2, 2).startSync(3, 2, 2, 'DIFF', z(2, 1))
      return s.ackNewLeader(3, 2, 2)
    },
    // One member is behind, another ahead of all commits.
    nearMiss: (s) => s.standing().accept(t(1, 3), [3, 1]).accept(t(1, 4), [3]),
  },
  P13: {
    // Acknowledged by 1 and 3, committed by nobody.
    breaks: (s) => {
      s.standing().accept(t(1, 3), [3, 1])
      for (const peer of [1, 2, 3]) s.look(peer).fastForward(peer)
      s.tell({ type: 'synchronizing', peer: 2, epoch: 2, lastZxid: z(1, 2) })
      return s.establish(2, 2, [])
    },
    nearMiss: (s) => loneTail(s).lead(2, 2, [1]),
  },
  P14: {
    breaks: (s) => {
      s.standing().write(t(1, 3), [3, 1]).look(2).fastForward(2)
      return s.tell({ type: 'synchronizing', peer: 2, epoch: 2, lastZxid: z(1, 2) })
    },
    nearMiss: (s) => {
      s.standing().write(t(1, 3), [3, 1])
      for (const peer of [1, 2]) s.look(peer).fastForward(peer)
      return s.discover(1, 2, [2])
    },
  },
  P15: {
    breaks: (s) => {
      s.standing().accept(t(1, 3), [3, 1]).commit(3, t(1, 3), [3, 1])
      s.restart(1).promise(1, 3, 1).startSync(1, 3, 1, 'TRUNC', z(1, 2))
      return s.tell({ type: 'truncated', peer: 1, to: z(1, 2), lastProcessedZxid: z(1, 2) })
    },
    // Its own leader takes 1:2 back, and the other two have it.
    nearMiss: (s) => {
      s.standing().restart(1).promise(1, 3, 1).startSync(1, 3, 1, 'TRUNC', z(1, 1))
      return s.tell({ type: 'truncated', peer: 1, to: z(1, 1), lastProcessedZxid: z(1, 1) })
    },
  },
  P16: {
    breaks: (s) => s.standing().accept(t(1, 3), [3]).deliver(3, t(1, 3)),
    nearMiss: (s) => s.standing().accept(t(1, 3), [3, 1]).commit(3, t(1, 3), [3, 1]).deliver(3, t(1, 3)),
  },
  P17: {
    breaks: (s) => {
      // Its log goes on behind what it remembers.
      s.standing().accept(t(1, 3), [3, 1]).look(1)
      return s.tell({ type: 'fastForwarded', peer: 1, lastProcessedZxid: z(1, 2) })
    },
    nearMiss: (s) => s.standing().accept(t(1, 3), [3, 1]).look(1).fastForward(1),
  },
  E1: {
    breaks: (s) => s.standing().restart(1, { acceptedEpoch: 0, currentEpoch: 0 }),
    // Written, but the process died before it could tell.
    nearMiss: (s) => s.standing().restart(1, { acceptedEpoch: 2 }),
  },
  E2: {
    breaks: (s) => s.standing().look(1).fastForward(1).promise(1, 3, 2).promise(1, 2, 2),
    // The second answer says -1: no leader counts it.
    nearMiss: (s) =>
      s
        .standing()
        .look(1)
        .fastForward(1)
        .promise(1, 3, 2)
        .tell({
          type: 'ackedEpoch',
          peer: 1,
          leader: 2,
          epoch: 2,
          currentEpoch: -1,
          lastZxid: z(1, 2),
        }),
  },
  E3: {
    breaks: (s) =>
      s
        .standing()
        .look(2)
        .tell({
          type: 'epochProposed',
          peer: 2,
          epoch: 2,
          from: [
            { sid: 1, acceptedEpoch: 2 },
            { sid: 2, acceptedEpoch: 1 },
          ],
        }),
    nearMiss: (s) =>
      s
        .standing()
        .look(2)
        .tell({
          type: 'epochProposed',
          peer: 2,
          epoch: 3,
          from: [
            { sid: 1, acceptedEpoch: 2 },
            { sid: 2, acceptedEpoch: 1 },
          ],
        }),
  },
  E4: {
    breaks: (s) => s.standing().look(1).vote(1, 2, 9, z(1, 2), 2).vote(1, 3, 9, z(1, 2), 1),
    nearMiss: (s) => s.standing().look(1).vote(1, 2, 9, z(1, 1), 1).vote(1, 3, 9, z(1, 2), 1).vote(1, 1, 10),
  },
  E5: {
    breaks: (s) => s.standing().look(1).fastForward(1).vote(1, 1, 9, z(1, 1)),
    // Nothing was written in epoch 2: its start is the position of those who joined it.
    nearMiss: (s) => {
      s.standing()
      for (const peer of [1, 2, 3]) s.look(peer).fastForward(peer)
      s.lead(3, 2, [1, 2]).look(3).look(1).vote(3, 3, 9, z(2, 0), 2).vote(1, 1, 9, z(1, 2), 2)
      // A vote for 1 from before it was truncated: it is 2 who still says so, and 1 adopts it.
      return s.vote(2, 1, 10, z(1, 9), 2).vote(1, 1, 10, z(1, 9), 2)
    },
  },
  E6: {
    breaks: (s) =>
      s
        .standing()
        .propose(3, t(1, 3, '/a'))
        .propose(3, t(1, 3, '/b')),
    nearMiss: (s) =>
      s
        .standing()
        .propose(3, t(1, 3, '/a'))
        .log(1, t(1, 3, '/a')),
  },
  E7: {
    breaks: (s) => s.standing().propose(3, t(2, 0)),
    nearMiss: (s) => {
      s.standing()
      for (const peer of [1, 2, 3]) s.look(peer).fastForward(peer)
      return s.lead(3, 2, [1]).propose(3, t(2, 1))
    },
  },
  E8: {
    breaks: (s) => s.standing().accept(t(1, 3), [3]).commit(3, t(1, 3), [3, 4]),
    nearMiss: (s) => s.standing().accept(t(1, 3), [3, 2]).commit(3, t(1, 3), [2, 3]),
  },
  E9: {
    breaks: (s) =>
      s
        .standing()
        .look(1)
        .vote(1, 1, 9)
        .tell({
          type: 'elected',
          peer: 1,
          leader: 1,
          zxid: z(1, 2),
          peerEpoch: 1,
          electionEpoch: 9,
          supporters: [1, 2],
          fromLookers: true,
        }),
    // 2 moves on to a better vote while 1 waits for the votes to settle.
    nearMiss: (s) =>
      s
        .standing()
        .look(1)
        .look(2)
        .vote(1, 1, 9)
        .vote(2, 1, 9)
        .vote(2, 3, 9)
        .tell({
          type: 'elected',
          peer: 1,
          leader: 1,
          zxid: z(1, 2),
          peerEpoch: 1,
          electionEpoch: 9,
          supporters: [1, 2],
          fromLookers: true,
        }),
  },
  A1: {
    breaks: (s) => s.standing().restart(1).tell({ type: 'upToDate', peer: 1, leader: 3, epoch: 1 }),
    nearMiss: (s) => s.standing().restart(1).join(1, 3, 1),
  },
  A2: {
    breaks: (s) => s.standing().propose(3, t(1, 3)).propose(3, t(1, 4)).log(1, t(1, 4)),
    // An exact duplicate is harmless.
    nearMiss: (s) => s.standing().accept(t(1, 3), [3, 1]).log(1, t(1, 3)),
  },
  A3: {
    breaks: (s) => {
      s.standing().accept(t(1, 3), [3, 1]).accept(t(1, 4), [3, 1])
      return s.commit(3, t(1, 4), [3, 1])
    },
    nearMiss: (s) => {
      s.standing().accept(t(1, 3), [3, 1]).accept(t(1, 4), [3, 1])
      s.commit(3, t(1, 3), [3, 1]).commit(3, t(1, 4), [3, 1])
      // What 2 missed it is told in order, starting anywhere.
      s.restart(2).join(2, 3, 1).deliver(3, t(1, 3)).deliver(3, t(1, 4))
      return s.tell({ type: 'commitReceived', peer: 2, zxid: z(1, 3) })
    },
  },
  A4: {
    breaks: (s) => s.standing().accept(t(1, 3), [3, 1]).ack(1, 3, t(1, 2)),
    nearMiss: (s) => s.standing().accept(t(1, 3), [3, 1]).accept(t(1, 4), [3, 1]),
  },
  A5: {
    breaks: (s) => {
      s.standing().restart(1).promise(1, 3, 1).startSync(1, 3, 1, 'DIFF', z(1, 2))
      return s.propose(3, t(1, 3)).log(1, t(1, 3)).ack(1, 3, t(1, 3))
    },
    nearMiss: (s) => {
      s.standing().restart(1).promise(1, 3, 1).startSync(1, 3, 1, 'DIFF', z(1, 2)).propose(3, t(1, 3))
      return s.ackNewLeader(1, 3, 1).log(1, t(1, 3)).ack(1, 3, t(1, 3))
    },
  },
  A6: {
    breaks: (s) => s.standing().tell({ type: 'threadDied', peer: 1, thread: 'commit', reason: 'null' }),
    nearMiss: (s) =>
      s
        .standing()
        .tell({ type: 'diskFailed', peer: 1, error: 'io', what: 'the log' })
        .tell({ type: 'threadDied', peer: 1, thread: 'sync', reason: 'the log cannot be written' }),
  },
  D1: {
    breaks: (s) =>
      s
        .standing()
        .propose(3, t(1, 3))
        .tell({ type: 'logged', peer: 1, txn: t(1, 3) })
        .ack(1, 3, t(1, 3)),
    // The force was asked for when only <1,3> was there.
    nearMiss: (s) => {
      s.standing().propose(3, t(1, 3)).propose(3, t(1, 4))
      s.tell({ type: 'logged', peer: 1, txn: t(1, 3) }).tell({ type: 'logged', peer: 1, txn: t(1, 4) })
      return s.tell({ type: 'forced', peer: 1, zxid: z(1, 3) }).ack(1, 3, t(1, 3))
    },
  },
  D2: {
    breaks: (s) => s.standing().restart(1, { logged: [t(1, 1)] }),
    // Logged, never forced, never acknowledged.
    nearMiss: (s) => {
      s.standing()
        .propose(3, t(1, 3))
        .tell({ type: 'logged', peer: 1, txn: t(1, 3) })
      return s.restart(1, { logged: [t(1, 1), t(1, 2)] })
    },
  },
  D3: {
    breaks: (s) => s.standing(3).restart(1, { logged: [t(1, 1), t(1, 3)] }),
    // Old log files were purged; the snapshot holds what was in them.
    nearMiss: (s) =>
      s
        .standing(3)
        .tell({ type: 'snapshotTaken', peer: 1, zxid: z(1, 2), forced: true })
        .restart(1, { snapshotZxid: z(1, 2), logged: [t(1, 2), t(1, 3)] }),
  },
  D4: {
    breaks: (s) => s.standing().tell({ type: 'snapshotTaken', peer: 1, zxid: z(1, 3), forced: false }),
    // A fuzzy snapshot, loaded: its tree is that of no moment until replay has passed its end.
    nearMiss: (s) =>
      s
        .standing(3)
        .tell({ type: 'snapshotTaken', peer: 1, zxid: z(1, 2), forced: true })
        .restart(1, { snapshotZxid: z(1, 2), logged: [t(1, 1), t(1, 2), t(1, 3)] }),
  },
  D5: {
    breaks: (s) => s.standing().tell({ type: 'refusedToStart', peer: 1, reason: 'currentEpoch is lower' }),
    nearMiss: (s) => {
      s.standing().checker.forgive(1)
      return s.tell({ type: 'refusedToStart', peer: 1, reason: 'a snapshot is damaged' })
    },
  },
  D6: {
    breaks: (s) =>
      truncating(s)
        .tell({ type: 'truncated', peer: 3, to: z(1, 2), lastProcessedZxid: z(1, 2) })
        .restart(3, { logged: [t(1, 1), t(1, 2), t(1, 3)] }),
    nearMiss: (s) =>
      truncating(s)
        .tell({ type: 'truncated', peer: 3, to: z(1, 2), lastProcessedZxid: z(1, 2) })
        // Proposed anew, and written by a process that died before it could tell.
        .tell({ type: 'sent', peer: 2, to: 3, packet: 'PROPOSAL', zxid: z(1, 3) })
        .restart(3, { logged: [t(1, 1), t(1, 2), t(1, 3)] }),
  },
  D7: {
    breaks: (s) => decided(s.standing(4), 3, z(1, 1), z(1, 4), 3),
    nearMiss: (s) => decided(s.standing(4), 3, z(1, 1), z(1, 4), 4),
  },
  D8: {
    breaks: (s) => {
      s.standing(3)
      for (const peer of [1, 2, 3]) s.restart(peer, { logged: [t(1, 1), t(1, 2)] })
      return s.lead(3, 2, [1, 2])
    },
    nearMiss: (s) => {
      s.standing(3)
      for (const peer of [1, 2, 3]) s.restart(peer)
      return s.lead(3, 2, [1, 2])
    },
  },
  D9: {
    breaks: (s) =>
      s
        .standing()
        .tell({ type: 'diskFailed', peer: 1, error: 'full', what: 'the log' })
        .accept(t(1, 3), [3, 1]),
    nearMiss: (s) =>
      s
        .standing()
        .tell({ type: 'diskFailed', peer: 1, error: 'full', what: 'the log' })
        .restart(1)
        .join(1, 3, 1),
  },
  D10: {
    breaks: (s) => {
      s.standing().accept(t(1, 3), [3, 1]).commit(3, t(1, 3), [3, 1]).deliver(3, t(1, 3))
      return s.deliver(1, t(1, 3), s.tree(z(1, 3), 'other'))
    },
    // The leader went on while it streamed: the learner's tree holds more than its position says.
    nearMiss: (s) => {
      snapping(s).tell({ type: 'snapshotTaken', peer: 3, zxid: z(1, 2), forced: true })
      return s
        .ackNewLeader(3, 2, 1)
        .tell({ type: 'upToDate', peer: 3, leader: 2, epoch: 1 })
        .write(t(1, 3), [2, 3])
    },
  },
  C1: {
    // 1:5 finds no /a.
    breaks: (s) => {
      s.standing().open('ann').make('ann', '/a')
      return s.make('ann', '/a')
    },
    // Bob asks before ann is answered: either may come first.
    nearMiss: (s) => {
      s.standing().open('ann').open('bob', BOB).make('ann', '/a')
      const op = { type: 'setData', path: '/a', data: 'b', version: -1 } as const
      const id = s.invoke('bob', op)
      const txn = s.agree({ type: 'setData', path: '/a', data: 'b', version: 1 }, BOB, id)
      s.set('ann', '/a', 'a')
      const stat = { ...s.stat('/a'), version: 1, mzxid: txn.zxid }
      return s.complete('bob', id, op, { zxid: txn.zxid, result: { type: 'setData', stat } })
    },
  },
  C2: {
    breaks: (s) => {
      s.standing().open('ann')
      const first = s.invoke('ann', SYNC)
      const second = s.invoke('ann', SYNC)
      return s.complete('ann', second, SYNC, {}).complete('ann', first, SYNC, {})
    },
    // What is lost is lost in any order.
    nearMiss: (s) => {
      s.standing().open('ann').ask('ann', SYNC)
      const first = s.invoke('ann', SYNC)
      const second = s.invoke('ann', SYNC)
      const lost = { err: -4, zxid: -1, xid: 0 }
      return s.complete('ann', second, SYNC, lost).complete('ann', first, SYNC, lost)
    },
  },
  C3: {
    breaks: (s) =>
      s
        .standing()
        .open('ann')
        .ask('ann', SYNC)
        .ask('ann', SYNC, { zxid: z(1, 1) }),
    // A session of its own begins anew.
    nearMiss: (s) =>
      s
        .standing()
        .open('ann')
        .ask('ann', SYNC)
        .connect('ann', BOB)
        .ask('ann', READ, { err: -101, zxid: z(1, 1) }),
  },
  C4: {
    breaks: (s) => {
      s.standing().open('ann').make('ann', '/a').set('ann', '/a', 'new')
      const stat = s.stat('/a')
      return s.ask('ann', READ, { result: { type: 'getData', data: 'old', stat } })
    },
    // An older position, and what was there.
    nearMiss: (s) => {
      s.standing().open('ann').open('bob', BOB).make('ann', '/a').set('ann', '/a', 'old')
      const then = { zxid: s.position, result: { type: 'getData', data: 'old', stat: s.stat('/a') } } as const
      return s.set('ann', '/a', 'new').ask('bob', READ, then)
    },
  },
  C5: {
    breaks: (s) => {
      watching(s)
      return s.set('bob', '/a', 'new').ask('ann', SYNC)
    },
    // From a position that does not have it yet.
    nearMiss: (s) => {
      watching(s)
      const then = s.position
      s.set('bob', '/a', 'new').ask('ann', ABSENT, { err: -101, zxid: then })
      return s.notify('ann', 'NodeDataChanged', '/a')
    },
  },
  C6: {
    breaks: (s) => {
      watching(s).set('bob', '/a', 'new').notify('ann', 'NodeDataChanged', '/a')
      return s.set('bob', '/a', 'newer').notify('ann', 'NodeDataChanged', '/a')
    },
    nearMiss: (s) => {
      watching(s).set('bob', '/a', 'new').notify('ann', 'NodeDataChanged', '/a')
      return watch(s).set('bob', '/a', 'newer').notify('ann', 'NodeDataChanged', '/a')
    },
  },
  C7: {
    breaks: (s) => {
      watching(s).set('bob', '/a', 'new')
      return s.calm(1_000)
    },
    // Told when it comes back, and another is not due.
    nearMiss: (s) => {
      watching(s).tell({ type: 'clientDisconnected', client: 'ann' }).set('bob', '/a', 'new')
      s.connect('ann', ANN, 2)
      const op = { type: 'setWatches', relativeZxid: z(1, 6), data: ['/a'], exist: [], child: [] } as const
      s.tell({ type: 'watchesSetAgain', client: 'ann', sessionId: ANN, op })
      return watch(s.notify('ann', 'NodeDataChanged', '/a', -1)).calm(1_000)
    },
  },
  C8: {
    breaks: (s) => watching(s).notify('ann', 'NodeDataChanged', '/a', -1),
    // It changed before the answer came, and behind the position that it names.
    nearMiss: (s) => {
      s.standing().open('ann').open('bob', BOB).make('ann', '/a')
      const id = s.invoke('ann', WATCH)
      const result = { type: 'getData', data: null, stat: s.stat('/a') } as const
      const zxid = s.position
      s.set('bob', '/a', 'new')
      return s.complete('ann', id, WATCH, { zxid, result }).notify('ann', 'NodeDataChanged', '/a')
    },
  },
  C9: {
    breaks: (s) => {
      s.standing().open('ann').make('ann', '/a', 1)
      const txn = s.next({ type: 'closeSession', paths: ['/a'] }, ANN, 0)
      return s.accept(txn, [3, 1]).commit(3, txn, [3, 1]).deliver(3, txn, s.tree(s.position))
    },
    nearMiss: (s) => {
      s.standing().open('ann').open('bob', BOB).make('ann', '/a', 1).make('bob', '/b', 1)
      s.expire(ANN)
      s.agree({ type: 'closeSession', paths: ['/a'] }, ANN)
      return s.restart(1)
    },
  },
  C10: {
    breaks: (s) => {
      s.standing().open('ann').make('ann', '/a', 1)
      return s.agree({ type: 'closeSession', paths: ['/a'] }, ANN)
    },
    nearMiss: (s) => {
      s.standing().open('ann').calm(0).make('ann', '/a', 1).wait(10)
      s.expire(ANN)
      return s.agree({ type: 'closeSession', paths: ['/a'] }, ANN)
    },
  },
  C11: {
    breaks: (s) => {
      s.standing().open('ann').make('ann', '/q')
      s.make('ann', '/q/n', 2, '/q/n0000000005')
      return s.make('ann', '/q/n', 2, '/q/n0000000004')
    },
    // Another parent of the same name.
    nearMiss: (s) => {
      s.standing().open('ann').make('ann', '/q')
      for (const i of [0, 1]) s.make('ann', '/q/n', 2, `/q/n000000000${i}`)
      for (const path of ['/q/n0000000000', '/q/n0000000001', '/q']) {
        s.change('ann', { type: 'delete', path, version: -1 }, { type: 'delete', path })
      }
      return s.make('ann', '/q').make('ann', '/q/n', 2, '/q/n0000000000')
    },
  },
  C12: {
    breaks: (s) => {
      s.standing().open('ann')
      return s.ask('ann', { type: 'delete', path: '/1.1', version: -1 }, { zxid: z(1, 4) })
    },
    nearMiss: (s) => {
      s.standing().open('ann').make('ann', '/a')
      for (const peer of [1, 2, 3]) s.restart(peer)
      return s.lead(3, 2, [1, 2])
    },
  },
  C13: {
    breaks: (s) => {
      s.standing().open('ann').make('ann', '/a')
      return s.agree(creation('/b'), ANN, 1)
    },
    // The connection is lost, and the request takes effect all the same.
    nearMiss: (s) => {
      s.standing().open('ann').make('ann', '/a')
      const op = { type: 'delete', path: '/a', version: -1 } as const
      const id = s.invoke('ann', op)
      s.complete('ann', id, op, { err: -4, zxid: -1 })
      s.agree({ type: 'delete', path: '/a' }, ANN, id)
      return s.ask('ann', SYNC)
    },
  },
  C14: {
    breaks: (s) => {
      s.standing().open('ann').make('ann', '/a')
      s.agree({ type: 'closeSession', paths: [] }, ANN)
      return s.make('ann', '/b')
    },
    // It was answered before it was closed.
    nearMiss: (s) => {
      s.standing().open('ann').make('ann', '/a')
      const id = s.invoke('ann', READ)
      const answer = {
        zxid: s.position,
        result: { type: 'getData', data: null, stat: s.stat('/a') },
      } as const
      s.expire(ANN)
      s.agree({ type: 'closeSession', paths: [] }, ANN)
      return s.complete('ann', id, READ, answer)
    },
  },
  C15: {
    breaks: (s) => s.standing().open('ann').open('bob'),
    // The session moves to another server.
    nearMiss: (s) => s.standing().open('ann').connect('ann', ANN, 2),
  },
  C16: {
    breaks: (s) => s.standing().agree(creation('/a', true), ANN, 1),
    nearMiss: (s) => {
      s.standing().connect('ann', ANN).tell({ type: 'sessionUpgraded', peer: 1, sessionId: ANN })
      s.agree({ type: 'createSession', timeout: 10_000 }, ANN)
      return s.make('ann', '/a', 1)
    },
  },
  C17: {
    breaks: (s) => {
      s.standing().open('ann')
      const then = s.position
      return s.write(t(1, 4), [3, 1, 2]).ask('ann', SYNC, { zxid: then })
    },
    // Committed while it was on its way.
    nearMiss: (s) => {
      s.standing().open('ann')
      const id = s.invoke('ann', SYNC)
      const then = s.position
      return s.write(t(1, 4), [3, 1, 2]).complete('ann', id, SYNC, { zxid: then })
    },
  },
  C18: {
    breaks: (s) => {
      s.standing().open('ann')
      const half = s.agree(creation('/a'), ANN, 1)
      const txn = s.next({ type: 'multi', txns: [creation('/b'), creation('/b/c')] }, ANN, 2)
      return s.accept(txn, [3, 1]).commit(3, txn, [3, 1]).deliver(3, txn, s.tree(half.zxid))
    },
    nearMiss: (s) => {
      s.standing().open('ann')
      s.agree({ type: 'multi', txns: [creation('/a'), creation('/a/b')] }, ANN, 1)
      // What would have been is written down, and does not happen.
      s.agree({ type: 'multi', txns: [creation('/b'), { type: 'error', err: -101 }] }, ANN, 2)
    },
  },
  C19: {
    breaks: (s) => {
      s.standing().open('ann').make('ann', '/a')
      const txn = s.next({ type: 'setData', path: '/a', data: 'x', version: 7 }, ANN, 2)
      return s.write(txn, [3, 1, 2])
    },
    nearMiss: (s) =>
      s
        .standing()
        .open('ann')
        .make('ann', '/a')
        .set('ann', '/a', 'x', 0)
        .set('ann', '/a', 'x', 1)
        .make('ann', '/a/b'),
  },
  C20: {
    breaks: (s) => {
      s.standing()
        .look(1)
        .tell({ type: 'readOnlyStarted', peer: 1, lastProcessedZxid: z(1, 2) })
      return s.propose(3, t(1, 3)).log(1, t(1, 3))
    },
    // It has a leader again.
    nearMiss: (s) => {
      s.standing()
        .look(1)
        .tell({ type: 'readOnlyStarted', peer: 1, lastProcessedZxid: z(1, 2) })
      s.tell({ type: 'stateChanged', peer: 1, state: 'FOLLOWING', zab: 'DISCOVERY' })
      return s.fastForward(1).join(1, 3, 1).write(t(1, 3), [3, 1])
    },
  },
  L1: {
    breaks: (s) => s.standing().look(3).look(1).look(2).calm(1_000),
    // Not for long enough, and then somebody leads.
    nearMiss: (s) => {
      s.standing().look(3).look(1).look(2).calm(20)
      for (const peer of [1, 2, 3]) s.fastForward(peer)
      return s.lead(3, 2, [1, 2]).wait(1_000)
    },
  },
  L2: {
    breaks: (s) => s.standing().look(1).calm(1_000),
    // Whoever is down need not follow.
    nearMiss: (s) => s.standing().look(1).calm(1_000, [2, 3]),
  },
  L3: {
    breaks: (s) => s.standing().tell({ type: 'leadsOn', peer: 3, epoch: 1, synced: [3, 4] }),
    nearMiss: (s) => s.standing().tell({ type: 'leadsOn', peer: 3, epoch: 1, synced: [3, 4, 1] }),
  },
  L4: {
    breaks: (s) => {
      s.standing().open('ann').invoke('ann', SYNC)
      return s.calm(1_000)
    },
    // Bob's connection is gone, ann has an answer.
    nearMiss: (s) => {
      s.standing().open('ann').open('bob', BOB).ask('ann', SYNC).invoke('bob', SYNC)
      return s.tell({ type: 'clientDisconnected', client: 'bob' }).calm(1_000)
    },
  },
  L5: {
    breaks: (s) => s.standing().open('ann').open('bob', BOB).calm(1_000, [1, 2, 3], ['bob']),
    nearMiss: (s) => {
      s.standing().open('ann').open('bob', BOB).calm(1_000, [1, 2, 3], ['bob'])
      s.expire(ANN)
      s.agree({ type: 'closeSession', paths: [] }, ANN)
    },
  },
  L6: {
    breaks: (s) => s.standing().tell({ type: 'refusedToStart', peer: 1, reason: 'no' }).calm(1_000),
    nearMiss: (s) => {
      s.standing().checker.forgive(1)
      return s.tell({ type: 'refusedToStart', peer: 1, reason: 'a snapshot is damaged' }).calm(1_000)
    },
  },
}

const SYNC = Object.freeze({ type: 'sync', path: '/' } as const)
const READ = Object.freeze({ type: 'getData', path: '/a', watch: false } as const)

const ABSENT = Object.freeze({ type: 'getData', path: '/none', watch: false } as const)
const WATCH = Object.freeze({ type: 'getData', path: '/a', watch: true } as const)

function watch(s: Story): Story {
  const data = s.tree(s.position).get('/a')?.data ?? null
  return s.ask('ann', WATCH, { result: { type: 'getData', data, stat: s.stat('/a') } })
}

/** Ann watches /a. */
function watching(s: Story): Story {
  s.standing().open('ann').open('bob', BOB).make('ann', '/a')
  return watch(s)
}
