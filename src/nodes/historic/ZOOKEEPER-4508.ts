import type { Micros } from '../Host.ts'
import { MICROS_PER_MILLI } from '../PeerConfig.ts'
import { understudy } from './Understudy.ts'

export const zookeeper4508 = understudy({
  issue: 'ZOOKEEPER-4508',
  since: '3.0.0',
  mendedIn: ['3.9.3'],
  story:
    'A client that heard of no server tried again for ever: only a server could tell it that its session, or one that it ' +
    'had never got, was no more.',
  recastClient: (cast) =>
    Object.freeze({
      ...cast,

      Client: class extends cast.Client {
        protected override expiryDeadline(): Micros {
          return Number.POSITIVE_INFINITY
        }

        /** What was heard last was counted from, so an attempt counted as something heard. */
        protected override dialled(): void {
          super.dialled()
          this.lastHeard = this.host.now
        }

        protected override connectDeadline(): Micros {
          return this.lastHeard + this.connectTimeout * MICROS_PER_MILLI
        }
      },
    }),
})
