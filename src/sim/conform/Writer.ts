import type { Client } from '../../nodes/client/Client.ts'
import type { ClientProgram, ClientProgramFactory } from '../../nodes/client/ClientProgram.ts'
import type { Bytes } from '../../nodes/database/txns.ts'
import { createOperation } from '../../nodes/operations.ts'
import type { Operation } from '../../nodes/packets.ts'

/** Makes the programs of sessions that create `count` nodes, `<prefix>0` and on, one after the other, and close. */
export function writerOf(prefix: string, count: number, bytes: number): ClientProgramFactory {
  return Object.freeze(new WriterFactory(prefix, count, 'x'.repeat(bytes)))
}

class WriterFactory implements ClientProgramFactory {
  private readonly prefix: string
  private readonly count: number
  private readonly data: Bytes

  constructor(prefix: string, count: number, data: Bytes) {
    this.prefix = prefix
    this.count = count
    this.data = data
  }

  create(): Writer {
    return new Writer(this.prefix, this.count, this.data)
  }
}

export class Writer implements ClientProgram {
  /** The session is closed, and all was written; or something failed. */
  outcome: 'pending' | 'done' | 'failed' = 'pending'
  private written = 0
  private readonly prefix: string
  private readonly count: number
  private readonly data: Bytes

  constructor(prefix: string, count: number, data: Bytes) {
    this.prefix = prefix
    this.count = count
    this.data = data
  }

  onConnected(client: Client): void {
    this.next(client)
  }

  onCompleted(client: Client, _id: number, op: Operation, err: number): void {
    if (err !== 0) this.outcome = 'failed'
    else if (op.type === 'closeSession') this.outcome = 'done'
    else this.next(client)
  }

  onExpired(): void {
    this.outcome = 'failed'
  }

  private next(client: Client): void {
    if (this.written === this.count) {
      client.close()
      return
    }
    const path = `${this.prefix}${this.written}`
    this.written += 1
    client.submit(createOperation(path, this.data))
  }
}
