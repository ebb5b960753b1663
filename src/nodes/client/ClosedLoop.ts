import { begin, finish, type TwoStep } from '../../base/forkable.ts'
import { keeperErrors } from '../keeperErrors.ts'
import { createOperation, readOperation } from '../operations.ts'
import type { Operation } from '../packets.ts'
import type { Client } from './Client.ts'
import type { ClientProgram, ClientProgramFactory } from './ClientProgram.ts'

/** What a ClosedLoop may do to one of its keys. */
export type LoadOperation =
  | 'setData'
  | 'getData'
  | 'exists'
  | 'getChildren'
  | 'sync'
  | 'create'
  | 'createEphemeral'
  | 'createSequential'
  | 'delete'

const OPERATIONS: readonly LoadOperation[] = Object.freeze([
  'setData',
  'getData',
  'exists',
  'getChildren',
  'sync',
  'create',
  'createEphemeral',
  'createSequential',
  'delete',
])

export interface ClosedLoopOptions {
  /** The znodes it works on are `<prefix>0` to `<prefix><keys - 1>`. */
  readonly prefix: string
  readonly keys: number
  /** How often each operation is drawn, relative to the others. */
  readonly mix: { readonly [operation in LoadOperation]?: number }
  /** Operations on their way at a time. */
  readonly outstanding: number
  /** Ends after so many operations of the mix. */
  readonly limit?: number
}

/**
 * A load that asks for the next operation when one completes: first it creates its znodes (another client may
 * have done so already), then it draws from the mix. What a lost connection leaves open is not repeated; an
 * expired session is followed by a new one.
 *
 * @throws RangeError when the mix has no weight, or there are no keys.
 */
export function closedLoop(options: ClosedLoopOptions): ClientProgramFactory {
  return Object.freeze(new ClosedLoopFactory(options))
}

class ClosedLoopFactory implements ClientProgramFactory {
  private readonly plan: Plan

  constructor(options: ClosedLoopOptions) {
    this.plan = makePlan(options)
  }

  create(): ClosedLoop {
    return new ClosedLoop(this.plan)
  }
}

/** Options, worked out; frozen. */
interface Plan {
  readonly paths: readonly string[]
  readonly operations: readonly LoadOperation[]
  /** Of `operations`, the sum of weights up to and including each. */
  readonly cumulated: readonly number[]
  readonly total: number
  readonly outstanding: number
  readonly limit: number
}

function makePlan(options: ClosedLoopOptions): Plan {
  const operations = OPERATIONS.filter((operation) => (options.mix[operation] ?? 0) > 0)
  let total = 0
  const cumulated = operations.map((operation) => (total += options.mix[operation] ?? 0))
  if (total === 0) throw new RangeError('the mix of a load needs a weight above 0')
  if (options.keys < 1) throw new RangeError('a load needs at least one key')
  return Object.freeze({
    paths: Object.freeze(Array.from({ length: options.keys }, (_, key) => `${options.prefix}${key}`)),
    operations: Object.freeze(operations),
    cumulated: Object.freeze(cumulated),
    total,
    outstanding: options.outstanding,
    limit: options.limit ?? Number.POSITIVE_INFINITY,
  })
}

/** See `closedLoop`. */
export class ClosedLoop implements ClientProgram, TwoStep {
  private readonly plan: Plan
  /** How many of its znodes are known to exist. */
  private created = 0
  private inFlight = 0
  private drawn = 0
  private stopped = false

  constructor(plan: Plan) {
    this.plan = plan
  }

  [begin](): this {
    const copy = new ClosedLoop(this.plan)
    copy.created = this.created
    copy.inFlight = this.inFlight
    copy.drawn = this.drawn
    copy.stopped = this.stopped
    return copy as this
  }

  [finish](): void {}

  /** Whether it has done all it was to do. */
  get finished(): boolean {
    return (this.stopped || this.drawn >= this.plan.limit) && this.inFlight === 0
  }

  /** Asks for nothing more; what is on its way completes. */
  stop(): void {
    this.stopped = true
  }

  onConnected(client: Client): void {
    this.fill(client)
  }

  onCompleted(client: Client, _id: number, op: Operation, err: number): void {
    this.inFlight -= 1
    if (this.created < this.plan.paths.length && op.type === 'create') {
      if (err === keeperErrors.OK.code || err === keeperErrors.NODEEXISTS.code) this.created += 1
    }
    this.fill(client)
  }

  onExpired(client: Client): void {
    client.connect(client.servers)
  }

  private fill(client: Client): void {
    while (client.accepting && this.inFlight < this.allowed()) {
      this.inFlight += 1
      client.submit(this.nextOperation(client))
    }
  }

  private allowed(): number {
    if (this.stopped) return 0
    if (this.created < this.plan.paths.length) return 1
    return this.drawn < this.plan.limit ? this.plan.outstanding : 0
  }

  private nextOperation(client: Client): Operation {
    const { paths } = this.plan
    if (this.created < paths.length) {
      return createOperation(paths[this.created] as string, '')
    }
    this.drawn += 1
    const path = paths[Math.floor(client.host.random() * paths.length)] as string
    return this.make(this.draw(client), path, client)
  }

  private draw(client: Client): LoadOperation {
    const { cumulated, operations, total } = this.plan
    const drawn = client.host.random() * total
    let i = 0
    while (i < operations.length - 1 && drawn >= (cumulated[i] as number)) i += 1
    return operations[i] as LoadOperation
  }

  private make(operation: LoadOperation, path: string, client: Client): Operation {
    switch (operation) {
      case 'setData':
        return Object.freeze({ type: 'setData', path, data: this.value(client), version: -1 })
      case 'create':
        return createOperation(path, this.value(client))
      case 'createEphemeral':
        return createOperation(path, this.value(client), 'ephemeral')
      case 'createSequential':
        return createOperation(`${path}/n`, this.value(client), 'persistentSequential')
      case 'delete':
        return Object.freeze({ type: 'delete', path, version: -1 })
      case 'getData':
      case 'exists':
      case 'getChildren':
        return readOperation(operation, path)
      case 'sync':
        return Object.freeze({ type: operation, path })
    }
  }

  /** Different for every write of every client, so that a read tells whose it saw. */
  private value(client: Client): string {
    return `${client.name}.${this.drawn}`
  }
}
