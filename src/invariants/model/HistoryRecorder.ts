/** Writes down what clients do in a run, for `checkHistory`: a listener of a world. */
import type { Txn } from '../../nodes/database/txns.ts'
import type { Fact, FactOf } from '../../nodes/facts.ts'
import { isAnswer } from '../ClientGhost.ts'
import type { RunClock } from '../History.ts'
import type { ClientOperation } from './checkHistory.ts'

export class HistoryRecorder {
  private readonly clock: RunClock
  /** Those that have completed, in the order in which they did. */
  readonly operations: ClientOperation[] = []
  /**
   * What was delivered, by whoever was first, in its order. What came to all by synchronisation alone, as the initial history
   * of an epoch, is not among it: `checker.history.committed` has that too.
   */
  readonly txns: Txn[] = []
  /** By client and number: asked for, at this event. */
  private readonly open = new Map<string, { readonly fact: FactOf<'invoked'>; readonly at: number }>()

  constructor(clock: RunClock) {
    this.clock = clock
  }

  hear(fact: Fact): void {
    switch (fact.type) {
      case 'invoked':
        this.open.set(`${fact.client} ${fact.id}`, { fact, at: this.clock.events })
        return
      case 'completed':
        return this.noteCompleted(fact)
      case 'delivered':
        if (fact.txn.zxid > (this.txns[this.txns.length - 1]?.zxid ?? 0)) this.txns.push(fact.txn)
        return
      default:
    }
  }

  /** All of it, what was never answered at the end. */
  history(): readonly ClientOperation[] {
    const never = [...this.open.values()].map(({ fact: { sessionId, op }, at }) =>
      Object.freeze({
        session: sessionId,
        op,
        invoked: at,
        returned: null,
        err: null,
        zxid: -1,
        result: null,
      }),
    )
    return Object.freeze([...this.operations, ...never])
  }

  private noteCompleted({ client, id, sessionId, op, xid, err, zxid, result }: FactOf<'completed'>): void {
    const key = `${client} ${id}`
    const invoked = this.open.get(key)?.at ?? this.clock.events
    this.open.delete(key)
    const known = isAnswer(xid, zxid, err)
    this.operations.push(
      Object.freeze({
        session: sessionId,
        op,
        invoked,
        returned: this.clock.events,
        err: known ? err : null,
        zxid: known ? zxid : -1,
        result,
      }),
    )
  }
}
