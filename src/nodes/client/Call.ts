import { type Copy, type Forkable, fork } from '../../base/forkable.ts'
import type { Operation } from '../packets.ts'
import type { SubmitOptions } from './ClientOptions.ts'

/** The id of what the client asks for by itself; nobody hears what became of it. */
export const NOBODYS = 0

/** An operation on its way. Java: ClientCnxn.Packet */
export class Call implements Forkable {
  readonly id: number
  readonly op: Operation
  /** Frozen. */
  readonly options: SubmitOptions
  /** Given when it is sent. */
  xid = 0

  constructor(id: number, op: Operation, options: SubmitOptions) {
    this.id = id
    this.op = op
    this.options = options
  }

  [fork](_copy: Copy): this {
    const copy = new Call(this.id, this.op, this.options)
    copy.xid = this.xid
    return copy as this
  }
}
