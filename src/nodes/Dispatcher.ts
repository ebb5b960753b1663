import type { DiskError, Host, Micros, ThreadName, Ticket, TimerName } from './Host.ts'
import type { Thread } from './Thread.ts'

/** Whoever a timer belongs to. */
export interface TimerOwner {
  onTimer(name: TimerName): void
}

/** Finds the part of a node that a turn, a ticket or a timer is for. */
export class Dispatcher {
  readonly host: Host
  private readonly threads = new Map<ThreadName, Thread<unknown>>()
  /** Few at a time; side by side with what each waits for. */
  private readonly parked: Thread<unknown>[] = []
  private readonly tickets: Ticket[] = []
  private readonly timers = new Map<TimerName, TimerOwner>()

  constructor(host: Host) {
    this.host = host
  }

  /** The threads that run, in the order in which they started. */
  running(): IterableIterator<Thread<unknown>> {
    return this.threads.values()
  }

  started(thread: Thread<unknown>): void {
    this.threads.set(thread.name, thread)
  }

  stopped(thread: Thread<unknown>): void {
    if (this.threads.get(thread.name) === thread) this.threads.delete(thread.name)
  }

  park(thread: Thread<unknown>, ticket: Ticket): void {
    this.parked.push(thread)
    this.tickets.push(ticket)
  }

  setTimer(name: TimerName, after: Micros, owner: TimerOwner): void {
    this.timers.set(name, owner)
    this.host.setTimer(name, after)
  }

  clearTimer(name: TimerName): void {
    if (this.timers.delete(name)) this.host.clearTimer(name)
  }

  onTurn(name: ThreadName): void {
    this.threads.get(name)?.turn()
  }

  onForced(ticket: Ticket): void {
    this.unpark(ticket)?.onForced(ticket)
  }

  onDiskFailed(ticket: Ticket, error: DiskError): void {
    this.unpark(ticket)?.onDiskFailed(ticket, error)
  }

  private unpark(ticket: Ticket): Thread<unknown> | undefined {
    const at = this.tickets.indexOf(ticket)
    if (at < 0) return undefined
    const thread = this.parked[at]
    const lastTicket = this.tickets.pop() as Ticket
    const lastThread = this.parked.pop() as Thread<unknown>
    if (at < this.parked.length) {
      this.tickets[at] = lastTicket
      this.parked[at] = lastThread
    }
    return thread
  }

  onTimer(name: TimerName): void {
    const owner = this.timers.get(name)
    if (owner === undefined) return
    this.timers.delete(name)
    owner.onTimer(name)
  }
}
