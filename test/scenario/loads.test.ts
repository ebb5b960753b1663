import { describe, expect, test } from 'vitest'
import { Client } from '../../src/nodes/client/Client.ts'
import { ClosedLoop } from '../../src/nodes/client/ClosedLoop.ts'
import { mixes } from '../../src/nodes/client/mixes.ts'
import type { Fact } from '../../src/nodes/facts.ts'
import { fork } from '../../src/sim/kernel/fork.ts'
import type { ScenarioRun } from '../../src/sim/scenario/run.ts'
import { play, runOf } from './play.ts'

/** What clients asked for, and when. */
class Asked {
  readonly times: { client: string; at: number; done: number; type: string; path: string | null }[] = []
  private readonly run: ScenarioRun

  constructor(run: ScenarioRun) {
    this.run = run
    run.ensemble.world.listeners.push(this)
  }

  hear(fact: Fact): void {
    const { now } = this.run.ensemble.world
    if (fact.type === 'invoked') {
      const path = 'path' in fact.op ? fact.op.path : null
      this.times.push({ client: fact.client, at: now, done: -1, type: fact.op.type, path })
    } else if (fact.type === 'completed') {
      const asked = this.times.find((one) => one.client === fact.client && one.done === -1)
      if (asked !== undefined) asked.done = now
    }
  }
}

const kinds = Object.keys(mixes)

describe('a load of so many operations', () => {
  test.each(kinds)('%s ask for so many each, after having made three nodes, and then are idle', (kind) => {
    const run = runOf(`three peers\nload of 2 ${kind} with 20 operations each, 1 to 5 ms apart\nsettle\n`)
    const asked = new Asked(run)
    expect(run.run().verdict).toBe('held')
    for (const client of ['load1', 'load2']) {
      const own = asked.times.filter((one) => one.client === client)
      expect(own.slice(0, 3).map(({ type, path }) => `${type} ${path}`)).toEqual([
        'create /load-0',
        'create /load-1',
        'create /load-2',
      ])
      expect(own.length - 3).toBe(20)
    }
  })

  test('rests behind each answer for as long as it is told, and not while it makes its nodes', () => {
    const run = runOf('three peers\nload of 3 clients with 30 operations each, 50 to 200 ms apart\n')
    const asked = new Asked(run)
    run.run()
    for (const client of ['load1', 'load2', 'load3']) {
      const own = asked.times.filter((one) => one.client === client)
      const rests = own.slice(1).map(({ at }, i) => at - (own[i]?.done ?? 0))
      expect(rests.slice(0, 2)).toEqual([0, 0])
      for (const rest of rests.slice(2)) {
        expect(rest).toBeGreaterThanOrEqual(50_000)
        expect(rest).toBeLessThanOrEqual(200_000)
      }
      expect(new Set(rests).size).toBeGreaterThan(20)
    }
  })

  test('goes on in the background, and can be stopped', () => {
    const begun = 'three peers\nstart load of 2 clients with 1000 operations each, 10 ms apart\nafter 2 s\n'
    const asked = (text: string): number => {
      const run = runOf(text)
      const heard = new Asked(run)
      expect(run.run().verdict).toBe('held')
      return heard.times.length
    }
    expect(asked(`${begun}stop load\nafter 3 s\nsettle\n`)).toBe(asked(begun))
    expect(play(`${begun}settle within 1 s\n`).verdict).toBe('unknown')
    expect(play(`${begun}after 15 s\nsettle within 1 s\n`).verdict).toBe('held')
  })

  test('begins another session where its own has expired', () => {
    const run = runOf(`three peers, maxSessionTimeout 4 s
settle
start load of 1 users with 400 operations each, 20 ms apart
after 1 s
isolate load1
after 5 s
heal
until the session of load1 expired within 20 s
until load1 is connected
after 4 s
`)
    const asked = new Asked(run)
    expect(run.run().reason).toBeNull()
    expect(asked.times.filter(({ at, done }) => at > 7_000_000 && done > at).length).toBeGreaterThan(50)
  })

  test('is the same from a fork in the middle of a rest', () => {
    const run = runOf(
      'three peers, seed 5\nload of 3 users with 20 operations each, 20 to 90 ms apart\ncalm\n',
    )
    for (let i = 0; i < 1_500; i += 1) run.advance()
    const other = fork(run)
    while (run.advance());
    while (other.advance());
    expect(other.outcome().hash).toBe(run.outcome().hash)
    expect(run.outcome().verdict).toBe('held')
  })
})

describe('clients of a load that are killed', () => {
  const program = (run: ScenarioRun, name: string): ClosedLoop => {
    const node = run.ensemble.clients.get(name)?.node
    if (!(node instanceof Client && node.program instanceof ClosedLoop))
      throw new Error(`${name} has no load`)
    return node.program
  }

  test('begin anew when they are started again', () => {
    const run = runOf(`three peers
start load of 2 clients
after 1 s
crash client load1
after 1 s
start client load1
until load1 is connected
after 1 s
`)
    const asked = new Asked(run)
    expect(run.run().reason).toBeNull()
    expect(
      asked.times.filter(({ client, path }) => client === 'load1' && path === '/load-0').length,
    ).toBeGreaterThan(1)
    expect(program(run, 'load1').finished).toBe(false)
  })

  test('do nothing more where the load was told to stop', () => {
    const run = runOf(`three peers
start load of 2 clients
after 1 s
crash client load1
stop load
start client load1
until load1 is connected
after 1 s
settle
`)
    expect(run.run().reason).toBeNull()
    expect(program(run, 'load1').finished).toBe(true)
  })

  test('do not keep a load from being over', () => {
    const text = `three peers
start load of 2 clients with 10 operations each, 10 ms apart
after 100 ms
crash client load1
after 5 s
settle within 1 s
`
    expect(play(text).reason).toBeNull()
  })
})
