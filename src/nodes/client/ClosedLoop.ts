import { begin, type Copy, finish, type TwoStep } from '../../base/forkable.ts'
import { keeperErrors } from '../keeperErrors.ts'
import { createOperation } from '../operations.ts'
import type { Operation, Result } from '../packets.ts'
import type { Client } from './Client.ts'
import type { ClientProgram, ClientProgramFactory } from './ClientProgram.ts'
import type { Mix } from './LoadOperation.ts'
import { LoadPlan, type Pause, type Seen } from './LoadPlan.ts'

export interface ClosedLoopOptions {
  /** The znodes it works on are `<prefix>0` to `<prefix><keys - 1>`. */
  readonly prefix: string
  readonly keys: number
  readonly mix: Mix
  /** Operations on their way at a time. */
  readonly outstanding: number
  /** Ends after so many operations of the mix. */
  readonly limit?: number
  /** Rests so long behind each answer, when its znodes are there. */
  readonly pause?: Pause
}

/**
 * A load that asks for the next operation when one completes: first it creates its znodes (another client may
 * have done so already), then it draws from the mix. What a lost connection leaves open is not repeated; a session that
 * has expired, or that it closed, is followed by a new one.
 *
 * @throws RangeError when the mix has no weight, or there are no keys.
 */
export function closedLoop(options: ClosedLoopOptions): ClientProgramFactory {
  return Object.freeze(new ClosedLoopFactory(options))
}

class ClosedLoopFactory implements ClientProgramFactory {
  private readonly plan: LoadPlan

  constructor(options: ClosedLoopOptions) {
    this.plan = new LoadPlan(options)
  }

  create(): ClosedLoop {
    return new ClosedLoop(this.plan)
  }
}

/** See `closedLoop`. */
export class ClosedLoop implements ClientProgram, Seen, TwoStep {
  created: string | null = null
  private readonly plan: LoadPlan
  /** How many of its znodes are known to exist. */
  private ready = 0
  private inFlight = 0
  private drawn = 0
  private stopped = false
  /** Until its timer is up. */
  private resting = false
  /** It has asked for the end of its session, to begin another. */
  private leaving = false
  /** By path; null while none was seen that is not 0. */
  private versions: Map<string, number> | null = null

  constructor(plan: LoadPlan) {
    this.plan = plan
  }

  [begin](): this {
    const copy = new ClosedLoop(this.plan)
    copy.created = this.created
    copy.ready = this.ready
    copy.inFlight = this.inFlight
    copy.drawn = this.drawn
    copy.stopped = this.stopped
    copy.resting = this.resting
    copy.leaving = this.leaving
    return copy as this
  }

  [finish](into: this, copy: Copy): void {
    into.versions = copy(this.versions)
  }

  /** Whether it has done all it was to do. */
  get finished(): boolean {
    return (this.stopped || this.drawn >= this.plan.limit) && this.inFlight === 0
  }

  /** Asks for nothing more; what is on its way completes. */
  stop(): void {
    this.stopped = true
  }

  versionOf(path: string): number {
    return this.versions?.get(path) ?? 0
  }

  onConnected(client: Client): void {
    this.fill(client)
  }

  onCompleted(client: Client, _id: number, op: Operation, err: number, result: Result | null): void {
    this.inFlight -= 1
    if (this.ready < this.plan.paths.length && op.type === 'create') {
      if (err === keeperErrors.OK.code || err === keeperErrors.NODEEXISTS.code) this.ready += 1
    }
    if (result !== null && this.plan.goesByWhatIsSeen) this.see(op, result)
    if (this.ready >= this.plan.paths.length && this.plan.pause.most > 0) this.rest(client)
    if (op.type !== 'closeSession') return this.fill(client)
    // Whoever else closes it means it.
    if (this.leaving) client.connect(client.servers)
    this.leaving = false
  }

  onTimer(client: Client): void {
    this.resting = false
    this.fill(client)
  }

  onExpired(client: Client): void {
    client.connect(client.servers)
  }

  private rest(client: Client): void {
    if (this.stopped || this.drawn >= this.plan.limit) return
    this.resting = true
    client.wakeProgram(this.plan.nextPause(client.host))
  }

  private see(op: Operation, result: Result): void {
    if (!('path' in op) || op.path === null) return
    if ('path' in result && result.path !== null && result.path !== op.path) this.created = result.path
    else if ('stat' in result) {
      this.versions ??= new Map()
      this.versions.set(op.path, result.stat.version)
    }
  }

  private fill(client: Client): void {
    while (client.accepting && this.inFlight < this.allowed()) {
      this.inFlight += 1
      const op = this.nextOperation(client)
      if (op.type === 'closeSession') this.leaving = true
      client.submit(op)
    }
  }

  private allowed(): number {
    if (this.stopped || this.resting) return 0
    if (this.ready < this.plan.paths.length) return 1
    return this.drawn < this.plan.limit ? this.plan.outstanding : 0
  }

  private nextOperation(client: Client): Operation {
    const { paths } = this.plan
    if (this.ready < paths.length) return createOperation(paths[this.ready] as string, '')
    this.drawn += 1
    return this.plan.next(client.host, this.value(client), this)
  }

  /** Different for every write of every client, so that a read tells whose it saw. */
  private value(client: Client): string {
    return `${client.name}.${this.drawn}`
  }
}
