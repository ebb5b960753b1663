import { assert } from '../../base/assert.ts'
import { Queue } from '../../base/Queue.ts'
import type { SessionId } from '../database/txns.ts'
import type { ZooKeeperServer } from '../server/ZooKeeperServer.ts'
import { CriticalThread } from './CriticalThread.ts'
import { isQuorumRequest } from './isQuorumRequest.ts'
import type { Request } from './Request.ts'
import type { RequestProcessor } from './RequestProcessor.ts'

/**
 * Matches requests with commits. What it promises: the requests of a session are answered in the order in
 * which they came; transactions are applied in the order in which they were committed; and a request that
 * waits for its commit holds up its own session only.
 *
 * Java: CommitProcessor. A turn here is one round of its loop: reads that wait for nothing, then at most one
 * commit, then the reads that stood behind it. Its worker threads only spread reads over cores: without them
 * the rules are the same.
 */
export class CommitProcessor extends CriticalThread<never> implements RequestProcessor {
  /** Came in and were not looked at yet. */
  protected readonly queuedRequests = new Queue<Request>()
  /** Of all that came in, those that need a commit, until it is there. */
  protected readonly queuedWriteRequests = new Queue<Request>()
  /** Committed, and not applied yet. */
  protected readonly committedRequests = new Queue<Request>()
  /** Of each session that waits for a commit, the request that does and all behind it. */
  protected readonly pendingRequests = new Map<SessionId, Queue<Request>>()
  private readonly next: RequestProcessor
  /** Whether a sync waits for the leader's answer: not at the leader, where it is a read. */
  private readonly matchSyncs: boolean

  constructor(zks: ZooKeeperServer, next: RequestProcessor, matchSyncs: boolean) {
    super(zks, 'commit')
    this.next = next
    this.matchSyncs = matchSyncs
    // It has three queues of its own, so it waits for signals and leaves the inbox empty.
    this.wait()
  }

  /** How many requests and commits wait for a turn. */
  override get backlog(): number {
    return this.queuedRequests.length + this.committedRequests.length
  }

  processRequest(request: Request): void {
    if (this.stopped) return
    this.queuedRequests.push(request)
    if (this.needCommit(request)) this.queuedWriteRequests.push(request)
    this.signal()
  }

  /** The next in the order of commits; or, on a learner, a sync that was answered. */
  commit(request: Request): void {
    if (this.stopped) return
    this.committedRequests.push(request)
    this.signal()
  }

  /** What waits is lost: the log has what matters of it. */
  shutdown(): void {
    this.stop()
    this.next.shutdown()
  }

  protected needCommit(request: Request): boolean {
    return request.op?.type === 'sync' ? this.matchSyncs : isQuorumRequest(request)
  }

  protected override take(_item: never): void {}

  /** One round of the Java's loop. */
  protected override signalled(): void {
    this.takeRequests()
    this.takeCommit()
    if (!this.stopped && this.backlog > 0) this.signal()
  }

  /**
   * Until there is both a request that waits for a commit and a commit: then that commit can be dealt with.
   */
  private takeRequests(): void {
    for (let left = this.queuedRequests.length; left > 0 && !this.stopped; left--) {
      const request = this.queuedRequests.shift() as Request
      const pending = this.pendingRequests.get(request.sessionId)
      if (pending !== undefined) pending.push(request)
      else if (this.needCommit(request)) this.hold(request)
      else this.next.processRequest(request)
      if (this.pendingRequests.size > 0 && this.committedRequests.length > 0) return
    }
  }

  private hold(request: Request): void {
    const pending = new Queue<Request>()
    pending.push(request)
    this.pendingRequests.set(request.sessionId, pending)
  }

  private takeCommit(): void {
    const committed = this.committedRequests.first
    if (committed === undefined || this.stopped) return
    if (!this.isNextLocalWrite(committed)) {
      this.committedRequests.shift()
      return this.next.processRequest(committed)
    }
    const pending = this.pendingRequests.get(committed.sessionId)
    // Its own request is still among the queued: it will be here before the commit is looked at again.
    if (pending === undefined) return
    const request = pending.shift() as Request
    assert(this.needCommit(request), 'a session waits for the write it made first')
    this.committedRequests.shift()
    this.queuedWriteRequests.shift()
    // Ours knows the connection to answer on; what was agreed on is in the other.
    request.txn = committed.txn
    request.zxid = committed.zxid
    this.next.processRequest(request)
    this.drain(request.sessionId, pending)
  }

  /**
   * Commits of local writes come in the order of the writes: so if it is not the first one's, it is not
   * local.
   */
  private isNextLocalWrite(committed: Request): boolean {
    const first = this.queuedWriteRequests.first
    return first !== undefined && first.sessionId === committed.sessionId && first.cxid === committed.cxid
  }

  /** The reads behind a write that is done, up to the next write. */
  private drain(sessionId: SessionId, pending: Queue<Request>): void {
    for (let head = pending.first; head !== undefined && !this.stopped; head = pending.first) {
      if (this.needCommit(head)) return
      pending.shift()
      this.next.processRequest(head)
    }
    this.pendingRequests.delete(sessionId)
  }
}
