/** What the bench counts on, in numbers that are the same on every machine; times are for `npm run bench`. */
import { describe, expect, test } from 'vitest'
import { closedLoop } from '../src/nodes/client/ClosedLoop.ts'
import { counterOf } from '../src/nodes/zxid.ts'
import { Ensemble } from '../src/sim/ensemble.ts'

/** As in bench/rig.mjs: five peers, fifty clients that only write. */
function loaded(): Ensemble {
  const ensemble = new Ensemble({ seed: 1, peers: 5 }, { onNodeError: 'throw' })
  for (let i = 0; i < 50; i += 1) {
    const program = closedLoop({ prefix: `/c${i}-`, keys: 4, mix: { setData: 1 }, outstanding: 1 })
    ensemble.addClient(`client-${i}`, [1, 2, 3, 4, 5], program)
  }
  return ensemble
}

function committed(ensemble: Ensemble): number {
  const leader = ensemble.leader()
  const lead = leader === null ? null : (ensemble.quorumPeer(leader)?.leader ?? null)
  return lead === null ? 0 : counterOf(lead.lastCommitted)
}

describe('five peers and fifty clients that write', () => {
  const ensemble = loaded()
  ensemble.world.runEvents(20_000)
  const before = { events: ensemble.world.events, committed: committed(ensemble) }
  ensemble.world.runEvents(20_000)
  ensemble.checker.finish()

  test('a transaction takes about forty events', () => {
    // Each of five peers: a proposal or its like, a force, a commit, turns of three threads, an ACK; and the client.
    const perTransaction = (ensemble.world.events - before.events) / (committed(ensemble) - before.committed)
    expect(perTransaction).toBeGreaterThan(30)
    expect(perTransaction).toBeLessThan(50)
  })

  test('at least seven in ten applications of a transaction are found done', () => {
    const shared = ensemble.peer(1)?.zkDb.shared
    const { hits, misses } = shared ?? { hits: 0, misses: 1 }
    expect(hits / (hits + misses)).toBeGreaterThanOrEqual(0.7)
  })

  test('ghosts that agree share one array', () => {
    const { committed: order, peers } = ensemble.checker.history
    expect(order.length).toBeGreaterThan(500)
    for (const { history, applied } of peers) {
      expect(history.sharesWith(order)).toBe(true)
      expect(applied.sharesWith(order)).toBe(true)
    }
    expect(ensemble.checker.violations).toEqual([])
  })
})
