import { beforeEach, describe, expect, it } from 'vitest'
import { ServerRing } from '../../src/nodes/client/ServerRing.ts'
import type { Host, HostName } from '../../src/nodes/Host.ts'
import { fork } from '../../src/sim/kernel/fork.ts'
import { Streams } from '../../src/sim/kernel/Random.ts'

/** A host that only draws. */
function drawing(name: string): Host {
  const stream = new Streams('7/').stream(name)
  return { random: () => stream.next() } as Partial<Host> as Host
}

let host: Host

beforeEach(() => {
  host = drawing('ring')
})

function names(count: number, from = 1): HostName[] {
  return Array.from({ length: count }, (_, i) => `s${from + i}`)
}

describe('the servers of a client', () => {
  it('are tried in turn, with a pause when it has gone round', () => {
    const ring = new ServerRing(host, names(3), true)
    const tried = Array.from({ length: 7 }, () => ring.next(host))
    expect(tried.map(({ server }) => server)).toEqual(['s1', 's2', 's3', 's1', 's2', 's3', 's1'])
    expect(tried.map(({ pause }) => pause)).toEqual([false, false, false, true, false, false, true])
  })

  it('are a round from where it was connected last', () => {
    const ring = new ServerRing(host, names(3), true)
    ring.next(host)
    ring.next(host)
    ring.onConnected()
    expect([1, 2, 3].map(() => ring.next(host))).toEqual([
      { server: 's3', pause: false },
      { server: 's1', pause: false },
      { server: 's2', pause: true },
    ])
  })

  it('are shuffled, every order as likely', () => {
    const count = new Map<string, number>()
    for (let i = 0; i < 6_000; i += 1) {
      const order = new ServerRing(host, names(3)).servers.join(' ')
      count.set(order, (count.get(order) ?? 0) + 1)
    }
    expect(count.size).toBe(6)
    for (const times of count.values()) expect(Math.abs(times - 1_000)).toBeLessThan(150)
  })

  it('are one at least', () => {
    expect(() => new ServerRing(host, [])).toThrow(RangeError)
    expect(() => new ServerRing(host, names(1)).updateServerList(host, [], null)).toThrow(RangeError)
  })
})

/** How many of so many clients are where, after they were told of other servers and those that move have moved. */
function rebalanced(before: HostName[], after: HostName[], clients = 6_000): Map<HostName, number> {
  const count = new Map<HostName, number>()
  for (let i = 0; i < clients; i += 1) {
    const ring = new ServerRing(host, before)
    let at = ring.next(host).server
    ring.onConnected()
    if (ring.updateServerList(host, after, at)) {
      at = ring.next(host).server
      ring.onConnected()
    }
    count.set(at, (count.get(at) ?? 0) + 1)
  }
  return count
}

describe('a list of servers that changes', () => {
  it.each([
    ['grows', names(3), names(5)],
    ['grows by one', names(3), names(4)],
    ['shrinks', names(5), names(3)],
    ['is another one', names(3), names(3, 11)],
    ['is in part another one', names(4), [...names(2), ...names(2, 11)]],
    ['grows and loses one', names(3), [...names(2), ...names(3, 11)]],
    ['shrinks and gains one', names(5), [...names(2), ...names(1, 11)]],
  ])('leaves every server its share: it %s', (_how, before, after) => {
    const share = 6_000 / after.length
    const count = rebalanced(before, after)
    expect([...count.keys()].sort()).toEqual([...after].sort())
    for (const times of count.values()) expect(Math.abs(times - share)).toBeLessThan(share / 8)
  })

  it('moves nobody where the servers stay, and whoever is at one that is gone', () => {
    const ring = new ServerRing(host, names(3))
    ring.next(host)
    ring.onConnected()
    expect(ring.updateServerList(host, names(3), 's2')).toBe(false)
    expect(ring.updateServerList(host, names(2), 's1')).toBe(false)
    expect(ring.updateServerList(host, ['s1'], 's2')).toBe(true)
  })

  it('is tried through once, each server once, before it goes round with a pause', () => {
    const ring = new ServerRing(host, names(3), true)
    ring.next(host)
    ring.onConnected()
    expect(ring.updateServerList(host, ['s2', 's3', 's4'], 's1')).toBe(true)
    const tried = [1, 2, 3].map(() => ring.next(host))
    expect(tried.map(({ server }) => server).sort()).toEqual(['s2', 's3', 's4'])
    expect(tried.some(({ pause }) => pause)).toBe(false)
    expect(ring.next(host).pause).toBe(true)
  })

  it('that changes again before it is connected is weighed from the server that was to be next', () => {
    const ring = new ServerRing(host, names(2), true)
    ring.next(host)
    ring.onConnected()
    expect(ring.updateServerList(host, ['s3'], 's1')).toBe(true)
    // It would have gone to s3, which stays; nothing moves it from there.
    expect(ring.updateServerList(host, ['s3'], 's1')).toBe(false)
  })

  it('is copied with the client', () => {
    const ring = new ServerRing(host, names(3))
    ring.next(host)
    ring.onConnected()
    ring.updateServerList(host, names(3, 11), 's1')
    const copy = fork(ring, { strict: true })
    const [one, other] = [drawing('a'), drawing('a')]
    for (let i = 0; i < 9; i += 1) expect(copy.next(other)).toEqual(ring.next(one))
  })
})
