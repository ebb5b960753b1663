/** Memberships that change under load; each of many seeds is another course of events. All invariants listen. */
import { describe, expect, it, test } from 'vitest'
import type { Sid } from '../../src/nodes/zxid.ts'
import { groups } from '../../src/sim/kernel/Partition.ts'
import { Resizing, reconfigOperation, SECOND } from './Resizing.ts'

const ALL: readonly Sid[] = [1, 2, 3, 4, 5]
const seeds = (count: number): readonly number[] => Array.from({ length: count }, (_, i) => i + 1)

/** Three voters under load, and two servers that follow without a vote. */
function grown(seed: number, settings = {}): Resizing {
  const resizing = new Resizing({ seed, joiners: 2, settings })
  expect(resizing.settled()).toBe(true)
  resizing.load()
  resizing.run(SECOND)
  resizing.ensemble.start(4)
  resizing.ensemble.start(5)
  expect(resizing.until(() => resizing.serves(4) && resizing.serves(5))).toBe(true)
  return resizing
}

function ends(resizing: Resizing, voters: string, serving: readonly Sid[] = ALL): void {
  const { ensemble } = resizing
  const came = () => serving.every((sid) => resizing.serves(sid) && resizing.votersOf(sid) === voters)
  const stands = serving.map(
    (sid) => `${sid} of ${resizing.votersOf(sid)}: ${ensemble.peer(sid)?.waitingFor()}`,
  )
  expect(resizing.until(came) ? 'came' : stands).toBe('came')
  resizing.run(SECOND)
  expect(resizing.broken()).toEqual([])
  expect(ensemble.world.crashes).toEqual([])
}

describe('under load', () => {
  test('three servers become five and three again', () => {
    for (const seed of seeds(50)) {
      const resizing = grown(seed)
      expect(resizing.insist(reconfigOperation({ joining: [4, 5] }))?.err).toBe(0)
      resizing.run(SECOND / 2)
      const leader = resizing.ensemble.leader()
      const leaving = ALL.filter((sid) => sid !== leader).slice(0, 2)
      expect(resizing.insist(reconfigOperation({ leaving }))?.err).toBe(0)
      ends(resizing, ALL.filter((sid) => !leaving.includes(sid)).join(' '))
    }
  }, 60_000)

  test('the leader is removed, and another leads', () => {
    for (const seed of seeds(20)) {
      const resizing = grown(seed)
      expect(resizing.insist(reconfigOperation({ joining: [4, 5] }))?.err).toBe(0)
      const leader = resizing.ensemble.leader() ?? 0
      resizing.insist(reconfigOperation({ leaving: [leader] }))
      ends(resizing, ALL.filter((sid) => sid !== leader).join(' '))
      expect(resizing.ensemble.leader()).not.toBe(leader)
    }
  }, 60_000)

  test('the leader is demoted and promoted again', () => {
    for (const seed of seeds(20)) {
      const resizing = grown(seed)
      const leader = resizing.ensemble.leader() ?? 0
      resizing.insist(reconfigOperation({ joining: [4], observing: [leader] }))
      ends(resizing, [1, 2, 3, 4].filter((sid) => sid !== leader).join(' '))
      expect(resizing.ensemble.quorumPeer(leader)?.state).toBe('OBSERVING')
      expect(resizing.insist(reconfigOperation({ joining: [leader] }))?.err).toBe(0)
      ends(resizing, '1 2 3 4')
      expect(resizing.ensemble.quorumPeer(leader)?.state).not.toBe('OBSERVING')
    }
  }, 60_000)

  test('observers vote from now on, whether they logged before or not', () => {
    for (const seed of seeds(20)) {
      const resizing = grown(seed, { observerSyncEnabled: seed % 2 === 0 })
      expect(resizing.insist(reconfigOperation({ observing: [4, 5] }))?.err).toBe(0)
      resizing.run(SECOND)
      expect(resizing.insist(reconfigOperation({ joining: [4, 5] }))?.err).toBe(0)
      ends(resizing, '1 2 3 4 5')
    }
  }, 60_000)

  test('one server becomes three', () => {
    for (const seed of seeds(20)) {
      const resizing = new Resizing({ seed, peers: 1, joiners: 2, settings: { standaloneEnabled: false } })
      resizing.settled()
      resizing.load()
      resizing.ensemble.start(2)
      resizing.ensemble.start(3)
      expect(resizing.until(() => resizing.serves(2) && resizing.serves(3))).toBe(true)
      expect(resizing.insist(reconfigOperation({ joining: [2, 3] }))?.err).toBe(0)
      ends(resizing, '1 2 3', [1, 2, 3])
    }
  }, 60_000)

  test('a reconfig that a partition holds up is finished or comes to nothing', () => {
    for (const seed of seeds(30)) {
      const resizing = grown(seed)
      const { ensemble } = resizing
      const leader = ensemble.leader() ?? 0
      const { network } = ensemble.world
      resizing.ask(reconfigOperation({ joining: [4, 5] }))
      resizing.run((seed * SECOND) / 300)
      network.block(groups([`${leader}`, '4'], ALL.filter((sid) => sid !== leader && sid !== 4).map(String)))
      resizing.run(3 * SECOND)
      network.heal()
      expect(resizing.insist(reconfigOperation({ joining: [4, 5] }))?.err).toBe(0)
      ends(resizing, '1 2 3 4 5')
    }
  }, 60_000)
})

describe('where the leader dies', () => {
  const finishes = (death: 'crash' | 'powerCut') => {
    for (const seed of seeds(60)) {
      const resizing = grown((seed % 7) + 1)
      const leader = resizing.ensemble.leader() ?? 0
      resizing.ensemble.machineOf(leader).crashAtCall(1 + seed * 4, death)
      const [leaving] = ALL.filter((sid) => sid !== leader)
      resizing.ask(reconfigOperation({ joining: [4, 5], leaving: [leaving ?? 0] }))
      resizing.run(2 * SECOND)
      if (resizing.ensemble.machineOf(leader).state === 'down') resizing.ensemble.start(leader)
      const voters = ALL.filter((sid) => sid !== leaving)
      expect(resizing.insist(reconfigOperation({ joining: voters, leaving: [leaving ?? 0] }))?.err).toBe(0)
      ends(resizing, voters.join(' '))
    }
  }

  test('at any step of a reconfig, the next one finishes it or forgets it', () => finishes('crash'), 60_000)
  test('of a power cut', () => finishes('powerCut'), 60_000)
})

it('is told of a change by its watch', () => {
  const resizing = new Resizing({ joiners: 1 })
  resizing.settled()
  const events: string[] = []
  resizing.ensemble.world.listeners.push({
    hear: (fact) => {
      if (fact.type === 'watchEvent' && fact.client === 'ann') events.push(JSON.stringify(fact.event))
    },
  })
  const ann = resizing.ensemble.client('ann', 2_000)
  ann.connectTo(['1'])
  ann.submit(Object.freeze({ type: 'getData', path: '/zookeeper/config', watch: true }))
  resizing.run(SECOND)
  resizing.insist(reconfigOperation({ observing: [4] }))
  resizing.run(SECOND)
  expect(events.filter((event) => event.includes('NodeDataChanged'))).toHaveLength(1)
})
