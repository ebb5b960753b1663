import type { DiskError, Ticket } from '../Host.ts'
import { Thread } from '../Thread.ts'
import type { Zxid } from '../zxid.ts'
import type { Leader } from './Leader.ts'
import type { Proposal } from './Proposal.ts'

/**
 * Waits for the disk while a leader writes a configuration: one that it has proposed, then the same again when it has
 * been agreed on. In Java whichever thread is at it writes, and the others wait for the leader's monitor.
 */
export class ConfigWriter extends Thread<never> {
  private readonly leader: Leader
  private agreedOn: Proposal | null = null
  private held: Zxid[] = []

  constructor(leader: Leader) {
    super(leader.peer.dispatcher, 'config')
    this.leader = leader
  }

  /** @param agreedOn the reconfig that is to be committed then; null where it has just been proposed */
  write(ticket: Ticket, agreedOn: Proposal | null): void {
    this.agreedOn = agreedOn
    this.park(ticket)
  }

  /** Whether the leader's own ACK has to wait, because it would count for a configuration that its disk does not have. */
  holds(zxid: Zxid): boolean {
    if (!this.parked || this.agreedOn !== null) return false
    this.held.push(zxid)
    return true
  }

  protected override take(_item: never): void {}

  protected override unparked(): void {
    const { agreedOn, held } = this
    this.agreedOn = null
    this.held = []
    this.leader.configWritten(agreedOn, held)
  }

  protected override diskFailed(error: DiskError): void {
    this.leader.peer.diskFailed(error, 'configuration of a leader')
  }
}
