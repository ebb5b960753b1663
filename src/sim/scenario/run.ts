/**
 * Plays a scenario on an ensemble, one event at a time.
 *
 * The run is plain state: the ensemble and its world hang below it, so that a fork of the run is the same run, to be
 * played on from here. `advance` is the only thing that moves it.
 */
import { Unplayable } from '../../faults/fault.ts'
import type { Fact, FactOf } from '../../nodes/facts.ts'
import type { HostName, Micros } from '../../nodes/Host.ts'
import type { Sid } from '../../nodes/zxid.ts'
import type { Event } from '../kernel/EventQueue.ts'
import type { Driver } from '../kernel/Timeline.ts'
import type { FactListener, World } from '../kernel/World.ts'
import type { Filled } from '../sentence.ts'
import { whoIsSo, whoTold } from './asking.ts'
import { ClusterView } from './ClusterView.ts'
import { Damage } from './Damage.ts'
import { difference } from './difference.ts'
import type { EnsembleApi, ViolationApi } from './EnsembleApi.ts'
import { BROKEN, expectedFact } from './expectSteps.ts'
import { factFormOf } from './facts.ts'
import type { Load } from './Load.ts'
import { printStep } from './print.ts'
import { rolesOf } from './roles.ts'
import type { Play, Scenario, StepLine } from './Scenario.ts'
import { stepsOf } from './Scenario.ts'
import { Spared } from './sparing.ts'
import type { Stage, Step, Waiting } from './step.ts'
import { stepOf } from './steps.ts'
import { grouped, printAnswer, printSeconds, Transcript, type TranscriptLine } from './transcript.ts'

/**
 * `held`: every invariant held and every expectation was met. `broken`: an invariant did not hold that no step expects
 * to be broken. `failed`: an expectation was not met, or a recording is not what happened. `unknown`: something that
 * was waited for did not come, or a step could not be played.
 */
export type Verdict = 'held' | 'broken' | 'failed' | 'unknown'

export const exitCodes: Readonly<Record<Verdict, number>> = Object.freeze({
  held: 0,
  broken: 1,
  failed: 1,
  unknown: 3,
})

/** What a run that could not go on was waiting for. */
export interface Stuck {
  readonly waitedFor: string
  /** Virtual microseconds. */
  readonly waited: Micros
  /** Every peer, and what it waits for itself. */
  readonly peers: readonly { readonly sid: number; readonly state: string; readonly waitingFor: string }[]
}

/** A recording that differs from what happened. */
export interface Mismatch {
  readonly line: number
  readonly difference: readonly string[]
}

export interface Outcome {
  readonly verdict: Verdict
  readonly exitCode: number
  readonly seed: string
  readonly events: number
  readonly time: Micros
  readonly hash: string
  readonly violations: readonly ViolationApi[]
  /** The one that ended the run. */
  readonly brokenBy: ViolationApi | null
  /** Where the run ended, and why, unless it held. */
  readonly at: { readonly line: number; readonly step: string } | null
  readonly reason: string | null
  readonly stuck: Stuck | null
  /** It took more events than it was allowed to. */
  readonly tooLong: boolean
  readonly mismatches: readonly Mismatch[]
  readonly transcript: readonly TranscriptLine[]
  /** What happened during each step that was played, by its line in the file. */
  readonly recordings: ReadonlyMap<number, readonly string[]>
}

/** What one more step of an open run came to. */
export interface Performed {
  /** `held` where nothing went wrong in this step. */
  readonly verdict: Verdict
  readonly reason: string | null
  readonly stuck: Stuck | null
  /** What happened meanwhile. */
  readonly transcript: readonly TranscriptLine[]
}

export interface RunOptions {
  /** Recordings are taken anew, not compared. */
  readonly rewrite?: boolean
  /** No transcript is kept; recordings are not compared. */
  readonly quiet?: boolean
  /** A run that takes more events ends as unknown. */
  readonly maxEvents?: number
  /** Codes of the invariants that end the run when they are broken; any does unless said. */
  readonly endsFor?: readonly string[]
}

export class ScenarioRun implements Stage, Driver, FactListener {
  readonly scenario: Scenario
  readonly ensemble: EnsembleApi
  readonly view: ClusterView
  readonly transcript: Transcript
  readonly damage = new Damage()
  /** The last operation of each client that was answered. */
  private readonly completed = new Map<HostName, FactOf<'completed'>>()
  /** How often each sentence was played as a step, those passed over not counted. */
  readonly played = new Map<string, number>()
  readonly loads: Load[] = []
  thatPeer: Sid | null = null
  verdict: Verdict | null = null

  private readonly steps: StepLine[]
  /** It does not end behind its last step: more will be said. */
  private open = false
  private readonly rewrite: boolean
  private readonly quiet: boolean
  /** Somebody will look at the transcript. */
  private readonly tells: boolean
  private readonly maxEvents: number
  /** Events that `expect` steps ask about, with how often they were told. */
  private readonly told = new Map<Play, number>()
  private readonly allowed: ReadonlySet<string>
  private readonly endsFor: readonly string[] | null
  private readonly recordings = new Map<number, readonly string[]>()
  private mismatches: Mismatch[] = []
  private next = 0
  private waiting: Waiting | null = null
  private began: Micros = 0
  private mark = 0
  private violationsSeen = 0
  /** As many violations as had been seen when this step began. */
  private brokenBefore = 0
  private deathsSeen = 0
  private brokenBy: ViolationApi | null = null
  private reason: string | null = null
  private stuck: Stuck | null = null

  constructor(scenario: Scenario, ensemble: EnsembleApi, options: RunOptions = {}) {
    this.scenario = scenario
    this.ensemble = ensemble
    this.steps = stepsOf(scenario)
    this.rewrite = options.rewrite ?? false
    this.quiet = options.quiet ?? false
    this.maxEvents = options.maxEvents ?? Number.POSITIVE_INFINITY
    this.endsFor = options.endsFor ?? null
    this.view = new ClusterView(ensemble.sids, ensemble.quorum)
    const plays = this.steps.map((step) => step.play)
    const texts = textsIn(plays)
    this.tells = !this.quiet || texts.length > 0
    this.transcript = new Transcript(ensemble.sids, texts)
    this.allowed = new Set(
      plays.filter((play) => play.sentence === BROKEN).map((play) => `${play.filled.invariant}`),
    )
    for (const play of plays) this.countExpected(play)
    ensemble.world.listeners.push(this)
  }

  /** Plays to the end. */
  run(): Outcome {
    while (this.advance());
    return this.outcome()
  }

  /**
   * Plays what is left, and then one more step, said only now. The run goes on whatever comes of it. An `expect` of an
   * event knows what is told from here on.
   */
  perform(step: StepLine): Performed {
    this.open = true
    while (this.advance());
    const began = this.transcript.length
    this.verdict = null
    this.reason = null
    this.stuck = null
    this.waiting = null
    this.next = this.steps.push(step) - 1
    this.countExpected(step.play)
    while (this.advance());
    const { verdict, reason, stuck } = this
    const transcript = Object.freeze(this.transcript.lines.slice(began))
    return Object.freeze({ verdict: verdict ?? 'held', reason, stuck, transcript })
  }

  /** The next thing: a step begins or ends, or one event happens. False when the run is over. */
  advance(_world?: World): boolean {
    if (this.verdict !== null) return false
    if (this.waiting === null && this.open && this.next === this.steps.length) return false
    if (this.waiting === null) this.beginNext()
    else if (this.waiting.over(this)) this.endStep()
    else this.letHappen(this.waiting)
    return this.verdict === null
  }

  /** What the rest of the run goes by, besides the ensemble. */
  get memory(): readonly unknown[] {
    const { next, waiting, told, loads, thatPeer, damage, view } = this
    const answers = new Map([...this.completed].map(([client, fact]) => [client, printAnswer(fact)]))
    return [next, waiting, told, answers, loads, thatPeer, damage, view]
  }

  /** How many steps have ended. */
  get stepsDone(): number {
    return this.waiting === null ? this.next : this.next - 1
  }

  /** This event happens, whatever is due first and whatever is waited for. See World.happen. */
  happen(event: Event): void {
    this.ensemble.world.happen(event)
    this.afterEvent()
  }

  /** Somebody other than a step has done something to the ensemble. */
  disturbed(): void {
    this.ensemble.checker.disturbed()
    this.afterEvent()
  }

  outcome(): Outcome {
    const { world, checker } = this.ensemble
    const verdict = this.verdict ?? 'unknown'
    const line = verdict === 'held' ? undefined : this.steps[Math.max(0, this.next - 1)]
    return {
      verdict,
      exitCode: exitCodes[verdict],
      seed: world.seed,
      events: world.events,
      time: world.now,
      hash: world.trace.hash,
      violations: checker.violations,
      brokenBy: this.brokenBy,
      at: line === undefined ? null : { line: line.line, step: printStep(line.play) },
      reason: this.reason,
      stuck: this.stuck,
      tooLong: world.events >= this.maxEvents,
      mismatches: this.mismatches,
      transcript: this.transcript.lines,
      recordings: this.recordings,
    }
  }

  // ── what steps may ask and do ──

  answerTo(client: HostName): string | undefined {
    const fact = this.completed.get(client)
    return fact === undefined ? undefined : printAnswer(fact)
  }

  timesTold(play: Play): number {
    return this.told.get(play) ?? 0
  }

  holds(play: Play): boolean {
    return whoIsSo(play, this) !== undefined
  }

  fail(why: string): void {
    this.end('failed', why)
  }

  // ── what is heard ──

  hear(fact: Fact): void {
    const { world } = this.ensemble
    this.view.hear(fact)
    if (this.tells) {
      this.transcript.at(world.now, world.events)
      this.transcript.hear(fact, this.view)
    }
    if (fact.type === 'recovered') this.damage.recovered(fact.peer, this.ensemble.checker)
    if (fact.type === 'completed') this.completed.set(fact.client, fact)
    if (this.told.size > 0) this.count(fact)
    this.waiting?.hear(fact, this)
  }

  private countExpected(play: Play): void {
    const fact = expectedFact(play)
    if (fact !== null && factFormOf(fact).matches !== null) this.told.set(fact, 0)
  }

  private count(fact: Fact): void {
    for (const [play, times] of this.told) {
      if (whoTold(fact, play, this) !== undefined) this.told.set(play, times + 1)
    }
  }

  // ── steps ──

  private beginNext(): void {
    const line = this.steps[this.next]
    if (line === undefined) {
      this.finish()
      return
    }
    const { world } = this.ensemble
    this.next += 1
    this.began = world.now
    this.mark = this.transcript.length
    this.brokenBefore = this.violationsSeen
    this.transcript.at(world.now, world.events)
    if (this.tells) this.transcript.note(printStep(line.play))
    const step = stepOf(line.play)
    const holes = step.sentence.resolve(line.play.filled, rolesOf(this))
    if (holes === null) this.cannotPlay('nobody has that role now', 'nobody has that role now')
    else this.play(step, holes)
  }

  private play(step: Step, holes: Filled): void {
    try {
      this.waiting = step.begin(this, holes as never)
    } catch (error) {
      if (!(error instanceof Unplayable)) throw error
      if (error instanceof Spared) this.passOver(error.message)
      else this.cannotPlay(error.message, `this step cannot be played now: ${error.message}`)
      return
    }
    this.played.set(step.sentence.text, (this.played.get(step.sentence.text) ?? 0) + 1)
    this.noticeDeaths()
    if (this.waiting === null) this.endStep()
  }

  /** A step that cannot be played ends the run, unless the scenario is lenient. */
  private cannotPlay(why: string, reason: string): void {
    if (this.ensemble.spec.lenient) this.passOver(why)
    else this.end('unknown', reason)
  }

  private passOver(why: string): void {
    this.transcript.note(`passed over: ${why}`)
    this.endStep()
  }

  private endStep(): void {
    this.waiting = null
    // What must have happened in the end is judged when a step ends, and not by an event.
    this.judge()
    this.record()
  }

  /** What happened during the step that was begun last, and what broke, against what the file has of it. */
  private record(): void {
    const line = this.steps[this.next - 1]
    if (line === undefined || this.quiet) return
    const broken = this.ensemble.checker.violations.slice(this.brokenBefore).map(tellBroken)
    const happened = Object.freeze([...this.transcript.recordingSince(this.mark), ...broken])
    this.recordings.set(line.line, happened)
    if (line.recording === null || this.rewrite) return
    this.mismatches = this.mismatches.filter((mismatch) => mismatch.line !== line.line)
    const lines = difference(line.recording, happened)
    if (lines === null) return
    this.mismatches.push(Object.freeze({ line: line.line, difference: Object.freeze(lines) }))
  }

  private letHappen(waiting: Waiting): void {
    const { world } = this.ensemble
    const waited = world.now - this.began
    if (waiting.limit !== null && waited > waiting.limit)
      this.cameToNothing(waiting, 'it did not come in time')
    else if (world.events >= this.maxEvents)
      this.giveUp(waiting, `it took more than ${grouped(this.maxEvents)} events`)
    else if (!world.step()) this.cameToNothing(waiting, 'nothing is left to happen')
    else this.afterEvent()
  }

  /** A wait that cannot be met ends the run, or, in a lenient scenario, its step. */
  private cameToNothing(waiting: Waiting, why: string): void {
    if (!this.ensemble.spec.lenient) {
      this.giveUp(waiting, why)
      return
    }
    this.transcript.note(`waited in vain for ${waiting.describe()}: ${why}`)
    this.endStep()
  }

  private afterEvent(): void {
    this.noticeDeaths()
    this.judge()
    if (this.verdict !== null) this.record()
  }

  /** A process that is killed tells nobody. */
  private noticeDeaths(): void {
    const { ensemble, view } = this
    const { deaths } = ensemble.world
    if (deaths === this.deathsSeen) return
    this.deathsSeen = deaths
    for (const sid of ensemble.sids) {
      const { state, exitReason } = ensemble.machineOf(sid)
      if (state !== 'down' || !view.peer(sid).lives) continue
      view.died(sid)
      if (exitReason !== null && this.tells) this.transcript.exited(sid, exitReason, view)
    }
    for (const [name, machine] of ensemble.clients) {
      if (machine.state !== 'down') continue
      view.clientDied(name)
      ensemble.checker.clientDied(name)
    }
  }

  // ── verdicts ──

  private judge(): void {
    const { violations } = this.ensemble.checker
    if (violations.length === this.violationsSeen) return
    for (const violation of violations.slice(this.violationsSeen)) {
      const told = tellBroken(violation)
      this.transcript.note(told)
      if (this.tolerates(violation)) continue
      this.brokenBy ??= violation
      this.end('broken', told)
    }
    this.violationsSeen = violations.length
  }

  private tolerates({ name, code }: ViolationApi): boolean {
    return this.allowed.has(name) || this.allowed.has(code) || !(this.endsFor?.includes(code) ?? true)
  }

  private finish(): void {
    this.ensemble.checker.finish()
    if (this.ensemble.checker.violations.length > this.violationsSeen) {
      this.judge()
      this.record()
    }
    const first = this.mismatches[0]
    if (first === undefined) this.end('held', null)
    else this.end('failed', this.mended() ?? `the recording of line ${first.line} is not what happened`)
  }

  /** That an invariant holds which the file has as broken; null where there is none. */
  private mended(): string | null {
    const { violations } = this.ensemble.checker
    for (const { line, recording } of this.steps) {
      for (const recorded of recording ?? []) {
        const name = BROKEN_LINE.exec(recorded)?.[1]
        if (name === undefined || violations.some((violation) => violation.name === name)) continue
        return `${name} is not broken any more; the recording of line ${line} has it as broken`
      }
    }
    return null
  }

  private giveUp(waiting: Waiting, why: string): void {
    const { ensemble, view } = this
    this.stuck = Object.freeze({
      waitedFor: waiting.describe(),
      waited: ensemble.world.now - this.began,
      peers: Object.freeze(
        ensemble.sids.map((sid) => {
          const { state } = ensemble.machineOf(sid)
          const waitingFor =
            ensemble.peer(sid)?.waitingFor() ?? view.peer(sid).refusedBecause ?? 'to be started'
          return Object.freeze({
            sid,
            state: state === 'up' ? view.peer(sid).describeState() : state,
            waitingFor,
          })
        }),
      ),
    })
    this.end('unknown', `waited ${printSeconds(this.stuck.waited)} for ${this.stuck.waitedFor}; ${why}`)
  }

  /** The first reason counts. */
  private end(verdict: Verdict, reason: string | null): void {
    if (this.verdict !== null) return
    this.verdict = verdict
    this.reason = reason
  }
}

function tellBroken({ name, what }: ViolationApi): string {
  return `${name} is broken: ${what}`
}

const BROKEN_LINE = /^([A-Z][A-Za-z]*) is broken: /

/** What `expect to see` steps look for. */
function textsIn(plays: readonly Play[]): string[] {
  return plays
    .filter((play) => play.sentence === 'expect to see {text:text}')
    .map((play) => `${play.filled.text}`)
}
