import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { AppendOnlyLog } from '../../src/base/AppendOnlyLog.ts'
import { fork as forkMethod } from '../../src/base/forkable.ts'
import type { Host, ThreadName } from '../../src/nodes/Host.ts'
import { uniform } from '../../src/sim/kernel/Distribution.ts'
import { compareRuns, firstDivergence, printDivergence } from '../../src/sim/kernel/firstDivergence.ts'
import { fork } from '../../src/sim/kernel/fork.ts'
import { type Driver, Timeline } from '../../src/sim/kernel/Timeline.ts'
import { type Action, World } from '../../src/sim/kernel/World.ts'
import { Busy, busyWorld, connect, packet, probe, probeWorld } from './probe.ts'

/** One fault after another, as the world's own stream says. */
class Trouble implements Action {
  act(world: World): void {
    const random = world.stream('trouble')
    const machine = world.machine(String(random.int(1, 3)))
    const { network } = world
    switch (random.int(0, 11)) {
      case 0:
        machine.restart()
        break
      case 1:
        machine.powerCut()
        machine.start()
        break
      case 2:
        if (machine.state === 'up') machine.pause()
        else if (machine.state === 'paused') machine.resume()
        break
      case 3:
        network.isolate(machine.name)
        break
      case 4:
        network.heal()
        break
      case 5:
        network.setLoss(random.int(0, 1) / 5)
        break
      case 6:
        network.cutConnections(machine.name, '1', {
          keep: 'some',
          notices: random.pick(['both', '1', 'neither']),
        })
        break
      case 7:
        network.hold({ from: machine.name, type: 'ODD' })
        break
      case 8:
        network.release()
        break
      case 9:
        machine.disk.stall()
        break
      case 10:
        for (const { disk } of world.machines) disk.unstall()
        break
      case 11:
        machine.setDrift(random.int(-1_000, 1_000))
        break
    }
    world.at(world.now + random.int(100, 3_000), this)
  }
}

function troubledWorld(seed: number): World {
  const world = busyWorld(seed)
  world.at(5_000, new Trouble())
  return world
}

describe('fork', () => {
  test('anywhere: both run on alike, and like a run that never was forked', () => {
    fc.assert(
      fc.property(fc.nat(), fc.integer({ min: 0, max: 2_000 }), (seed, event) => {
        const world = troubledWorld(seed)
        world.runEvents(event)
        const copy = world.fork({ strict: true })
        expect(copy.trace.hash).toBe(world.trace.hash)
        world.runEvents(500)
        copy.runEvents(500)
        expect(copy.trace.hash).toBe(world.trace.hash)
        const other = troubledWorld(seed)
        other.runEvents(event + 500)
        expect(other.trace.hash).toBe(world.trace.hash)
        expect(other.events).toBe(event + 500)
      }),
      { numRuns: 15 },
    )
  })

  test('keeps prototypes, cycles, order, and shares what is frozen', () => {
    const shared = Object.freeze({ deep: Object.freeze([1]) })
    class Thing {
      self: Thing = this
      map = new Map<unknown, unknown>([
        ['b', shared],
        ['a', new Set([2, 1])],
      ])
      log = new AppendOnlyLog([shared])
      bytes = new Uint8Array([1, 2])
    }
    const thing = new Thing()
    const copy = fork(thing, { strict: true })
    expect(copy).toBeInstanceOf(Thing)
    expect(copy).not.toBe(thing)
    expect(copy.self).toBe(copy)
    expect([...copy.map.keys()]).toEqual(['b', 'a'])
    expect(copy.map.get('b')).toBe(shared)
    expect([...(copy.map.get('a') as Set<number>)]).toEqual([2, 1])
    copy.log.push(shared)
    copy.bytes[0] = 9
    expect([thing.log.length, thing.bytes[0]]).toEqual([1, 1])
  })

  test('refuses functions and what hides its state, and says where', () => {
    const handlers = new Map([['tick', { run: () => 1 }]])
    expect(() => fork({ node: { handlers } })).toThrow('found a function at node.handlers.get(tick).run')
    expect(() => fork({ list: [Promise.resolve()] })).toThrow('found Promise at list[0]')
  })

  test('refuses, when strict, what two worlds would share and could change', () => {
    expect(() => fork({ a: Object.freeze({ b: [1] }) }, { strict: true })).toThrow(
      'unfrozen object in a frozen one at a.b',
    )
    expect(() => fork({ a: Object.freeze(new Map()) }, { strict: true })).toThrow(
      'collection in a frozen object at a',
    )
    expect(() => fork({ log: new AppendOnlyLog([{}]) }, { strict: true })).toThrow('unfrozen')
  })

  test('lets a frozen class that copies itself vouch for its inner records, not for objects of other classes', () => {
    class Vouching {
      readonly inner: unknown

      constructor(inner: unknown) {
        this.inner = inner
        Object.freeze(this)
      }

      [forkMethod](): this {
        return this
      }
    }
    class Counter {
      count = 0
    }
    const good = new Vouching({ items: [Object.freeze({ deep: Object.freeze([1]) })] })
    expect(fork({ good }, { strict: true }).good).toBe(good)
    const bad = new Vouching({ items: [new Counter()] })
    expect(() => fork({ bad }, { strict: true })).toThrow(
      'unfrozen object in a frozen one at bad.inner.items[0]',
    )
    const open = new Vouching([Object.freeze({ list: [] })])
    expect(() => fork({ open }, { strict: true })).toThrow(
      'unfrozen object in a frozen one at open.inner[0].list',
    )
  })

  test('does not recurse: long chains are no trouble', () => {
    interface Link {
      next: Link | null
    }
    let chain: Link = { next: null }
    for (let i = 0; i < 100_000; i += 1) chain = { next: chain }
    let length = 0
    for (let link: Link | null = fork(chain).next; link !== null; link = link.next) length += 1
    expect(length).toBe(100_000)
  })
})

describe('streams', () => {
  test('of one concern do not shift those of another', () => {
    const world = busyWorld(3)
    const other = busyWorld(3)
    for (let i = 0; i < 10; i += 1) world.stream('net/1>2').next()
    expect(world.stream('disk/2').next()).toBe(other.stream('disk/2').next())
    expect(world.stream('net/1>2').next()).not.toBe(other.stream('net/1>2').next())
  })

  test('differ by seed and by name', () => {
    expect(busyWorld(3).stream('a').next()).not.toBe(busyWorld(4).stream('a').next())
    expect(busyWorld(3).stream('a').next()).not.toBe(busyWorld(3).stream('b').next())
  })
})

/** Three hundred events, with a partition in the middle. */
class Script implements Driver {
  steps = 0

  advance(world: World): boolean {
    if (this.steps === 150) world.network.isolate('1')
    if (this.steps === 300) return false
    this.steps += 1
    return world.step()
  }
}

describe('a timeline', () => {
  test('goes to any event, in either direction', () => {
    const world = troubledWorld(7)
    const hashes = [world.trace.hash]
    for (let i = 0; i < 2_000; i += 1) {
      world.step()
      hashes.push(world.trace.hash)
    }
    const timeline = new Timeline(troubledWorld(7), { every: 100, atMost: 8 })
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 2_000 }), (event) => {
        const there = timeline.at(event)
        expect(there.events).toBe(event)
        expect(there.trace.hash).toBe(hashes[event])
        there.runEvents(50) // Whatever is done to it, it is a copy.
      }),
    )
    timeline.runTo(2_000)
    expect(timeline.checkpointEvents.length).toBeLessThanOrEqual(8)
    expect(timeline.checkpointEvents[0]).toBe(0)
  })

  test('has other futures', () => {
    const timeline = new Timeline(busyWorld(7), { every: 50 })
    timeline.runTo(500)
    const other = timeline.fork(200)
    const moment = other.momentAt(200)
    expect(other.begin).toBe(200)
    expect(other.at(400).trace.hash).toBe(timeline.at(400).trace.hash)
    moment.world.network.setLatency(uniform(9_000, 10_000))
    moment.world.runEvents(200)
    expect(moment.world.trace.hash).not.toBe(timeline.at(400).trace.hash)
    expect(() => other.at(199)).toThrow(RangeError)
  })

  test('takes its driver along', () => {
    const timeline = new Timeline(busyWorld(7), { every: 40, driver: new Script() })
    expect(timeline.runToEnd()).toBe(300)
    expect(timeline.over).toBe(true)
    expect(() => timeline.at(301)).toThrow('ends at event 300')
    const world = busyWorld(7)
    const script = new Script()
    for (let i = 0; i < 210; i += 1) script.advance(world)
    const { driver, world: there } = timeline.momentAt(210)
    expect(there.trace.hash).toBe(world.trace.hash)
    expect(driver).toEqual(script)
    expect(timeline.at(140).network.isBlocked('1', '2')).toBe(false)
    expect(there.network.isBlocked('1', '2')).toBe(true)
  })
})

describe('firstDivergence', () => {
  /** Draws once from somewhere else, at its n-th turn. */
  class Leaky extends Busy {
    turns = 0

    override onTurn(thread: ThreadName): void {
      this.turns += 1
      if (this.turns === 20) this.host.setTimer('leak', leak.value)
      super.onTurn(thread)
    }
  }
  const leak = { value: 1_000 }
  const leakies = Object.freeze({ create: (host: Host) => new Leaky(host) })
  const make = (value: number) => (): World => {
    leak.value = value
    const world = new World({ seed: 5 })
    for (const name of ['1', '2', '3']) world.addMachine(name, leakies).start()
    return world
  }

  test('finds nothing where two runs are the same', () => {
    expect(
      compareRuns(
        () => troubledWorld(5),
        () => troubledWorld(5),
        { events: 2_000 },
      ),
    ).toBeNull()
  })

  test('finds the very event in which a node did something else, and describes both sides', () => {
    class Once implements Driver {
      private readonly value: number

      constructor(value: number) {
        this.value = value
      }

      advance(world: World): boolean {
        leak.value = this.value
        return world.step()
      }
    }
    const found = firstDivergence(make(1)(), make(1)(), { drivers: [new Once(1_000), new Once(1_001)] })!
    expect(found.a!.event).toBe(found.event)
    const before = make(1_000)()
    before.runEvents(found.event - 1)
    const turns = (world: World): number[] => world.machines.map(({ node }) => (node as Leaky).turns)
    expect(turns(before)).not.toContain(20)
    before.step()
    expect(turns(before)).toContain(20)
    expect(found.a!.what).toBe('turn of main')
    expect(found.b!.what).toBe('turn of main')
    expect(found.a!.effects).not.toEqual(found.b!.effects)
    expect(printDivergence(found)).toContain('timer leak')
  })
})

describe('the trace', () => {
  test('keeps the last events in words, and hashes the same whether it does or not', () => {
    const silent = troubledWorld(9)
    const spoken = troubledWorld(9)
    spoken.trace.record(10)
    silent.runEvents(1_000)
    spoken.runEvents(1_000)
    expect(spoken.trace.hash).toBe(silent.trace.hash)
    expect(spoken.trace.hash).toMatch(/^[0-9a-f]{16}$/)
    expect(spoken.trace.entries().map(({ event }) => event)).toEqual(
      Array.from({ length: 10 }, (_, i) => 991 + i),
    )
    expect(silent.trace.entries()).toEqual([])
  })

  test('knows what was sent, not only when', () => {
    const hashes = ['A', 'A', 'B'].map((type) => {
      const world = probeWorld(2, { lockstep: true })
      const [connection] = connect(world, '1', '2')
      probe(world, '1').host.send(connection, packet(type))
      world.runUntil(world.now + 10_000)
      return world.trace.hash
    })
    expect(hashes[0]).toBe(hashes[1])
    expect(hashes[0]).not.toBe(hashes[2])
  })

  test('hashes, while it records, what was in packets as well', () => {
    const traces = [1, 1, 2].map((n) => {
      const world = probeWorld(2, { lockstep: true })
      world.trace.record(1)
      const [connection] = connect(world, '1', '2')
      probe(world, '1').host.send(connection, packet('A', n))
      world.runUntil(world.now + 10_000)
      return world.trace
    })
    expect(traces.map(({ hash }) => hash)).toEqual(Array(3).fill(traces[0]!.hash))
    expect(traces[1]!.contents).toBe(traces[0]!.contents)
    expect(traces[2]!.contents).not.toBe(traces[0]!.contents)
  })

  test('differs by seed', () => {
    const hashes = new Set(
      Array.from({ length: 20 }, (_, seed) => {
        const world = busyWorld(seed)
        world.runEvents(300)
        return world.trace.hash
      }),
    )
    expect(hashes.size).toBe(20)
  })
})
