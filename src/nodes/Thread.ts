import { Queue } from '../base/Queue.ts'
import type { Dispatcher } from './Dispatcher.ts'
import type { DiskError, Host, ThreadName, Ticket } from './Host.ts'

/**
 * One Java thread: an inbox, one item a turn, and two ways to block.
 *
 * `park(ticket)` waits for the disk: the inbox grows meanwhile, the node's other threads run on. `wait()` waits for a
 * condition (a Java `wait()` on a monitor): whoever may have made it true calls `signal()`, and the thread looks again
 * in a turn of its own (`signalled`). When a turn comes is the host's choice.
 */
export abstract class Thread<Item> {
  readonly name: ThreadName
  protected readonly dispatcher: Dispatcher
  readonly host: Host
  protected readonly inbox = new Queue<Item>()
  private parkedOn: Ticket | null = null
  private waiting = false
  private woken = false
  private over = false

  constructor(dispatcher: Dispatcher, name: ThreadName) {
    this.dispatcher = dispatcher
    this.host = dispatcher.host
    this.name = name
    dispatcher.started(this as Thread<unknown>)
  }

  /** Puts an item into the inbox. A stopped thread takes none. */
  offer(item: Item): void {
    if (this.over) return
    this.inbox.push(item)
    if (!this.waiting) this.wake()
  }

  /** The condition this thread waits for may have come true. */
  signal(): void {
    this.wake()
  }

  get stopped(): boolean {
    return this.over
  }

  get parked(): boolean {
    return this.parkedOn !== null
  }

  get isWaiting(): boolean {
    return this.waiting
  }

  /** How many items wait. */
  get backlog(): number {
    return this.inbox.length
  }

  stop(): void {
    this.over = true
    this.inbox.clear()
    this.dispatcher.stopped(this as Thread<unknown>)
  }

  turn(): void {
    this.woken = false
    if (this.over || this.parkedOn !== null) return
    if (this.waiting) this.signalled()
    else if (this.inbox.length > 0) this.take(this.inbox.shift() as Item)
    this.wakeIfReady()
  }

  onForced(ticket: Ticket): void {
    if (this.over || this.parkedOn !== ticket) return
    this.parkedOn = null
    this.unparked()
    this.wakeIfReady()
  }

  onDiskFailed(ticket: Ticket, error: DiskError): void {
    if (this.over || this.parkedOn !== ticket) return
    this.parkedOn = null
    this.diskFailed(error)
    this.wakeIfReady()
  }

  /** One item, to completion. */
  protected abstract take(item: Item): void

  /** The disk has done what this thread parked on. */
  protected unparked(): void {}

  /** The disk could not do what this thread parked on. */
  protected abstract diskFailed(error: DiskError): void

  /** A turn while waiting: look at the condition again; `proceed()` ends the wait. */
  protected signalled(): void {}

  protected park(ticket: Ticket): void {
    this.parkedOn = ticket
    this.dispatcher.park(this as Thread<unknown>, ticket)
  }

  /** From here on the inbox waits too, until `proceed()`. */
  protected wait(): void {
    this.waiting = true
  }

  protected proceed(): void {
    this.waiting = false
  }

  private wakeIfReady(): void {
    if (!this.over && this.parkedOn === null && !this.waiting && this.inbox.length > 0) this.wake()
  }

  private wake(): void {
    if (this.woken || this.over || this.parkedOn !== null) return
    this.woken = true
    this.host.wake(this.name)
  }
}
