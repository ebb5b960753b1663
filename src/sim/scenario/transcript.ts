/**
 * What happened, one line a fact. The full form has one column a fact about each peer, for reading downwards:
 *
 *     12.304 s  48,213   1 Lead e2 2:4/2:4    2 Foll e2 2:3/2:3    3 Look 1:9/1:9    2 delivered 2:3 setData /x
 *
 * (delivered/logged). Recordings in scenario files have only who and what: they are for people to write prose around,
 * and should not change because a disk became a microsecond faster.
 */
import type { Fact } from '../../nodes/facts.ts'
import type { Micros } from '../../nodes/Host.ts'
import { keeperErrorName } from '../../nodes/keeperErrors.ts'
import type { ClusterView } from './ClusterView.ts'
import { printResult, whatHappened } from './whatHappened.ts'

export type Verbosity = 'quiet' | 'normal' | 'loud'

export interface TranscriptLine {
  readonly time: Micros
  readonly event: number
  /** `2`, `ann`, or `` for the run itself. */
  readonly who: string
  readonly what: string
  /** State and log of every peer at that moment. */
  readonly peers: readonly string[]
  /** It is compared with recordings. */
  readonly recorded: boolean
}

/** Facts that a transcript shows unless it is loud: those that change what happens next. */
const turns: ReadonlySet<Fact['type']> = new Set<Fact['type']>([
  'refusedToStart',
  'lookingAgain',
  'elected',
  'epochProposed',
  'syncDecided',
  'truncated',
  'snapshotReceived',
  'established',
  'upToDate',
  'sessionExpired',
  'anomaly',
  'threadDied',
  'diskFailed',
  'clientConnected',
  'clientDisconnected',
  'clientExpired',
  'completed',
])

function isTurn(fact: Fact): boolean {
  // How a client is to its servers has facts of its own.
  if (fact.type === 'watchEvent') return fact.event.type !== 'None'
  // The first configuration is what everybody starts with.
  if (fact.type === 'configActivated') return fact.config.version > 0
  return turns.has(fact.type)
}

/** Lines kept; the oldest are dropped beyond this. */
const MOST_LINES = 100_000

export class Transcript {
  verbosity: Verbosity = 'normal'
  lines: TranscriptLine[] = []
  /** Lines dropped because there were too many. */
  dropped = 0
  private readonly sids: readonly number[]
  /** Texts that a step of the file expects to see, with whether they were seen. */
  private readonly expected: Map<string, boolean>
  /** Clients of loads: nobody wants to read of each of their operations. */
  readonly muted = new Set<string>()
  private time: Micros = 0
  private event = 0

  constructor(sids: readonly number[], expected: readonly string[]) {
    this.sids = sids
    this.expected = new Map(expected.map((text) => [text, false]))
  }

  /** Where in time the lines to come are. */
  at(time: Micros, event: number): void {
    this.time = time
    this.event = event
  }

  hear(fact: Fact, view: ClusterView): void {
    const shown = this.verbosity === 'loud' || (this.verbosity === 'normal' && isTurn(fact))
    if (!shown && this.expected.size === 0) return
    const who = 'client' in fact ? fact.client : `${fact.peer}`
    const what = whatHappened(fact)
    if (shown && !this.muted.has(who)) this.add(who, what, view, true)
    else if (this.expected.size > 0) this.watch(`${who} ${what}`)
  }

  /** A process ended by its own will, which is no fact that it could tell. */
  exited(sid: number, reason: string, view: ClusterView): void {
    if (this.verbosity !== 'quiet') this.add(`${sid}`, `exited: ${reason}`, view, true)
  }

  /** What a `show` step asks for. */
  show(who: string, what: string): void {
    this.push({ who, what, peers: [], recorded: true })
  }

  /** What the run does, for the full form only. */
  note(what: string): void {
    this.push({ who: '', what, peers: [], recorded: false })
  }

  /** Whether a line, shown or not, contained this text. Only texts that a step of the file expects are looked for. */
  saw(text: string): boolean {
    return this.expected.get(text) === true
  }

  /** The lines from `from` on, as recordings have them. `from` counts from the beginning of the run. */
  recordingSince(from: number): string[] {
    const lines = this.lines.slice(Math.max(0, from - this.dropped)).filter((line) => line.recorded)
    const width = lines.reduce((most, line) => Math.max(most, line.who.length), 0)
    return lines.map((line) => `${line.who.padEnd(width)}  ${line.what}`.trimEnd())
  }

  /** How many lines there were since the beginning of the run. */
  get length(): number {
    return this.dropped + this.lines.length
  }

  private add(who: string, what: string, view: ClusterView, recorded: boolean): void {
    const peers = this.sids.map((sid) => {
      const peer = view.peer(sid)
      return `${sid} ${peer.describeState()} ${peer.describeLog()}`
    })
    this.push({ who, what, peers: Object.freeze(peers), recorded })
  }

  private push(line: Omit<TranscriptLine, 'time' | 'event'>): void {
    this.lines.push(Object.freeze({ time: this.time, event: this.event, ...line }))
    if (line.recorded && this.expected.size > 0) this.watch(`${line.who} ${line.what}`)
    if (this.lines.length <= MOST_LINES * 2) return
    this.dropped += MOST_LINES
    this.lines = this.lines.slice(MOST_LINES)
  }

  private watch(line: string): void {
    for (const [text, seen] of this.expected) if (!seen && line.includes(text)) this.expected.set(text, true)
  }
}

/** The full form, its columns aligned. */
export function printTranscript(lines: readonly TranscriptLine[]): string {
  const columns = lines.map((line) => [printSeconds(line.time), grouped(line.event), ...line.peers])
  const widths: number[] = []
  for (const row of columns) {
    for (const [i, cell] of row.entries()) widths[i] = Math.max(widths[i] ?? 0, cell.length)
  }
  return lines
    .map((line, i) => {
      const row = columns[i]!
      const cells = widths.map((width, j) =>
        j < 2 ? (row[j] ?? '').padStart(width) : (row[j] ?? '').padEnd(width),
      )
      return `${cells.join('  ')}  ${line.who} ${line.what}`.trimEnd()
    })
    .join('\n')
}

/** `12.304 s`. */
export function printSeconds(time: Micros): string {
  const millis = Math.floor(time / 1_000)
  return `${Math.floor(millis / 1_000)}.${String(millis % 1_000).padStart(3, '0')} s`
}

/** `48,213` */
export function grouped(value: number): string {
  return String(value).replace(/\B(?=(?:[0-9]{3})+$)/g, ',')
}

/** What a client got, as `expect ann got …` writes it. */
export function printAnswer(fact: Fact & { readonly type: 'completed' }): string {
  if (fact.err !== 0) return keeperErrorName(fact.err)
  const { result } = fact
  switch (result?.type) {
    case 'getData':
      return JSON.stringify(result.data ?? '')
    case 'getChildren':
    case 'getAllChildrenNumber':
    case 'getEphemerals':
    case 'getACL':
    case 'whoAmI':
    case 'multi':
    case 'multiRead':
      return printResult(result)
    default:
      return 'OK'
  }
}
