import type { Fact, FactOf } from '../../src/nodes/facts.ts'
import type { OperationOf, OperationType } from '../../src/nodes/packets.ts'

type Completed<T extends OperationType> = FactOf<'completed'> & { readonly op: OperationOf<T> }

/** Listens to a world, and keeps what clients were answered. */
export class Answers {
  readonly all: FactOf<'completed'>[] = []

  hear(fact: Fact): void {
    if (fact.type === 'completed') this.all.push(fact)
  }

  of<T extends OperationType>(type: T): readonly Completed<T>[] {
    return this.all.filter((one): one is Completed<T> => one.op.type === type)
  }

  /** One whose results are errors. */
  static isFailedMulti({ result }: FactOf<'completed'>): boolean {
    return result?.type === 'multi' && result.results.some(({ type }) => type === 'error')
  }
}
