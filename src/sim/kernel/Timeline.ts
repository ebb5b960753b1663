/**
 * A run that can be visited at any event, in either direction.
 *
 * Checkpoints are copies of the world, taken as it runs; between two of them the run is simply run again, which gives
 * the same every time. raftscope's `state.js` has the same trick: state is plain data, and that is all.
 */
import { assert } from '../../base/assert.ts'
import { fork } from './fork.ts'
import type { World } from './World.ts'

/** Whoever advances a world, if it is not just `step`: a scenario, say. Copied together with the world. */
export interface Driver {
  /** Does what is to be done between two events, and one event. False: the run is over. */
  advance(world: World): boolean
}

/** A world and its driver; copied as one, so that what they share stays shared. */
export interface Moment {
  readonly world: World
  readonly driver: Driver | null
}

export interface TimelineOptions {
  /** Events between two checkpoints, at first. */
  readonly every?: number
  /** More checkpoints than this are thinned out, to every second; the distance doubles. */
  readonly atMost?: number
  readonly driver?: Driver
}

export class Timeline {
  private every: number
  private readonly atMost: number
  /** By event. The first is where this timeline begins. Nobody runs these; only copies of them. */
  private checkpoints: Moment[]
  /** The furthest that was ever reached. */
  private readonly head: Moment
  private ended = false

  /** From here on the world and its driver belong to the timeline. */
  constructor(world: World, options: TimelineOptions = {}) {
    this.every = options.every ?? 10_000
    this.atMost = options.atMost ?? 64
    assert(this.every > 0 && this.atMost > 1, 'a timeline has room for checkpoints')
    this.head = { world, driver: options.driver ?? null }
    this.checkpoints = [fork(this.head)]
  }

  /** The event with which this timeline begins; nothing before can be visited. */
  get begin(): number {
    return this.checkpoints[0]!.world.events
  }

  /** The last event that was run. More may follow, unless `over`. */
  get end(): number {
    return this.head.world.events
  }

  /** Nothing is left to happen after `end`. */
  get over(): boolean {
    return this.ended
  }

  /** The events at which there are checkpoints. */
  get checkpointEvents(): readonly number[] {
    return this.checkpoints.map(({ world }) => world.events)
  }

  /** Runs up to this event, or to the end of the run if it comes first. @returns the event reached. */
  runTo(event: number): number {
    const { world } = this.head
    while (!this.ended && world.events < event) {
      if (!advance(this.head)) this.ended = true
      else if (world.events >= this.last.world.events + this.every) this.checkpoint()
    }
    return world.events
  }

  /** The rest of the run. */
  runToEnd(): number {
    return this.runTo(Number.POSITIVE_INFINITY)
  }

  /**
   * The world right after this event of the run, earlier or later than what was visited before. A copy, to do with as
   * one likes.
   *
   * @throws RangeError before the beginning, or after the end of the run.
   */
  at(event: number): World {
    return this.momentAt(event).world
  }

  /** As `at`, with the driver. */
  momentAt(event: number): Moment {
    if (event < this.begin) throw new RangeError(`this timeline begins at event ${this.begin}`)
    if (this.runTo(event) < event) throw new RangeError(`the run ends at event ${this.end}`)
    if (event === this.end) return fork(this.head)
    const moment = fork(this.checkpointBefore(event))
    while (moment.world.events < event) {
      const more = advance(moment)
      assert(more && moment.world.events <= event, 'a run that is run again is the same')
    }
    return moment
  }

  /** Another future, from this event on. */
  fork(event: number): Timeline {
    const { world, driver } = this.momentAt(event)
    const options = { every: this.every, atMost: this.atMost }
    return new Timeline(world, driver === null ? options : { ...options, driver })
  }

  private get last(): Moment {
    return this.checkpoints[this.checkpoints.length - 1]!
  }

  private checkpoint(): void {
    this.checkpoints.push(fork(this.head))
    if (this.checkpoints.length <= this.atMost) return
    this.checkpoints = this.checkpoints.filter((_, i) => i % 2 === 0)
    this.every *= 2
  }

  /** The latest checkpoint that is not after this event. */
  private checkpointBefore(event: number): Moment {
    let low = 0
    let high = this.checkpoints.length - 1
    while (low < high) {
      const middle = (low + high + 1) >> 1
      if (this.checkpoints[middle]!.world.events <= event) low = middle
      else high = middle - 1
    }
    return this.checkpoints[low]!
  }
}

function advance({ world, driver }: Moment): boolean {
  return driver === null ? world.step() : driver.advance(world)
}
