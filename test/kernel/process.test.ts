import { describe, expect, test } from 'vitest'
import type { Host, TimerName } from '../../src/nodes/Host.ts'
import { fixed } from '../../src/sim/kernel/Distribution.ts'
import { Stopped } from '../../src/sim/kernel/Stopped.ts'
import type { Fact } from '../../src/sim/kernel/types.ts'
import { type FactListener, World } from '../../src/sim/kernel/World.ts'
import { connect, fact, forget, Probe, packet, probe, probeWorld, record, seconds } from './probe.ts'

/** Does three things in one step when its timer is up. */
class Worker extends Probe {
  finished = false

  override onTimer(_name: TimerName): void {
    this.host.append('log', record(1))
    this.host.tell(fact('between'))
    this.host.append('log', record(2))
    this.finished = true
  }
}
const workers = Object.freeze({ create: (host: Host) => new Worker(host) })

function workerWorld(): World {
  const world = new World({ seed: 1 })
  world.addMachine('1', workers).start()
  world.runUntil(10)
  return world
}

class CrashWhenTold implements FactListener {
  heard = 0
  private readonly world: World

  constructor(world: World) {
    this.world = world
  }

  hear(_fact: Fact): void {
    this.heard += 1
    this.world.current!.powerCut()
  }
}

describe('a process', () => {
  test('can die at any of its calls, in the middle of a step', () => {
    for (const [calls, written] of [
      [1, 0],
      [2, 0],
      [3, 1],
      [4, 1],
      [5, 2],
    ] as const) {
      const world = workerWorld()
      const machine = world.machine('1')
      const node = machine.node as Worker
      machine.crashAtCall(calls)
      if (calls > 1) node.host.setTimer('go', 5)
      else expect(() => node.host.setTimer('go', 5)).toThrow(Stopped)
      world.runUntil(100)
      expect(machine.state).toBe(calls < 5 ? 'down' : 'up')
      expect(machine.disk.read('log')?.records.length ?? 0).toBe(written)
      expect(node.finished).toBe(calls === 5)
    }
  })

  test('can be killed by whoever hears what it tells', () => {
    const world = workerWorld()
    const listener = new CrashWhenTold(world)
    world.listeners.push(listener)
    const node = world.machine('1').node as Worker
    node.host.setTimer('go', 5)
    world.runUntil(100)
    expect(listener.heard).toBe(1)
    expect(node.finished).toBe(false)
    expect(world.machine('1').powered).toBe(false)
    expect(world.crashes).toEqual([])
  })

  test('that is dead can do nothing any more', () => {
    const world = workerWorld()
    const { host } = world.machine('1').node as Worker
    world.machine('1').restart()
    expect(() => host.append('log', record(1))).toThrow(Stopped)
    expect(world.machine('1').disk.names()).toEqual([])
  })

  test('hears nothing that was meant for the one before', () => {
    const world = probeWorld(2)
    const [, accepted] = connect(world, '1', '2')
    const { host, heard } = probe(world, '1')
    host.setTimer('t', 100)
    host.wake('main')
    host.force('f')
    probe(world, '2').host.send(accepted, packet('A'))
    world.machine('1').restart()
    world.runUntil(world.now + seconds(5))
    expect(probe(world, '1').heard).toEqual(['start'])
    expect(heard).toEqual([])
  })

  test('exits by its own will', () => {
    const world = probeWorld(2)
    connect(world, '1', '2')
    expect(() => probe(world, '1').host.exit(14, 'no quorum')).toThrow(Stopped)
    const machine = world.machine('1')
    expect([machine.state, machine.exitCode, machine.exitReason]).toEqual(['down', 14, 'no quorum'])
    world.runUntil(world.now + seconds(1))
    expect(probe(world, '2').heard).toEqual(['closed 1'])
  })
})

describe('an error that a node does not catch', () => {
  const lastWords = Object.freeze({ kind: 'epoch', epoch: 1 } as const)
  const broken = Object.freeze({
    create: (host: Host) =>
      Object.assign(new Probe(host), {
        onTimer() {
          throw new Error('this cannot be')
        },
        onUncaught(message: string) {
          if (message === 'this cannot be') host.append('last words', lastWords)
        },
      }),
  })

  test('leaves step by default', () => {
    const world = new World({ seed: 1 })
    world.addMachine('1', broken).start()
    world.runUntil(0)
    world.machine('1').host!.setTimer('t', 1)
    expect(() => world.runUntil(10)).toThrow('this cannot be')
    expect(world.crashes.map(({ machine, message }) => [machine, message])).toEqual([['1', 'this cannot be']])
  })

  test('ends the process where that is wanted', () => {
    const world = new World({ seed: 1, onNodeError: 'crash' })
    const machine = world.addMachine('1', broken)
    machine.start()
    world.runUntil(0)
    machine.host!.setTimer('t', 1)
    world.runUntil(10)
    expect(machine.state).toBe('down')
    expect(machine.exitReason).toBe('this cannot be')
    expect(machine.disk.read('last words')?.records.at(0)).toBe(lastWords)
    expect(world.crashes).toHaveLength(1)
  })

  test("of a listener is not the node's", () => {
    const world = workerWorld()
    world.listeners.push({
      hear() {
        throw new Error('broken invariant')
      },
    })
    ;(world.machine('1').node as Worker).host.setTimer('go', 5)
    expect(() => world.runUntil(100)).toThrow('broken invariant')
    expect(world.crashes).toEqual([])
    expect(world.machine('1').state).toBe('up')
  })
})

describe('a pause', () => {
  test('keeps all stimuli, and delivers them in order', () => {
    const world = probeWorld(2)
    const [, accepted] = connect(world, '1', '2')
    const { host } = probe(world, '1')
    world.machine('1').pause()
    host.setTimer('late', seconds(3))
    host.setTimer('early', seconds(1))
    host.force('f')
    for (let n = 1; n <= 3; n += 1) probe(world, '2').host.send(accepted, packet('A', n))
    world.runUntil(world.now + seconds(2))
    expect(probe(world, '1').heard).toEqual([])
    const resumed = world.now
    world.machine('1').resume()
    world.runUntil(resumed)
    const { heard, times } = probe(world, '1')
    expect(heard.filter((what) => what.startsWith('A'))).toEqual(['A1 from 2', 'A2 from 2', 'A3 from 2'])
    expect(heard.at(-1)).toBe('timer early')
    expect(heard).toContain('forced 1')
    expect(new Set(times)).toEqual(new Set([resumed]))
    world.runUntil(resumed + seconds(2))
    expect(heard.at(-1)).toBe('timer late')
  })

  test('can follow on another before all has been delivered', () => {
    const world = probeWorld(2)
    const [, accepted] = connect(world, '1', '2')
    const machine = world.machine('1')
    machine.pause()
    for (let n = 1; n <= 5; n += 1) probe(world, '2').host.send(accepted, packet('A', n))
    world.runUntil(world.now + seconds(1))
    machine.resume()
    world.runEvents(2)
    machine.pause()
    probe(world, '2').host.send(accepted, packet('A', 6))
    world.runUntil(world.now + seconds(1))
    expect(probe(world, '1').heard).toHaveLength(2)
    machine.resume()
    world.runUntil(world.now + seconds(1))
    expect(probe(world, '1').heard).toEqual([1, 2, 3, 4, 5, 6].map((n) => `A${n} from 2`))
  })

  test('does not keep a machine from crashing', () => {
    const world = probeWorld(2)
    const [, accepted] = connect(world, '1', '2')
    world.machine('1').pause()
    probe(world, '2').host.send(accepted, packet('A', 1))
    world.runUntil(world.now + seconds(1))
    world.machine('1').restart()
    world.runUntil(world.now + seconds(1))
    expect(probe(world, '1').heard).toEqual(['start'])
    expect(probe(world, '2').heard).toEqual(['closed 1'])
  })
})

describe('timers', () => {
  test('fire once, at the time of the last arming, unless cleared', () => {
    const world = probeWorld(1)
    const { host } = probe(world, '1')
    forget(world)
    host.setTimer('later', 100)
    host.setTimer('later', 500)
    host.setTimer('sooner', 500)
    host.setTimer('sooner', 100)
    host.setTimer('never', 50)
    host.clearTimer('never')
    host.setTimer('again', 50)
    host.clearTimer('again')
    host.setTimer('again', 300)
    world.runUntil(10_000)
    expect(probe(world, '1').heard).toEqual(['timer sooner', 'timer again', 'timer later'])
    expect(probe(world, '1').times).toEqual([100, 300, 500])
  })

  test('of one time fire in the order armed', () => {
    const world = probeWorld(1)
    const { host } = probe(world, '1')
    forget(world)
    host.setTimer('a', 100)
    host.setTimer('b', 100)
    host.setTimer('a', 100)
    world.runUntil(200)
    expect(probe(world, '1').heard).toEqual(['timer b', 'timer a'])
  })

  test('run on the monotonic clock, at its rate', () => {
    const world = probeWorld(1)
    const { host } = probe(world, '1')
    forget(world)
    host.setTimer('t', seconds(1))
    world.machine('1').clock.jump(seconds(1_000))
    world.machine('1').setDrift(250_000)
    world.runUntil(799_999)
    expect(probe(world, '1').heard).toEqual([])
    world.runUntil(800_000)
    expect(probe(world, '1').heard).toEqual(['timer t'])
    expect(host.now).toBe(seconds(1))
    host.setTimer('slower', 100)
    world.machine('1').setDrift(-500_000)
    host.setTimer('u', 100)
    world.runUntil(800_199)
    expect(probe(world, '1').heard).toHaveLength(1)
    world.runUntil(800_200)
    expect(probe(world, '1').heard.slice(1)).toEqual(['timer slower', 'timer u'])
  })
})

describe('threads', () => {
  test('take their turns at once and in order in lockstep', () => {
    const world = probeWorld(1, { lockstep: true })
    const { host } = probe(world, '1')
    forget(world)
    for (const thread of ['c', 'a', 'b']) host.wake(thread)
    world.runUntil(0)
    expect(probe(world, '1').heard).toEqual(['turn c', 'turn a', 'turn b'])
  })

  test('can be slow, by the beginning of their name', () => {
    const world = probeWorld(1, { lockstep: true })
    const { host } = probe(world, '1')
    forget(world)
    world.machine('1').slowThread('learner/', fixed(300))
    for (const thread of ['learner/2', 'sync', 'learner/3']) host.wake(thread)
    world.runUntil(seconds(1))
    expect(probe(world, '1').heard).toEqual(['turn sync', 'turn learner/2', 'turn learner/3'])
    expect(probe(world, '1').times).toEqual([0, 300, 300])
    world.machine('1').slowThread('learner/', null)
    host.wake('learner/2')
    world.runUntil(seconds(1))
    expect(probe(world, '1').times.at(-1)).toBe(seconds(1))
  })

  test('can be stalled, and get their turns in order afterwards', () => {
    const world = probeWorld(1)
    const { host } = probe(world, '1')
    forget(world)
    world.machine('1').stallThread('s')
    for (const thread of ['sync', 'commit']) host.wake(thread)
    world.runUntil(seconds(1))
    host.wake('snapshot')
    world.runUntil(seconds(2))
    expect(probe(world, '1').heard).toEqual(['turn commit'])
    world.machine('1').unstallThread('s')
    world.runUntil(seconds(3))
    expect(probe(world, '1').heard).toEqual(['turn commit', 'turn sync', 'turn snapshot'])
  })
})
