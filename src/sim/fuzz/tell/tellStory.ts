/**
 * A failing scenario as a person reads it: what broke, what happened, and which events contradict each other, at the top in
 * prose; below each step what happened during it, so that a replay that goes another way is told where.
 */
import { findInvariant } from '../../../invariants/index.ts'
import type { Violation } from '../../../invariants/invariant.ts'
import { parseScenario } from '../../scenario/parse.ts'
import { printScenario } from '../../scenario/print.ts'
import { rewriteRecordings } from '../../scenario/rewrite.ts'
import type { Outcome, Stuck } from '../../scenario/run.ts'
import type { Scenario } from '../../scenario/Scenario.ts'
import { grouped, printSeconds } from '../../scenario/transcript.ts'
import { whatHappened } from '../../scenario/whatHappened.ts'
import { assemble, partsOf } from '../assemble.ts'
import { defectOf, type Failure, failureOf } from '../Failure.ts'
import type { TrialOptions } from '../Trial.ts'
import { Chronicle, type Told } from './Chronicle.ts'
import { contradiction } from './contradiction.ts'
import { story } from './story.ts'
import { capital, sentence, wrapped } from './words.ts'

/** Where a scenario comes from, as far as that is known. */
export interface Origin {
  /** Under which name it is written; what is pasted to see it again. */
  readonly file: string
  /** The release of zksim. */
  readonly version?: string
  readonly seed?: number
  readonly profile?: string
  /** Of the run that was drawn. */
  readonly before?: { readonly steps: number; readonly events: number }
  /** Of the seeds 1 to 20, those with which it fails so too. */
  readonly failsWith?: readonly number[] | null
}

/** The failing scenario with its story in place of its prose. @throws RangeError where it holds. */
export function tellStory(scenario: Scenario, options: TrialOptions, origin: Origin): Scenario {
  const chronicle = new Chronicle(scenario, options)
  const outcome = chronicle.play()
  const { error, ensemble } = chronicle
  const failure = error === null ? failureOf(outcome) : defectOf(error, ensemble.world.events)
  if (failure === null) throw new RangeError(`${scenario.file} holds: there is nothing to tell of`)
  const violation = ensemble.checker.violations.find(({ code }) => code === failure.code) ?? null
  const paragraphs = [
    ...titleOf(failure, violation),
    happened(chronicle),
    ...shown(chronicle, outcome, failure, violation),
    originOf(origin, outcome),
    [`npx zksim run ${origin.file}`],
  ]
  const prose = paragraphs
    .filter((lines) => lines.length > 0)
    .flatMap((lines, i) => (i === 0 ? lines : ['', ...lines]))
  return recorded(
    assemble({ ...partsOf(scenario), file: origin.file, prose }),
    outcomeByStep(outcome, scenario),
  )
}

function titleOf({ code, name, what }: Failure, violation: Violation | null): string[][] {
  if (violation === null) return [wrapped(sentence(titleWithout(code, name, what)))]
  const source = findInvariant(violation.code)?.source ?? 'of its own'
  return [
    wrapped(sentence(`${name} (${code}) is broken: ${what}`)),
    wrapped(`It says: ${sentence(violation.says)} (${source})`),
  ]
}

function titleWithout(code: string, name: string, what: string): string {
  switch (code) {
    case 'expectation':
      return `An expectation is not met, "${name}": ${what}`
    case 'defect':
      return `An error left the simulation: ${what}`
    case 'endless':
      return `The run does not end: ${what}`
    default:
      return `The run cannot go on at "${name}": ${what}`
  }
}

function happened({ beats }: Chronicle): string[] {
  const sentences = story(beats)
  return sentences.length === 0 ? [] : wrapped(`What happens: ${sentences.join(' ')}`)
}

/** The events that contradict, or who waits for what. */
function shown(
  chronicle: Chronicle,
  outcome: Outcome,
  { event }: Failure,
  violation: Violation | null,
): string[][] {
  const paragraphs: string[][] = []
  const events = violation === null ? [] : contradiction(chronicle, violation)
  if (events.length > 0) {
    const head = events.length === 1 ? 'The event that shows it:' : 'The events that contradict each other:'
    paragraphs.push([head, ...table(events.map(rowOf))])
  }
  const ofTheEnd = violation !== null && !chronicle.triggers.has(violation.code)
  if (outcome.stuck !== null) paragraphs.push(['Who waits for what:', ...waits(outcome.stuck.peers)])
  else if (ofTheEnd) {
    const head = `It shows at the end, at event #${grouped(event)}. Who waits for what:`
    paragraphs.push([head, ...waits(waitingPeers(chronicle))])
  }
  return paragraphs
}

function rowOf({ event, time, fact }: Told): readonly [string, string, string] {
  return [`#${grouped(event)}`, printSeconds(time), words(fact)]
}

function words(fact: Told['fact']): string {
  return `${'client' in fact ? fact.client : fact.peer} ${whatHappened(fact)}`
}

function waits(peers: Stuck['peers']): string[] {
  return table(peers.map(({ sid, state, waitingFor }) => [`${sid}`, state, waitingFor]))
}

function waitingPeers({ ensemble, run }: Chronicle): Stuck['peers'] {
  return ensemble.sids.map((sid) => {
    const { state } = ensemble.machineOf(sid)
    return {
      sid,
      state: state === 'up' ? run.view.peer(sid).describeState() : state,
      waitingFor: ensemble.peer(sid)?.waitingFor() ?? 'to be started',
    }
  })
}

/** Indented; the last column is wrapped below itself. */
function table(rows: readonly (readonly [string, string, string])[]): string[] {
  const width = (i: 0 | 1): number => rows.reduce((most, row) => Math.max(most, row[i].length), 0)
  return rows.flatMap(([a, b, c]) => {
    const label = `  ${a.padStart(width(0))}  ${b.padEnd(width(1))}  `
    const [first = '', ...rest] = wrapped(c)
    return [`${label}${first}`, ...rest.map((line) => `${' '.repeat(label.length)}${line}`)]
  })
}

function originOf(
  { version, seed, profile, before, failsWith }: Origin,
  { events, hash }: Outcome,
): string[] {
  const sentences: string[] = []
  if (seed !== undefined) {
    const from = profile === undefined ? '' : ` of profile ${profile}`
    const small =
      before === undefined
        ? ''
        : `, ${before.steps} steps and ${grouped(before.events)} events before it was made smaller`
    sentences.push(`Found with seed ${seed}${from}${small}.`)
  }
  if (failsWith !== undefined && failsWith !== null) {
    const count = failsWith.length
    sentences.push(`It fails so with ${count === 0 ? 'none' : count} of the seeds 1 to 20.`)
  }
  sentences.push(
    `${version === undefined ? '' : `zksim ${version}: `}${grouped(events)} events, hash ${hash}.`,
  )
  return wrapped(capital(sentences.join(' ')))
}

/** More lines than this below one step are none that anybody compares by eye. */
const MOST_LINES = 40

function outcomeByStep(outcome: Outcome, scenario: Scenario): readonly (readonly string[] | undefined)[] {
  return scenario.lines.flatMap((line) => (line.type === 'step' ? [outcome.recordings.get(line.line)] : []))
}

/** With what happened below the steps; with the line numbers that this gives them. */
function recorded(scenario: Scenario, byStep: readonly (readonly string[] | undefined)[]): Scenario {
  let index = -1
  const asked = new Map<number, readonly string[]>()
  const lines = scenario.lines.map((line) => {
    if (line.type !== 'step') return line
    index += 1
    const happened = byStep[index] ?? []
    if (happened.length === 0 || happened.length > MOST_LINES) return line
    asked.set(line.line, happened)
    return Object.freeze({ ...line, recording: Object.freeze([]) })
  })
  const withRoom = Object.freeze({ file: scenario.file, lines: Object.freeze(lines) })
  return parseScenario(scenario.file, printScenario(rewriteRecordings(withRoom, asked)))
}
