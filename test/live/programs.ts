import type { Client } from '../../src/nodes/client/Client.ts'
import type { ClientProgram } from '../../src/nodes/client/ClientProgram.ts'
import { keeperErrors } from '../../src/nodes/keeperErrors.ts'
import type { Operation, Result } from '../../src/nodes/packets.ts'

/** Operations on their way at a time. */
const WINDOW = 20

const { OK, CONNECTIONLOSS, NODEEXISTS, SESSIONEXPIRED } = keeperErrors

/**
 * Does operations in order, a window of them at a time, until each has succeeded: what a lost connection leaves open is
 * asked for again. Then it ends its session.
 */
export class Worker implements ClientProgram {
  /** What each operation came to; null: not done. */
  readonly results: (Result | null)[]
  done = 0
  /** What will not come right by asking again. */
  readonly failures: string[] = []
  private readonly operations: readonly Operation[]
  private readonly indexOf = new Map<number, number>()
  private readonly again: number[] = []
  private next = 0

  constructor(operations: readonly Operation[]) {
    this.operations = operations
    this.results = operations.map(() => null)
  }

  get finished(): boolean {
    return this.done === this.operations.length
  }

  onConnected(client: Client): void {
    this.fill(client)
  }

  onCompleted(client: Client, id: number, op: Operation, err: number, result: Result | null): void {
    const index = this.indexOf.get(id)
    if (index === undefined) return
    this.indexOf.delete(id)
    // A create that was lost and asked for again may find its own work.
    if (err === OK.code || (err === NODEEXISTS.code && op.type === 'create')) {
      this.done += 1
      this.results[index] = result
      if (this.finished) return void client.close()
    } else if (err === CONNECTIONLOSS.code || err === SESSIONEXPIRED.code) this.again.push(index)
    else this.failures.push(`${op.type} came to ${err}`)
    if (client.state === 'CONNECTED') this.fill(client)
  }

  onExpired(client: Client): void {
    client.connect(client.servers)
  }

  private fill(client: Client): void {
    while (client.state === 'CONNECTED' && this.indexOf.size < WINDOW) {
      const index = this.again.shift() ?? (this.next < this.operations.length ? this.next++ : null)
      if (index === null) return
      this.indexOf.set(client.submit(this.operations[index] as Operation), index)
    }
  }
}
