import type { CreateOptions, Data, MultiOp, MultiResult, Transaction } from './ZooKeeper.ts'

/** Java: Transaction */
export class MultiBuilder implements Transaction {
  private readonly ops: MultiOp[] = []
  private readonly send: (ops: readonly MultiOp[], below: unknown) => Promise<readonly MultiResult[]>

  /** @param send `below` is the function whose caller is answered */
  constructor(send: (ops: readonly MultiOp[], below: unknown) => Promise<readonly MultiResult[]>) {
    this.send = send
  }

  create(path: string, data: Data = null, options: CreateOptions = {}): this {
    return this.add({ type: 'create', path, data, ...options })
  }

  delete(path: string, version = -1): this {
    return this.add({ type: 'delete', path, version })
  }

  setData(path: string, data: Data, version = -1): this {
    return this.add({ type: 'setData', path, data, version })
  }

  check(path: string, version: number): this {
    return this.add({ type: 'check', path, version })
  }

  commit(): Promise<readonly MultiResult[]> {
    return this.send(this.ops, this.commit)
  }

  private add(op: MultiOp): this {
    this.ops.push(op)
    return this
  }
}
