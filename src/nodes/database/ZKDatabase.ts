import { AppendOnlyLog, type LogView } from '../../base/AppendOnlyLog.ts'
import type { SnapshotRecord } from '../diskRecords.ts'
import type { FileName, Host, Ticket } from '../Host.ts'
import type { PeerConfig } from '../PeerConfig.ts'
import { epochOf, printZxid, UNKNOWN, ZERO, type Zxid } from '../zxid.ts'
import { CommittedLog } from './CommittedLog.ts'
import { DatabaseError } from './DatabaseError.ts'
import { CONFIG_NODE, DataTree, type ProcessTxnResult, type TreeChange } from './DataTree.ts'
import type { SharedApply } from './SharedApply.ts'
import {
  readSnapshot,
  readSnapshotFile,
  type SnapshotContent,
  SnapshotStream,
  SnapshotWriter,
  snapshotFile,
  snapshotFiles,
  snapshotSize,
  validSnapshots,
} from './Snapshot.ts'
import { NO_CHANGES, TreeEdit } from './TreeEdit.ts'
import { type LogReading, TxnLog, zxidOfFile } from './TxnLog.ts'
import type { SessionId, Txn } from './txns.ts'

/**
 * What a server knows: the tree, the sessions, the last committed transactions; and the log and snapshots on its disk
 * that all of it can be made from again. Java: ZKDatabase, with FileTxnSnapLog behind it
 */
export class ZKDatabase {
  readonly shared: SharedApply
  /** Never null; a fresh one where nothing was loaded. */
  tree: DataTree = DataTree.empty
  /** Position of `tree`: a transaction's zxid, or the `<epoch, 0>` of a leader that began. Java: DataTree's field */
  lastProcessedZxid: Zxid = ZERO
  /** The ensemble's sessions and their timeouts in milliseconds. Java: sessionsWithTimeouts */
  readonly sessions = new Map<SessionId, number>()
  readonly committedLog: CommittedLog
  /** There is a database in memory. */
  initialized = false
  /** The label of the snapshot that memory was last loaded from; 0 without one. */
  snapshotZxid: Zxid = ZERO
  /** Position of the log's end; where the log is empty, of the snapshot it goes on from. */
  lastLoggedZxid: Zxid = ZERO
  /** Counts how often the content was exchanged as a whole; a snapshot begun before cannot go on. */
  generation = 0

  protected readonly host: Host
  protected readonly config: PeerConfig
  protected readonly log: TxnLog
  /** Transactions logged since the log was rolled. */
  private txnCount = 0
  /** So that not all servers take snapshots at the same time. Java: SyncRequestProcessor.randRoll */
  private randRoll: number
  /** A snapshot was read or written in this process. Java: FileSnap.lastSnapshotInfo */
  private knowsSnapshot = false
  /** What `loadDataBase` read and is not known to be durable. */
  private loadedFiles: FileName[] = []
  private snapshotInForce: FileName | null = null
  /** Memory came from a leader: a snapshot on disk with the same label need not hold the same. */
  private installed = false

  constructor(host: Host, config: PeerConfig, shared: SharedApply) {
    this.host = host
    this.config = config
    this.shared = shared
    this.log = new TxnLog(host, config.preAllocSize)
    this.committedLog = new CommittedLog(config.commitLogCount)
    this.randRoll = this.drawRandRoll()
  }

  // ── memory ──

  /** Of an empty committedLog, 0. */
  get minCommittedLog(): Zxid {
    return this.committedLog.first?.zxid ?? ZERO
  }

  get maxCommittedLog(): Zxid {
    return this.committedLog.last?.zxid ?? ZERO
  }

  /**
   * Applies a transaction: sessions, then tree, then position. A snapshot that begins at a position must hold all
   * up to it (ZOOKEEPER-1090, -3144).
   */
  processTxn(txn: Txn): ProcessTxnResult {
    this.applyToSessions(txn)
    const result = this.applyToTree(txn)
    this.advance(txn)
    return result
  }

  protected applyToSessions(txn: Txn): void {
    const { body } = txn
    if (body.type === 'createSession') this.sessions.set(txn.sessionId, body.timeout)
    else if (body.type === 'closeSession') this.sessions.delete(txn.sessionId)
  }

  protected applyToTree(txn: Txn): ProcessTxnResult {
    const result = this.shared.apply(this.tree, txn)
    this.tree = result.tree
    return result
  }

  protected advance(txn: Txn): void {
    if (txn.zxid > this.lastProcessedZxid) this.lastProcessedZxid = txn.zxid
  }

  /**
   * Shows the configuration that this server is in as the data of /zookeeper/config. By no transaction: servers may
   * differ in it. Java sets the node's mtime to the server's clock; here it is 0, or servers that agree would no longer
   * share their trees.
   *
   * @returns what watches may tell of.
   */
  initConfigInZKDatabase(verifier: Configuration): readonly TreeChange[] {
    const node = this.tree.get(CONFIG_NODE)
    if (node === undefined) return NO_CHANGES
    const text = verifier.toText()
    const edit = new TreeEdit(this.tree)
    edit.setData(CONFIG_NODE, text, -1, verifier.version, 0)
    const shown = node.data === text && node.stat.mzxid === verifier.version && node.stat.version === -1
    if (!shown) this.tree = this.shared.intern(this.lastProcessedZxid, edit.done())
    return edit.changes()
  }

  setLastProcessedZxid(zxid: Zxid): void {
    this.lastProcessedZxid = zxid
  }

  /**
   * Takes a committed transaction into the window that learners are synchronised from. What is in already is ignored.
   * Java: addCommittedProposal, which throws where this returns false.
   *
   * @returns false when it would leave a gap inside its epoch: the caller's server is not to go on. ZOOKEEPER-4925
   */
  addCommittedProposal(txn: Txn): boolean {
    const last = this.committedLog.last
    if (last !== undefined && txn.zxid <= last.zxid) return true
    if (last !== undefined && this.leavesGap(last.zxid, txn.zxid)) {
      this.host.tell(
        Object.freeze({
          type: 'anomaly',
          peer: this.config.myid,
          code: 'A2',
          what: 'a committed proposal does not follow the one before',
          zxid: txn.zxid,
        }),
      )
      return false
    }
    this.committedLog.add(txn)
    return true
  }

  protected leavesGap(last: Zxid, zxid: Zxid): boolean {
    return zxid !== last + 1 && epochOf(zxid) <= epochOf(last)
  }

  /** Forgets what is in memory. */
  clear(): void {
    this.generation += 1
    this.tree = DataTree.empty
    this.sessions.clear()
    this.committedLog.clear()
    this.lastProcessedZxid = ZERO
    this.initialized = false
    this.installed = false
  }

  // ── from disk to memory ──

  /**
   * Newest snapshot that can be read, then the log behind it: all that was logged, committed or not. On an empty disk
   * makes a first snapshot, or, without dbAutocreate, takes position -1. Java: FileTxnSnapLog.restore
   *
   * @returns the position reached.
   * @throws DatabaseError when something is there and a database cannot be made of it.
   */
  loadDataBase(): Zxid {
    this.removeEmptyTail()
    this.log.closeFile()
    const found = this.loadSnapshot()
    if (!found && this.log.lastLoggedZxid === -1) return this.beginEmpty()
    this.loadedFiles = [...validSnapshots(this.host, 1), ...this.log.files().slice(-1)]
    if (!found && !this.config.snapshotTrustEmpty) {
      throw new DatabaseError('no snapshot found, but there are log entries')
    }
    const zxid = this.fastForward()
    this.tree = this.shared.intern(this.lastProcessedZxid, this.tree)
    return zxid
  }

  /**
   * Applies what the log holds behind the position of memory. Java: fastForwardDataBase
   *
   * @returns the position reached.
   * @throws DatabaseError when the log is damaged, or has a gap.
   */
  fastForward(): Zxid {
    const reading = this.log.readFrom(this.lastProcessedZxid + 1)
    this.replay(reading)
    const end = this.log.lastLoggedZxid
    this.lastLoggedZxid = end === -1 ? this.snapshotZxid : end
    this.initialized = true
    return this.lastProcessedZxid
  }

  protected replay(reading: LogReading): void {
    for (const txn of reading.txns) {
      this.processTxn(txn)
      if (!this.addCommittedProposal(txn)) {
        throw new DatabaseError(`the log has a gap before ${printZxid(txn.zxid)}`)
      }
    }
    if (reading.corrupt !== null)
      throw new DatabaseError(`${reading.corrupt} has a record with a wrong checksum`)
  }

  /** A file that power was lost in before anything was in it. ZOOKEEPER-2332 */
  protected removeEmptyTail(): void {
    this.log.removeEmptyTail()
  }

  /** @returns whether there was one. */
  private loadSnapshot(): boolean {
    const files = validSnapshots(this.host, SNAPSHOTS_TRIED)
    for (const file of files) {
      const content = readSnapshotFile(this.host, file)
      if (content === null) continue
      this.takeContent(content)
      this.snapshotZxid = zxidOfFile(file)
      this.lastProcessedZxid = this.snapshotZxid
      this.knowsSnapshot = true
      return true
    }
    if (files.length > 0) throw new DatabaseError('not able to find a snapshot that can be read')
    this.snapshotZxid = ZERO
    return false
  }

  private beginEmpty(): Zxid {
    this.initialized = true
    if (!this.config.dbAutocreate) {
      // Data may be missing: this server neither votes nor lets others count on it. ZOOKEEPER-261
      this.lastProcessedZxid = UNKNOWN
      return UNKNOWN
    }
    this.takeUnforcedSnapshot()
    this.loadedFiles = [snapshotFile(ZERO)]
    return ZERO
  }

  private takeContent(content: SnapshotContent): void {
    this.tree = content.tree
    this.sessions.clear()
    for (const [id, timeout] of content.sessions) this.sessions.set(id, timeout)
  }

  /**
   * Makes durable what `loadDataBase` read or made, a file a call: a process that was killed leaves its last records
   * unforced, and a log may only go on behind a snapshot that is there to stay.
   *
   * @returns null when all of it is.
   */
  forceLoaded(): Ticket | null {
    const file = this.loadedFiles.shift()
    return file === undefined ? null : this.host.force(file)
  }

  /** All that can be read of the log, oldest first. */
  loggedTxns(): LogView<Txn> {
    return Object.freeze(new AppendOnlyLog(this.log.readable()))
  }

  // ── log ──

  /** Writes a transaction to the log, not yet durably. */
  append(txn: Txn): void {
    this.log.append(txn)
    this.lastLoggedZxid = txn.zxid
    this.txnCount += 1
    this.host.tell(Object.freeze({ type: 'logged', peer: this.config.myid, txn }))
  }

  /** Makes all that was appended durable. Java: commit */
  commitLog(): Ticket {
    return this.log.commit()
  }

  /** The disk has answered `commitLog`. */
  logForced(): void {
    this.log.committed()
  }

  /** The disk fails, and this process ends: what it has not answered for is not to be read as if it had. */
  takeBackUnforced(): void {
    this.log.takeBackUnforced()
    if (this.snapshotInForce !== null) this.host.remove(this.snapshotInForce)
  }

  rollLog(): void {
    this.log.rollLog()
    this.txnCount = 0
    this.randRoll = this.drawRandRoll()
  }

  /** Enough was logged since the last snapshot. Java: SyncRequestProcessor.shouldSnapshot */
  shouldSnapshot(): boolean {
    return this.txnCount > Math.floor(this.config.snapCount / 2) + this.randRoll
  }

  private drawRandRoll(): number {
    return Math.floor(this.host.random() * Math.floor(this.config.snapCount / 2))
  }

  isTxnLogSyncEnabled(): boolean {
    return this.config.snapshotSizeFactor >= 0
  }

  /** How many bytes of log are still cheaper than a snapshot; 0 where there is none yet, which sets no limit. */
  calculateTxnLogSizeLimit(): number {
    const file = validSnapshots(this.host, 1)[0]
    return file === undefined ? 0 : Math.floor(snapshotSize(this.host, file) * this.config.snapshotSizeFactor)
  }

  /**
   * The log from the file on that may hold a transaction, so that what is behind it can be sent to a learner. Empty
   * where the log does not reach back to it, where there is more of it than `sizeLimit` bytes (not counting the first
   * file; 0 sets no limit, a negative one allows nothing), or where it has a hole, which Java sends as it is.
   */
  getProposalsFromTxnLog(startZxid: Zxid, sizeLimit: number): readonly Txn[] {
    if (sizeLimit < 0) return NO_TXNS
    const reading = this.log.readFilesFrom(startZxid)
    const first = reading.txns[0]
    if (first === undefined || first.zxid > startZxid) return NO_TXNS
    if (sizeLimit > 0 && reading.sizeOfLaterFiles > sizeLimit) return NO_TXNS
    return this.hasHole(reading.txns) ? NO_TXNS : reading.txns
  }

  protected hasHole(txns: readonly Txn[]): boolean {
    for (let i = 1; i < txns.length; i++) {
      if (this.leavesGap((txns[i - 1] as Txn).zxid, (txns[i] as Txn).zxid)) return true
    }
    return false
  }

  /**
   * Begins to cut off everything behind a transaction, on disk. Memory is cleared. When the ticket is answered,
   * `truncateFurther`, and in the end `reloadAfterTruncate`. Java: truncateLog
   *
   * @returns null when it cannot be done, and nothing is changed: what would be left does not end at `zxid`.
   */
  truncateLog(zxid: Zxid): Ticket | null {
    this.clear()
    const snapshot = this.snapshotToBeginFrom(zxid)
    if (snapshot === null || !this.canTruncateTo(zxid)) return null
    this.discardSnapshotsBehind(zxid)
    return this.log.truncate(zxid, this.keepsTxnBehindTruncation(), snapshot)
  }

  /** The label of the newest snapshot that is whole; null where there is none. */
  newestSnapshotZxid(): Zxid | null {
    const file = validSnapshots(this.host, 1)[0]
    return file === undefined ? null : zxidOfFile(file)
  }

  /** What to wait for next in a truncation; null when it is through. */
  truncateFurther(): Ticket | null {
    return this.log.truncateFurther()
  }

  /** The position is one that this server's history went through. Java: that the log reaches so far */
  protected canTruncateTo(zxid: Zxid): boolean {
    return this.log.holds(zxid) || validSnapshots(this.host, SNAPSHOTS_TRIED).includes(snapshotFile(zxid))
  }

  /** Java keeps the next transaction in the log where the one asked for is missing, as it is after a SNAP. */
  protected keepsTxnBehindTruncation(): boolean {
    return false
  }

  private snapshotToBeginFrom(zxid: Zxid): FileName | null {
    const valid = validSnapshots(this.host, SNAPSHOTS_TRIED)
    const usable = valid.find((file) => zxidOfFile(file) <= zxid)
    if (usable !== undefined) return usable
    return this.config.snapshotTrustEmpty || this.keepsSnapshotsBehindTruncation()
      ? (valid[0] ?? snapshotFile(ZERO))
      : null
  }

  /**
   * Removes the snapshots that hold what is being truncated: loading one would bring it back.
   */
  private discardSnapshotsBehind(zxid: Zxid): void {
    if (this.keepsSnapshotsBehindTruncation()) return
    for (const file of snapshotFiles(this.host).reverse()) if (zxidOfFile(file) > zxid) this.host.remove(file)
  }

  /** Java leaves them (ZOOKEEPER-1549, -4837). */
  protected keepsSnapshotsBehindTruncation(): boolean {
    return false
  }

  /**
   * Builds memory from what truncation left, at the position that was asked for.
   *
   * @throws DatabaseError as loadDataBase.
   */
  reloadAfterTruncate(zxid: Zxid): void {
    this.truncateFurther()
    this.clear()
    this.loadDataBase()
    this.lastProcessedZxid = zxid
  }

  // ── snapshots ──

  /** A snapshot file, to be written step by step. */
  beginSnapshot(): SnapshotWriter {
    const writer = new SnapshotWriter(this.host, this.streamSnapshot(), this.installed)
    this.knowsSnapshot = true
    this.installed = false
    return writer
  }

  /** The records of a snapshot without a file, for a learner. Java: serializeSnapshot */
  streamSnapshot(): SnapshotStream {
    return new SnapshotStream(this, this.config.snapshotChunk)
  }

  /** Writes a whole snapshot at once, and makes it durable. */
  takeSnapshot(): Ticket {
    const writer = this.writeSnapshot()
    this.snapshotInForce = writer.file
    return writer.force()
  }

  /** The disk has answered `takeSnapshot`. */
  snapshotForced(): void {
    this.snapshotInForce = null
  }

  takeUnforcedSnapshot(): void {
    this.writeSnapshot()
  }

  private writeSnapshot(): SnapshotWriter {
    const writer = this.beginSnapshot()
    while (writer.step()) {
      // Every step writes a chunk of the same tree.
    }
    return writer
  }

  /**
   * Replaces memory by a leader's snapshot. Java: deserializeSnapshot
   *
   * @throws DatabaseError when the records are not a whole snapshot; memory is empty then.
   */
  installSnapshot(records: readonly SnapshotRecord[], zxid: Zxid): void {
    this.clear()
    this.takeContent(readSnapshot(records))
    this.lastProcessedZxid = zxid
    this.tree = this.shared.intern(zxid, this.tree)
    this.installed = true
    this.initialized = true
  }

  /**
   * Takes log and snapshots away that the snapshot at `zxid` replaces: between them and it a leader's history is
   * missing, and a log with a hole must not be read again, neither to recover nor to synchronise others. Java keeps
   * them (ZOOKEEPER-2832).
   */
  discardHistoryBefore(zxid: Zxid): void {
    const kept = snapshotFile(zxid)
    this.log.removeAll()
    for (const file of snapshotFiles(this.host)) if (file !== kept) this.host.remove(file)
    this.lastLoggedZxid = zxid
  }

  /** A database of nothing, and no snapshot yet: the first synchronisation must write one. ZOOKEEPER-3781 */
  shouldForceWriteInitialSnapshot(): boolean {
    return this.config.snapshotTrustEmpty && !this.knowsSnapshot
  }

  /** Keeps the newest snapshots (snapRetainCount) and the logs they need; 0 keeps all. Java: PurgeTxnLog */
  purge(): void {
    const count = this.config.snapRetainCount
    if (count === 0) return
    const kept = validSnapshots(this.host, count)
    const oldest = kept[kept.length - 1]
    if (oldest === undefined) return
    const zxid = zxidOfFile(oldest)
    for (const file of this.purgeableLogs(zxid)) this.host.remove(file)
    for (const file of snapshotFiles(this.host)) if (zxidOfFile(file) < zxid) this.host.remove(file)
  }

  /** The last log that begins at or before a snapshot may hold what is behind it. ZOOKEEPER-2574 */
  protected purgeableLogs(snapshotZxid: Zxid): FileName[] {
    const before = this.log.files().filter((file) => zxidOfFile(file) <= snapshotZxid)
    return before.slice(0, -1)
  }
}

/** Of a QuorumVerifier, what the node of the configuration shows. */
interface Configuration {
  /** The zxid of the reconfig that made it; 0 for the first. */
  readonly version: Zxid
  toText(): string
}

/** Java: FileSnap.deserialize gives up after as many. */
const SNAPSHOTS_TRIED = 100
const NO_TXNS: readonly Txn[] = Object.freeze([])
