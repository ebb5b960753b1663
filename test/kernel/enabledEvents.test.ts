import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { describeEvent } from '../../src/sim/kernel/describeEvent.ts'
import { ACTION, Event, EventQueue, isBefore } from '../../src/sim/kernel/EventQueue.ts'
import { enabledEvents } from '../../src/sim/kernel/enabledEvents.ts'
import type { World } from '../../src/sim/kernel/World.ts'
import { busyWorld, connect, packet, probe, probeWorld, record, seconds } from './probe.ts'

const WINDOW = 50_000

const enabled = (world: World, window = WINDOW) => enabledEvents(world, window, world.now).map(describeEvent)

/** Lets the enabled event happen that is called so. */
function choose(world: World, name: string): void {
  const event = enabledEvents(world, WINDOW, world.now).find((one) => describeEvent(one) === name)
  if (event === undefined) throw new Error(`${name} is not among ${enabled(world).join(', ')}`)
  world.happen(event)
}

describe('what could happen next', () => {
  test('is the next of each thread, of each direction of a connection, of each file', () => {
    const world = probeWorld(2)
    const [there, back] = connect(world, '1', '2')
    const one = probe(world, '1').host
    const two = probe(world, '2').host
    one.send(there, packet('A'))
    one.send(there, packet('B'))
    two.send(back, packet('C'))
    one.wake('x')
    one.wake('y')
    one.append('f', record(1))
    one.force('f')
    one.force('f')
    two.append('f', record(1))
    two.force('f')
    expect(enabled(world).sort()).toEqual([
      '1>2 A (quorum)',
      '2>1 C (quorum)',
      'force of f done, ticket 1',
      'force of f done, ticket 1',
      'turn of x',
      'turn of y',
    ])
  })

  test('happens in the order that is chosen, and time goes forwards', () => {
    const world = probeWorld(1)
    const { host } = probe(world, '1')
    for (const name of ['x', 'y', 'z']) host.wake(name)
    const due = new Map(
      enabledEvents(world, WINDOW, world.now).map((event) => [describeEvent(event), event.time]),
    )
    const began = world.events
    let latest = 0
    for (const name of ['turn of z', 'turn of x', 'turn of y']) {
      choose(world, name)
      latest = Math.max(latest, due.get(name)!)
      expect(world.now).toBe(latest)
    }
    expect(probe(world, '1').heard.slice(1)).toEqual(['turn z', 'turn x', 'turn y'])
    expect(world.events).toBe(began + 3)
  })

  test('what was passed over happens when the world goes on by itself', () => {
    const world = probeWorld(1)
    const { host } = probe(world, '1')
    for (const name of ['x', 'y']) host.wake(name)
    const last = enabledEvents(world, WINDOW, world.now)[1]!
    world.happen(last)
    const { now } = world
    world.step()
    expect(world.now).toBe(now)
    expect(probe(world, '1').heard).toHaveLength(3)
  })

  test('is within the window', () => {
    const world = probeWorld(2)
    const [there] = connect(world, '1', '2')
    world.network.setLatency({ kind: 'fixed', at: 10_000 })
    probe(world, '1').host.send(there, packet('A'))
    probe(world, '1').host.wake('x')
    expect(enabled(world, 5_000)).toEqual(['turn of x'])
    expect(enabled(world, 10_000)).toEqual(['turn of x', '1>2 A (quorum)'])
  })

  test('a timer goes off at its time, after all that is due before and before all that is due later', () => {
    const world = probeWorld(2)
    const [there] = connect(world, '1', '2')
    world.network.setLatency({ kind: 'fixed', at: 10_000 })
    const one = probe(world, '1').host
    one.send(there, packet('A'))
    one.wake('x')
    one.setTimer('t', 5_000)
    expect(enabled(world)).toEqual(['turn of x'])
    choose(world, 'turn of x')
    expect(enabled(world)).toEqual(['timer t'])
    choose(world, 'timer t')
    expect(enabled(world)).toEqual(['1>2 A (quorum)'])
  })

  test('a timer that was cleared, or set anew to later, is in nobody’s way', () => {
    const world = probeWorld(2)
    const [there] = connect(world, '1', '2')
    world.network.setLatency({ kind: 'fixed', at: 10_000 })
    const one = probe(world, '1').host
    one.setTimer('cleared', 5_000)
    one.setTimer('later', 5_000)
    one.wake('x')
    one.send(there, packet('A'))
    one.clearTimer('cleared')
    one.setTimer('later', seconds(1))
    expect(enabled(world)).toEqual(['turn of x', '1>2 A (quorum)'])
    one.setTimer('later', 7_000)
    expect(enabled(world)).toEqual(['turn of x'])
  })

  test('a reset comes behind what was sent before it', () => {
    const world = probeWorld(2)
    const [there] = connect(world, '1', '2')
    probe(world, '1').host.send(there, packet('A'))
    world.network.cutConnections('1', '2', { keep: 1, notices: '2' })
    expect(enabled(world)).toEqual(['1>2 A (quorum)'])
  })

  test('any choice keeps the order of each connection', () => {
    fc.assert(
      fc.property(fc.array(fc.nat(20), { minLength: 60, maxLength: 60 }), (picks) => {
        const world = probeWorld(3)
        const sent = new Map<string, string[]>()
        for (const [from, to] of [
          ['1', '2'],
          ['2', '3'],
          ['3', '1'],
          ['2', '1'],
        ] as const) {
          const [there] = connect(world, from, to)
          const names = Array.from({ length: 5 }, (_, i) => `P${from}${to}x${i}`)
          sent.set(`${from}>${to}`, names)
          for (const name of names) probe(world, from).host.send(there, packet(name))
        }
        for (const name of ['1', '2', '3']) probe(world, name).heard = []
        for (const pick of picks) {
          const choices = enabledEvents(world, WINDOW, world.now)
          if (choices.length > 0) world.happen(choices[pick % choices.length]!)
        }
        for (const [way, names] of sent) {
          const [from, to] = way.split('>') as [string, string]
          const arrived = probe(world, to).heard.filter((what) => what.startsWith(`P${from}${to}`))
          expect(arrived).toEqual(names.slice(0, arrived.length).map((name) => `${name}0 from ${from}`))
        }
      }),
    )
  })
})

describe('the queue', () => {
  const eventAt = (time: number, sequence: number) => new Event(time, sequence, ACTION, null, null, null)

  test('stays in order whatever is taken out of it, and knows what is due', () => {
    const time = fc.integer({ min: 0, max: 30 })
    fc.assert(
      fc.property(
        fc.array(time, { minLength: 1, maxLength: 80, size: 'max' }),
        fc.array(fc.nat()),
        time,
        (times, takes, until) => {
          const queue = new EventQueue()
          const events = times.map((at, i) => eventAt(at, i))
          for (const event of events) queue.push(event)
          for (const take of takes) {
            if (events.length === 0) break
            queue.remove(events.splice(take % events.length, 1)[0]!)
          }
          const inOrder = [...events].sort((a, b) => (isBefore(a, b) ? -1 : 1))
          const due = queue.until(until).sort((a, b) => (isBefore(a, b) ? -1 : 1))
          expect(due).toEqual(inOrder.filter((event) => event.time <= until))
          expect(events.map(() => queue.pop())).toEqual(inOrder)
          expect(queue.length).toBe(0)
        },
      ),
    )
  })

  test('gives out only what is in it', () => {
    expect(() => new EventQueue().remove(eventAt(1, 1))).toThrow('only what is pending is taken out')
  })
})

test('a power cut that leaves only what was forced draws nothing, and brings back what was removed', () => {
  const world = busyWorld(1)
  world.runEvents(50)
  const { disk } = world.machine('1')
  const { host } = probe(world, '1')
  host.append('kept', record(1))
  host.force('kept')
  host.append('gone', record(1))
  host.force('gone')
  world.runUntil(world.now + 20_000)
  host.append('kept', record(2))
  host.append('fresh', record(1))
  host.replace('small', record(1))
  host.remove('gone')
  const draws = [...world.streams.numbers]
  world.machine('1').powerCut(false, true)
  expect([...world.streams.numbers]).toEqual(draws)
  expect(disk.names()).toEqual(['gone', 'kept', 'log'])
  expect(disk.read('kept')?.records.length).toBe(1)
})
