import { describe, expect, test } from 'vitest'
import type { Host, NodeFactory, ThreadName } from '../../src/nodes/Host.ts'
import { ideal } from '../../src/nodes/ideal.ts'
import { compareRuns } from '../../src/sim/kernel/firstDivergence.ts'
import { World } from '../../src/sim/kernel/World.ts'
import { startScenario } from '../../src/sim/runScenario.ts'
import { specOf } from '../../src/sim/scenario/declarations.ts'
import { parseScenario } from '../../src/sim/scenario/parse.ts'
import { chaos, ensembleOf } from '../mutants/chaos.ts'
import { votesIgnorePosition } from '../mutants/election.ts'
import type { Mutant } from '../mutants/Mutant.ts'
import { acksBeforeLogging, logsWithoutApplying } from '../mutants/synchronisation.ts'
import { busyWorld, connect, forget, Probe, packet, probe, probes, probeWorld } from './probe.ts'

const priorityChanges = 3

describe('a world that goes by priorities', () => {
  test('is decided by its seed, and differs from one that does not', () => {
    const hashes = [{ priorityChanges }, { priorityChanges }, { priorityChanges: 0 }, {}].map((options) => {
      const world = busyWorld(7, options)
      world.runEvents(5_000)
      return world.trace.hash
    })
    expect(hashes[0]).toBe(hashes[1])
    expect(new Set(hashes).size).toBe(3)
  })

  test('is copied with all that decides it', () => {
    for (const seed of [1, 2, 3]) {
      const world = busyWorld(seed, { priorityChanges })
      world.runEvents(500)
      const copy = world.fork({ strict: true })
      world.runEvents(2_000)
      copy.runEvents(2_000)
      expect(copy.trace.hash).toBe(world.trace.hash)
    }
    const make = () => busyWorld(4, { priorityChanges })
    expect(compareRuns(make, make, { events: 2_000 })).toBeNull()
  })

  test('lets time go forwards, keeps connections in order and timers at their time', () => {
    for (let seed = 1; seed <= 20; seed += 1) {
      const world = probeWorld(2, { seed, priorityChanges })
      const [there] = connect(world, '1', '2')
      const one = probe(world, '1').host
      const began = world.now
      for (let i = 0; i < 20; i += 1) one.send(there, packet('P', i))
      for (const name of ['a', 'b', 'c']) one.wake(name)
      probe(world, '2').host.setTimer('t', 150)
      let last = world.now
      while (world.step()) {
        expect(world.now).toBeGreaterThanOrEqual(last)
        last = world.now
      }
      const { heard, times } = probe(world, '2')
      const packets = heard.filter((what) => what.startsWith('P'))
      expect(packets).toEqual(Array.from({ length: 20 }, (_, i) => `P${i} from 1`))
      expect(times[heard.indexOf('timer t')]).toBe(began + 150)
      expect(times.every((time) => time - began < 60_000)).toBe(true)
    }
  })

  test('starves nobody: who is lowest waits no longer than the window', () => {
    let longest = 0
    for (let seed = 1; seed <= 10; seed += 1) {
      const world = new World({ seed, priorityChanges: 0 })
      for (const name of ['1', '2', '3', '4']) world.addMachine(name, endless).start()
      world.runUntil(300_000)
      for (const { node } of world.machines) longest = Math.max(longest, (node as Endless).longest)
    }
    expect(longest).toBeGreaterThan(5_000)
    // From the wake to the turn: the window, and what one event may take beyond it.
    expect(longest).toBeLessThan(50_000 + 100)
  })
})

/** A thread that always has work; notes the longest time that it had to wait for a turn. */
class Endless extends Probe {
  longest = 0
  private asked = 0

  override onStart(): void {
    this.ask('main')
  }

  override onTurn(thread: ThreadName): void {
    this.longest = Math.max(this.longest, this.host.now - this.asked)
    this.ask(thread)
  }

  private ask(thread: ThreadName): void {
    this.asked = this.host.now
    this.host.wake(thread)
  }
}

const endless: NodeFactory = Object.freeze({ create: (host: Host) => new Endless(host) })

describe('an order', () => {
  /** Seeds of 60 with which what happened at machine 2 begins so. */
  const seedsWith = (options: { priorityChanges?: number }, isSo: (heard: readonly string[]) => boolean) => {
    let count = 0
    for (let seed = 1; seed <= 60; seed += 1) {
      const world = new World({ seed, ...options })
      for (const name of ['1', '2']) world.addMachine(name, probes).start()
      world.runUntil(0)
      const [there] = connect(world, '1', '2')
      probe(world, '1').host.send(there, packet('P'))
      for (const name of ['x', 'y']) probe(world, '2').host.wake(name)
      forget(world)
      while (world.step());
      if (isSo(probe(world, '2').heard)) count += 1
    }
    return count
  }

  test('that random delays never bring about comes with every other seed', () => {
    // A packet takes 90 µs or more, a turn 20 at most.
    const packetFirst = (heard: readonly string[]) => heard[0]?.startsWith('P') ?? false
    expect(seedsWith({}, packetFirst)).toBe(0)
    const found = seedsWith({ priorityChanges: 0 }, packetFirst)
    expect(found).toBeGreaterThan(10)
    expect(found).toBeLessThan(40)
  })

  test('of three things comes as well', () => {
    const between = (heard: readonly string[]) => heard.join() === 'turn y,P0 from 1,turn x'
    expect(seedsWith({}, between)).toBe(0)
    expect(seedsWith({ priorityChanges: 0 }, between)).toBeGreaterThan(3)
  })
})

const sum = (counts: readonly number[]) => counts.reduce((a, b) => a + b, 0)

describe('scheduled by priority', () => {
  const text = (declared: string) => `three peers${declared}
settle
start load of 3 clients with 20 operations each, 1 to 3 ms apart
after 30 ms
restart the leader
settle
`
  const random = parseScenario('random.scenario', text(''))
  const byPriority = parseScenario(
    'priority.scenario',
    text(`, scheduled by priority with ${priorityChanges} changes`),
  )
  const SEEDS = 40

  /** How many of the seeds find a defect. */
  const found = (mutant: Mutant, scenario: typeof random): number => {
    const cast = mutant.recast(ideal)
    let count = 0
    for (let seed = 1; seed <= SEEDS; seed += 1) {
      const { verdict } = startScenario(scenario, { cast, seed, quiet: true, maxEvents: 100_000 }).run.run()
      if (verdict === 'broken') count += 1
    }
    return count
  }

  test('is declared', () => {
    expect(specOf(random).priorityChanges).toBeNull()
    expect(specOf(byPriority).priorityChanges).toBe(priorityChanges)
  })

  test('defects that hang on an order are found with fewer seeds', { timeout: 120_000 }, () => {
    const mutants = [votesIgnorePosition, acksBeforeLogging, logsWithoutApplying]
    const by = mutants.map((mutant) => found(mutant, byPriority))
    const without = mutants.map((mutant) => found(mutant, random))
    for (const [i, count] of by.entries()) expect(count).toBeGreaterThan(without[i]!)
    expect(sum(by)).toBeGreaterThan(2 * sum(without))
  })

  test('an ideal ensemble holds, and comes back', { timeout: 60_000 }, () => {
    for (let seed = 1; seed <= 12; seed += 1) {
      const { ensemble, live, log } = chaos({ ...ensembleOf(seed), priorityChanges })
      const { checker, world } = ensemble
      const seen = { violations: checker.violations, crashes: world.crashes, live }
      expect(seen, `seed ${seed}:\n${log.join('\n')}`).toEqual({ violations: [], crashes: [], live: true })
    }
  })
})
