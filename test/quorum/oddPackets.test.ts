import { describe, expect, it } from 'vitest'
import type { Cast } from '../../src/nodes/cast.ts'
import type { Fact, FactOf, FactType } from '../../src/nodes/facts.ts'
import { ideal } from '../../src/nodes/ideal.ts'
import type { QuorumPacket } from '../../src/nodes/packets.ts'
import { makeZxid } from '../../src/nodes/zxid.ts'
import { Ensemble } from '../../src/sim/ensemble.ts'

const SECOND = 1_000_000

/** What was told, in order. */
class Listener {
  readonly facts: Fact[] = []

  hear(fact: Fact): void {
    this.facts.push(fact)
  }

  of<T extends FactType>(type: T): FactOf<T>[] {
    return this.facts.filter((fact): fact is FactOf<T> => fact.type === type)
  }
}

/** Three voters and an observer, 3 leads; ten seconds of it. */
function run(cast: Partial<Cast>, between?: (ensemble: Ensemble) => void): Listener {
  const options = { cast: Object.freeze({ ...ideal, ...cast }), check: false, onNodeError: 'throw' } as const
  const ensemble = new Ensemble({ peers: 3, observers: 1 }, options)
  const listener = new Listener()
  ensemble.world.listeners.push(listener)
  ensemble.world.runUntil(5 * SECOND)
  between?.(ensemble)
  ensemble.world.runUntil(10 * SECOND)
  return listener
}

const LEADERINFO: QuorumPacket = Object.freeze({ type: 'LEADERINFO', zxid: makeZxid(1, 0) })

describe('a packet that nobody sends where it comes', () => {
  it('is passed over by a learner that serves', () => {
    const listener = run({
      LearnerHandler: class extends ideal.LearnerHandler {
        override queuePacket(packet: QuorumPacket): void {
          super.queuePacket(packet)
          if (packet.type === 'UPTODATE') super.queuePacket(LEADERINFO)
        }
      },
    })
    expect(listener.of('anomaly').map(({ peer, code }) => [peer, code])).toEqual(
      expect.arrayContaining([1, 2, 4].map((sid) => [sid, 'A5'])),
    )
    expect(listener.of('lookingAgain')).toEqual([])
  })

  it('is passed over by a learner that synchronises', () => {
    const listener = run({
      LearnerHandler: class extends ideal.LearnerHandler {
        override queuePacket(packet: QuorumPacket): void {
          if (packet.type === 'NEWLEADER') super.queuePacket(LEADERINFO)
          super.queuePacket(packet)
        }
      },
    })
    expect(listener.of('anomaly').map(({ code }) => code)).toEqual(['A5', 'A5', 'A5'])
    expect(listener.of('lookingAgain')).toEqual([])
  })

  it('is passed over by a leader that serves', () => {
    const listener = run({
      Follower: class extends ideal.Follower {
        protected override ping(packet: QuorumPacket): void {
          this.writePacket(LEADERINFO)
          super.ping(packet)
        }
      },
    })
    expect(listener.of('anomaly').length).toBeGreaterThan(0)
    for (const { peer, code } of listener.of('anomaly')) expect([peer, code]).toEqual([3, 'A5'])
    expect(listener.of('lookingAgain')).toEqual([])
  })

  it('drives a learner away if it is a COMMIT of nothing, before NEWLEADER or behind it', () => {
    const commit: QuorumPacket = Object.freeze({ type: 'COMMIT', zxid: makeZxid(1, 1) })
    for (const isBefore of [true, false]) {
      const listener = run({
        LearnerHandler: class extends ideal.LearnerHandler {
          override queuePacket(packet: QuorumPacket): void {
            const isFor1 = packet.type === 'NEWLEADER' && this.sid === 1
            if (isFor1 && isBefore) super.queuePacket(commit)
            super.queuePacket(packet)
            if (isFor1 && !isBefore) super.queuePacket(commit)
          }
        },
      })
      const reasons = new Set(listener.of('lookingAgain').map(({ peer, reason }) => `${peer}: ${reason}`))
      expect([...reasons]).toEqual(['1: COMMIT 1:1 with nothing pending'])
    }
  })
})

it('an observer is LOOKING as soon as its leader is gone, and looks a little later', () => {
  const listener = run({}, (ensemble) => ensemble.machineOf(3).crash())
  const lost = listener.facts.findIndex((fact) => fact.type === 'lookingAgain' && fact.peer === 4)
  const then = listener.facts.slice(lost).filter((fact) => 'peer' in fact && fact.peer === 4)
  const told = then.map((fact) => (fact.type === 'stateChanged' ? `${fact.state} ${fact.zab}` : fact.type))
  expect(told.slice(0, 4)).toEqual(['lookingAgain', 'fastForwarded', 'LOOKING ELECTION', 'LOOKING ELECTION'])
})
