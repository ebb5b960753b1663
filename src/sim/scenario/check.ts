/**
 * What a scenario must be beyond its grammar: ensembles of a size that can be, histories that go forwards, no peer
 * that there is not.
 */
import { counterOf, epochOf, type Sid } from '../../nodes/zxid.ts'
import { kinds } from '../kinds.ts'
import type { Filled, Sentence } from '../sentence.ts'
import { declarationOf, specOf } from './declarations.ts'
import { type EnsembleSpec, sidsOf } from './EnsembleSpec.ts'
import { factFormOf } from './facts.ts'
import type { Line, Play, Scenario } from './Scenario.ts'
import type { Problem } from './ScenarioError.ts'
import { stepOf } from './steps.ts'

/** The most peers a scenario may have. */
const MOST_PEERS = 99
/** The most transactions that one declaration may put on a disk. */
const MOST_LOGGED = 1_000_000

export function problemsOf(scenario: Scenario, source: readonly string[]): Problem[] {
  const spec = specOf(scenario)
  const problems: Problem[] = []
  for (const line of scenario.lines) {
    const expected = line.type === 'declarations' || line.type === 'step' ? wrongWith(line, spec) : null
    if (expected === null || line.type === 'prose' || line.type === 'blank') continue
    const text = source[line.line - 1] ?? ''
    const column = text.length - text.trimStart().length + 1
    problems.push({ file: scenario.file, line: line.line, column, text, expected, nearest: null })
  }
  return problems
}

function wrongWith(line: Line, spec: EnsembleSpec): string | null {
  if (line.type === 'step') return strangers(line.play, stepOf(line.play).sentence, spec)
  if (line.type !== 'declarations') return null
  for (const play of line.plays) {
    const { sentence } = declarationOf(play)
    const wrong = strangers(play, sentence, spec) ?? wrongSize(play, spec) ?? wrongHistory(play, spec)
    if (wrong !== null) return wrong
  }
  return null
}

function wrongSize(play: Play, spec: EnsembleSpec): string | null {
  const total = sidsOf(spec).length
  const says = 'peers' in play.filled || 'observers' in play.filled || 'joiners' in play.filled
  return says && (spec.peers < 1 || total > MOST_PEERS) ? `1 to ${MOST_PEERS} peers` : null
}

function wrongHistory(play: Play, spec: EnsembleSpec): string | null {
  const named = play.filled.sids as readonly Sid[] | undefined
  if (!play.sentence.includes('had logged') || named === undefined) return null
  for (const disk of spec.disks) {
    if (!named.includes(disk.sid)) continue
    let last = 0
    for (const { from, to } of disk.logged) {
      if (epochOf(from) !== epochOf(to)) return 'zxids of one epoch'
      if (from <= last || to < from) return 'zxids that go forwards, run after run'
      if (counterOf(from) === 0) return 'a counter from 1 on: the zxid 0 of an epoch is no transaction'
      if (to - from >= MOST_LOGGED) return `at most ${MOST_LOGGED} transactions`
      last = to
    }
  }
  return null
}

/** Names the peers that a sentence speaks of and the ensemble has not. */
function strangers(play: Play, sentence: Sentence, spec: EnsembleSpec): string | null {
  const all = sidsOf(spec)
  const stranger = sidsIn(sentence, play.filled).find((sid) => !all.includes(sid))
  return stranger === undefined ? null : `peers 1 to ${all.length}: there is no ${stranger}`
}

function sidsIn(sentence: Sentence, filled: Filled): Sid[] {
  return sentence.parts.flatMap((part): Sid[] => {
    if ('words' in part) return []
    const value = filled[part.hole]
    const { kind } = part
    if (kind === kinds.sid || kind === kinds.peer) return typeof value === 'number' ? [value] : []
    if (kind === kinds.sids || kind === kinds.peers) return Array.isArray(value) ? value : []
    if (kind === kinds.groups) return (value as readonly (readonly Sid[])[]).flat()
    if (kind === kinds.weights) return (value as readonly (readonly [Sid, number])[]).map(([sid]) => sid)
    if (kind === kinds.machine) return /^[0-9]+$/.test(String(value)) ? [Number(value)] : []
    if (part.hole !== 'fact') return []
    const play = value as Play
    return sidsIn(factFormOf(play).sentence, play.filled)
  })
}
