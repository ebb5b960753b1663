/** `zksim run`: plays scenarios, each twice, and says what held. */
import type { Ensemble } from '../ensemble.ts'
import { printScenario } from '../scenario/print.ts'
import { rewriteRecordings } from '../scenario/rewrite.ts'
import type { Outcome, ScenarioRun } from '../scenario/run.ts'
import { grouped } from '../scenario/transcript.ts'
import { beginOf, describeBegin } from './header.ts'
import { type Io, type TextFile, whyNotWritten } from './io.ts'
import {
  type JsonObject,
  mismatchObjects,
  problemObjects,
  transcriptObject,
  verdictObject,
  violationObjects,
} from './json.ts'
import { type Style, visible } from './layout.ts'
import { type BeforeRun, type Difference, Player } from './playing.ts'
import { describeProblems, inTheManner, readSource, type Source } from './sources.ts'
import { TRACE_HEAD, traceLine } from './traceLine.ts'
import { transcriptTable } from './transcriptTable.ts'
import {
  codes,
  describeDifference,
  describeExtent,
  describeFailure,
  exitCodeOf,
  type Finding,
  facts,
  title,
} from './verdict.ts'

export interface RunFlags {
  readonly seed?: number
  readonly maxEvents: number
  readonly trace?: string
  readonly json?: true
  readonly once?: true
  readonly rewrite?: true
}

interface Played {
  readonly file: string
  readonly finding: Finding
  /** Null where the file could not be read. */
  readonly outcome: Outcome | null
}

/** @returns the exit code. */
export function runCommand(
  files: readonly string[],
  flags: RunFlags,
  io: Io,
  style: Style,
  beforeRun: BeforeRun | undefined,
): number {
  const trace = flags.trace === undefined ? null : new TraceFile(flags.trace, io)
  if (trace !== null && !trace.open(files)) return codes.badInput
  const command = new RunCommand(flags, io, style, beforeRun, trace)
  const played = files.map((file) => command.file(readSource(file, io)))
  if (played.length > 1 && flags.json !== true) io.out(summary(played, style))
  const findings = played.map(({ finding }) => finding)
  const isTraced = trace === null || trace.close()
  return exitCodeOf(isTraced && command.allRewritten ? findings : [...findings, 'badInput'])
}

/** Where `--trace` goes. A file that cannot be written is reported once, and costs the runs nothing. */
class TraceFile {
  private readonly path: string
  private readonly io: Io
  private file: TextFile | null = null
  private failed = false

  constructor(path: string, io: Io) {
    this.path = path
    this.io = io
  }

  /** Empties the file. False where it cannot be written, or is one of those that are to be read. */
  open(sources: readonly string[]): boolean {
    const source = sources.find((one) => this.io.isSameFile(one, this.path))
    if (source !== undefined) return this.refuse('it is one of the scenarios, and would be overwritten')
    this.attempt(() => {
      this.file = this.io.createFile(this.path)
    })
    return !this.failed
  }

  write(text: string): void {
    this.attempt(() => this.file?.write(text))
  }

  /** False where some of it could not be written. */
  close(): boolean {
    this.attempt(() => this.file?.close())
    return !this.failed
  }

  private attempt(write: () => void): void {
    if (this.failed) return
    try {
      write()
    } catch (error) {
      this.refuse(whyNotWritten(error))
    }
  }

  private refuse(why: string): false {
    this.failed = true
    this.io.err(`zksim: the trace cannot be written to ${visible(this.path)}: ${why}\n`)
    return false
  }
}

class RunCommand {
  /** False once a `--rewrite` could not write. */
  allRewritten = true
  private readonly flags: RunFlags
  private readonly io: Io
  private readonly style: Style
  private readonly beforeRun: BeforeRun | undefined
  private readonly trace: TraceFile | null

  constructor(
    flags: RunFlags,
    io: Io,
    style: Style,
    beforeRun: BeforeRun | undefined,
    trace: TraceFile | null,
  ) {
    this.flags = flags
    this.io = io
    this.style = style
    this.beforeRun = beforeRun
    this.trace = trace
  }

  file(source: Source): Played {
    const { file, scenario } = source
    if (scenario === null) {
      this.badInput(source)
      return { file, finding: 'badInput', outcome: null }
    }
    const { seed, rewrite = false, once, maxEvents } = this.flags
    const options = { rewrite, maxEvents, ...(seed === undefined ? {} : { seed }) }
    const player = new Player(scenario, options, this.beforeRun)
    const begin = beginOf(scenario, seed)
    if (this.flags.json) this.object({ ...begin })
    else this.print(`${describeBegin(scenario, begin, this.style)}\n\n`)

    const { run, ensemble } = player.start()
    const outcome = this.trace === null ? run.run() : this.traced(run, this.trace)
    const difference = once ? null : player.compare(outcome)
    const finding = difference === null ? outcome.verdict : 'notDeterministic'

    if (this.flags.json) this.objects(file, run, ensemble, outcome, finding)
    else this.report(file, run, ensemble, outcome, finding, difference)
    if (rewrite) this.rewrite(source, run, outcome, finding)
    return { file, finding, outcome }
  }

  private traced(run: ScenarioRun, trace: TraceFile): Outcome {
    const { world } = run.ensemble
    trace.write(`# ${visible(run.scenario.file)} seed=${world.seed}\n${TRACE_HEAD}\n`)
    world.trace.record(1)
    let seen = 0
    const more = (): void => {
      if (world.events === seen) return
      seen = world.events
      const entry = world.trace.entries().at(-1)
      if (entry !== undefined) trace.write(`${traceLine(entry)}\n`)
    }
    while (run.advance()) more()
    more()
    return run.outcome()
  }

  private badInput(source: Source): void {
    if (this.flags.json) {
      for (const problem of problemObjects(source)) this.object(problem)
      this.object(verdictObject(source.file, 'badInput', null, null))
      return
    }
    this.io.err(describeProblems(source.problems, this.style))
  }

  private report(
    file: string,
    run: ScenarioRun,
    ensemble: Ensemble,
    outcome: Outcome,
    finding: Finding,
    difference: Difference | null,
  ): void {
    const { colours } = this.style
    const alarming = alarmsOf(ensemble)
    this.print(`${transcriptTable(outcome.transcript, ensemble.sids, alarming, this.style)}\n\n`)
    const failure = describeFailure(run, ensemble, outcome, this.style)
    if (failure !== '') this.print(`${title(outcome.verdict, colours)} ${failure}\n\n`)
    if (difference !== null) {
      this.print(
        `${title('notDeterministic', colours)} ${describeDifference(difference, file, this.style)}\n\n`,
      )
    }
    const twice = !this.flags.once && difference === null
    this.print(`${describeExtent(outcome, ensemble, this.style, twice)}\n`)
    this.print(`${title(finding, colours)}  ${visible(file)}  ${facts(outcome)}\n`)
  }

  private objects(
    file: string,
    run: ScenarioRun,
    ensemble: Ensemble,
    outcome: Outcome,
    finding: Finding,
  ): void {
    const alarming = alarmsOf(ensemble)
    for (const line of run.transcript.lines) {
      const object = transcriptObject(line, alarming)
      if (object !== null) this.object(object)
    }
    for (const object of [...violationObjects(ensemble), ...mismatchObjects(outcome)]) this.object(object)
    this.object(verdictObject(file, finding, outcome, ensemble))
  }

  private rewrite({ file, text }: Source, run: ScenarioRun, outcome: Outcome, finding: Finding): void {
    const say = (text: string): void => this.io.err(`zksim: ${visible(file)}: ${text}\n`)
    if (finding !== 'held') {
      say('recordings are not rewritten, since the run did not hold')
      return
    }
    if (!run.scenario.lines.some((line) => line.type === 'step' && line.recording !== null)) {
      say('has no recordings to rewrite; a line `----` below a step, and a blank one below that, ask for one')
      return
    }
    try {
      const rewritten = printScenario(rewriteRecordings(run.scenario, outcome.recordings))
      this.io.writeFile(file, inTheManner(text, rewritten))
      say('recordings are what happened now')
    } catch (error) {
      this.allRewritten = false
      say(`recordings cannot be rewritten: ${whyNotWritten(error)}`)
    }
  }

  private print(text: string): void {
    this.io.out(text)
  }

  private object(object: JsonObject): void {
    this.io.out(`${JSON.stringify(object)}\n`)
  }
}

/** The notes that a transcript has of broken invariants. */
export function alarmsOf({ checker }: Ensemble): ReadonlySet<string> {
  return new Set(checker.violations.map(({ name, what }) => `${name} is broken: ${what}`))
}

/** The width of most verdicts. */
const WORD = 9

function summary(played: readonly Played[], { colours }: Style): string {
  const widest = Math.max(...played.map(({ file }) => file.length))
  const lines = played.map(({ file, finding, outcome }) => {
    const word = title(finding, colours, WORD)
    const numbers = outcome === null ? 'not played' : facts(outcome)
    return `${word}  ${visible(file).padEnd(widest)}  ${numbers}`
  })
  const counts = new Map<Finding, number>()
  for (const { finding } of played) counts.set(finding, (counts.get(finding) ?? 0) + 1)
  const totals = [...counts].map(([finding, count]) => `${count} ${title(finding, colours)}`).join(', ')
  const events = played.reduce((sum, { outcome }) => sum + (outcome?.events ?? 0), 0)
  return `\n${lines.join('\n')}\n${played.length} scenarios: ${totals}, ${grouped(events)} events\n`
}
