/**
 * A run played for those who want to tell of it: every fact with its event, and the turns that it took, one beat for what
 * belongs together.
 */
import type { Fact, FactOf, SyncMode } from '../../../nodes/facts.ts'
import type { Micros } from '../../../nodes/Host.ts'
import { type Epoch, epochOf, type Sid, type Zxid } from '../../../nodes/zxid.ts'
import type { Ensemble } from '../../ensemble.ts'
import type { Machine } from '../../kernel/Machine.ts'
import type { FactListener } from '../../kernel/World.ts'
import { startScenario } from '../../runScenario.ts'
import { rolesOf } from '../../scenario/roles.ts'
import type { Outcome, ScenarioRun } from '../../scenario/run.ts'
import { type Scenario, type StepLine, stepsOf } from '../../scenario/Scenario.ts'
import { stepOf } from '../../scenario/steps.ts'
import type { Filled } from '../../sentence.ts'
import { MOST_EVENTS, type TrialOptions } from '../Trial.ts'

/** A fact, and where in the run it was told. */
export interface Told {
  readonly event: number
  readonly time: Micros
  readonly fact: Fact
}

/** A turn of the run. What others than the first tell is added until a step or a new leader begins another. */
export type Beat = { readonly time: Micros } & (
  | { readonly type: 'step'; readonly step: StepLine; readonly meant: Filled }
  | { readonly type: 'leads'; readonly leader: Sid; readonly epoch: Epoch; readonly by: readonly Sid[] }
  | { readonly type: 'follows'; readonly leader: Sid; readonly learners: Map<Sid, SyncMode | null> }
  | { readonly type: 'commits'; readonly epoch: Epoch; readonly first: Zxid; last: Zxid }
  | { readonly type: 'looks'; readonly sids: Sid[]; readonly reasons: Set<string> }
  | { readonly type: 'starts'; readonly peers: Map<Sid, Zxid> }
  | { readonly type: 'elects'; readonly leader: Sid; readonly sids: Sid[] }
  | { readonly type: 'dies'; readonly who: string; readonly why: string }
  | { readonly type: 'expires'; readonly peer: Sid; readonly sessions: string[] }
  | { readonly type: 'notable'; readonly fact: Fact }
)

type BeatOf<T extends Beat['type']> = Beat & { readonly type: T }

export class Chronicle implements FactListener {
  readonly run: ScenarioRun
  readonly ensemble: Ensemble
  readonly beats: Beat[] = []
  readonly told: Told[] = []
  /** The fact by which each invariant was found to be broken, by code; none where it was no fact. */
  readonly triggers = new Map<string, Told>()
  /** What left the simulation in place of an outcome. */
  error: unknown = null
  private violations = 0
  private readonly started = new Set<Sid>()
  /** No beat of before takes anything more. */
  private barrier = 0

  constructor(scenario: Scenario, options: TrialOptions) {
    const { run, ensemble } = startScenario(scenario, { ...options, maxEvents: MOST_EVENTS })
    this.run = run
    this.ensemble = ensemble
    ensemble.world.listeners.push(this)
  }

  play(): Outcome {
    const steps = stepsOf(this.run.scenario)
    try {
      let begun = 0
      for (let further = true; further; ) {
        const step = this.run.stepsDone === begun ? steps[begun] : undefined
        if (step !== undefined) begun += 1
        further = step === undefined ? this.run.advance() : this.begin(step)
      }
    } catch (error) {
      this.error = error
    }
    return this.run.outcome()
  }

  hear(fact: Fact): void {
    const { events, now } = this.ensemble.world
    const { violations } = this.ensemble.checker
    const told = Object.freeze({ event: events, time: now, fact })
    // A packet is told by what it leads to; there are too many.
    if (fact.type !== 'sent') this.told.push(told)
    // The checker has heard it before.
    for (; this.violations < violations.length; this.violations += 1) {
      const { code, event } = violations[this.violations]!
      if (event === events) this.triggers.set(code, told)
    }
    this.note(fact, now)
  }

  died({ name, exitReason }: Machine): void {
    if (exitReason !== null)
      this.add({ type: 'dies', time: this.ensemble.world.now, who: name, why: exitReason })
  }

  private begin(step: StepLine): boolean {
    const { sentence } = stepOf(step.play)
    const meant = sentence.resolve(step.play.filled, rolesOf(this.run)) ?? step.play.filled
    const time = this.ensemble.world.now
    const at = this.beats.length
    const further = this.run.advance()
    // One that was passed over did nothing.
    if (this.run.transcript.lines.at(-1)?.what.startsWith('passed over: ')) return further
    this.beats.splice(at, 0, { type: 'step', time, step, meant })
    this.barrier = this.beats.length
    return further
  }

  private note(fact: Fact, time: Micros): void {
    switch (fact.type) {
      case 'established':
        this.add({ type: 'leads', time, leader: fact.peer, epoch: fact.epoch, by: fact.by })
        this.barrier = this.beats.length - 1
        return
      case 'upToDate':
        this.noteFollower(fact, time)
        return
      case 'committed':
        this.noteCommit(fact, time)
        return
      case 'lookingAgain':
        this.noteLooking(fact, time)
        return
      case 'recovered':
        this.noteStart(fact, time)
        return
      case 'elected':
        this.noteElection(fact, time)
        return
      case 'sessionExpired':
        this.noteExpiry(fact, time)
        return
      case 'refusedToStart':
      case 'truncated':
      case 'anomaly':
      case 'threadDied':
      case 'diskFailed':
      case 'readOnlyStarted':
        this.add({ type: 'notable', time, fact })
        return
      case 'configActivated':
        if (fact.config.version > 0) this.add({ type: 'notable', time, fact })
        return
      default:
    }
  }

  private noteFollower({ peer, leader }: FactOf<'upToDate'>, time: Micros): void {
    const mode = this.run.view.peer(peer).sync?.mode ?? null
    const open = this.open('follows', (beat) => beat.leader === leader)
    if (open === null) this.add({ type: 'follows', time, leader, learners: new Map([[peer, mode]]) })
    else open.learners.set(peer, mode)
  }

  private noteCommit({ txn: { zxid } }: FactOf<'committed'>, time: Micros): void {
    const epoch = epochOf(zxid)
    const open = this.open('commits', (beat) => beat.epoch === epoch)
    if (open === null) this.add({ type: 'commits', time, epoch, first: zxid, last: zxid })
    else open.last = zxid
  }

  private noteLooking({ peer, reason }: FactOf<'lookingAgain'>, time: Micros): void {
    const open = this.open('looks', (beat) => !beat.sids.includes(peer))
    if (open === null) this.add({ type: 'looks', time, sids: [peer], reasons: new Set([reason]) })
    else {
      open.sids.push(peer)
      open.reasons.add(reason)
    }
  }

  private noteStart({ peer, lastProcessedZxid }: FactOf<'recovered'>, time: Micros): void {
    // Everybody does so at the beginning, mostly from nothing.
    const isFirst = !this.started.has(peer)
    this.started.add(peer)
    if (isFirst && lastProcessedZxid === 0) return
    const open = this.open('starts', (beat) => !beat.peers.has(peer))
    if (open === null) this.add({ type: 'starts', time, peers: new Map([[peer, lastProcessedZxid]]) })
    else open.peers.set(peer, lastProcessedZxid)
  }

  private noteElection({ peer, leader }: FactOf<'elected'>, time: Micros): void {
    const open = this.open('elects', (beat) => beat.leader === leader && !beat.sids.includes(peer))
    if (open === null) this.add({ type: 'elects', time, leader, sids: [peer] })
    else open.sids.push(peer)
  }

  private noteExpiry({ peer, sessionId }: FactOf<'sessionExpired'>, time: Micros): void {
    const open = this.open('expires', (beat) => beat.peer === peer)
    if (open === null) this.add({ type: 'expires', time, peer, sessions: [sessionId] })
    else open.sessions.push(sessionId)
  }

  private add(beat: Beat): void {
    this.beats.push(beat)
  }

  private open<T extends Beat['type']>(type: T, takes: (beat: BeatOf<T>) => boolean): BeatOf<T> | null {
    for (let i = this.beats.length - 1; i >= this.barrier; i -= 1) {
      const beat = this.beats[i] as BeatOf<T>
      if (beat.type === type && takes(beat)) return beat
    }
    return null
  }
}
