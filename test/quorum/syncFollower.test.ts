import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { AppendOnlyLog } from '../../src/base/AppendOnlyLog.ts'
import { makeTxn, NO_SESSION, type Txn } from '../../src/nodes/database/txns.ts'
import { type SyncSource, syncFollower } from '../../src/nodes/quorum/syncFollower.ts'
import { counterOf, epochOf, makeZxid, type Zxid } from '../../src/nodes/zxid.ts'

const z = makeZxid

function txn(zxid: Zxid): Txn {
  return makeTxn(zxid, NO_SESSION, 0, 0, { type: 'error', err: 0 })
}

/** `1:3..1:5` as transactions. */
function run(epoch: number, from: number, to: number): Txn[] {
  return Array.from({ length: to - from + 1 }, (_, i) => txn(z(epoch, from + i)))
}

interface Given {
  committedLog: Txn[]
  /** What the log on disk offers from any start it reaches back to. */
  txnLog?: Txn[]
  lastProcessed?: Zxid
  txnLogSync?: boolean
}

function source({ committedLog, txnLog = [], lastProcessed, txnLogSync = true }: Given): SyncSource {
  const last = committedLog.at(-1)?.zxid ?? 0
  return {
    lastProcessedZxid: lastProcessed ?? last,
    committedLog: new AppendOnlyLog(committedLog),
    minCommittedLog: committedLog[0]?.zxid ?? 0,
    maxCommittedLog: last,
    isTxnLogSyncEnabled: () => txnLogSync,
    calculateTxnLogSizeLimit: () => 1_000_000,
    getProposalsFromTxnLog: (start) => {
      const first = txnLog.findIndex((t) => t.zxid === start)
      return first === -1 ? [] : txnLog.slice(first)
    },
  }
}

function decide(peerLastZxid: Zxid, given: Given, force = false, lastCommitted: Zxid = 0) {
  const { mode, packetZxid, txns, lastQueued, from } = syncFollower(
    peerLastZxid,
    source(given),
    lastCommitted,
    force,
  )
  return { mode, packetZxid, txns: txns.map((t) => t.zxid), lastQueued, from }
}

describe('syncFollower decides as LearnerHandler does', () => {
  const window = { committedLog: run(1, 5, 9) }

  it.each([
    ['same position: an empty DIFF', z(1, 9), window, 'DIFF', z(1, 9), []],
    ['inside the window: DIFF', z(1, 7), window, 'DIFF', z(1, 9), [z(1, 8), z(1, 9)]],
    ['first of the window: DIFF', z(1, 5), window, 'DIFF', z(1, 9), [z(1, 6), z(1, 7), z(1, 8), z(1, 9)]],
    ['beyond the window: TRUNC to its end', z(1, 12), window, 'TRUNC', z(1, 9), []],
    ['a later epoch, beyond the window: TRUNC', z(2, 3), window, 'TRUNC', z(1, 9), []],
    ['behind the window, no log: SNAP', z(1, 3), window, 'SNAP', z(1, 9), []],
    ['empty learner, leader with history: SNAP', 0, window, 'SNAP', z(1, 9), []],
    ['empty learner, empty leader: DIFF', 0, { committedLog: [] }, 'DIFF', 0, []],
    [
      'empty learner, leader that has just opened its epoch: SNAP',
      0,
      { committedLog: [], lastProcessed: z(1, 0) },
      'SNAP',
      z(1, 0),
      [],
    ],
    [
      'unknown position of another epoch inside the window: SNAP',
      z(1, 8),
      { committedLog: [...run(1, 5, 7), ...run(2, 1, 2)] },
      'SNAP',
      z(2, 2),
      [],
    ],
    [
      'unknown position of the same epoch inside the window: TRUNC to the one before, then the rest',
      z(1, 6),
      { committedLog: [txn(z(1, 5)), txn(z(1, 7))] },
      'TRUNC',
      z(1, 5),
      [z(1, 7)],
    ],
    [
      'the start of an epoch inside the window: DIFF',
      z(2, 0),
      { committedLog: [...run(1, 5, 7), ...run(2, 1, 2)] },
      'DIFF',
      z(2, 2),
      [z(2, 1), z(2, 2)],
    ],
    [
      'the start of an epoch that nothing followed: empty DIFF of the window',
      z(2, 0),
      { committedLog: run(1, 5, 7), lastProcessed: z(2, 0) },
      'DIFF',
      z(2, 0),
      [],
    ],
    [
      'the start of an epoch beyond the window: SNAP, for there is nothing to truncate to',
      z(2, 0),
      { committedLog: run(1, 5, 7), lastProcessed: z(3, 0) },
      'SNAP',
      z(3, 0),
      [],
    ],
    [
      'old epoch, idle new epoch, window in memory: DIFF to the old end',
      z(1, 9),
      { committedLog: run(1, 5, 9), lastProcessed: z(2, 0) },
      'DIFF',
      z(1, 9),
      [],
    ],
    [
      'old epoch, idle new epoch, empty window: SNAP although the data is the same',
      z(1, 9),
      { committedLog: [], lastProcessed: z(2, 0) },
      'SNAP',
      z(2, 0),
      [],
    ],
    [
      'behind the window, log reaches back: DIFF from the log and the window',
      z(1, 3),
      { committedLog: run(1, 5, 7), txnLog: run(1, 1, 7) },
      'DIFF',
      z(1, 7),
      [z(1, 4), z(1, 5), z(1, 6), z(1, 7)],
    ],
    [
      'behind the window, log with a gap before it: SNAP (ZOOKEEPER-2418)',
      z(1, 2),
      { committedLog: run(1, 7, 9), txnLog: run(1, 1, 4) },
      'SNAP',
      z(1, 9),
      [],
    ],
    [
      'behind the window, synchronising from the log switched off: SNAP',
      z(1, 3),
      { committedLog: run(1, 5, 7), txnLog: run(1, 1, 7), txnLogSync: false },
      'SNAP',
      z(1, 7),
      [],
    ],
  ] as const)('%s', (_name, peer, given, mode, packetZxid, txns) => {
    expect(decide(peer, given as Given)).toMatchObject({ mode, packetZxid, txns })
  })

  it('SNAP whatever the positions, when forced', () => {
    expect(decide(z(1, 9), window, true).mode).toBe('SNAP')
  })

  it('does not cut what this very leader has committed and not yet applied', () => {
    expect(decide(z(1, 12), window, false, z(1, 11))).toMatchObject({ mode: 'TRUNC', packetZxid: z(1, 11) })
    expect(decide(z(1, 11), window, false, z(1, 11))).toMatchObject({ mode: 'DIFF', packetZxid: z(1, 11) })
    expect(decide(z(1, 12), window, false, z(2, 0))).toMatchObject({ mode: 'TRUNC', packetZxid: z(1, 9) })
    expect(decide(z(2, 3), window, false, z(2, 0))).toMatchObject({ mode: 'TRUNC', packetZxid: z(1, 9) })
  })

  it('says where the transactions came from', () => {
    expect(decide(z(1, 7), window).from).toBe('committedLog')
    expect(decide(z(1, 3), { committedLog: run(1, 5, 7), txnLog: run(1, 1, 7) }).from).toBe('txnLog')
    expect(decide(0, window).from).toBe('snapshot')
  })
})

/** A history of contiguous epochs, and a cut of it that a learner may have, with or without a tail of its own. */
const situation = fc
  .record({
    epochs: fc.array(fc.integer({ min: 0, max: 5 }), { minLength: 1, maxLength: 4 }),
    windowStart: fc.nat({ max: 20 }),
    learnerAt: fc.nat({ max: 20 }),
    tail: fc.nat({ max: 3 }),
    opened: fc.boolean(),
  })
  .map(({ epochs, windowStart, learnerAt, tail, opened }) => {
    const history = epochs.flatMap((count, i) => run(i + 1, 1, count))
    const shared = history.slice(0, Math.min(learnerAt, history.length))
    const lastShared = shared.at(-1)?.zxid ?? 0
    // A tail that nobody else has is of the epoch in which the learner last took part.
    const next = history[shared.length]
    const mayHaveTail =
      shared.length > 0 && (next === undefined || epochOf(next.zxid) !== epochOf(lastShared))
    const own = mayHaveTail
      ? run(epochOf(lastShared), counterOf(lastShared) + 1, counterOf(lastShared) + tail)
      : []
    return {
      history,
      learner: [...shared, ...own],
      leader: source({
        committedLog: history.slice(Math.min(windowStart, history.length)),
        txnLog: history,
        lastProcessed: opened ? z(epochs.length + 1, 0) : (history.at(-1)?.zxid ?? 0),
      }),
    }
  })

describe('whatever the histories', () => {
  it('a learner that does as told ends with the leader’s history', () => {
    fc.assert(
      fc.property(situation, ({ history, learner, leader }) => {
        const position = learner.at(-1)?.zxid ?? 0
        const decision = syncFollower(position, leader, 0, false)
        if (decision.mode === 'SNAP') return
        const kept =
          decision.mode === 'TRUNC' ? learner.filter((t) => t.zxid <= decision.packetZxid) : [...learner]
        expect([...kept, ...decision.txns].map((t) => t.zxid)).toEqual(history.map((t) => t.zxid))
      }),
      { numRuns: 2_000 },
    )
  })
})
