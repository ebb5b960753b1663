import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { FastLeaderElection } from '../../src/nodes/election/FastLeaderElection.ts'
import { totalOrderPredicate } from '../../src/nodes/election/totalOrderPredicate.ts'
import { makeZxid } from '../../src/nodes/zxid.ts'
import { FakeEnsemble } from './fakeEnsemble.ts'
import { members } from './lonePeer.ts'

const three = members([1, 2, 3])
const five = members([1, 2, 3, 4, 5])
const votesOf = (net: FakeEnsemble) =>
  net.told('voted').map(({ peer, leader, zxid }) => `${peer}: (${leader},${zxid})`)

describe('start-up', () => {
  it('1, then 2: they agree on 2; then 3 joins them', () => {
    const net = new FakeEnsemble(three)
    net.start(1)
    net.run(100)
    expect(net.states()).toEqual(['1 LOOKING 1'])
    net.start(2)
    net.run(1_000)
    expect(votesOf(net)).toEqual(['1: (1,0)', '2: (2,0)', '1: (2,0)'])
    expect(net.states()).toEqual(['1 FOLLOWING 2', '2 LEADING 2'])

    net.start(3)
    net.run(1_000)
    expect(net.states()).toEqual(['1 FOLLOWING 2', '2 LEADING 2', '3 FOLLOWING 2'])
    expect(votesOf(net).slice(3), 'nobody else votes again').toEqual(['3: (3,0)'])
    expect(net.told('elected').at(-1)).toMatchObject({ peer: 3, fromLookers: false, electionEpoch: 1 })
  })

  it('3 at once: 3 leads, since all else is equal', () => {
    const net = new FakeEnsemble(three)
    for (const sid of [1, 2, 3]) net.start(sid)
    net.run(1_000)
    expect(net.states()).toEqual(['1 FOLLOWING 3', '2 FOLLOWING 3', '3 LEADING 3'])
  })

  it('5 at once', () => {
    const net = new FakeEnsemble(five)
    for (const sid of [1, 2, 3, 4, 5]) net.start(sid)
    net.run(1_000)
    expect(net.states().map((line) => line.slice(2))).toEqual([...Array(4).fill('FOLLOWING 5'), 'LEADING 5'])
    expect(net.told('elected').every((fact) => fact.electionEpoch === 1)).toBe(true)
  })

  it('one after another: 3 completes the quorum of five and leads', () => {
    const net = new FakeEnsemble(five)
    for (const sid of [1, 2, 3, 4, 5]) {
      net.start(sid)
      net.run(3_000)
    }
    expect(net.states().map((line) => line.slice(2))).toEqual([
      'FOLLOWING 3',
      'FOLLOWING 3',
      'LEADING 3',
      'FOLLOWING 3',
      'FOLLOWING 3',
    ])
  })

  it('an observer follows, and never counts', () => {
    const net = new FakeEnsemble(members([1, 2, 3], [4, 5]))
    for (const sid of [1, 4, 5]) net.start(sid)
    net.run(5_000)
    expect(net.states().every((line) => line.includes('LOOKING'))).toBe(true)
    net.start(2)
    net.run(10_000)
    expect(net.states()).toEqual(['1 FOLLOWING 2', '2 LEADING 2', '4 OBSERVING 2', '5 OBSERVING 2'])
  })
})

describe('recovery', () => {
  it('of servers at 9, 9, 9, 8, 8: the highest id at 9 leads', () => {
    const net = new FakeEnsemble(five)
    const zxids = [9, 9, 9, 8, 8]
    for (const [i, zxid] of zxids.entries()) net.start(i + 1, { zxid: makeZxid(1, zxid), epoch: 1 })
    net.run(1_000)
    expect(net.states().map((line) => line.slice(2))).toEqual([
      'FOLLOWING 3',
      'FOLLOWING 3',
      'LEADING 3',
      'FOLLOWING 3',
      'FOLLOWING 3',
    ])
  })

  it('a later epoch goes before a later position', () => {
    const net = new FakeEnsemble(three)
    net.start(1, { zxid: makeZxid(1, 3), epoch: 2 })
    net.start(2, { zxid: makeZxid(1, 3), epoch: 1 })
    net.start(3, { zxid: makeZxid(1, 9), epoch: 1 })
    net.run(1_000)
    expect(net.states()).toEqual(['1 LEADING 1', '2 FOLLOWING 1', '3 FOLLOWING 1'])
  })

  it('after the leader crashed, the others elect the best of them in round 2', () => {
    const net = new FakeEnsemble(three)
    for (const sid of [1, 2, 3]) net.start(sid)
    net.run(1_000)
    net.crash(3)
    net.run(10_000)
    expect(net.states()).toEqual(['1 FOLLOWING 2', '2 LEADING 2'])
    expect(net.told('elected').at(-1)!.electionEpoch).toBe(2)
  })

  it('ZOOKEEPER-1419: one peer with the highest id and an older epoch does not keep the others from agreeing', () => {
    class Circular extends FastLeaderElection {
      protected override totalOrderPredicate(...votes: [number, number, number, number, number, number]) {
        const [leader, zxid, epoch, curLeader, curZxid, curEpoch] = votes
        return (
          epoch > curEpoch ||
          (epoch === curEpoch && zxid > curZxid) ||
          (zxid === curZxid && leader > curLeader)
        )
      }
    }
    const elect = (Election: typeof FastLeaderElection) => {
      const net = new FakeEnsemble(five, { Election })
      for (const sid of [1, 2, 3, 4, 5]) {
        net.start(sid, { zxid: makeZxid(1, 7), epoch: sid <= 3 ? 2 : 1 })
      }
      net.run(10)
      const early = net.told('voted').length
      net.run(8)
      return { net, late: net.told('voted').length - early }
    }
    const { net, late } = elect(FastLeaderElection)
    expect(late).toBe(0)
    net.run(1_000)
    expect(net.states().filter((line) => line.endsWith('LEADING 3'))).toHaveLength(1)
    const broken = elect(Circular)
    expect(broken.late, 'with the bug, votes go round and round').toBeGreaterThan(100)
    expect(broken.net.told('elected')).toEqual([])
  })
})

describe('stale notifications', () => {
  it('ZOOKEEPER-975: whoever was away hears the newest vote only, and then of the ensemble that stands', () => {
    const net = new FakeEnsemble(three)
    net.cut.add('1>3').add('2>3').add('3>1').add('3>2')
    for (const sid of [1, 2, 3]) net.start(sid)
    net.run(3_000)
    expect(net.states()).toEqual(['1 FOLLOWING 2', '2 LEADING 2', '3 LOOKING 3'])
    net.cut.clear()
    net.run(20_000)
    expect(net.states()).toEqual(['1 FOLLOWING 2', '2 LEADING 2', '3 FOLLOWING 2'])
    const to3 = net.packets.filter(({ to, packet }) => to === 3 && packet.type === 'NOTIFICATION')
    const leaders = to3.map(({ packet }) => packet.type === 'NOTIFICATION' && packet.leader)
    expect(new Set(leaders), 'that 1 once voted for itself was replaced in its queue').toEqual(new Set([2]))
  })

  it('a LOOKING vote of somebody who has a leader by now is repeated, and does no harm', () => {
    const net = new FakeEnsemble(three)
    for (const sid of [1, 2, 3]) net.start(sid)
    net.run(1_000)
    const before = net.packets.length
    net.breakConnections(1, 3)
    net.peers.get(1)!.election.manager.connectAll()
    net.run(1_000)
    const again = net.packets
      .slice(before)
      .map(({ from, to, packet }) => (packet.type === 'NOTIFICATION' ? `${from}>${to} ${packet.state}` : ''))
      .filter((line) => line !== '')
    expect(again.sort(), 'each repeats its last vote, and is told who leads').toEqual([
      '1>3 FOLLOWING',
      '1>3 LOOKING',
      '3>1 LEADING',
      '3>1 LOOKING',
    ])
    expect(net.states()).toEqual(['1 FOLLOWING 3', '2 FOLLOWING 3', '3 LEADING 3'])
    expect(net.told('elected')).toHaveLength(3)
  })
})

describe('a leader that restarts at once', () => {
  it('finds the votes of round 1, which is its first round as well, and leads again', () => {
    const net = new FakeEnsemble(three)
    for (const sid of [1, 2, 3]) net.start(sid)
    net.run(600)
    net.crash(3)
    net.start(3)
    net.run(400)
    expect(net.states()).toEqual(['1 FOLLOWING 3', '2 FOLLOWING 3', '3 LEADING 3'])
    expect(net.told('elected').slice(3)).toMatchObject([{ peer: 3, leader: 3, electionEpoch: 1 }])
  })
})

describe('a bad network', () => {
  it('notifications that are lost are sent again', () => {
    const net = new FakeEnsemble(three, { seed: 5 })
    for (const sid of [1, 2]) net.start(sid)
    for (let i = 0; i < 5; i++) {
      net.breakConnections(1, 2, true)
      net.run(i)
    }
    net.run(20_000)
    expect(net.states()).toEqual(['1 FOLLOWING 2', '2 LEADING 2'])
  })

  it('a cut heals within the time between notifications', () => {
    const net = new FakeEnsemble(three)
    net.partition([1], [2], [3])
    for (const sid of [1, 2, 3]) net.start(sid)
    net.run(300_000)
    expect(net.peers.get(1)!.election.notTimeout).toBe(60_000)
    net.partition()
    net.run(65_000)
    expect(net.states()).toEqual(['1 FOLLOWING 3', '2 FOLLOWING 3', '3 LEADING 3'])
  })

  const actions = fc.array(
    fc.record({
      wait: fc.integer({ min: 0, max: 3_000 }),
      a: fc.integer({ min: 1, max: 5 }),
      b: fc.integer({ min: 1, max: 5 }),
      what: fc.constantFrom('break', 'halfOpen', 'cut', 'cutOneWay', 'heal', 'crash', 'start', 'slow'),
    }),
    { maxLength: 30 },
  )

  it('whatever happens: who is elected is as far as its supporters, and all agree once it is over', () => {
    fc.assert(
      fc.property(
        fc.integer(),
        fc.array(fc.integer({ min: 0, max: 2 }), { minLength: 5, maxLength: 5 }),
        actions,
        (seed, zxids, schedule) => {
          const net = new FakeEnsemble(five, { seed })
          for (const [i, zxid] of zxids.entries()) net.start(i + 1, { zxid })
          for (const action of schedule) {
            net.run(action.wait)
            disturb(net, action)
          }
          net.cut.clear()
          for (const peer of net.peers.values()) {
            peer.slowness = 1
            if (!peer.up) net.start(peer.myid)
          }
          net.run(240_000)

          const leaders = [...net.peers.values()].filter((peer) => peer.state === 'LEADING')
          expect(leaders).toHaveLength(1)
          const [leader] = leaders
          for (const peer of net.peers.values()) expect(peer.currentVote.leader).toBe(leader!.myid)
          expect(electedAreFarEnough(net, zxids)).toBe(true)
        },
      ),
      { numRuns: 200 },
    )
  }, 30_000)
})

function disturb(net: FakeEnsemble, { a, b, what }: { a: number; b: number; what: string }): void {
  const peer = net.peers.get(a)!
  if (what === 'break') net.breakConnections(a, b)
  else if (what === 'halfOpen') net.breakConnections(a, b, true)
  else if (what === 'cut') net.cut.add(`${a}>${b}`).add(`${b}>${a}`)
  else if (what === 'cutOneWay') net.cut.add(`${a}>${b}`)
  else if (what === 'heal') net.cut.clear()
  else if (what === 'slow') peer.slowness = 1_000
  else if (what === 'crash' && peer.up) net.crash(a)
  else if (what === 'start' && !peer.up) net.start(a)
}

/** No supporter in a LOOKING quorum was further than the one it supported. Positions do not move here. */
function electedAreFarEnough(net: FakeEnsemble, zxids: readonly number[]): boolean {
  const zxidOf = (sid: number) => zxids[sid - 1]!
  return net
    .told('elected')
    .filter((fact) => fact.fromLookers)
    .every(
      ({ leader, zxid, supporters }) =>
        zxid === zxidOf(leader) &&
        five.containsQuorum(new Set(supporters)) &&
        supporters.every((sid) => !totalOrderPredicate(five, sid, zxidOf(sid), 0, leader, zxid, 0)),
    )
}
