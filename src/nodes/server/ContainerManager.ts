import type { TimerOwner } from '../Dispatcher.ts'
import type { DataTree } from '../database/DataTree.ts'
import { ttlOf } from '../database/ephemeralType.ts'
import { NO_SESSION } from '../database/txns.ts'
import type { ZNode } from '../database/ZNode.ts'
import { MICROS_PER_MILLI } from '../PeerConfig.ts'
import type { OperationOf } from '../packets.ts'
import { Request } from '../processors/Request.ts'
import type { RequestProcessor } from '../processors/RequestProcessor.ts'
import type { ZooKeeperServer } from './ZooKeeperServer.ts'

const TIMER = 'containerManager'

const MILLIS_PER_MINUTE = 60_000

/**
 * Looks, every now and then, for containers that are empty again and for nodes whose time to live is over, and asks for
 * their deletion, one at a time. Runs on the leader and in standalone servers.
 *
 * Java: ContainerManager. There a timer's thread sleeps between two requests, and looks at once where its time has come
 * while it did; here the timer tells what is next.
 */
export class ContainerManager implements TimerOwner {
  protected readonly zks: ZooKeeperServer
  private readonly next: RequestProcessor
  /** What the last look found and nobody has been asked for. */
  private candidates: readonly string[] = []
  /** When to look next, by the host's clock. */
  private nextCheck = 0

  /** `next`: what takes the requests, and decides for itself whether they can be met by then. */
  constructor(zks: ZooKeeperServer, next: RequestProcessor) {
    this.zks = zks
    this.next = next
  }

  start(): void {
    this.nextCheck = this.zks.host.now + this.interval
    this.sleep(this.interval)
  }

  shutdown(): void {
    this.zks.dispatcher.clearTimer(TIMER)
  }

  onTimer(): void {
    if (this.candidates.length === 0) this.checkContainers()
    const [path, ...others] = this.candidates
    this.candidates = others
    const untilCheck = Math.max(1, this.nextCheck - this.zks.host.now)
    if (path === undefined) return this.sleep(untilCheck)
    this.next.processRequest(new Request(null, NO_SESSION, 0, deleteContainer(path), null))
    this.sleep(others.length === 0 ? Math.max(this.minInterval, untilCheck) : this.minInterval)
  }

  private checkContainers(): void {
    this.nextCheck += this.interval
    if (this.zks.config.containerMaxPerMinute > 0) this.candidates = this.getCandidates(this.zks.zkDb.tree)
  }

  /** In code unit order; Java takes them in hash order. */
  protected getCandidates(tree: DataTree): string[] {
    const containers = tree.containers().filter((path) => this.isAbandoned(tree.get(path)))
    return [...containers, ...tree.ttls().filter((path) => this.isOver(tree.get(path)))]
  }

  /** One that never had a child is given time to get one: nobody could use it otherwise. */
  private isAbandoned(node: ZNode | undefined): boolean {
    if (node === undefined || node.children.size > 0) return false
    if (node.stat.cversion > 0) return true
    const patience = this.maxNeverUsedInterval
    return patience !== 0 && this.elapsed(node) > patience
  }

  /** Milliseconds; 0 is never. */
  protected get maxNeverUsedInterval(): number {
    return this.zks.config.containerMaxNeverUsedInterval
  }

  private isOver(node: ZNode | undefined): boolean {
    return (
      node !== undefined && node.children.size === 0 && this.elapsed(node) > ttlOf(node.stat.ephemeralOwner)
    )
  }

  /** Milliseconds since it was written, by the clock on the wall, which may have been set meanwhile. */
  private elapsed(node: ZNode): number {
    return Math.floor(this.zks.host.wallClock / MICROS_PER_MILLI) - node.stat.mtime
  }

  private get interval(): number {
    return this.zks.config.containerCheckInterval * MICROS_PER_MILLI
  }

  private get minInterval(): number {
    return Math.floor(MILLIS_PER_MINUTE / this.zks.config.containerMaxPerMinute) * MICROS_PER_MILLI
  }

  private sleep(micros: number): void {
    this.zks.dispatcher.setTimer(TIMER, Math.max(1, micros), this)
  }
}

function deleteContainer(path: string): OperationOf<'deleteContainer'> {
  return Object.freeze({ type: 'deleteContainer', path })
}
