/**
 * What a scenario must be beyond its grammar: ensembles that can be, histories that go forwards, no peer that there is
 * not, and no more of anything than can be played.
 */
import type { PeerSettings } from '../../nodes/PeerConfig.ts'
import { ConfigError, makeVerifier } from '../../nodes/quorum/QuorumVerifier.ts'
import { counterOf, epochOf, type Sid } from '../../nodes/zxid.ts'
import { factKinds, kinds, type Span } from '../kinds.ts'
import type { Filled, Sentence } from '../sentence.ts'
import { declarationOf, declarations, specOf } from './declarations.ts'
import { type DiskState, type EnsembleSpec, membersOf, sidsOf } from './EnsembleSpec.ts'
import { factFormOf } from './facts.ts'
import {
  MOST_BYTES,
  MOST_CHANGES,
  MOST_CLIENTS,
  MOST_DELAY,
  MOST_EPOCH,
  MOST_LOGGED,
  MOST_PEERS,
  MOST_TIME,
  wrongSetting,
  wrongTogether,
} from './limits.ts'
import { readDeclarations } from './reading.ts'
import type { Line, Play, Scenario } from './Scenario.ts'
import type { Problem } from './ScenarioError.ts'
import { stepOf } from './steps.ts'

export function problemsOf(scenario: Scenario, source: readonly string[]): Problem[] {
  const check = new Check(specOf(scenario))
  const problems: Problem[] = []
  for (const line of scenario.lines) {
    if (line.type !== 'declarations' && line.type !== 'step') continue
    const wrong = check.line(line)
    if (wrong === null) continue
    const text = source[line.line - 1] ?? ''
    const column = startsIn(text)[wrong.play]! + 1
    const { expected } = wrong
    problems.push({ file: scenario.file, line: line.line, column, text, expected, nearest: null })
  }
  return problems
}

/** Where the sentences of a line that was read begin. */
function startsIn(text: string): readonly number[] {
  const start = text.length - text.trimStart().length
  const read = readDeclarations(
    declarations.map((one) => one.sentence),
    text.trimEnd(),
    start,
  )
  return 'starts' in read ? read.starts : [start]
}

/** What is wrong with the sentence of a line that has this index. */
interface Wrong {
  readonly play: number
  readonly expected: string
}

/** One pass over a scenario, with what has come together so far. */
class Check {
  private readonly spec: EnsembleSpec
  private readonly sids: ReadonlySet<Sid>
  private readonly histories: ReadonlyMap<Sid, string>
  private readonly hierarchy: string | null
  private clients = 0
  private time = 0

  constructor(spec: EnsembleSpec) {
    this.spec = spec
    this.sids = new Set(sidsOf(spec))
    this.histories = wrongHistories(spec.disks)
    this.hierarchy = wrongHierarchy(spec)
  }

  line(line: Line & { readonly type: 'declarations' | 'step' }): Wrong | null {
    if (line.type === 'step') {
      const { sentence } = stepOf(line.play)
      const expected =
        wrongPeers(sentence, line.play.filled, this.sids) ?? this.amount(sentence, line.play.filled)
      return expected === null ? null : { play: 0, expected }
    }
    for (const [index, play] of line.plays.entries()) {
      const expected = this.declared(play)
      if (expected !== null) return { play: index, expected }
    }
    return null
  }

  private declared(play: Play): string | null {
    const { filled } = play
    return (
      wrongPeers(declarationOf(play).sentence, filled, this.sids) ??
      this.size(filled) ??
      (Number(filled.changes) > MOST_CHANGES ? `at most ${MOST_CHANGES} changes` : null) ??
      ('groups' in filled || 'weights' in filled ? this.hierarchy : null) ??
      this.setting(play) ??
      this.history(play)
    )
  }

  private size(filled: Filled): string | null {
    const says = 'peers' in filled || 'observers' in filled || 'joiners' in filled
    return says && (this.spec.peers < 1 || this.sids.size > MOST_PEERS) ? `1 to ${MOST_PEERS} peers` : null
  }

  private setting({ sentence, filled }: Play): string | null {
    const [name = '', hole] = sentence.split(' ')
    if (hole !== '{value:millis}' && hole !== '{value:count}') return null
    const unit = hole === '{value:millis}' ? 'millis' : 'count'
    return (
      wrongSetting(name as keyof PeerSettings, filled.value, unit) ?? wrongTogether(name, this.spec.settings)
    )
  }

  private history({ sentence, filled }: Play): string | null {
    const { sids, epoch } = filled as { readonly sids?: readonly Sid[]; readonly epoch?: number }
    if (epoch !== undefined && epoch > MOST_EPOCH) return `an epoch of at most ${MOST_EPOCH}`
    for (const hole of ['zxid', 'from', 'to']) {
      const zxid = filled[hole]
      if (typeof zxid === 'number' && epochOf(zxid) > MOST_EPOCH) return `an epoch of at most ${MOST_EPOCH}`
    }
    if (sids === undefined || !sentence.includes('had logged')) return null
    const wrong = sids.find((sid) => this.histories.has(sid))
    return wrong === undefined ? null : (this.histories.get(wrong) ?? null)
  }

  /** Bytes, clients and time that a step asks for. */
  private amount(sentence: Sentence, filled: Filled): string | null {
    const { size, clients } = filled
    if (typeof size === 'number' && size > MOST_BYTES) return `at most ${MOST_BYTES} bytes`
    if (typeof clients === 'number') this.clients += clients
    if (this.clients > MOST_CLIENTS) return `at most ${MOST_CLIENTS} clients of loads in all`
    for (const part of sentence.parts) {
      if ('words' in part) continue
      const value = filled[part.hole]
      if (part.kind === kinds.span && (value as Span).most > MOST_DELAY) return 'a delay of at most a year'
      const micros =
        part.kind === kinds.duration
          ? (value as number)
          : part.kind === kinds.millis
            ? (value as number) * 1_000
            : 0
      this.time += micros
      if (this.time > MOST_TIME) return 'less than a hundred years in all'
    }
    return null
  }
}

// ── peers ──

/** A sentence that speaks of a peer that the ensemble has not, or of one twice in a list of them. */
function wrongPeers(sentence: Sentence, filled: Filled, all: ReadonlySet<Sid>): string | null {
  const stranger = sidsIn(sentence, filled).find((sid) => !all.has(sid))
  if (stranger !== undefined) return `peers 1 to ${all.size}: there is no ${stranger}`
  for (const list of listsIn(sentence, filled)) {
    const twice = list.find((sid, at) => list.indexOf(sid) < at)
    if (twice !== undefined) return `each peer once: ${twice} stands there twice`
  }
  return null
}

function listsIn(sentence: Sentence, filled: Filled): (readonly Sid[])[] {
  const lists = sentence.parts.flatMap((part): (readonly Sid[])[] => {
    if ('words' in part) return []
    const value = filled[part.hole]
    if (part.kind === kinds.groups) return [(value as readonly (readonly Sid[])[]).flat()]
    const isList = (part.kind === kinds.sids || part.kind === kinds.peers) && Array.isArray(value)
    return isList ? [value as readonly Sid[]] : []
  })
  const { voters, observers } = filled
  return Array.isArray(voters) && Array.isArray(observers) ? [...lists, [...voters, ...observers]] : lists
}

function sidsIn(sentence: Sentence, filled: Filled): Sid[] {
  return sentence.parts.flatMap((part): Sid[] => {
    if ('words' in part) return []
    const value = filled[part.hole]
    const { kind } = part
    if (kind === kinds.sid || kind === kinds.peer || kind === factKinds.peer)
      return typeof value === 'number' ? [value] : []
    if (kind === kinds.sids || kind === kinds.peers) return Array.isArray(value) ? value : []
    if (kind === kinds.groups) return (value as readonly (readonly Sid[])[]).flat()
    if (kind === kinds.weights) return (value as readonly (readonly [Sid, number])[]).map(([sid]) => sid)
    if (kind === kinds.machine) return /^[0-9]+$/.test(String(value)) ? [Number(value)] : []
    if (part.hole !== 'fact') return []
    const play = value as Play
    return sidsIn(factFormOf(play).sentence, play.filled)
  })
}

function wrongHierarchy(spec: EnsembleSpec): string | null {
  if (spec.hierarchy === null) return null
  const servers = membersOf(spec).map((sid) => ({
    sid,
    host: `${sid}`,
    type: sid <= spec.peers ? ('participant' as const) : ('observer' as const),
  }))
  try {
    makeVerifier({ version: 0, servers, hierarchy: spec.hierarchy })
    return null
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error
    return `a hierarchy that can be: ${error.message}`
  }
}

// ── histories ──

/** What is wrong with what lies on the disks, by peer. */
function wrongHistories(disks: readonly DiskState[]): ReadonlyMap<Sid, string> {
  const wrong = new Map<Sid, string>()
  let logged = 0
  for (const disk of disks) {
    const said = wrongHistory(disk)
    for (const { from, to } of disk.logged) logged += Math.max(0, to - from + 1)
    if (said !== null) wrong.set(disk.sid, said)
    else if (logged > MOST_LOGGED) wrong.set(disk.sid, `at most ${MOST_LOGGED} transactions on all disks`)
  }
  return wrong
}

function wrongHistory({ logged }: DiskState): string | null {
  let last = 0
  for (const { from, to } of logged) {
    if (epochOf(from) !== epochOf(to)) return 'zxids of one epoch'
    if (from <= last || to < from) return 'zxids that go forwards, run after run'
    if (counterOf(from) === 0) return 'a counter from 1 on: the zxid 0 of an epoch is no transaction'
    last = to
  }
  return null
}
