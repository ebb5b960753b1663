/**
 * What a run did, as 64 bits: two runs with the same hash did the same things at the same times in the same order.
 *
 * Everything that happens goes in, and everything that will (when it is scheduled), so that two runs that part show it
 * at the very event that made the difference.
 */
import { AppendOnlyLog } from '../../base/AppendOnlyLog.ts'
import { type Copy, type Forkable, fork } from '../../base/forkable.ts'
import type { HostName, Micros } from '../../nodes/Host.ts'
import type { Fact } from './types.ts'

/** Names to 32 bits, each computed once. Copies of a world share it: what it holds depends on nothing but the names. */
class NameHashes implements Forkable {
  private readonly known = new Map<string, number>()

  of(name: string): number {
    return this.known.get(name) ?? this.compute(name)
  }

  [fork](_copy: Copy): this {
    return this
  }

  private compute(name: string): number {
    // FNV-1a.
    let hash = 0x811c9dc5 | 0
    for (let i = 0; i < name.length; i += 1) hash = Math.imul(hash ^ name.charCodeAt(i), 0x01000193)
    if (this.known.size > 50_000) this.known.clear()
    this.known.set(name, hash)
    return hash
  }
}

/** One event as people read it. */
export interface TraceEntry {
  /** Its number; the first is 1. */
  readonly event: number
  readonly time: Micros
  /** Whose step it was; null for actions and for what no process saw. */
  readonly machine: HostName | null
  readonly what: string
  /** What it led to, in order. */
  readonly effects: readonly string[]
  readonly facts: readonly Fact[]
}

export function printEntry({ event, time, machine, what, effects }: TraceEntry): string {
  const lines = [`#${event} at ${time} µs  ${machine ?? '-'}  ${what}`]
  return lines.concat(effects.map((effect) => `    ${effect}`)).join('\n')
}

export class Trace {
  private readonly names = new NameHashes()
  private high = 0x243f6a88
  private low = 0x85a308d3 | 0
  private limit = 0
  private contentsHigh = 0
  private contentsLow = 0
  private log = new AppendOnlyLog<TraceEntry>()
  private event = 0
  private time: Micros = 0
  private machine: HostName | null = null
  private what = ''
  private effects: string[] = []
  private facts: Fact[] = []

  /** 16 hexadecimal digits. */
  get hash(): string {
    return hex(this.high) + hex(this.low)
  }

  sameAs(other: Trace): boolean {
    return this.high === other.high && this.low === other.low
  }

  /**
   * What was in the packets, records and facts since recording began, as 64 bits. Not part of `hash`, which goes by
   * their types: to look inside costs more than many a step.
   */
  get contents(): string {
    return hex(this.contentsHigh) + hex(this.contentsLow)
  }

  sameContentsAs(other: Trace): boolean {
    return this.contentsHigh === other.contentsHigh && this.contentsLow === other.contentsLow
  }

  /** Keeps the last `count` events for printing (`Infinity`: all; 0: none). The hash is the same either way. */
  record(count: number): void {
    this.limit = count
    this.contentsHigh = 0
    this.contentsLow = 0
    if (count === 0) this.log = new AppendOnlyLog()
  }

  get recording(): boolean {
    return this.limit > 0
  }

  /** The recorded events, oldest first. */
  entries(): readonly TraceEntry[] {
    this.close()
    const entries = this.log.toArray()
    return entries.length > this.limit ? entries.slice(entries.length - this.limit) : entries
  }

  hashOf(name: string): number {
    return this.names.of(name)
  }

  /** Anything below 2^32 in size. */
  mix(word: number): void {
    const low = Math.imul(this.low ^ word, 0x9e3779b1)
    this.low = low ^ (low >>> 15)
    const high = Math.imul(this.high ^ this.low, 0x85ebca77)
    this.high = (high << 13) | (high >>> 19)
  }

  /** An event of this kind happens, or is scheduled. */
  mixEvent(time: Micros, kind: number, detail: number): void {
    this.mix(time | 0)
    this.mix(((time / 0x1_0000_0000) | 0) ^ (kind << 24))
    this.mix(detail)
  }

  // ── recording; the World calls these only while `recording` ──

  open(event: number, time: Micros, machine: HostName | null, what: string): void {
    this.close()
    this.event = event
    this.time = time
    this.machine = machine
    this.what = what
  }

  effect(what: string): void {
    this.effects.push(what)
  }

  fact(fact: Fact): void {
    this.effects.push(`tells ${fact.type}`)
    this.facts.push(fact)
    this.content(fact)
  }

  /** Plain records and lists are looked into; of an instance of a class, its own numbers and strings count. */
  content(value: unknown): void {
    if (typeof value !== 'object' || value === null) {
      this.mixContent(this.hashOf(`${typeof value} ${String(value)}`))
      return
    }
    const isPlain = Array.isArray(value) || Object.getPrototypeOf(value) === Object.prototype
    for (const [key, part] of Object.entries(value)) {
      if (!isPlain && typeof part === 'object') continue
      this.mixContent(this.hashOf(key))
      this.content(part)
    }
  }

  private mixContent(word: number): void {
    const low = Math.imul(this.contentsLow ^ word, 0x9e3779b1)
    this.contentsLow = low ^ (low >>> 15)
    const high = Math.imul(this.contentsHigh ^ this.contentsLow, 0x85ebca77)
    this.contentsHigh = (high << 13) | (high >>> 19)
  }

  private close(): void {
    if (this.event === 0) return
    this.log.push(
      Object.freeze({
        event: this.event,
        time: this.time,
        machine: this.machine,
        what: this.what,
        effects: Object.freeze(this.effects),
        facts: Object.freeze(this.facts),
      }),
    )
    this.event = 0
    this.effects = []
    this.facts = []
    if (this.log.length >= 2 * this.limit) {
      this.log = new AppendOnlyLog(this.log.toArray().slice(this.log.length - this.limit))
    }
  }
}

function hex(word: number): string {
  return (word >>> 0).toString(16).padStart(8, '0')
}
