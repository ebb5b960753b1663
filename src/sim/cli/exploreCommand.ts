/** `zksim explore`: every order of the next turns of a scenario, and every crash between two states of a disk. */
import { setImmediate } from 'node:timers/promises'
import { type Beginning, beginExploration } from '../explore/beginExploration.ts'
import { Explorer, type Finding as Find } from '../explore/Explorer.ts'
import { followPath, type Taken } from '../explore/followPath.ts'
import { type PathStep, printPath } from '../explore/path.ts'
import type { ScenarioSubject } from '../explore/ScenarioSubject.ts'
import type { Failure } from '../fuzz/Failure.ts'
import { factFormOf } from '../scenario/facts.ts'
import type { Outcome } from '../scenario/run.ts'
import type { Play, Scenario } from '../scenario/Scenario.ts'
import { grouped } from '../scenario/transcript.ts'
import { type Begin, beginOf, describeBegin } from './header.ts'
import type { Io } from './io.ts'
import { type JsonObject, problemObjects, transcriptObject, verdictObject, violationObjects } from './json.ts'
import { fit, hang, keyValues, type Style, shellWord, visible } from './layout.ts'
import { Progress } from './Progress.ts'
import { alarmsOf } from './runCommand.ts'
import type { Surroundings } from './Surroundings.ts'
import { describeProblems, readSource } from './sources.ts'
import { factTexts, microSeconds, TRACE_HEAD, traceLine } from './traceLine.ts'
import { transcriptTable } from './transcriptTable.ts'
import { codes, type Finding, title } from './verdict.ts'
import { printSpan } from './wallTime.ts'

export interface ExploreFlags {
  readonly seed?: number
  readonly turns: number
  readonly crashes: number
  readonly from?: number
  readonly at?: Play
  readonly states?: number
  /** Milliseconds. */
  readonly for?: number
  readonly path?: readonly PathStep[]
  readonly json?: true
}

/** Some ten seconds for three peers with a request on its way, crashes and all. */
export const USUAL_TURNS = 6
export const USUAL_CRASHES = 1

/** Milliseconds between two looks at the clock, and at who wants it to end. */
const SLICE = 40

/**
 * @param errStyle that of stderr.
 * @returns the exit code.
 */
export async function exploreCommand(
  file: string,
  flags: ExploreFlags,
  io: Io,
  style: Style,
  errStyle: Style,
  surroundings: Surroundings,
): Promise<number> {
  const source = readSource(file, io)
  if (source.scenario === null) {
    if (flags.json) {
      for (const one of [...problemObjects(source), verdictObject(file, 'badInput', null, null)]) {
        io.out(`${JSON.stringify(one)}\n`)
      }
    } else io.err(describeProblems(source.problems, style))
    return codes.badInput
  }
  return await new ExploreCommand(source.scenario, flags, io, style, errStyle, surroundings).run()
}

class ExploreCommand {
  private readonly scenario: Scenario
  private readonly flags: ExploreFlags
  private readonly io: Io
  private readonly style: Style
  private readonly errStyle: Style
  private readonly surroundings: Surroundings
  private readonly begin: Begin

  constructor(
    scenario: Scenario,
    flags: ExploreFlags,
    io: Io,
    style: Style,
    errStyle: Style,
    surroundings: Surroundings,
  ) {
    this.scenario = scenario
    this.flags = flags
    this.io = io
    this.style = style
    this.errStyle = errStyle
    this.surroundings = surroundings
    this.begin = beginOf(scenario, flags.seed)
  }

  async run(): Promise<number> {
    const { flags } = this
    this.object({ ...this.begin })
    this.print(`${describeBegin(this.scenario, this.begin, this.style)}\n`)
    const subject = this.subject(flags.path === undefined)
    if (typeof subject === 'string') return this.refuse(subject)
    const { events, now } = subject.world
    const { path, turns, crashes } = flags
    this.object({ type: 'exploration', beginning: this.where, event: events, time: now, turns, crashes })
    const rows: [string, string][] = [
      ['begins', `${this.where}: after event ${grouped(events)}, t=${microSeconds(now)} s`],
    ]
    if (path === undefined) {
      rows.push(['explored', `every order of ${turns} events, ${describeCrashes(crashes)}`])
    } else rows.push(['path', printPath(path) || 'none: things happen as they come'])
    this.print(`${keyValues(rows, this.style)}\n\n`)
    return path === undefined ? await this.explore(subject) : this.follow(path, subject)
  }

  /** A run that stands where the exploration begins; why there is none. */
  private subject(quiet: boolean): ScenarioSubject | string {
    const { seed } = this.flags
    const options = seed === undefined ? { quiet } : { quiet, seed }
    const { subject, started } = beginExploration(this.scenario, this.beginning, options)
    if (subject !== null) return subject
    const { verdict } = started.run
    const { reason, events } = started.run.outcome()
    if (verdict === null) return `the scenario is over, after event ${events}, before ${this.where}`
    return `the scenario itself does not hold: ${reason}; play it with \`zksim run\` first`
  }

  private get beginning(): Beginning {
    const { from, at } = this.flags
    if (at !== undefined) return { kind: 'fact', fact: at }
    return from === undefined ? { kind: 'end' } : { kind: 'event', event: from }
  }

  private get where(): string {
    const { from, at } = this.flags
    if (at !== undefined) return printFact(at)
    return from === undefined ? 'the end of the scenario' : `event ${from}`
  }

  // ── all ways ──

  private async explore(subject: ScenarioSubject): Promise<number> {
    const { flags, io, surroundings } = this
    const { turns, crashes, states } = flags
    const explorer = new Explorer(
      subject,
      states === undefined ? { turns, crashes } : { turns, crashes, states },
    )
    const began = surroundings.now()
    let interrupted = false
    const deaf = surroundings.onInterrupt(() => {
      if (interrupted) surroundings.leave()
      interrupted = true
    })
    const bar = io.errIsTTY && io.env.TERM !== 'dumb' && !(io.isTTY && flags.json === true)
    const progress = new Progress(bar ? 'bar' : 'lines', io, this.errStyle, surroundings, () => ({
      share: explorer.share,
      done: `${grouped(explorer.counts.states)} states`,
      details: restOf(explorer),
    }))
    const deadline = began + (flags.for ?? Number.POSITIVE_INFINITY)
    try {
      for (let goesOn = true; goesOn; ) {
        const slice = surroundings.now() + SLICE
        while ((goesOn = explorer.advance()) && surroundings.now() < slice);
        if (interrupted || surroundings.now() >= deadline) explorer.stop()
        progress.tick()
        await setImmediate()
      }
    } finally {
      progress.close()
      deaf()
    }
    return this.report(explorer, surroundings.now() - began, interrupted)
  }

  private report(explorer: Explorer, time: number, interrupted: boolean): number {
    const { ending, finding, counts } = explorer
    const verdict: Finding =
      finding !== null ? findingOf(finding.failure) : ending === 'exhausted' ? 'held' : 'unknown'
    const subject = finding === null ? null : this.showFinding(finding)
    const seconds = Math.max(time, 1) / 1_000
    this.object({ type: 'explored', ending, ...counts })
    const rate = `${grouped(Math.round(counts.states / seconds))} states/s`
    this.print(`${fit(`${describeCounts(explorer)}; ${printSpan(time)}, ${rate}`, this.style.width)}\n`)
    if (ending === 'bounded') {
      const why = interrupted ? 'it was interrupted' : 'it came to its bound'
      this.print(`${fit(`Not all was explored: ${why}. What was explored held.`, this.style.width)}\n`)
    } else if (ending === 'exhausted') this.print('All of it was explored, and held.\n')
    return this.end(verdict, finding, subject)
  }

  /** @returns the run in which it shows. */
  private showFinding({ path, failure }: Find): ScenarioSubject | null {
    this.object({
      type: 'finding',
      path: printPath(path),
      code: failure.code,
      name: failure.name,
      what: failure.what,
      fingerprint: failure.fingerprint,
    })
    const subject = this.subject(true)
    if (typeof subject === 'string') return null
    this.showTaken(followPath(subject, path).taken)
    subject.playOn()
    this.print(`${describeFailure(failure, this.style)}\n\n`)
    this.print(`To see exactly this way again, and what comes of it:\n  ${this.again(path)}\n\n`)
    return subject
  }

  // ── one way ──

  private follow(path: readonly PathStep[], subject: ScenarioSubject): number {
    const { run, ensemble } = subject
    const { length } = run.transcript
    const { taken, astray } = followPath(subject, path)
    this.showTaken(taken)
    if (astray !== null) return this.refuse(`this is no path of this exploration: ${astray}`)
    subject.playOn()
    const found = subject.failure
    const outcome = run.outcome()
    this.showTranscript(outcome, length, subject)
    for (const one of violationObjects(ensemble)) this.object(one)
    const verdict = found === null ? 'held' : findingOf(found)
    if (found !== null) this.print(`${describeFailure(found, this.style)}\n\n`)
    return this.end(verdict, found === null ? null : { path, failure: found }, subject)
  }

  private showTranscript({ transcript }: Outcome, from: number, { ensemble }: ScenarioSubject): void {
    const alarms = alarmsOf(ensemble)
    const lines = transcript.slice(from)
    for (const line of lines) {
      const one = transcriptObject(line, alarms)
      if (one !== null) this.object(one)
    }
    this.print(`${transcriptTable(lines, ensemble.sids, alarms, this.style)}\n\n`)
  }

  private showTaken(taken: readonly Taken[]): void {
    if (taken.length === 0) return
    const { colours } = this.style
    const rows = taken.map(({ step, of, entry }) => {
      if (step.kind !== 'event') {
        this.object({
          type: 'choice',
          choice: printPath([step]),
          of,
          ...NO_EVENT,
          what: wordOf(step),
          facts: [],
        })
        return `${printPath([step]).padEnd(CHOICE)}  ${wordOf(step)}`
      }
      const { event, time, machine, what } = entry!
      const facts = factTexts(entry!)
      this.object({ type: 'choice', choice: `${step.place}`, of, event, time, machine, what, facts })
      const line = `${`${step.place} of ${of}`.padEnd(CHOICE)}  ${traceLine(entry!)}`
      return hang(line.slice(0, WHAT), line.slice(WHAT), this.style.width)
    })
    const head = colours.dim(`${'choice'.padEnd(CHOICE)}  ${TRACE_HEAD}`)
    this.print(`${colours.bold('the order that was chosen')}\n${[head, ...rows].join('\n')}\n\n`)
  }

  // ── output ──

  private again(path: readonly PathStep[]): string {
    const { from, at } = this.flags
    const beginning = at !== undefined ? ` --at ${shellWord(printFact(at))}` : from ? ` --from ${from}` : ''
    const file = shellWord(this.scenario.file)
    return `npx zksim explore ${file} --seed ${this.begin.seed}${beginning} --path ${shellWord(printPath(path))}`
  }

  private refuse(why: string): number {
    this.io.err(`${fit(`zksim: ${visible(why)}`, this.errStyle.width)}\n`)
    this.object({ ...this.verdict('badInput', null, null), reason: why })
    return codes.badInput
  }

  private end(verdict: Finding, finding: Find | null, subject: ScenarioSubject | null): number {
    this.object(this.verdict(verdict, finding, subject))
    this.print(
      `${title(verdict, this.style.colours)}  ${visible(this.scenario.file)}  seed=${this.begin.seed}\n`,
    )
    return codes[verdict]
  }

  private verdict(verdict: Finding, finding: Find | null, subject: ScenarioSubject | null): JsonObject {
    const outcome = subject?.run.outcome() ?? null
    return {
      ...verdictObject(this.scenario.file, verdict, outcome, subject?.ensemble ?? null),
      seed: this.begin.seed,
      reason: finding?.failure.what ?? null,
      again: finding === null ? null : this.again(finding.path),
    }
  }

  private print(text: string): void {
    if (!this.flags.json) this.io.out(text)
  }

  private object(one: JsonObject): void {
    if (this.flags.json) this.io.out(`${JSON.stringify(one)}\n`)
  }
}

/** Columns of `12 of 34`. */
const CHOICE = 8
/** Where the words begin in a line of the order. */
const WHAT = CHOICE + 2 + TRACE_HEAD.lastIndexOf('event')
const NO_EVENT = { event: null, time: null, machine: null }

function findingOf({ code }: Failure): Finding {
  if (code === 'expectation') return 'failed'
  return code === 'stuck' || code === 'endless' || code === 'defect' ? 'unknown' : 'broken'
}

function describeCrashes(crashes: number): string {
  if (crashes === 0) return 'nobody crashes'
  return crashes === 1 ? 'and one crash or power cut' : `and up to ${crashes} crashes and power cuts`
}

function wordOf(step: PathStep & { readonly machine: string }): string {
  return step.kind === 'crash'
    ? `${step.machine} crashes`
    : `${step.machine} loses its power, and all that was not forced`
}

function printFact(fact: Play): string {
  return factFormOf(fact).sentence.print(fact.filled)
}

function describeFailure({ code, name, what }: Failure, { colours, width }: Style): string {
  return `${colours.bold(colours.red(`${code} ${name}`))}\n${fit(visible(what), width)}`
}

function describeCounts(explorer: Explorer): string {
  const { counts } = explorer
  return `${grouped(counts.states)} states visited, ${restOf(explorer)}`
}

function restOf({ counts }: Explorer): string {
  const { known, asleep, deaths, leaves, depth } = counts
  return [
    `${grouped(known)} ways led to one that was known`,
    `${grouped(asleep)} events left out since they commute`,
    `${grouped(deaths)} crashes and power cuts`,
    `${grouped(leaves)} ends judged`,
    `${depth} events deep`,
  ].join(', ')
}
