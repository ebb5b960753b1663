import type { DiskError, Host, Micros, Ticket, ThreadName, TimerName } from './Host.ts'
import type { Thread } from './Thread.ts'

/** Whoever a timer belongs to. */
export interface TimerOwner {
  onTimer(name: TimerName): void
}

/** Finds the part of a node that a turn, a ticket or a timer is for. */
export class Dispatcher {
  readonly host: Host
  private readonly threads = new Map<ThreadName, Thread<unknown>>()
  private readonly parked = new Map<Ticket, Thread<unknown>>()
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
    this.parked.set(ticket, thread)
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
    const thread = this.parked.get(ticket)
    if (thread === undefined) return
    this.parked.delete(ticket)
    thread.onForced(ticket)
  }

  onDiskFailed(ticket: Ticket, error: DiskError): void {
    const thread = this.parked.get(ticket)
    if (thread === undefined) return
    this.parked.delete(ticket)
    thread.onDiskFailed(ticket, error)
  }

  onTimer(name: TimerName): void {
    const owner = this.timers.get(name)
    if (owner === undefined) return
    this.timers.delete(name)
    owner.onTimer(name)
  }
}
