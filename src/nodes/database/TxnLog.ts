import { assert } from '../../base/assert.ts'
import type { FileName, Host, Ticket } from '../Host.ts'
import { hexZxid, type Zxid } from '../zxid.ts'
import { cutLogFileLength, logFileLength } from './sizes.ts'
import type { Txn } from './txns.ts'

/** What could be read of a log, oldest first. */
export interface LogReading {
  readonly txns: readonly Txn[]
  /** The file whose next record has a wrong checksum, where reading ended for that. */
  readonly corrupt: FileName | null
  /** Bytes of the files behind the first that was read. Java: FileTxnIterator.getStorageSize */
  readonly sizeOfLaterFiles: number
}

/**
 * The transaction log: files `log.<zxid of the first transaction>`. Java: FileTxnLog
 *
 * Two orders are stricter than Java's, because power can fail between any two calls to the disk:
 *
 * - A file is rolled when all in it is being forced, not before; so records of a batch stand in one file, and one
 *   ticket answers for all of them (Java's commit forces the rolled files one by one).
 * - `truncate` takes later files away before it cuts, in two forces; so what is left is a log without a hole at every
 *   moment (Java cuts, then deletes from the oldest on).
 */
export class TxnLog {
  private readonly host: Host
  private readonly preAllocSize: number
  /** Where the next record goes; null until it makes a file. */
  private file: FileName | null = null
  private forced = true
  private rolling = false
  /** Bytes of files that `truncate` cut: those have no padding. */
  private readonly cutLengths = new Map<FileName, number>()
  /** How much of which file the last force asked for, and the last that was answered. */
  private inForce: { readonly file: FileName; readonly length: number } | null = null
  private durable: { readonly file: FileName; readonly length: number } | null = null
  private cut: { readonly file: FileName; readonly length: number } | null = null

  constructor(host: Host, preAllocSize: number) {
    this.host = host
    this.preAllocSize = preAllocSize
  }

  append(txn: Txn): void {
    if (this.file === null) {
      this.file = LOG_PREFIX + hexZxid(txn.zxid)
      // A file of this name can only be one without a readable record; writing on behind damage would lose this one.
      if (this.host.read(this.file) !== undefined) this.host.remove(this.file)
    }
    this.host.append(this.file, txn)
    this.forced = false
  }

  /** Makes all that was appended durable. Java: commit */
  commit(): Ticket {
    const file = this.file ?? this.newestFile
    assert(file !== null, 'a log is forced once something was appended')
    this.forced = true
    this.inForce = this.file === null ? null : { file, length: this.host.read(file)?.records.length ?? 0 }
    if (this.rolling) this.closeFile()
    return this.host.force(file)
  }

  /** The disk has answered the last `commit`. */
  committed(): void {
    if (this.inForce !== null) this.durable = this.inForce
  }

  /**
   * The disk has refused a `commit`: takes back what was appended since the last one that it answered. It may be read
   * again after a restart, and forced again with success, and still never reach the platter.
   */
  takeBackUnforced(): void {
    const file = this.inForce?.file
    if (file === undefined || this.host.read(file) === undefined) return
    if (this.durable?.file === file) this.host.truncate(file, this.durable.length)
    else this.host.remove(file)
  }

  /** The next batch opens a new file. */
  rollLog(): void {
    if (this.forced) this.closeFile()
    else this.rolling = true
  }

  /** Whatever is appended next opens a new file. */
  closeFile(): void {
    this.file = null
    this.forced = true
    this.rolling = false
  }

  /** Oldest first. */
  files(): FileName[] {
    return filesByZxid(this.host, LOG_PREFIX)
  }

  get newestFile(): FileName | null {
    const files = this.files()
    return files[files.length - 1] ?? null
  }

  /** The zxid of the last record; -1 for no record at all. Java: getLastLoggedZxid */
  get lastLoggedZxid(): Zxid {
    const files = this.files()
    for (let i = files.length - 1; i >= 0; i--) {
      const records = this.host.read(files[i] as FileName)?.records
      if (records !== undefined && records.length > 0) return (records.at(records.length - 1) as Txn).zxid
    }
    return -1
  }

  /** The log from the first transaction at or behind a zxid. Java: FileTxnLog.read */
  readFrom(zxid: Zxid): LogReading {
    return this.read(this.filesFor(zxid), zxid)
  }

  /** The same, but from the beginning of the file that may hold `zxid`. Java: read(zxid, fastForward: false) */
  readFilesFrom(zxid: Zxid): LogReading {
    return this.read(this.filesFor(zxid), Number.MIN_SAFE_INTEGER)
  }

  /** All that can be read of it, oldest first: what lies behind damage in its own file cannot. */
  readable(): Txn[] {
    return this.files().flatMap((file) => this.txnsOf(file))
  }

  /** Whether this very transaction is in it. */
  holds(zxid: Zxid): boolean {
    return this.find(zxid)?.zxid === zxid
  }

  /**
   * Begins to cut off everything behind `zxid`.
   *
   * @param keepsNext where `zxid` itself is missing, keep the first transaction behind it, as Java does.
   * @param anchor a file to force where no log file is left to be.
   * @returns what to wait for before `truncateFurther`.
   */
  truncate(zxid: Zxid, keepsNext: boolean, anchor: FileName): Ticket {
    this.closeFile()
    const files = this.filesFor(zxid)
    const found = this.find(zxid)
    if (found === null) return this.host.force(files[files.length - 1] ?? anchor)
    const length = found.zxid === zxid || keepsNext ? found.index + 1 : found.index
    const kept = length === 0 ? found.fileIndex : found.fileIndex + 1
    for (const file of files.slice(kept).reverse()) {
      this.host.remove(file)
      this.cutLengths.delete(file)
    }
    const last = files[kept - 1]
    if (length > 0) this.cut = { file: files[found.fileIndex] as FileName, length }
    if (kept === files.length) return this.truncateFurther() as Ticket
    return this.host.force(last ?? anchor)
  }

  /** The second half; null when there is none (left). */
  truncateFurther(): Ticket | null {
    if (this.cut === null) return null
    const { file, length } = this.cut
    this.cut = null
    this.host.truncate(file, length)
    this.cutLengths.set(file, cutLogFileLength(this.txnsOf(file)))
    return this.host.force(file)
  }

  removeAll(): void {
    this.closeFile()
    for (const file of this.files().reverse()) this.host.remove(file)
    this.cutLengths.clear()
  }

  /** An empty last file is the beginning of an append that never came. */
  removeEmptyTail(): void {
    const file = this.newestFile
    if (file === null) return
    const image = this.host.read(file)
    if (image !== undefined && image.records.length === 0 && image.damage === null) this.host.remove(file)
  }

  /** The files that begin behind a zxid, and the last that begins before it. */
  private filesFor(zxid: Zxid): FileName[] {
    const files = this.files()
    let from = 0
    for (let i = 0; i < files.length; i++) if (zxidOfFile(files[i] as FileName) < zxid) from = i
    return files.slice(from)
  }

  private read(files: readonly FileName[], from: Zxid): LogReading {
    const txns: Txn[] = []
    let corrupt: FileName | null = null
    let opened = 0
    for (let i = 0; i < files.length && corrupt === null; i++) {
      const image = this.host.read(files[i] as FileName)
      if (image === undefined) continue
      for (let at = 0; at < image.records.length; at++) {
        const txn = image.records.at(at) as Txn
        if (txns.length > 0 || txn.zxid >= from) {
          if (txns.length === 0) opened = i
          txns.push(txn)
        }
      }
      // A torn record is the end of its file, and reading goes on with the next.
      if (image.damage?.kind === 'corrupt') corrupt = files[i] as FileName
    }
    let sizeOfLaterFiles = 0
    for (let i = opened + 1; i < files.length; i++) sizeOfLaterFiles += this.lengthOf(files[i] as FileName)
    return { txns, corrupt, sizeOfLaterFiles }
  }

  /** The first transaction at or behind a zxid; `fileIndex` is into `filesFor(zxid)`. */
  private find(zxid: Zxid): { zxid: Zxid; fileIndex: number; index: number } | null {
    const files = this.filesFor(zxid)
    for (let fileIndex = 0; fileIndex < files.length; fileIndex++) {
      const image = this.host.read(files[fileIndex] as FileName)
      if (image === undefined) continue
      for (let index = 0; index < image.records.length; index++) {
        const found = (image.records.at(index) as Txn).zxid
        if (found >= zxid) return { zxid: found, fileIndex, index }
      }
      if (image.damage?.kind === 'corrupt') return null
    }
    return null
  }

  private lengthOf(file: FileName): number {
    return this.cutLengths.get(file) ?? logFileLength(this.txnsOf(file), this.preAllocSize)
  }

  private txnsOf(file: FileName): Txn[] {
    const txns: Txn[] = []
    const records = this.host.read(file)?.records
    for (let at = 0; records !== undefined && at < records.length; at++) txns.push(records.at(at) as Txn)
    return txns
  }
}

const LOG_PREFIX = 'log.'

/** The files of one kind, in the order of the zxids in their names. Java: Util.sortDataDir */
export function filesByZxid(host: Host, prefix: string): FileName[] {
  return host
    .files()
    .filter((name) => name.startsWith(prefix))
    .sort((a, b) => zxidOfFile(a) - zxidOfFile(b))
}

/** Java: Util.getZxidFromName */
export function zxidOfFile(name: FileName): Zxid {
  return Number.parseInt(name.slice(name.indexOf('.') + 1), 16)
}
