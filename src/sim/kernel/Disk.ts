/**
 * The disk of one machine: a page cache that processes see, and a platter that power cuts see.
 *
 * A file is remembered as its *stages*: contents it had since the last force, each the one before cut back and then
 * grown. A power cut picks one moment out of that history, evenly: everything up to it is on the platter, nothing
 * after it. So what was forced survives, of the rest a prefix does, and a truncation may be undone.
 */
import { AppendOnlyLog } from '../../base/AppendOnlyLog.ts'
import { assert } from '../../base/assert.ts'
import type { DiskError, DiskImage, FileName, Micros, Ticket } from '../../nodes/Host.ts'
import { type Distribution, fixed, latencies, sample } from './Distribution.ts'
import { DISK, type Event } from './EventQueue.ts'
import type { Random } from './Random.ts'
import type { SimHost } from './SimHost.ts'
import type { DiskRecord } from './types.ts'
import type { World } from './World.ts'

/** How long a force takes in lockstep. */
const LOCKSTEP_FORCE = fixed(1_000)

/** One content of a file since the last force, and how it grew. */
interface Stage {
  readonly log: AppendOnlyLog<DiskRecord>
  /** The shortest this stage has been; up to here it was there when the stage began. */
  from: number
}

type Damage = NonNullable<DiskImage['damage']>

class SimFile {
  /** Oldest first; the last is what processes see. The platter holds the first up to its `from`, if `born`. */
  stages: Stage[]
  /** That the file exists at all is durable. */
  born: boolean
  damage: Damage | null = null
  /** Appends were refused (disk full) and nobody has been told yet. */
  refused = false
  /** A force failed here: what is behind may be a hole, and no later force makes it good. */
  doubtfulFrom: number | null = null
  /** Answers of one file come in the order of the questions. */
  lastAnswer: Micros = 0

  constructor(records: readonly DiskRecord[], born: boolean) {
    this.stages = [{ log: new AppendOnlyLog(records), from: records.length }]
    this.born = born
  }

  get log(): AppendOnlyLog<DiskRecord> {
    return this.stages[this.stages.length - 1]!.log
  }

  truncate(length: number): void {
    const log = this.log.copy()
    log.truncate(length)
    this.stages.push({ log, from: length })
    if (this.damage !== null && length <= this.damage.at) this.damage = null
    if (this.doubtfulFrom !== null && length <= this.doubtfulFrom) this.doubtfulFrom = null
  }

  forced(stage: Stage, length: number): void {
    this.born = true
    const at = this.stages.indexOf(stage)
    if (at < 0) return
    const good = this.doubtfulFrom === null ? length : Math.min(length, this.doubtfulFrom)
    if (good < stage.from) return
    if (at > 0) this.stages.splice(0, at)
    stage.from = good
  }

  forceFailed(): void {
    const durable = this.stages[0]!.from
    this.doubtfulFrom = this.doubtfulFrom === null ? durable : Math.min(this.doubtfulFrom, durable)
  }

  /** Every state the platter may be in. The first is the one without anything unforced. */
  get platterStates(): number {
    let states = this.born ? 0 : 1
    for (const { log, from } of this.stages) states += log.length - from + 1
    return states
  }

  /** What is left when the platter is in this state; undefined if the file was never there. */
  onPlatter(state: number, torn: boolean): SimFile | undefined {
    let left = this.born ? state : state - 1
    if (left < 0) return undefined
    for (const { log, from } of this.stages) {
      const grown = log.length - from
      if (left > grown) {
        left -= grown + 1
        continue
      }
      const length = from + left
      const file = new SimFile([], true)
      const content = log.copy()
      content.truncate(length)
      file.stages = [{ log: content, from: length }]
      const damage = this.damage
      if (damage !== null && (damage.at < length || (damage.kind === 'torn' && damage.at === length))) {
        file.damage = damage
      } else if (torn && left < grown) {
        file.damage = Object.freeze({ at: length, kind: 'torn' })
      }
      return file
    }
    return undefined
  }
}

/** A force or a replace under way. */
export class DiskRequest {
  readonly ticket: Ticket
  readonly name: FileName
  readonly file: SimFile
  /** What a force makes durable. */
  readonly stage: Stage
  readonly length: number
  /** The new content, for a replace. */
  readonly replacement: DiskRecord | null
  /** Counts removals; those before this request are durable when it is done. */
  readonly removals: number
  /** Why it will fail; null if it will not. */
  error: DiskError | null = null
  /** The machine lost power, or the process died before its rename. */
  cancelled = false

  constructor(
    ticket: Ticket,
    name: FileName,
    file: SimFile,
    stage: Stage,
    length: number,
    replacement: DiskRecord | null,
    removals: number,
  ) {
    this.ticket = ticket
    this.name = name
    this.file = file
    this.stage = stage
    this.length = length
    this.replacement = replacement
    this.removals = removals
  }
}

/** A removed file whose removal may not have reached the platter. */
interface Ghost {
  readonly file: SimFile
  readonly removal: number
}

export type DiskOperation = 'force' | 'replace'

/** Forces or replaces that fail. */
export interface DiskFault {
  readonly operation: DiskOperation
  readonly error: DiskError
  /** Only files whose name begins so. */
  readonly file: string
  /** Until mended, or only the next. */
  readonly lasting: boolean
}

export class Disk {
  /** How long a force or replace takes. */
  latency: Distribution
  /** The chance that a record which was being written at a power cut is there in part. */
  tornChance = 0.25

  private readonly world: World
  /** Its place among the streams. */
  private readonly stream: number
  private readonly files = new Map<FileName, SimFile>()
  private readonly ghosts = new Map<FileName, Ghost>()
  private pending: DiskRequest[] = []
  private removals = 0
  private extra: Distribution | null = null
  private full = false
  private faults: DiskFault[] = []
  private isStalled = false
  private waiting: Event[] = []

  constructor(world: World, machine: string) {
    this.world = world
    this.stream = world.streams.place(`disk/${machine}`)
    this.latency = world.lockstep ? LOCKSTEP_FORCE : latencies.ssd
  }

  // ── what processes do ──

  append(name: FileName, record: DiskRecord): void {
    this.noteContent(record)
    const file = this.files.get(name) ?? this.create(name)
    if (this.full) file.refused = true
    else file.log.push(record)
  }

  force(name: FileName, ticket: Ticket, host: SimHost): void {
    const file = this.files.get(name) ?? this.create(name)
    const stage = file.stages[file.stages.length - 1]!
    this.request(new DiskRequest(ticket, name, file, stage, stage.log.length, null, this.removals), host)
  }

  replace(name: FileName, record: DiskRecord, ticket: Ticket, host: SimHost): void {
    const file = this.files.get(name) ?? this.absent(name)
    const stage = file.stages[file.stages.length - 1]!
    this.noteContent(record)
    this.request(new DiskRequest(ticket, name, file, stage, 0, record, this.removals), host)
  }

  truncate(name: FileName, length: number): void {
    const file = this.files.get(name)
    assert(file !== undefined, 'only a file that exists is truncated')
    if (length < file.log.length || file.damage !== null) file.truncate(length)
  }

  remove(name: FileName): void {
    const file = this.files.get(name)
    if (file === undefined) return
    this.removals += 1
    this.files.delete(name)
    if (file.born) this.ghosts.set(name, { file, removal: this.removals })
  }

  /** In code unit order. */
  names(): readonly FileName[] {
    return [...this.files.keys()].sort((a, b) => (a < b ? -1 : a > b ? 1 : 0))
  }

  /** What a process reads now. The records end where the damage begins. */
  read(name: FileName): DiskImage | undefined {
    const file = this.files.get(name)
    if (file === undefined) return undefined
    const records = file.log.copy()
    if (file.damage !== null && file.damage.at < records.length) records.truncate(file.damage.at)
    return Object.freeze({ records: Object.freeze(records), damage: file.damage })
  }

  /** What is written, what of it is forced, and what is being made durable; in words that are equal when all of it is. */
  get condition(): string {
    const files = this.names().map((name) => {
      const { length } = this.files.get(name)!.log
      return `${name} ${length} ${this.durableLength(name)} ${this.files.get(name)!.platterStates}`
    })
    const pending = this.pending.map(({ name, length, replacement }) => {
      return replacement === null ? `force ${name} ${length}` : `replace ${name}`
    })
    return [...files, ...pending, `${this.ghosts.size}`].join(', ')
  }

  /** How many records of a file would survive any power cut. */
  durableLength(name: FileName): number {
    const file = this.files.get(name)
    if (file === undefined || !file.born) return 0
    let least = file.stages[0]!.from
    for (const { from } of file.stages) least = Math.min(least, from)
    return least
  }

  /** Puts a file there as if it had been forced long ago; for worlds that begin with a history. */
  place(name: FileName, records: readonly DiskRecord[]): void {
    this.files.set(name, new SimFile(records, true))
  }

  // ── faults ──

  /** Every force and replace takes this much longer; null: no more. */
  slow(extra: Distribution | null): void {
    this.extra = extra
  }

  /** No force or replace is answered until `unstall`. */
  stall(): void {
    this.isStalled = true
  }

  unstall(): void {
    this.isStalled = false
    const waiting = this.waiting
    this.waiting = []
    for (const event of waiting) this.world.scheduleAgain(event, this.world.now)
  }

  /** Forces (or replaces) fail from now on: the next one, or all until `mend`. */
  fail(operation: DiskOperation, error: DiskError = 'io', lasting = false, file: string = ''): void {
    this.faults.push(Object.freeze({ operation, error, file, lasting }))
  }

  /** Appends no longer reach the file; forces and replaces fail with 'full', until `mend`. */
  fill(): void {
    this.full = true
  }

  /** Ends all faults that make operations fail. What is damaged stays so. */
  mend(): void {
    this.full = false
    this.faults = []
  }

  /** A process that relies on it now will hear of an error: a request under way fails, or what it appended was refused. */
  get isFailing(): boolean {
    for (const { error } of this.pending) if (error !== null) return true
    for (const { refused } of this.files.values()) if (refused) return true
    return false
  }

  /** Record `index` of a file becomes unreadable, on the platter too. */
  rot(name: FileName, index: number): void {
    const file = this.files.get(name)
    assert(file !== undefined && index >= 0 && index < file.log.length, 'bits rot in a record that exists')
    if (file.damage === null || index < file.damage.at)
      file.damage = Object.freeze({ at: index, kind: 'corrupt' })
  }

  // ── the machine's life ──

  /**
   * Power is gone: of each file, what was forced is left, and of the rest as much as chance will have it; or, tearing, all
   * but the last record, and a part of that; or, with `forcedOnly`, nothing of the rest, and nothing is left to chance.
   */
  powerCut(tearing = false, forcedOnly = false): void {
    for (const request of this.pending) {
      if (!forcedOnly && this.mayHaveBeenRenamed(request)) this.rename(request)
      request.cancelled = true
    }
    this.pending = []
    this.waiting = []
    const before = [...this.files]
    this.files.clear()
    for (const [name, file] of before) {
      const states = file.platterStates
      const isCertain = states === 1 || forcedOnly
      const state = isCertain ? 0 : tearing ? states - 2 : this.random.int(0, states - 1)
      const torn = !isCertain && (tearing || this.random.chance(this.tornChance))
      const left = file.onPlatter(state, torn)
      if (left !== undefined) this.files.set(name, left)
    }
    for (const [name, { file }] of this.ghosts) {
      if (this.files.has(name) || !(forcedOnly || this.random.chance(0.5))) continue
      const left = file.onPlatter(0, false)
      if (left !== undefined) this.files.set(name, left)
    }
    this.ghosts.clear()
  }

  /** A process is killed. Its forces go on in the kernel; a replace it has not renamed yet never happens. */
  processKilled(): void {
    for (const request of this.pending) {
      if (request.replacement === null) continue
      if (this.mayHaveBeenRenamed(request)) this.rename(request)
      request.cancelled = true
    }
    this.pending = this.pending.filter((request) => !request.cancelled)
  }

  /** A new disk in place of the old. */
  wipe(): void {
    for (const request of this.pending) request.cancelled = true
    this.pending = []
    this.waiting = []
    this.files.clear()
    this.ghosts.clear()
  }

  // ── time ──

  /** The disk has finished. False: nobody is to be told (yet). */
  complete(event: Event): boolean {
    const request = event.about as DiskRequest
    if (request.cancelled) return false
    if (this.isStalled) {
      this.waiting.push(event)
      return false
    }
    this.pending.splice(this.pending.indexOf(request), 1)
    if (request.error !== null) {
      request.file.forceFailed()
      return true
    }
    if (request.replacement === null) request.file.forced(request.stage, request.length)
    else this.rename(request)
    for (const [name, ghost] of this.ghosts) if (ghost.removal <= request.removals) this.ghosts.delete(name)
    return true
  }

  private get random(): Random {
    return this.world.streams.at(this.stream)
  }

  private noteContent(record: DiskRecord): void {
    if (this.world.trace.recording) this.world.trace.content(record)
  }

  private request(request: DiskRequest, host: SimHost): void {
    const { file } = request
    const operation = request.replacement === null ? 'force' : 'replace'
    request.error =
      this.full || (operation === 'force' && file.refused) ? 'full' : this.takeFault(operation, request.name)
    if (operation === 'force') file.refused = false
    let latency = sample(this.latency, this.random)
    if (this.extra !== null) latency += sample(this.extra, this.random)
    file.lastAnswer = Math.max(file.lastAnswer, this.world.now + latency)
    this.pending.push(request)
    this.world.schedule(file.lastAnswer, DISK, host, request, null)
  }

  private takeFault(operation: DiskOperation, name: FileName): DiskError | null {
    if (this.faults.length === 0) return null
    const at = this.faults.findIndex((fault) => fault.operation === operation && name.startsWith(fault.file))
    if (at < 0) return null
    const fault = this.faults[at]!
    if (!fault.lasting) this.faults.splice(at, 1)
    return fault.error
  }

  /** Only the rename at the end of a replace changes the file, so a process that dies meanwhile leaves old or new. */
  private mayHaveBeenRenamed(request: DiskRequest): boolean {
    return request.replacement !== null && request.error === null && this.random.chance(0.5)
  }

  private rename(request: DiskRequest): void {
    const file = new SimFile([request.replacement!], true)
    file.lastAnswer = request.file.lastAnswer
    this.files.set(request.name, file)
    this.ghosts.delete(request.name)
  }

  private create(name: FileName): SimFile {
    const file = new SimFile([], false)
    this.files.set(name, file)
    return file
  }

  /** Where a replace of a file that is not there yet keeps its order: nobody can see it before the rename. */
  private absent(name: FileName): SimFile {
    for (let i = this.pending.length - 1; i >= 0; i -= 1) {
      if (this.pending[i]!.name === name) return this.pending[i]!.file
    }
    return new SimFile([], false)
  }
}
