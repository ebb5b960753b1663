/** `zksim replay`: exactly one run, and the state of everything where it ends or is stopped. */
import type { Ensemble } from '../ensemble.ts'
import type { TraceEntry } from '../kernel/Trace.ts'
import type { ScenarioRun } from '../scenario/run.ts'
import { grouped } from '../scenario/transcript.ts'
import { beginOf, describeBegin } from './header.ts'
import type { Io } from './io.ts'
import {
  eventObject,
  type JsonObject,
  mismatchObjects,
  problemObjects,
  stateObjects,
  transcriptObject,
  verdictObject,
  violationObjects,
} from './json.ts'
import { hang, type Style, visible } from './layout.ts'
import { type BeforeRun, Player } from './playing.ts'
import { alarmsOf } from './runCommand.ts'
import { describeProblems, readSource } from './sources.ts'
import { describeStates } from './state.ts'
import { microSeconds, TRACE_HEAD, traceLine } from './traceLine.ts'
import { transcriptTable } from './transcriptTable.ts'
import { codes, describeExtent, describeFailure, type Finding, facts, title } from './verdict.ts'

export interface ReplayFlags {
  readonly seed?: number
  readonly maxEvents: number
  readonly until?: number
  readonly from?: number
  readonly json?: true
}

/** Events shown of the end of a run, unless `--from` says where to begin. */
const LAST = 12

/** @returns the exit code. */
export function replayCommand(
  file: string,
  flags: ReplayFlags,
  io: Io,
  style: Style,
  beforeRun: BeforeRun | undefined,
): number {
  const source = readSource(file, io)
  const object = (one: JsonObject): void => io.out(`${JSON.stringify(one)}\n`)
  const { scenario } = source
  if (scenario === null) {
    if (flags.json) for (const problem of problemObjects(source)) object(problem)
    else io.err(describeProblems(source.problems, style))
    if (flags.json) object(verdictObject(file, 'badInput', null, null))
    return codes.badInput
  }

  const begin = beginOf(scenario, flags.seed)
  const { run, ensemble } = new Player(
    scenario,
    { maxEvents: flags.maxEvents, ...(flags.seed === undefined ? {} : { seed: flags.seed }) },
    beforeRun,
  ).start()
  if (flags.json) object({ ...begin })
  else {
    io.out(`${style.colours.bold(`Exactly one run, with seed ${begin.seed}.`)}\n`)
    io.out(`${describeBegin(scenario, begin, style)}\n\n`)
  }
  const events = play(run, flags)
  const outcome = run.outcome()
  const beyond = [flags.until, flags.from].find((event) => event !== undefined && event > outcome.events)
  const finding: Finding =
    beyond !== undefined ? 'badInput' : run.verdict === null ? 'stopped' : outcome.verdict

  if (flags.json) {
    const alarming = alarmsOf(ensemble)
    for (const line of outcome.transcript) {
      const one = transcriptObject(line, alarming)
      if (one !== null) object(one)
    }
    for (const entry of events) object(eventObject(entry))
    for (const one of stateObjects(run, ensemble)) object(one)
    for (const one of [...violationObjects(ensemble), ...mismatchObjects(outcome)]) object(one)
    object(verdictObject(file, finding, outcome, ensemble))
  } else {
    io.out(`${transcriptTable(outcome.transcript, ensemble.sids, alarmsOf(ensemble), style)}\n\n`)
    io.out(`${describeEvents(events, flags, style)}\n\n`)
    io.out(`${describeMoment(run, ensemble, style)}\n\n`)
    const failure = finding === 'stopped' ? '' : describeFailure(run, ensemble, outcome, style)
    if (failure !== '') io.out(`${title(outcome.verdict, style.colours)} ${failure}\n\n`)
    if (finding === 'stopped') io.out(`Stopped after event ${grouped(outcome.events)}, as asked.\n`)
    else io.out(`${describeExtent(outcome, ensemble, style, false)}\n`)
    io.out(`${title(run.verdict ?? 'stopped', style.colours)}  ${visible(file)}  ${facts(outcome)}\n`)
  }
  if (beyond !== undefined) {
    io.err(`zksim: this run ends with event ${outcome.events}; there is no event ${beyond}\n`)
  }
  return codes[finding]
}

/** Plays to the end or the event asked for. @returns the events to be shown. */
function play(
  run: ScenarioRun,
  { until = Number.POSITIVE_INFINITY, from }: ReplayFlags,
): readonly TraceEntry[] {
  const { world } = run.ensemble
  if (from === undefined) {
    world.trace.record(LAST)
    while (world.events < until && run.advance());
  } else {
    while (world.events < Math.min(from - 1, until) && run.advance());
    world.trace.record(Number.POSITIVE_INFINITY)
    while (world.events < until && run.advance());
  }
  return world.trace.entries().filter(({ event }) => from === undefined || event >= from)
}

function describeEvents(
  events: readonly TraceEntry[],
  { from }: ReplayFlags,
  { colours, width }: Style,
): string {
  const first = from === undefined ? `the last ${events.length} events` : `events from ${grouped(from)} on`
  const lines = events.map((entry) => {
    const line = traceLine(entry)
    const label = line.slice(0, WHERE)
    return line.length <= width ? line : hang(label, line.slice(WHERE), width)
  })
  return [colours.bold(first), colours.dim(TRACE_HEAD), ...lines].join('\n')
}

/** Where the words begin in a line of a trace. */
const WHERE = TRACE_HEAD.indexOf('event', TRACE_HEAD.indexOf('where'))

function describeMoment(run: ScenarioRun, ensemble: Ensemble, style: Style): string {
  const { events, now } = ensemble.world
  const when = `the state after event ${grouped(events)}, t=${microSeconds(now)} s`
  return `${style.colours.bold(when)}\n${describeStates(run, ensemble, style)}`
}
