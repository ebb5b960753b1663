/** `zksim fuzz`: plays scenarios drawn from seeds, and hands back what breaks a promise as small scenarios. */
import { defaultProfile, profiles } from '../../fuzz/Profile.ts'
import { foundName } from '../../fuzz/tell/foundName.ts'
import { printTest } from '../../fuzz/tell/printTest.ts'
import { printScenario } from '../../scenario/print.ts'
import { grouped } from '../../scenario/transcript.ts'
import { type Io, whyNotWritten } from '../io.ts'
import type { JsonObject } from '../json.ts'
import { type Style, shellWord, visible } from '../layout.ts'
import { Progress, type Status } from '../Progress.ts'
import type { Surroundings } from '../Surroundings.ts'
import { codes, exitCodeOf, type Finding, title, worstOf } from '../verdict.ts'
import { coverageOf, describeMisses, isExpectedOf } from './coverage.ts'
import { FoundFolder } from './FoundFolder.ts'
import { type FuzzFlags, LONG, planOf, shrinkBoundOf, USUAL_FOLDER, USUAL_SEED_TIMEOUT } from './fuzzFlags.ts'
import { tellGithub } from './github.ts'
import { type Batch, Hunt } from './Hunt.ts'
import type { Hunters } from './Hunters.ts'
import { type HuntPlan, type HuntReport, type Reported, seedAgain } from './HuntReport.ts'
import { huntStatus } from './HuntStatus.ts'
import { printJunit } from './junit.ts'
import { failureObject, huntObject, seedObject, summaryObject } from './objects.ts'
import { scenarioOf } from './Quarry.ts'
import {
  describeDivergence,
  describeEnd,
  describeFind,
  describePlan,
  describeReported,
  describeSummary,
} from './report.ts'
import type { SeedResult } from './SeedResult.ts'
import { ShrinkAll } from './shrinkAll.ts'
import { type Find, Tally } from './Tally.ts'

/**
 * @param errStyle that of stderr.
 * @returns the exit code.
 */
export async function fuzzCommand(
  flags: FuzzFlags,
  io: Io,
  style: Style,
  errStyle: Style,
  surroundings: Surroundings,
): Promise<number> {
  const plan = planOf(flags, surroundings)
  if (flags.print) {
    io.out(printScenario(scenarioOf(plan.first.seed, plan.quarry)))
    return codes.held
  }
  const folder = new FoundFolder(flags.out ?? USUAL_FOLDER, io)
  if (!canWrite(folder, flags, io)) return codes.badInput
  return await new FuzzCommand(plan, flags, folder, io, style, errStyle, surroundings).run()
}

/** Nobody hunts for an hour to hear that it cannot be written down. */
function canWrite(folder: FoundFolder, { out, junit }: FuzzFlags, io: Io): boolean {
  const refuse = (what: string, why: string): false => {
    io.err(`zksim: ${what} ${why}; nothing was played\n`)
    return false
  }
  const why = folder.prepare(out !== undefined)
  if (why !== null) return refuse(`finds cannot be written to ${visible(out ?? USUAL_FOLDER)}:`, why)
  try {
    if (junit !== undefined) io.checkFile(junit)
    return true
  } catch (error) {
    return refuse(`the report cannot be written to ${visible(junit ?? '')}:`, whyNotWritten(error))
  }
}

class FuzzCommand {
  private readonly plan: HuntPlan
  private readonly flags: FuzzFlags
  private readonly folder: FoundFolder
  private readonly io: Io
  private readonly style: Style
  private readonly errStyle: Style
  private readonly surroundings: Surroundings
  private readonly jobs: number
  private readonly hunters: Hunters
  private readonly hunt: Hunt
  private readonly tally = new Tally()
  private readonly began: number
  private readonly cpuBefore: number
  private shrinking: ShrinkAll | null = null
  private progress: Progress | null = null
  private interrupts = 0

  constructor(
    plan: HuntPlan,
    flags: FuzzFlags,
    folder: FoundFolder,
    io: Io,
    style: Style,
    errStyle: Style,
    surroundings: Surroundings,
  ) {
    this.plan = plan
    this.flags = flags
    this.folder = folder
    this.io = io
    this.style = style
    this.errStyle = errStyle
    this.surroundings = surroundings
    this.jobs = flags.jobs ?? surroundings.cores
    const { quarry, recheck, first, runs, wallTime } = plan
    this.hunters = surroundings.hunters(this.jobs, {
      quarry,
      recheck,
      patience: flags.seedTimeout ?? USUAL_SEED_TIMEOUT,
    })
    this.began = surroundings.now()
    this.cpuBefore = surroundings.cpu()
    this.hunt = new Hunt(
      {
        first: first.seed,
        runs,
        deadline: wallTime === null ? null : this.began + wallTime,
        untilFailure: flags.untilFailure === true,
        jobs: this.hunters.count,
      },
      () => surroundings.now(),
      (result) => this.told(result),
    )
  }

  async run(): Promise<number> {
    const { surroundings, plan, style } = this
    const listening = surroundings.onInterrupt(() => this.interrupted())
    try {
      if (this.flags.json) this.object(huntObject(plan))
      else this.print(`${describePlan(plan, this.profile, this.jobs, style)}\n\n`)
      await this.huntAll()
      const hunted = surroundings.now()
      const cpu = surroundings.cpu() - this.cpuBefore
      await this.shrinkAll()
      const report = this.report(hunted - this.began, cpu, surroundings.now() - hunted)
      this.tell(report)
      return exitCodeOf(this.written(report) ? [report.finding] : [report.finding, 'badInput'])
    } finally {
      this.progress?.close()
      listening()
      await this.hunters.close()
    }
  }

  // ── hunting ──

  private async huntAll(): Promise<void> {
    this.progress = this.show(() => huntStatus(this.plan, this.tally, this.surroundings.now() - this.began))
    const lane = async (): Promise<void> => {
      for (let batch = this.take(); batch !== null; batch = this.take()) {
        this.hunt.give(await this.hunters.hunt(batch))
      }
    }
    await Promise.all(Array.from({ length: this.hunters.count }, lane))
    this.progress.close()
  }

  private take(): Batch | null {
    const batch = this.hunt.take()
    if (batch === null || !this.showsPlans) return batch
    for (let seed = batch.from; seed < batch.to; seed += 1) {
      this.print(`${printScenario(scenarioOf(seed, this.plan.quarry)).trimEnd()}\n\n`)
    }
    return batch
  }

  /** The drawn plan prints before it is played; of many only those that fail are looked at. */
  private get showsPlans(): boolean {
    return this.flags.verbose === true || (this.plan.runs === 1 && !this.flags.json)
  }

  private told(result: SeedResult): void {
    const find = this.tally.add(result)
    if (this.flags.json) this.object(seedObject(result))
    if (this.flags.verbose) this.print(`${this.inOneLine(result)}\n\n`)
    if (find !== null && !this.isSilent) this.progress?.say(describeFind(find, this.errStyle))
    this.progress?.tick()
  }

  private inOneLine({ seed, verdict, events, hash }: SeedResult): string {
    return `${title(verdict, this.style.colours, 7)}  seed=${seed} events=${grouped(events)} hash=${hash ?? 'none'}`
  }

  private interrupted(): void {
    this.interrupts += 1
    if (this.interrupts > 1) {
      this.progress?.close()
      this.surroundings.leave()
      return
    }
    this.hunt.interrupt()
    if (this.shrinking !== null) this.shrinking.stopped = true
    this.progress?.say('zksim: ending with what there is; Ctrl-C again leaves at once')
  }

  // ── what was found ──

  private async shrinkAll(): Promise<void> {
    if (this.flags.shrink === false || this.interrupts > 0) return
    const bound = shrinkBoundOf(this.flags)
    const fileOf = ({ failure }: Find): string =>
      shellWord(this.folder.pathOf(foundName(failure), '.scenario'))
    const shrinking = new ShrinkAll([...this.tally.finds.values()], bound, this.plan.quarry, fileOf)
    if (shrinking.count === 0) return
    this.shrinking = shrinking
    this.progress = this.show(() => shrinking.status)
    if (!this.isSilent) {
      const what = shrinking.count === 1 ? 'what was found' : `each of ${shrinking.count} finds`
      this.progress.say(
        `making ${what} small, within ${grouped(bound.trials)} runs and ${grouped(bound.events)} events`,
      )
    }
    const progress = this.progress
    await shrinking.run(this.hunters, () => progress.tick())
    progress.close()
  }

  private reported(find: Find): Reported {
    const { quarry } = this.plan
    const result = this.shrinking?.resultOf(find) ?? (this.interrupts > 0 ? 'interrupted' : 'as asked')
    const small = typeof result === 'string' ? null : result
    const drawn = scenarioOf(find.seed, quarry)
    const original = printScenario(drawn)
    const texts = new Map([['.scenario', small?.text ?? original]])
    if (small !== null) texts.set('.original.scenario', original)
    if (this.flags.test) texts.set('.test.ts', small?.test ?? printTest(drawn, find.failure))
    const paths = this.folder.write(foundName(find.failure), texts)
    const scenario = paths.get('.scenario') ?? null
    return {
      find,
      small,
      notShrunk: typeof result === 'string' ? result : null,
      files: {
        scenario,
        original: paths.get('.original.scenario') ?? null,
        test: paths.get('.test.ts') ?? null,
      },
      again: scenario === null ? seedAgain(find.seed, quarry) : `npx zksim run ${shellWord(scenario)}`,
    }
  }

  // ── reporting ──

  private report(hunting: number, cpu: number, shrinking: number): HuntReport {
    const { plan, tally, hunt, jobs } = this
    const coverage = coverageOf(tally, plan.quarry)
    const coverageCounts = this.flags.expectCoverage ?? isExpectedOf(plan.quarry, tally.seeds, LONG)
    const findings: Finding[] = [...tally.verdicts.keys()]
    if (coverageCounts && describeMisses(coverage).length > 0) findings.push('failed')
    if (tally.seeds === 0) findings.push('unknown')
    const finds = [...tally.finds.values()].map((find) => this.reported(find))
    return {
      plan,
      tally,
      end: hunt.end ?? 'runs',
      finds,
      coverage,
      coverageCounts,
      finding: worstOf(findings),
      exitCode: exitCodeOf(this.folder.failed ? [...findings, 'badInput'] : findings),
      wall: {
        jobs,
        hunting: Math.round(hunting),
        cpu: Math.round(cpu),
        shrinking: this.shrinking === null ? 0 : Math.round(shrinking),
      },
    }
  }

  private tell(report: HuntReport): void {
    if (this.flags.json) {
      for (const one of report.finds) this.object(failureObject(one))
      this.object(summaryObject(report))
      return
    }
    for (const one of report.finds) this.print(`${describeReported(one, this.style)}\n\n`)
    if (report.tally.divergence !== null) this.print(`${describeDivergence(report, this.style)}\n\n`)
    this.print(`${describeSummary(report, this.style)}\n${describeEnd(report, this.style)}\n`)
  }

  /** False where something could not be written. */
  private written(report: HuntReport): boolean {
    tellGithub(report, this.io)
    const { junit } = this.flags
    if (junit === undefined) return !this.folder.failed
    try {
      this.io.writeFile(junit, printJunit(report))
      return !this.folder.failed
    } catch (error) {
      this.io.err(`zksim: the report cannot be written to ${visible(junit)}: ${whyNotWritten(error)}\n`)
      return false
    }
  }

  // ── where it goes ──

  private get profile() {
    return profiles.get(this.plan.quarry.profile) ?? defaultProfile
  }

  /** A program reads, and nobody watches. */
  private get isSilent(): boolean {
    return this.flags.json === true && !this.io.errIsTTY
  }

  private show(status: () => Status): Progress {
    const { io, surroundings } = this
    // On the same terminal, what is printed would run into it.
    const mixes = io.isTTY && (this.flags.json === true || this.flags.verbose === true)
    const bar = io.errIsTTY && io.env.TERM !== 'dumb' && !mixes
    const way = bar ? 'bar' : this.isSilent || mixes ? 'none' : 'lines'
    return new Progress(way, io, this.errStyle, surroundings, status)
  }

  private print(text: string): void {
    this.io.out(text)
  }

  private object(object: JsonObject): void {
    this.io.out(`${JSON.stringify(object)}\n`)
  }
}
