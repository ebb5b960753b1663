import { describe, expect, expectTypeOf, test } from 'vitest'
import { faults as allFaults } from '../../src/faults/index.ts'
import { type Environment, type Faults, type Sid, simulate as simulateAloud } from '../../src/index.ts'
import { kinds } from '../../src/sim/kinds.ts'
import { methodName } from '../../src/sim/simulate/Faults.ts'

const returned = async <T>(program: (environment: Environment) => Promise<T>): Promise<T> =>
  (await simulateAloud({ print: null }, program)).orThrow().value as T

const sentences = allFaults.flatMap(({ deeds }) => deeds.map(({ sentence }) => sentence))

describe('every sentence of every fault', () => {
  test('has a name of its own', () => {
    const names = sentences.map(({ text }) => methodName(text))
    expect(new Set(names).size).toBe(names.length)
    for (const name of names) expect(name).toMatch(/^[a-z][a-zA-Z]*$/)
  })

  /** Arguments as a program would write them. */
  const args: Record<string, unknown> = {
    peer: 2,
    peers: [2],
    machine: 2,
    client: 'main-1',
    groups: [[1, 2], [3]],
    duration: 20,
    span: [20, 30],
    percent: 0.05,
    ordinal: 1,
    count: 3,
    packet: 'PROPOSAL',
    thread: 'sync',
    file: 'currentEpoch',
  }
  test.each(sentences)('is a method: $text', async (sentence) => {
    const holes = sentence.parts.flatMap((part) => ('words' in part ? [] : [part]))
    const given = holes.map(({ hole, kind }) => {
      const name = Object.entries(kinds).find(([, one]) => one === kind)?.[0] ?? ''
      expect(Object.keys(args)).toContain(name)
      return name === 'machine' && /^(to|b|end)$/.test(hole) ? 3 : args[name]
    })
    await returned(async ({ connect, faults, settle }) => {
      const zk = await connect()
      await zk.create('/a', 'one')
      await settle()
      const methods = faults as unknown as Record<string, (...args: unknown[]) => void>
      methods[methodName(sentence.text)]?.(...given)
      expect(methods[methodName(sentence.text)]).toBeTypeOf('function')
    })
  })
})

describe('arguments', () => {
  test('are typed by the kinds of the sentence’s holes', () => {
    expectTypeOf<Parameters<Faults['pause']>>().branded.toEqualTypeOf<[Parameters<Faults['crash']>[0]]>()
    expectTypeOf<Parameters<Faults['heal']>>().toEqualTypeOf<[]>()
    expectTypeOf<Parameters<Faults['loseOfAllPackets']>>().toEqualTypeOf<[number]>()
    expectTypeOf<Parameters<Faults['partition']>>().toEqualTypeOf<[readonly (readonly Sid[])[]]>()
    expectTypeOf<Parameters<Faults['slowLinkFromToBy']>[2]>().toEqualTypeOf<
      number | readonly [least: number, most: number]
    >()
    // @ts-expect-error a packet by its type
    expectTypeOf<'PROPOSALS'>().toExtend<Parameters<Faults['hold']>[0]>()
    // @ts-expect-error no such fault
    expectTypeOf<Faults['explode']>()
  })

  test('name peers by number, by role, or by what leader() says', async () => {
    await returned(async ({ faults, leader, followers, until, peers }) => {
      const state = (sid: Sid) => peers().find((peer) => peer.sid === sid)?.machine
      await until(() => followers().length === 2)
      const led = leader() as Sid
      faults.pause(led)
      expect(state(led)).toBe('paused')
      faults.resume('all')
      faults.crash('the leader')
      expect(state(led)).toBe('down')
      expect(() => faults.pause('the leader')).toThrow('nobody has that role now')
      expect(() => faults.pause(leader())).toThrow('there is nobody to do this to')
      faults.start(led)
      faults.restart([1, 2])
      expect(peers().map(({ machine }) => machine)).toEqual(['up', 'up', 'up'])
    })
  })

  test('name clients as well, where machines are meant', async () => {
    await returned(async ({ connect, faults, sleep }) => {
      const zk = await connect({ name: 'ann', sessionTimeout: 4_000 })
      const watcher = await connect()
      await zk.create('/ann', null, { mode: 'ephemeral' })
      faults.pause('ann')
      const asked = zk.getData('/ann').then(
        () => 'answered',
        ({ name }: Error) => name,
      )
      await sleep(8_000)
      expect(await watcher.exists('/ann')).toBeNull()
      faults.resume('ann')
      expect(await asked).not.toBe('answered')
      expect(() => faults.pause('nobody')).toThrow('there is no machine nobody')
      expect(() => faults.wipe('ann')).toThrow('ann has no disk')
    })
  })
})
