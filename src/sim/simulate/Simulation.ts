/**
 * One run of programs in a world.
 *
 * The world is synchronous and knows nothing of promises. Between two events the run looks into the mailbox and settles
 * what is answered; only if it settled something it lets the programs run, until they can do no more, and goes on then.
 * So the order in which a program's awaits end is the order of events, whatever the machine and the engine.
 */
import type { Micros } from '../../nodes/Host.ts'
import type { Operation, Result } from '../../nodes/packets.ts'
import { Ensemble, type EnsembleOptions } from '../ensemble.ts'
import type { Machine } from '../kernel/Machine.ts'
import { defaultSpec, type EnsembleSpec } from '../scenario/EnsembleSpec.ts'
import type { Verdict } from '../scenario/run.ts'
import { printSeconds, type Verbosity } from '../scenario/transcript.ts'
import { Begun } from './Begun.ts'
import { type CallSite, placeOf } from './callSite.ts'
import { mixOperation, mixResult } from './digest.ts'
import { NotInTime, type SimulatedProgram, type SpawnOptions } from './Environment.ts'
import { environmentOf } from './environmentOf.ts'
import { type Faults, makeFaults } from './Faults.ts'
import { Guard } from './Guard.ts'
import { Alarm, Mailbox } from './Mailbox.ts'
import { type Home, Program } from './Program.ts'
import { type Quiescence, quiescence } from './quiescence.ts'
import { hearRejections } from './rejections.ts'
import { type ClientHome, SimulatedZooKeeper } from './SimulatedZooKeeper.ts'
import { type ProgramResult, SimulationFailed, type SimulationResult } from './SimulationResult.ts'
import { SimulationStage } from './SimulationStage.ts'
import type { Wait } from './Wait.ts'

/** What the ensemble is, what its parts are made of, and how far the run may go. */
export interface SimulationOptions
  extends Partial<EnsembleSpec>,
    Pick<EnsembleOptions, 'cast' | 'clientCast'> {
  /** Virtual milliseconds after which a run that has not ended is given up: ten minutes unless said. */
  readonly limit?: number
  /** The same in events; ten million unless said. */
  readonly events?: number
  /** Refuse real clocks, timers, chance and I/O; on unless said. */
  readonly guard?: boolean
  /** What the transcript shows; `normal` unless said. */
  readonly transcript?: Verbosity
}

const MICROS = 1_000
const DEFAULT_LIMIT = 600_000
const DEFAULT_EVENTS = 10_000_000

/** Something to be looked at after every event. */
interface Condition {
  readonly wait: Wait<void>
  readonly over: () => boolean
  readonly ended: () => void
}

export class Simulation<T> implements Home, ClientHome {
  readonly ensemble: Ensemble
  private readonly main: SimulatedProgram<T>
  readonly stage: SimulationStage
  private readonly mailbox = new Mailbox()
  private readonly quiet: Quiescence
  private readonly guard: Guard
  private readonly guarded: boolean
  private readonly limit: number
  private readonly events: number
  private readonly programs: Program[] = []
  private readonly handles = new Map<string, SimulatedZooKeeper>()
  private readonly rings = new Map<number, () => void>()
  readonly faults: Omit<Faults, 'say'>
  private conditions: readonly Condition[] = Object.freeze([])
  /** Something was settled: the programs have their turn before the next event. */
  private turnIsTheirs = false
  private lookAgain = true
  private lastRing = 0
  private crashes = 0
  private verdict: Verdict | null = null
  private reason: string | null = null
  private error: unknown = null
  private value: T | undefined
  private stopHearing: () => void = () => {}

  constructor(options: SimulationOptions, main: SimulatedProgram<T>) {
    this.main = main
    this.ensemble = new Ensemble(specIn(options), troupeIn(options))
    this.stage = new SimulationStage(this.ensemble, options.transcript ?? 'normal')
    this.ensemble.world.listeners.push(this.mailbox)
    this.limit = (options.limit ?? DEFAULT_LIMIT) * MICROS
    this.events = options.events ?? DEFAULT_EVENTS
    this.quiet = quiescence()
    this.guarded = options.guard ?? true
    this.guard = new Guard((use) => {
      this.end('failed', `${use.message}`, use)
    })
    this.faults = makeFaults(this.stage, () => this.afterDeed())
  }

  /** From a place where no microtask waits. @param done with what a defect of the simulation threw, or null */
  start(done: (defect: unknown) => void): void {
    this.stopHearing = hearRejections((error) => {
      this.end('failed', `a promise was rejected and nobody handled it: ${this.describe(error)}`, error)
    })
    if (this.guarded) this.guard.install()
    const main = this.begin('main', null, this.main, {})
    main.done.then(
      (value) => {
        this.value = value
      },
      () => {},
    )
    const turn = (): void => {
      try {
        if (this.advance()) this.quiet.afterMicrotasks(turn)
        else this.finish(done, null)
      } catch (defect) {
        this.finish(done, defect ?? new Error('nothing was thrown'))
      }
    }
    this.quiet.afterMicrotasks(turn)
  }

  /** Its programs have had their last turn. */
  get over(): boolean {
    return this.verdict !== null
  }

  result(replay: string): SimulationResult<T> {
    const { world, checker } = this.ensemble
    const result: SimulationResult<T> = Object.freeze({
      verdict: this.verdict ?? 'unknown',
      reason: this.reason,
      error: this.error,
      value: this.value,
      violations: Object.freeze([...checker.violations]),
      programs: Object.freeze(this.programs.map((program) => this.resultOf(program))),
      seed: world.seed,
      events: world.events,
      time: world.now,
      hash: world.trace.hash,
      transcript: this.stage.transcript.lines,
      replay,
      ensemble: this.ensemble,
      orThrow() {
        if (result.verdict !== 'held') throw new SimulationFailed(result)
        return result
      },
    })
    return result
  }

  // ── the course of the run ──

  /** Goes on until the programs have something to do. False: the run is over. */
  private advance(): boolean {
    const { world } = this.ensemble
    this.lookAgain = true
    while (this.verdict === null) {
      this.deliver()
      if (this.conditions.length > 0) this.checkConditions()
      if (this.turnIsTheirs) {
        this.turnIsTheirs = false
        return true
      }
      if (this.lookAgain) this.look()
      else if (world.now > this.limit) {
        this.end('unknown', `it had not ended after ${printSeconds(this.limit)} of virtual time`, null)
      } else if (world.events >= this.events) {
        this.end('unknown', `it had not ended after ${this.events} events`, null)
      } else if (world.step()) this.afterEvent()
      else this.end('unknown', 'nothing is left to happen', null)
    }
    return false
  }

  /** Whether programs can go on. That changes when they have had their turn, or when machines die. */
  private look(): void {
    this.lookAgain = false
    if (this.programs.every(({ state, background }) => state !== 'running' || background)) this.judgeAtEnd()
    else if (!this.awaitsSomething()) {
      this.end('unknown', 'a program waits for something outside of the simulation', null)
    }
  }

  private finish(done: (defect: unknown) => void, defect: unknown): void {
    this.guard.remove()
    this.quiet.outside(() => {
      this.stopHearing()
      this.quiet.close()
      done(defect)
    })
  }

  private afterEvent(): void {
    const { world, checker } = this.ensemble
    this.stage.afterEvent()
    if (world.crashes.length !== this.crashes) {
      this.crashes = world.crashes.length
      this.afterDeed()
    }
    if (checker.violations.length > 0) this.judge()
  }

  private judgeAtEnd(): void {
    this.ensemble.checker.finish()
    this.judge()
    this.end('held', null, null)
  }

  private judge(): void {
    const [broken] = this.ensemble.checker.violations
    if (broken !== undefined) this.end('broken', `${broken.name} is broken: ${broken.what}`, null)
  }

  /** Machines may have changed: programs and clients live or die with them. */
  afterDeed(): void {
    this.lookAgain = true
    for (const program of this.programs) program.look()
    for (const handle of this.handles.values()) handle.look()
    this.stage.noticeDeadClients()
  }

  /** The first reason counts. */
  private end(verdict: Verdict, reason: string | null, error: unknown): void {
    // A rejection may show only when all seems to have ended well.
    if (this.verdict !== null && !(this.verdict === 'held' && verdict === 'failed')) return
    this.verdict = verdict
    this.reason = reason
    this.error = error
  }

  /** Whether any program can still go on by something of ours. */
  private awaitsSomething(): boolean {
    if (this.programs.some((program) => program.waiting)) return true
    for (const handle of this.handles.values()) if (handle.hasListeners) return true
    return false
  }

  // ── what programs wait for ──

  settled(): void {
    this.turnIsTheirs = true
  }

  asked(op: Operation): void {
    this.noticed()
    mixOperation(this.ensemble.world.trace, op)
  }

  answered(err: number, result: Result | null): void {
    mixResult(this.ensemble.world.trace, err, result)
  }

  callBack(program: Program, act: () => void): void {
    // As a microtask, so that it comes behind what was settled before.
    program.deliver(() => {
      Promise.resolve()
        .then(act)
        .catch((error: unknown) => this.threw(program, error))
    })
  }

  /** Somebody in a program calls the simulation. */
  noticed(): void {
    if (this.verdict !== null) throw new Error('the simulation of this program is over')
    this.quiet.noticed()
  }

  /** @param after microseconds */
  ring(after: Micros, act: () => void): void {
    const { world } = this.ensemble
    this.lastRing += 1
    this.rings.set(this.lastRing, act)
    world.at(world.now + after, new Alarm(this.mailbox, this.lastRing))
  }

  /** Looks after every event whether it is over, for so long at most. */
  waitUntil(wait: Wait<void>, over: () => boolean, limit: Micros | null, ended: () => void): void {
    const condition: Condition = Object.freeze({ wait, over, ended })
    this.conditions = Object.freeze([...this.conditions, condition])
    if (limit === null) return
    this.ring(limit, () => {
      if (!this.conditions.includes(condition)) return
      wait.fail(new NotInTime(`${wait.describe()} was not so within ${printSeconds(limit)}`, wait.site))
      this.drop(condition)
    })
  }

  private deliver(): void {
    const { mailbox } = this
    if (mailbox.letters.length === 0) return
    const { letters } = mailbox
    mailbox.letters = []
    for (const letter of letters) {
      if (letter.type === 'ring') {
        const ring = this.rings.get(letter.id)
        this.rings.delete(letter.id)
        ring?.()
      } else this.handles.get(letter.client)?.hear(letter)
    }
  }

  private checkConditions(): void {
    for (const condition of this.conditions) {
      const { wait, over } = condition
      try {
        if (!over()) continue
        wait.settle()
      } catch (error) {
        wait.fail(error)
      }
      this.drop(condition)
    }
  }

  private drop(condition: Condition): void {
    this.conditions = Object.freeze(this.conditions.filter((other) => other !== condition))
    condition.ended()
  }

  // ── programs ──

  /** A program that begins with the next microtasks. */
  begin<R>(name: string, machine: Machine | null, run: SimulatedProgram<R>, options: SpawnOptions): Begun<R> {
    const program = new Program(this, name, machine, options.background ?? false)
    this.programs.push(program)
    const begun = new Begun(
      program,
      Promise.resolve().then(() => run(environmentOf(this, program))),
    )
    begun.done.catch((error: unknown) => {
      if (program.state === 'failed' && !begun.observed) this.threw(program, error)
    })
    return begun
  }

  addHandle(program: Program, machine: Machine, site: CallSite): SimulatedZooKeeper {
    const handle = new SimulatedZooKeeper(this, program, machine, site)
    this.handles.set(machine.name, handle)
    return handle
  }

  private threw(program: Program, error: unknown): void {
    this.end('failed', `${program.name} threw ${this.describe(error)}`, error)
  }

  private describe(error: unknown): string {
    if (!(error instanceof Error)) return String(error)
    const place = this.guard.trust(() => placeOf(error))
    return `${error.name}: ${error.message}${place === null ? '' : `, ${place}`}`
  }

  private resultOf({ name, state, error, waits }: Program): ProgramResult {
    const waitsFor =
      state === 'running'
        ? [...waits].map((wait) => Object.freeze({ what: wait.describe(), place: placeOf(wait.site) }))
        : []
    return Object.freeze({ name, state, error, waitsFor: Object.freeze(waitsFor) })
  }
}

function specIn(options: SimulationOptions): Partial<EnsembleSpec> {
  const said = Object.keys(defaultSpec).filter((key) => options[key as keyof EnsembleSpec] !== undefined)
  return Object.fromEntries(said.map((key) => [key, options[key as keyof EnsembleSpec]]))
}

function troupeIn({ cast, clientCast }: SimulationOptions): EnsembleOptions {
  return { ...(cast === undefined ? {} : { cast }), ...(clientCast === undefined ? {} : { clientCast }) }
}
