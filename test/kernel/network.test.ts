import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { fixed, uniform } from '../../src/sim/kernel/Distribution.ts'
import { bridge, groups, halves, isBlocked, majorityRing } from '../../src/sim/kernel/Partition.ts'
import type { World } from '../../src/sim/kernel/World.ts'
import { connect, forget, packet, probe, probeWorld, seconds } from './probe.ts'

const dialTo = (to: string) => Object.freeze({ host: to, port: 'quorum' as const })

/** Sends A1, A2 … from one machine to the other. */
function sendMany(world: World, count: number, type = 'A'): ReturnType<typeof connect> {
  const ends = connect(world, '1', '2')
  for (let n = 1; n <= count; n += 1) probe(world, '1').host.send(ends[0], packet(type, n))
  return ends
}

const received = (count: number, type = 'A'): string[] =>
  Array.from({ length: count }, (_, i) => `${type}${i + 1} from 1`)

describe('a dial', () => {
  test('is accepted where somebody listens, and answered once', () => {
    const world = probeWorld(2)
    probe(world, '1').host.dial(dialTo('2'), null)
    world.runUntil(seconds(1))
    expect(probe(world, '1').heard).toEqual(['start', 'connected 2'])
    expect(probe(world, '2').heard).toEqual(['start', 'accepted 1 quorum'])
  })

  test('is refused where nobody listens, and where the process is down', () => {
    const world = probeWorld(2)
    probe(world, '2').host.unlisten('quorum')
    probe(world, '1').host.dial(dialTo('2'), null)
    world.runUntil(seconds(1))
    world.machine('2').crash()
    probe(world, '1').host.dial(dialTo('2'), null)
    world.runUntil(seconds(2))
    expect(probe(world, '1').heard).toEqual(['start', 'refused 2', 'refused 2'])
  })

  test('is not answered by a machine without power, until it comes back or patience ends', () => {
    const world = probeWorld(3)
    world.machine('2').powerCut()
    world.machine('3').powerCut()
    probe(world, '1').host.dial(dialTo('2'), null)
    probe(world, '1').host.dial(dialTo('3'), null)
    world.runUntil(seconds(20))
    expect(probe(world, '1').heard).toEqual(['start'])
    world.machine('2').start()
    world.runUntil(seconds(60))
    expect(probe(world, '1').heard).toEqual(['start', 'connected 2'])
    world.runUntil(seconds(200))
    expect(probe(world, '1').heard).toEqual(['start', 'connected 2', 'refused 3'])
  })

  test('that was hung up before its answer leaves nothing behind', () => {
    const world = probeWorld(2)
    const { host } = probe(world, '1')
    host.hangUp(host.dial(dialTo('2'), null))
    const late = host.dial(dialTo('2'), null)
    while (probe(world, '2').connections.length === 0) world.step()
    host.hangUp(late)
    world.runUntil(seconds(5))
    expect(probe(world, '1').heard).toEqual(['start'])
    expect(probe(world, '2').heard).toEqual(['start', 'accepted 1 quorum', 'closed 1'])
  })
})

describe('a connection', () => {
  test('keeps the order sent, whatever latency and loss', () => {
    fc.assert(
      fc.property(
        fc.nat(),
        fc.integer({ min: 0, max: 5_000 }),
        fc.integer({ min: 0, max: 50 }),
        (seed, spread, loss) => {
          const world = probeWorld(2, { seed })
          world.network.setLatency(uniform(0, spread))
          world.network.setLoss(loss / 100)
          world.network.retries = 1_000
          world.network.dialRetries = 1_000
          const { host } = probe(world, '1')
          host.dial(dialTo('2'), null)
          const connection = host.dial(dialTo('2'), null)
          while (probe(world, '1').heard.length < 3) world.step()
          forget(world)
          for (let n = 1; n <= 50; n += 1) host.send(connection, packet('A', n))
          world.runUntil(seconds(10_000_000))
          expect(probe(world, '2').heard.filter((what) => what.startsWith('A'))).toEqual(received(50))
        },
      ),
      { numRuns: 40 },
    )
  })

  test('is reset at both ends when a packet is lost too often', () => {
    const world = probeWorld(2)
    const [connection] = connect(world, '1', '2')
    world.network.setLoss(1)
    probe(world, '1').host.send(connection, packet('A', 1))
    world.runUntil(world.now + seconds(60))
    expect(probe(world, '1').heard).toEqual([])
    world.runUntil(world.now + seconds(1_000))
    expect(probe(world, '1').heard).toEqual(['closed 2'])
    expect(probe(world, '2').heard).toEqual(['closed 1'])
  })

  test('delivers what was sent before it was hung up, then says so to the other end alone', () => {
    const world = probeWorld(2)
    const [connection] = sendMany(world, 2)
    probe(world, '1').host.hangUp(connection)
    probe(world, '1').host.send(connection, packet('LOST'))
    world.runUntil(seconds(10))
    expect(probe(world, '2').heard).toEqual([...received(2), 'closed 1'])
    expect(probe(world, '1').heard).toEqual([])
  })

  test('loses what is sent before it is connected', () => {
    const world = probeWorld(2)
    const { host } = probe(world, '1')
    host.send(host.dial(dialTo('2'), null), packet('EARLY'))
    world.runUntil(seconds(1))
    expect(probe(world, '2').heard).toEqual(['start', 'accepted 1 quorum'])
  })

  test('fills its send buffer, and says when half of it is free', () => {
    const world = probeWorld(2)
    world.network.buffer = 4
    const [connection] = connect(world, '1', '2')
    const { host } = probe(world, '1')
    const polite = [1, 2, 3, 4, 5].map((n) => host.send(connection, packet('A', n)))
    expect(polite).toEqual([true, true, true, true, false])
    world.runUntil(seconds(5))
    expect(probe(world, '1').heard).toEqual(['writable 2'])
    expect(probe(world, '2').heard).toEqual(received(5))
  })
})

describe('the end of a process', () => {
  test('closes its connections after what it had sent', () => {
    const world = probeWorld(2)
    sendMany(world, 3)
    world.machine('1').crash()
    world.runUntil(seconds(10))
    expect(probe(world, '2').heard).toEqual([...received(3), 'closed 1'])
  })

  test('by a power cut is heard by nobody, until a packet meets the next incarnation', () => {
    const world = probeWorld(2)
    const [, accepted] = sendMany(world, 1)
    world.machine('1').powerCut()
    world.runUntil(seconds(1_000))
    expect(probe(world, '2').heard).toEqual(received(1))
    world.machine('1').start()
    world.runUntil(seconds(1_001))
    expect(probe(world, '2').heard).toEqual(received(1))
    probe(world, '2').host.send(accepted, packet('B'))
    world.runUntil(seconds(1_002))
    expect(probe(world, '2').heard).toEqual([...received(1), 'closed 1'])
    expect(probe(world, '1').heard).toEqual(['start'])
  })

  test('by a power cut takes with it what would have to be sent again', () => {
    const world = probeWorld(2)
    const [connection] = connect(world, '1', '2')
    const partition = world.network.cutOneWay('1', '2')
    probe(world, '1').host.send(connection, packet('A', 1))
    world.runUntil(world.now + 100_000)
    world.machine('1').powerCut()
    world.network.unblock(partition)
    world.runUntil(world.now + seconds(100))
    expect(probe(world, '2').heard).toEqual([])
  })
})

describe('a partition', () => {
  test('holds back what is sent; after it heals all arrives in order, later', () => {
    const world = probeWorld(2)
    const [connection] = connect(world, '1', '2')
    world.network.isolate('1')
    for (let n = 1; n <= 3; n += 1) probe(world, '1').host.send(connection, packet('A', n))
    world.runUntil(world.now + 500_000)
    expect(probe(world, '2').heard).toEqual([])
    const healed = world.now
    world.network.heal()
    world.runUntil(healed + seconds(5))
    expect(probe(world, '2').heard).toEqual(received(3))
    expect(probe(world, '2').times[0]).toBeGreaterThan(healed)
  })

  test('in one direction leaves the other', () => {
    const world = probeWorld(2)
    const [connection, accepted] = connect(world, '1', '2')
    world.network.cutOneWay('1', '2')
    probe(world, '1').host.send(connection, packet('A', 1))
    probe(world, '2').host.send(accepted, packet('B', 1))
    world.runUntil(world.now + seconds(10))
    expect(probe(world, '1').heard).toEqual(['B1 from 2'])
    expect(probe(world, '2').heard).toEqual([])
  })

  test('that lasts makes the sender give up; the other end learns when it speaks', () => {
    const world = probeWorld(2)
    const [connection, accepted] = connect(world, '1', '2')
    world.network.isolate('2')
    probe(world, '1').host.send(connection, packet('A', 1))
    world.runUntil(world.now + seconds(1_000))
    expect(probe(world, '1').heard).toEqual(['closed 2'])
    expect(probe(world, '2').heard).toEqual([])
    world.network.heal()
    probe(world, '2').host.send(accepted, packet('B', 1))
    world.runUntil(world.now + seconds(10))
    expect(probe(world, '2').heard).toEqual(['closed 1'])
  })

  test('swallows dials', () => {
    const world = probeWorld(2)
    world.network.partition(['1'], ['2'])
    probe(world, '1').host.dial(dialTo('2'), null)
    world.runUntil(seconds(4))
    expect(probe(world, '1').heard).toEqual(['start'])
    world.network.heal()
    world.runUntil(seconds(10))
    expect(probe(world, '1').heard).toEqual(['start', 'connected 2'])
  })

  const names = ['1', '2', '3', '4', '5']
  const reach = (partition: ReturnType<typeof halves>, from: string): string =>
    names.filter((to) => to === from || !isBlocked(partition, from, to)).join('')

  test.each([
    ['halves', halves(names), ['12', '12', '345', '345', '345']],
    ['bridge', bridge(names, '3'), ['123', '123', '12345', '345', '345']],
    ['majority ring', majorityRing(names), ['125', '123', '234', '345', '145']],
    ['groups, one machine in none', groups(['1', '2'], ['3'], ['4']), ['125', '125', '35', '45', '12345']],
  ])('has the shape of %s', (_, partition, expected) => {
    expect(names.map((name) => reach(partition, name))).toEqual(expected)
  })
})

describe('holding back', () => {
  test('keeps matching packets and what is behind them, until released', () => {
    const world = probeWorld(2)
    const [connection] = connect(world, '1', '2')
    world.network.hold({ type: 'B', from: '1' })
    const { host } = probe(world, '1')
    for (const [i, type] of ['A', 'B', 'C', 'B'].entries()) host.send(connection, packet(type, i))
    world.runUntil(world.now + seconds(2_000))
    expect(probe(world, '2').heard).toEqual(['A0 from 1'])
    expect(world.network.inFlight('1', '2').map((flight) => flight.packet.type)).toEqual(['B', 'C', 'B'])
    world.network.release({ type: 'C' })
    world.runUntil(world.now + seconds(1))
    expect(probe(world, '2').heard).toEqual(['A0 from 1'])
    world.network.release({ from: '1', type: 'B' })
    world.runUntil(world.now + seconds(1))
    expect(probe(world, '2').heard).toEqual(['A0 from 1', 'B1 from 1', 'C2 from 1', 'B3 from 1'])
  })

  test('a stalled direction delivers nothing and gives nothing up', () => {
    const world = probeWorld(2)
    world.network.stall('1', '2')
    world.network.unstall('1', '2')
    const [connection, accepted] = connect(world, '1', '2')
    world.network.stall('1', '2')
    probe(world, '1').host.send(connection, packet('A', 1))
    probe(world, '2').host.send(accepted, packet('B', 1))
    world.runUntil(world.now + seconds(5_000))
    expect(probe(world, '2').heard).toEqual([])
    expect(probe(world, '1').heard).toEqual(['B1 from 2'])
    world.network.unstall('1', '2')
    world.runUntil(world.now + seconds(1))
    expect(probe(world, '2').heard).toEqual(['A1 from 1'])
  })

  test('a slow wire is slower by what it is told', () => {
    const world = probeWorld(2, { lockstep: true })
    const [connection] = connect(world, '1', '2')
    world.network.slow(fixed(7_000), '1', '2')
    const sent = world.now
    probe(world, '1').host.send(connection, packet('A', 1))
    world.runUntil(world.now + seconds(1))
    expect(probe(world, '2').times).toEqual([sent + 8_000])
    world.network.slow(null, '1', '2')
    const again = world.now
    probe(world, '1').host.send(connection, packet('A', 2))
    world.runUntil(world.now + seconds(1))
    expect(probe(world, '2').times[1]).toBe(again + 1_000)
  })
})

describe('a cut', () => {
  test('loses what is on its way, and both ends learn', () => {
    const world = probeWorld(2)
    sendMany(world, 3)
    world.network.cutConnections('1', '2')
    world.runUntil(seconds(10))
    expect(probe(world, '1').heard).toEqual(['closed 2'])
    expect(probe(world, '2').heard).toEqual(['closed 1'])
  })

  test('can keep a prefix', () => {
    const world = probeWorld(2)
    sendMany(world, 5)
    world.network.cutConnections('1', '2', { keep: 2 })
    world.runUntil(seconds(10))
    expect(probe(world, '2').heard).toEqual([...received(2), 'closed 1'])
    expect(probe(world, '1').heard).toEqual(['closed 2'])
  })

  test('keeps a prefix of every length when chance decides', () => {
    const lengths = new Set<number>()
    for (let seed = 0; seed < 40; seed += 1) {
      const world = probeWorld(2, { seed })
      sendMany(world, 3)
      world.network.cutConnections('1', '2', { keep: 'some' })
      world.runUntil(seconds(10))
      const { heard } = probe(world, '2')
      expect(heard).toEqual([...received(heard.length - 1), 'closed 1'])
      lengths.add(heard.length - 1)
    }
    expect([...lengths].sort()).toEqual([0, 1, 2, 3])
  })

  test('can wait for packets of a type to pass', () => {
    const world = probeWorld(2)
    const [connection] = connect(world, '1', '2')
    world.network.cutConnections('1', '2', { after: { count: 2, type: 'P' } })
    for (const [i, type] of ['P', 'Q', 'P', 'Q', 'P'].entries()) {
      probe(world, '1').host.send(connection, packet(type, i))
    }
    world.runUntil(seconds(10))
    expect(probe(world, '2').heard).toEqual(['P0 from 1', 'Q1 from 1', 'P2 from 1', 'closed 1'])
    expect(probe(world, '1').heard).toEqual(['closed 2'])
    // Once: the next connection lives.
    sendMany(world, 5, 'P')
    world.runUntil(seconds(20))
    expect(probe(world, '2').heard).toEqual(received(5, 'P'))
  })

  test('can be noticed at one end; the other learns when it speaks', () => {
    const world = probeWorld(2)
    const [connection] = connect(world, '1', '2')
    world.network.cutConnections('1', '2', { notices: '2' })
    world.runUntil(world.now + seconds(100))
    expect(probe(world, '2').heard).toEqual(['closed 1'])
    expect(probe(world, '1').heard).toEqual([])
    probe(world, '1').host.send(connection, packet('A', 1))
    world.runUntil(world.now + seconds(1))
    expect(probe(world, '1').heard).toEqual(['closed 2'])
    expect(probe(world, '2').heard).toEqual(['closed 1'])
  })

  test('leaves no gap in what arrives: nothing sent after it does', () => {
    for (let seed = 0; seed < 30; seed += 1) {
      const world = probeWorld(2, { seed })
      const [connection] = sendMany(world, 1)
      world.network.cutConnections('1', '2', { notices: '2' })
      probe(world, '1').host.send(connection, packet('A', 2))
      world.runUntil(world.now + seconds(1))
      expect(probe(world, '2').heard).toEqual(['closed 1'])
      expect(probe(world, '1').heard).toEqual(['closed 2'])
    }
  })

  test('can be noticed by nobody; who speaks gives up after a long time', () => {
    const world = probeWorld(2)
    const [connection] = connect(world, '1', '2')
    world.network.cutConnections('1', '2', { notices: 'neither' })
    probe(world, '1').host.send(connection, packet('A', 1))
    world.runUntil(world.now + seconds(100))
    expect([...probe(world, '1').heard, ...probe(world, '2').heard]).toEqual([])
    world.runUntil(world.now + seconds(1_000))
    expect(probe(world, '1').heard).toEqual(['closed 2'])
    expect(probe(world, '2').heard).toEqual([])
  })

  test('concerns only its port', () => {
    const world = probeWorld(2)
    connect(world, '1', '2')
    world.network.cutConnections('1', '2', { port: 'client' })
    world.runUntil(seconds(10))
    expect(probe(world, '1').heard).toEqual([])
  })
})

describe('a paused machine', () => {
  test('takes packets into its receive buffer, and no more than fit', () => {
    const world = probeWorld(2)
    world.network.buffer = 4
    world.machine('2').pause()
    world.machine('2').resume()
    const [connection] = connect(world, '1', '2')
    world.machine('2').pause()
    const { host } = probe(world, '1')
    const polite: boolean[] = []
    for (let n = 1; n <= 9; n += 1) {
      polite.push(host.send(connection, packet('A', n)))
      world.runUntil(world.now + seconds(1))
    }
    expect(polite).toEqual([true, true, true, true, true, true, true, true, false])
    expect(probe(world, '2').heard).toEqual([])
    world.machine('2').resume()
    world.runUntil(world.now + seconds(1))
    expect(probe(world, '2').heard).toEqual(received(9))
    expect(probe(world, '1').heard).toEqual(['writable 2'])
  })
})
