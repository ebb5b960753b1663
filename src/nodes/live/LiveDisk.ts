import * as fs from 'node:fs'
import * as path from 'node:path'
import { AppendOnlyLog } from '../../base/AppendOnlyLog.ts'
import { assert } from '../../base/assert.ts'
import type { DiskRecord } from '../diskRecords.ts'
import type { DiskError, DiskImage, FileName, Ticket } from '../Host.ts'
import { decodeRecord, encodeRecord } from './codec.ts'
import { FrameReader } from './frames.ts'
import { Malformed } from './Malformed.ts'

/**
 * The files of one node in a directory: a file per FileName, a frame per record.
 *
 * Appends collect in memory until `flush`, which the host calls before anything that follows from them can leave the
 * node; from there on they are in the page cache. Only forcing waits for the platter, off the main thread. Java:
 * FileTxnLog (append, commit), AtomicFileOutputStream (replace).
 *
 * Names beginning with `~` are written aside and not yet renamed; what a crash leaves of them is swept at start.
 */
export class LiveDisk {
  private readonly directory: string
  private readonly answer: DiskAnswers
  private readonly byName = new Map<FileName, LiveFile>()
  private readonly unwritten = new Set<LiveFile>()
  private lastTicket = 0
  private asides = 0
  private closed = false
  private busy = 0
  private whenIdle: (() => void) | null = null

  /**
   * Reads the whole directory, which is made if there is none.
   *
   * @throws the error of the file system (a system error with `code`).
   */
  constructor(directory: string, answer: DiskAnswers) {
    this.directory = directory
    this.answer = answer
    fs.mkdirSync(directory, { recursive: true })
    for (const entry of fs.readdirSync(directory, { withFileTypes: true })) {
      if (!entry.isFile()) continue
      const place = path.join(directory, entry.name)
      if (entry.name.startsWith('~')) fs.rmSync(place)
      else this.byName.set(decodeURIComponent(entry.name), LiveFile.load(place))
    }
  }

  append(file: FileName, record: DiskRecord): void {
    const found = this.open(file)
    found.append(record)
    this.unwritten.add(found)
  }

  force(file: FileName): Ticket {
    const ticket = ++this.lastTicket
    const found = this.open(file)
    found.queue.push({ ticket, kind: 'force', ...found.prepareForce() })
    this.work(found)
    return ticket
  }

  replace(file: FileName, record: DiskRecord): Ticket {
    const ticket = ++this.lastTicket
    const found = this.open(file)
    const aside = path.join(this.directory, `~${++this.asides}~${path.basename(found.place)}`)
    found.queue.push({ ticket, kind: 'replace', aside, record, ...writeAside(aside, record) })
    this.work(found)
    return ticket
  }

  truncate(file: FileName, length: number): void {
    const found = this.byName.get(file)
    assert(found?.exists === true, 'only a file that exists is cut')
    found.truncate(length)
  }

  remove(file: FileName): void {
    this.byName.get(file)?.remove()
  }

  files(): readonly FileName[] {
    const names: FileName[] = []
    for (const [name, file] of this.byName) if (file.exists) names.push(name)
    return names.sort((a, b) => (a < b ? -1 : a > b ? 1 : 0))
  }

  read(file: FileName): DiskImage | undefined {
    const found = this.byName.get(file)
    return found?.exists ? found.image() : undefined
  }

  /** Hands all appended so far to the operating system. What it does not take is offered again with the next force. */
  flush(): void {
    for (const file of this.unwritten) file.flush()
    this.unwritten.clear()
  }

  /** Ends: no ticket is answered, nothing is renamed any more. Resolves when the file descriptors are closed. */
  close(): Promise<void> {
    this.flush()
    this.closed = true
    return new Promise((resolve) => {
      this.whenIdle = () => {
        for (const file of this.byName.values()) file.close()
        resolve()
      }
      if (this.busy === 0) this.whenIdle()
    })
  }

  private open(name: FileName): LiveFile {
    const found = this.byName.get(name)
    if (found !== undefined) return found
    const made = LiveFile.absent(this.place(name))
    this.byName.set(name, made)
    return made
  }

  /** Names that a file system or `~` would trip over are escaped. */
  private place(name: FileName): string {
    const stored = encodeURIComponent(name).replace(/[~!'()*]|^\./g, percent)
    return path.join(this.directory, stored)
  }

  /** One force in flight a file; those that queue up behind it share the next. */
  private work(file: LiveFile): void {
    const first = file.queue[0]
    if (file.working || first === undefined || this.closed) return
    file.working = true
    this.busy += 1
    const tasks = first.kind === 'force' ? takeForces(file.queue) : file.queue.splice(0, 1)
    const last = tasks[tasks.length - 1] as Task
    const done = (error: DiskError | null) => this.done(file, tasks, error)
    if (last.fd === null) setImmediate(done, last.failure)
    else if (last.kind === 'force') this.forceData(file, last.fd, done)
    else this.finishReplace(file, last, last.fd, done)
  }

  private done(file: LiveFile, tasks: readonly Task[], error: DiskError | null): void {
    file.working = false
    this.busy -= 1
    if (this.closed) {
      file.close()
      if (this.busy === 0) this.whenIdle?.()
      return
    }
    for (const task of tasks) {
      const failure = task.failure ?? error
      if (failure === null) this.answer.forced(task.ticket)
      else this.answer.diskFailed(task.ticket, failure)
    }
    file.closeRetired()
    this.work(file)
  }

  private forceData(file: LiveFile, fd: number, done: (error: DiskError | null) => void): void {
    fs.fdatasync(fd, (error) => {
      // The kernel forgets what it could not write: a later success would say nothing about it.
      if (error !== null) file.broken = true
      if (file.broken) return done('io')
      if (!file.fresh) return done(null)
      file.fresh = false
      this.forceDirectory(done)
    })
  }

  private finishReplace(
    file: LiveFile,
    { aside, record }: Replace,
    fd: number,
    done: (error: DiskError | null) => void,
  ): void {
    fs.fsync(fd, (error) => {
      fs.closeSync(fd)
      if (this.closed) return done(null)
      const failure = error === null ? file.take(aside, record) : diskError(error)
      if (failure === null) return this.forceDirectory(done)
      fs.rmSync(aside, { force: true })
      done(failure)
    })
  }

  private forceDirectory(done: (error: DiskError | null) => void): void {
    fs.open(this.directory, 'r', (error, fd) => {
      if (error !== null) return done(diskError(error))
      fs.fsync(fd, (syncError) => {
        fs.closeSync(fd)
        done(syncError === null ? null : diskError(syncError))
      })
    })
  }
}

/** Who hears of tickets. Never called from inside a call to the disk. */
export interface DiskAnswers {
  forced(ticket: Ticket): void
  diskFailed(ticket: Ticket, error: DiskError): void
}

/** The content a ticket is about. `fd` is null when not even opening worked. */
interface Written {
  readonly fd: number | null
  /** What went wrong before the platter came into play. */
  readonly failure: DiskError | null
}
interface Force extends Written {
  readonly kind: 'force'
  readonly ticket: Ticket
}
interface Replace extends Written {
  readonly kind: 'replace'
  readonly ticket: Ticket
  /** Where the new content stands until it has its name. */
  readonly aside: string
  readonly record: DiskRecord
}
type Task = Force | Replace

function takeForces(queue: Task[]): Task[] {
  const next = queue.findIndex((task) => task.kind !== 'force')
  return queue.splice(0, next === -1 ? queue.length : next)
}

function percent(character: string): string {
  return `%${character.charCodeAt(0).toString(16).toUpperCase().padStart(2, '0')}`
}

function diskError(error: unknown): DiskError {
  const code = (error as NodeJS.ErrnoException).code
  return code === 'ENOSPC' || code === 'EDQUOT' ? 'full' : 'io'
}

/** One file: what it holds as records, and where each of them ends. */
class LiveFile {
  readonly place: string
  /** False before the first append, force or replacement, and after a removal. */
  exists = false
  /** Forces and replacements that the platter has not answered, oldest first. */
  readonly queue: Task[] = []
  working = false
  /** Its name is not known to be on the platter. */
  fresh = false
  /** Something was lost for good; no force may say otherwise. */
  broken = false
  private records = new AppendOnlyLog<DiskRecord>()
  /** Where each record ends, in bytes. */
  private ends: number[] = []
  private damage: DiskImage['damage'] = null
  /** How long the file is as the operating system sees it. */
  private size = 0
  /** Appended and not yet written. */
  private pending: Buffer[] = []
  private pendingBytes = 0
  private writeFailure: DiskError | null = null
  /** Open for writing; null as long as nothing is written. */
  private fd: number | null = null
  /** Descriptors of contents removed or replaced; a force may still be using them. */
  private retired: number[] = []

  private constructor(place: string) {
    this.place = place
  }

  static absent(place: string): LiveFile {
    return new LiveFile(place)
  }

  static load(place: string): LiveFile {
    const file = new LiveFile(place)
    file.readAll()
    return file
  }

  image(): DiskImage {
    return Object.freeze({ records: this.records.copy(), damage: this.damage })
  }

  /** Everything so far into the page cache; what an earlier incarnation left there counts as well. */
  prepareForce(): Written {
    this.exists = true
    this.flush()
    try {
      this.openForWriting()
    } catch (error) {
      this.writeFailure = diskError(error)
    }
    return { fd: this.fd, failure: this.broken ? 'io' : this.writeFailure }
  }

  append(record: DiskRecord): void {
    const framed = encodeRecord(record)
    this.exists = true
    this.pending.push(framed)
    this.pendingBytes += framed.length
    // Behind damage it is written all the same, but no reader gets there.
    if (this.damage !== null) return
    this.records.push(record)
    this.ends.push(this.size + this.pendingBytes)
  }

  /** Writes what is pending. A failure is remembered for the next force, the bytes are kept for another attempt. */
  flush(): void {
    if (this.pendingBytes === 0) return
    try {
      this.openForWriting()
      this.write(this.pending.length === 1 ? (this.pending[0] as Buffer) : Buffer.concat(this.pending))
      this.pending = []
      this.pendingBytes = 0
      this.writeFailure = null
    } catch (error) {
      this.writeFailure = diskError(error)
    }
  }

  truncate(length: number): void {
    assert(length >= 0 && length <= this.records.length, 'a file is only ever cut shorter')
    this.flush()
    const end = length === 0 ? 0 : (this.ends[length - 1] as number)
    this.records.truncate(length)
    this.ends.length = length
    this.damage = null
    if (end >= this.size) this.cutPending(end - this.size)
    else this.cutWritten(end)
  }

  /**
   * Gives what was written aside this name: its one record is the content from here on, and what was appended to the
   * old content meanwhile is gone with it.
   */
  take(aside: string, record: DiskRecord): DiskError | null {
    try {
      fs.renameSync(aside, this.place)
    } catch (error) {
      return diskError(error)
    }
    this.forget()
    this.exists = true
    this.records.push(record)
    this.size = fs.statSync(this.place).size
    this.ends.push(this.size)
    return null
  }

  remove(): void {
    this.forget()
    fs.rmSync(this.place, { force: true })
    this.closeRetired()
  }

  /** Closes what no force uses any more. */
  closeRetired(): void {
    if (this.working || this.queue.length > 0) return
    for (const fd of this.retired) fs.closeSync(fd)
    this.retired = []
  }

  close(): void {
    for (const task of this.queue) if (task.kind === 'replace' && task.fd !== null) fs.closeSync(task.fd)
    this.queue.length = 0
    for (const fd of this.retired) fs.closeSync(fd)
    this.retired = []
    if (this.fd !== null) fs.closeSync(this.fd)
    this.fd = null
  }

  /** As if there had never been anything under this name. */
  private forget(): void {
    if (this.fd !== null) this.retired.push(this.fd)
    this.fd = null
    this.exists = false
    this.broken = false
    this.records = new AppendOnlyLog()
    this.ends = []
    this.damage = null
    this.size = 0
    this.cutPending(0)
    this.writeFailure = null
  }

  private openForWriting(): void {
    if (this.fd !== null) return
    this.fd = fs.openSync(this.place, fs.constants.O_WRONLY | fs.constants.O_CREAT)
    this.fresh = true
  }

  private write(bytes: Buffer): void {
    writeAll(this.fd as number, bytes, this.size)
    this.size += bytes.length
  }

  private cutWritten(end: number): void {
    this.cutPending(0)
    this.writeFailure = null
    try {
      this.openForWriting()
      fs.ftruncateSync(this.fd as number, end)
      this.size = end
    } catch {
      this.broken = true
    }
  }

  /** Keeps the first `length` bytes, a record boundary, of what is not written yet. */
  private cutPending(length: number): void {
    const all = Buffer.concat(this.pending).subarray(0, length)
    this.pending = length === 0 ? [] : [all]
    this.pendingBytes = length
  }

  private readAll(): void {
    this.exists = true
    const content = fs.readFileSync(this.place)
    this.size = content.length
    const reader = new FrameReader()
    reader.push(content)
    try {
      for (let start = 0, payload = reader.next(); payload !== null; payload = reader.next()) {
        this.records.push(decodeRecord(payload, start))
        this.ends.push((start = reader.offset))
      }
      if (reader.rest > 0) this.damage = Object.freeze({ at: this.records.length, kind: 'torn' })
    } catch (error) {
      if (!(error instanceof Malformed)) throw error
      this.damage = Object.freeze({ at: this.records.length, kind: 'corrupt' })
    }
  }
}

function writeAside(aside: string, record: DiskRecord): Written {
  const framed = encodeRecord(record)
  let fd: number | null = null
  try {
    fd = fs.openSync(aside, 'wx')
    writeAll(fd, framed, 0)
    return { fd, failure: null }
  } catch (error) {
    if (fd === null) return { fd: null, failure: diskError(error) }
    fs.closeSync(fd)
    fs.rmSync(aside, { force: true })
    return { fd: null, failure: diskError(error) }
  }
}

/** At a position, so that an attempt that failed half-way is simply written over by the next. */
function writeAll(fd: number, bytes: Buffer, position: number): void {
  let written = 0
  while (written < bytes.length) {
    written += fs.writeSync(fd, bytes, written, bytes.length - written, position + written)
  }
}
