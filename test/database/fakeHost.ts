import { AppendOnlyLog } from '../../src/base/AppendOnlyLog.ts'
import type { DiskRecord } from '../../src/nodes/diskRecords.ts'
import type { Fact } from '../../src/nodes/facts.ts'
import type { Connection, DiskImage, FileName, Host, Ticket } from '../../src/nodes/Host.ts'

interface FakeFile {
  records: DiskRecord[]
  damage: DiskImage['damage']
}

/** The file part of a host, in memory: forces are only noted, and answered by nobody. */
export class FakeHost implements Host {
  readonly now = 0
  readonly wallClock = 0
  readonly facts: Fact[] = []
  /** What was forced, in order: the name and how many records it had. */
  readonly forces: { file: FileName; length: number }[] = []
  /** Called before every call that changes the disk; may throw, as a crash. */
  beforeWrite: (what: string) => void = () => {}
  nextRandom = 0
  readonly disk = new Map<FileName, FakeFile>()

  random(): number {
    return this.nextRandom
  }

  append(file: FileName, record: DiskRecord): void {
    this.beforeWrite(`append ${file}`)
    this.file(file).records.push(record)
  }

  force(file: FileName): Ticket {
    this.beforeWrite(`force ${file}`)
    this.forces.push({ file, length: this.file(file).records.length })
    return this.forces.length
  }

  replace(file: FileName, record: DiskRecord): Ticket {
    this.beforeWrite(`replace ${file}`)
    this.disk.set(file, { records: [record], damage: null })
    return this.force(file)
  }

  truncate(file: FileName, length: number): void {
    this.beforeWrite(`truncate ${file}`)
    const { records, damage } = this.file(file)
    this.disk.set(file, {
      records: records.slice(0, length),
      damage: damage !== null && damage.at < length ? damage : null,
    })
  }

  remove(file: FileName): void {
    this.beforeWrite(`remove ${file}`)
    this.disk.delete(file)
  }

  files(): readonly FileName[] {
    return [...this.disk.keys()].sort((a, b) => (a < b ? -1 : a > b ? 1 : 0))
  }

  read(file: FileName): DiskImage | undefined {
    const there = this.disk.get(file)
    if (there === undefined) return undefined
    const end = there.damage === null ? there.records.length : there.damage.at
    return { records: new AppendOnlyLog(there.records.slice(0, end)), damage: there.damage }
  }

  /** From the record at this index on, a file cannot be read. */
  damage(file: FileName, at: number, kind: 'torn' | 'corrupt'): void {
    this.file(file).damage = { at, kind }
  }

  /** The same files under a new incarnation. */
  restarted(): FakeHost {
    const host = new FakeHost()
    for (const [name, { records, damage }] of this.disk)
      host.disk.set(name, { records: [...records], damage })
    return host
  }

  tell(fact: Fact): void {
    this.facts.push(fact)
  }

  listen(): void {}
  unlisten(): void {}
  setTimer(): void {}
  clearTimer(): void {}
  wake(): void {}
  hangUp(): void {}

  dial(): Connection {
    throw new Error('a database does not dial')
  }

  send(): boolean {
    throw new Error('a database does not send')
  }

  exit(code: number, reason: string): never {
    throw new Error(`exit ${code}: ${reason}`)
  }

  private file(name: FileName): FakeFile {
    let file = this.disk.get(name)
    if (file === undefined) {
      file = { records: [], damage: null }
      this.disk.set(name, file)
    }
    return file
  }
}
