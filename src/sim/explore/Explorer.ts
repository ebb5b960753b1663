/**
 * Every order of the next turns, and every crash between two states of a disk: depth first, by copies of the world.
 *
 * What need not be looked at twice is not: a state that was met before (see StateHash), and an order that differs from one
 * that was looked at only in events that do not touch each other. The latter are sleep sets (Godefroid, "Partial-Order
 * Methods for the Verification of Concurrent Systems", 1996): an event that was tried stays asleep in the branches beside
 * its own until something happens there that it depends on. A state counts as met before only if it was met with at least
 * as much left to do and nothing asleep that is awake now.
 */
import { assert } from '../../base/assert.ts'
import type { HostName, Micros } from '../../nodes/Host.ts'
import { defectOf, type Failure } from '../fuzz/Failure.ts'
import type { Event } from '../kernel/EventQueue.ts'
import { dueAt, enabledEvents, laneOf } from '../kernel/enabledEvents.ts'
import { fork } from '../kernel/fork.ts'
import type { Death } from '../kernel/SimHost.ts'
import type { World } from '../kernel/World.ts'
import { type Footprint, independent } from './Footprint.ts'
import type { Choice, PathStep } from './path.ts'
import { StateHash } from './StateHash.ts'
import type { Subject } from './Subject.ts'
import { touches } from './touches.ts'

export interface ExplorerOptions {
  /** Events whose order is explored. */
  readonly turns: number
  /** Crashes and power cuts on one way. */
  readonly crashes?: number
  /** What is due within so much time could happen now. */
  readonly window?: Micros
  /** Ends the exploration when so many states were visited. */
  readonly states?: number
  /** What is left out; for tests of just that. */
  readonly prune?: { readonly visited: boolean; readonly commuting: boolean }
}

/** Longer than wires, disks and threads take; what takes longer waits for its time. */
export const EXPLORED_WINDOW: Micros = 50_000

export interface Counts {
  /** Different states that were gone into, the first included. */
  readonly states: number
  /** Ways that led to a state that was known. */
  readonly known: number
  /** Events not tried, since they commute with what was tried before. */
  readonly asleep: number
  /** Crashes and power cuts that were tried. */
  readonly deaths: number
  /** Ends of ways that were played on and judged. */
  readonly leaves: number
  /** Most events on one way. */
  readonly depth: number
  /** Events that happened, those of what was played on included. */
  readonly events: number
}

/** A way that does not hold. */
export interface Finding {
  readonly path: readonly PathStep[]
  readonly failure: Failure
}

/** `exhausted`: all was looked at. `bounded`: it was told to stop before. `found`: something does not hold. */
export type Ending = 'exhausted' | 'bounded' | 'found'

interface Frame {
  readonly subject: Subject
  readonly choices: readonly Choice[]
  next: number
  /** By lane. */
  readonly sleep: Map<string, Footprint>
  readonly turns: number
  readonly crashes: number
  /** Its state is an end. */
  isLeaf: boolean
  /** The way from its parent to it. */
  readonly step: PathStep | null
}

/** A state that was met: with what left to do, what asleep, and who might crash. */
interface Visit {
  readonly turns: number
  readonly crashes: number
  readonly asleep: readonly string[]
  readonly mortals: readonly HostName[]
}

export class Explorer {
  /** Null: there is more to do. */
  ending: Ending | null = null
  finding: Finding | null = null
  private readonly window: Micros
  private readonly mostStates: number
  private readonly prune: { readonly visited: boolean; readonly commuting: boolean }
  private readonly frames: Frame[] = []
  private readonly visits = new Map<string, Visit[]>()
  private readonly hash = new StateHash()
  private states = 0
  private known = 0
  private asleep = 0
  private deaths = 0
  private leaves = 0
  private depth = 0
  private events = 0

  /** From here on the subject belongs to the exploration. */
  constructor(subject: Subject, options: ExplorerOptions) {
    this.window = options.window ?? EXPLORED_WINDOW
    this.mostStates = options.states ?? Number.POSITIVE_INFINITY
    this.prune = options.prune ?? { visited: true, commuting: true }
    assert(options.turns >= 0 && (options.crashes ?? 0) >= 0, 'what is explored is counted from 0')
    const mortals = subject.mortals.map(({ name }) => name)
    this.enter(subject, options.turns, options.crashes ?? 0, new Map(), mortals, null)
  }

  get counts(): Counts {
    const { states, known, asleep, deaths, leaves, depth, events } = this
    return Object.freeze({ states, known, asleep, deaths, leaves, depth, events })
  }

  /** How much of it is done, 0 to 1, as if all branches were alike. */
  get share(): number {
    if (this.ending === 'exhausted') return 1
    let share = 0
    let part = 1
    for (const [i, { choices, next }] of this.frames.entries()) {
      const all = choices.length + 1
      // What was chosen last is under way, unless it is done with.
      const done = i === this.frames.length - 1 ? next : next - 1
      share += (part * done) / all
      part /= all
    }
    return share
  }

  /** One event, or what is behind one end. False: it is over. */
  advance(): boolean {
    if (this.ending !== null) return false
    const frame = this.frames[this.frames.length - 1]!
    const choice = frame.choices[frame.next]
    frame.next += 1
    if (choice !== undefined) this.take(frame, choice)
    else {
      if (frame.isLeaf) this.judge(frame)
      this.frames.pop()
      if (this.frames.length === 0) this.ending ??= 'exhausted'
    }
    return this.ending === null
  }

  /** Ends it where it is. */
  stop(): void {
    this.ending ??= 'bounded'
  }

  private get path(): PathStep[] {
    const steps = this.frames.map(({ step }) => step)
    return steps.filter((step) => step !== null)
  }

  private take(frame: Frame, choice: Choice): void {
    if (choice.kind === 'event') this.takeEvent(frame, choice.event, choice.place)
    else this.takeDeath(frame, choice.kind, choice.machine)
  }

  private takeEvent(frame: Frame, original: Event, place: number): void {
    const lane = laneOf(original) ?? TIMED
    if (frame.sleep.has(lane)) {
      this.asleep += 1
      return
    }
    const subject = fork(frame.subject)
    const { world, told } = subject
    const event = enabledEvents(world, this.window, world.now)[place]!
    const machines = touches(event)
    const { deaths } = world
    const conditions = conditionsOf(subject)
    const before = nextTimed(world)
    const step: PathStep = Object.freeze({ kind: 'event', place })
    if (!this.attempt(subject, step, () => subject.happen(event))) return
    const timed = nextTimed(world)
    const hurries = timed < before && timed <= world.now + this.window
    const isLocal = !hurries && world.deaths === deaths
    const footprint = Object.freeze({ machines: isLocal ? machines : null, told: subject.told !== told })
    const sleep = new Map<string, Footprint>()
    if (this.prune.commuting) {
      for (const [other, of] of frame.sleep) if (independent(of, footprint)) sleep.set(other, of)
      frame.sleep.set(lane, footprint)
    }
    const mortals = subject.mortals.map(({ name }) => name)
    const changed = mortals.filter((name) => conditions.get(name) !== world.machine(name).disk.condition)
    this.enter(subject, frame.turns - 1, frame.crashes, sleep, changed, step)
  }

  private takeDeath(frame: Frame, kind: Death, machine: HostName): void {
    const subject = fork(frame.subject)
    const step: PathStep = Object.freeze({ kind, machine })
    this.deaths += 1
    if (!this.attempt(subject, step, () => subject.end(subject.world.machine(machine), kind))) return
    // Everybody hears of it sooner or later: nothing stays asleep.
    this.enter(subject, frame.turns, frame.crashes - 1, new Map(), [], step)
  }

  /** False: it does not hold. */
  private attempt(subject: Subject, step: PathStep | null, deed: () => void): boolean {
    const { events } = subject.world
    let failure: Failure | null
    try {
      deed()
      failure = subject.failure
    } catch (error) {
      failure = defectOf(error, subject.world.events)
    }
    this.events += subject.world.events - events
    if (failure === null) return true
    const path = step === null ? this.path : [...this.path, step]
    this.finding = Object.freeze({ path: Object.freeze(path), failure })
    this.ending = 'found'
    return false
  }

  private judge(frame: Frame): void {
    this.leaves += 1
    this.attempt(frame.subject, null, () => frame.subject.playOn())
  }

  private enter(
    subject: Subject,
    turns: number,
    crashes: number,
    sleep: Map<string, Footprint>,
    changed: readonly HostName[],
    step: PathStep | null,
  ): void {
    const mortals = crashes === 0 ? NOBODY : changed
    if (this.isKnown(subject, { turns, crashes, asleep: [...sleep.keys()], mortals })) {
      this.known += 1
      return
    }
    this.states += 1
    const enabled = turns === 0 ? [] : enabledEvents(subject.world, this.window, subject.world.now)
    const choices: Choice[] = enabled.map((event, place) => ({ kind: 'event', place, event }))
    for (const machine of mortals) choices.push({ kind: 'crash', machine }, { kind: 'powerCut', machine })
    const isLeaf = enabled.length === 0
    this.frames.push({ subject, choices, next: 0, sleep, turns, crashes, isLeaf, step })
    const events = this.frames.filter((frame) => frame.step?.kind === 'event')
    this.depth = Math.max(this.depth, events.length)
    if (this.states >= this.mostStates) this.stop()
  }

  private isKnown(subject: Subject, visit: Visit): boolean {
    if (!this.prune.visited) return false
    const hash = this.hash.of(subject.world, subject.memory)
    const visits = this.visits.get(hash)
    if (visits === undefined) {
      this.visits.set(hash, [visit])
      return false
    }
    if (visits.some((earlier) => covers(earlier, visit))) return true
    visits.push(visit)
    return false
  }
}

/** All that happens at its time is one lane: only one of it is ever enabled. */
const TIMED = 'timed'
const NOBODY: readonly never[] = Object.freeze([])

function covers(earlier: Visit, now: Visit): boolean {
  return (
    earlier.turns >= now.turns &&
    earlier.crashes >= now.crashes &&
    earlier.asleep.every((lane) => now.asleep.includes(lane)) &&
    now.mortals.every((name) => earlier.mortals.includes(name))
  )
}

function conditionsOf({ mortals }: Subject): ReadonlyMap<HostName, string> {
  return new Map(mortals.map(({ name, disk }) => [name, disk.condition]))
}

/** When the next timer or action is due: before that, whatever else is pending. */
function nextTimed({ queue }: World): Micros {
  let next = Number.POSITIVE_INFINITY
  for (const event of queue.pending()) next = Math.min(next, dueAt(event))
  return next
}
