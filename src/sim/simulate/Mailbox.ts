/**
 * What happened in the world that programs wait for, in order, until the run looks.
 *
 * Programs are closures and promises, which no world may hold. So the world knows this list alone, which is plain, and the
 * run outside settles the promises between two events.
 */
import type { Fact, FactOf } from '../../nodes/facts.ts'
import type { Action, FactListener } from '../kernel/World.ts'

/** Facts of clients that a handle waits for. */
const types = Object.freeze(['completed', 'clientConnected', 'watchEvent'] as const)

export type ClientFact = FactOf<(typeof types)[number]>

/** A sleep is over. */
export interface Ring {
  readonly type: 'ring'
  readonly id: number
}

export type Letter = ClientFact | Ring

const relevant: ReadonlySet<Fact['type']> = new Set(types)

export class Mailbox implements FactListener {
  letters: Letter[] = []

  hear(fact: Fact): void {
    if (relevant.has(fact.type)) this.letters.push(fact as ClientFact)
  }
}

/** Rings at its time. */
export class Alarm implements Action {
  private readonly mailbox: Mailbox
  private readonly id: number

  constructor(mailbox: Mailbox, id: number) {
    this.mailbox = mailbox
    this.id = id
  }

  act(): void {
    this.mailbox.letters.push(Object.freeze({ type: 'ring', id: this.id }))
  }
}
