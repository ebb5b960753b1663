import { Client } from '../../nodes/client/Client.ts'
import type { ClientProgramFactory } from '../../nodes/client/ClientProgram.ts'
import { ClosedLoop, closedLoop } from '../../nodes/client/ClosedLoop.ts'
import { type LoadKind, mixes } from '../../nodes/client/mixes.ts'
import type { HostName } from '../../nodes/Host.ts'
import type { Machine } from '../kernel/Machine.ts'
import type { Span } from '../kinds.ts'
import type { EnsembleApi } from './EnsembleApi.ts'

/** Of each client: how much it is to do, and how long it rests behind each answer. */
export interface Rate {
  readonly operations: number
  readonly pause: Span
}

/** All loads work on the same znodes. Those of few operations work on fewer, or their clients would not meet. */
const PREFIX = '/load-'
const KEYS = 10
const FEW_KEYS = 3

const NEVER_RESTING: Readonly<Record<LoadKind, ClientProgramFactory>> = Object.freeze({
  clients: programOf('clients'),
  writers: programOf('writers'),
  readers: programOf('readers'),
  watchers: programOf('watchers'),
  visitors: programOf('visitors'),
  users: programOf('users'),
})

function programOf(kind: LoadKind): ClientProgramFactory {
  return closedLoop({ prefix: PREFIX, keys: KEYS, mix: mixes[kind], outstanding: 1 })
}

function programAt({ operations, pause }: Rate, kind: LoadKind): ClientProgramFactory {
  const limits = { limit: operations, pause }
  return closedLoop({ prefix: PREFIX, keys: FEW_KEYS, mix: mixes[kind], outstanding: 1, ...limits })
}

/** Clients that each have one operation under way, until they are told to stop or have done what they were to do. */
export class Load {
  private readonly clients = new Map<HostName, Machine>()
  private readonly isLimited: boolean
  private stopping = false

  /** `rate` null: they never rest. */
  constructor(ensemble: EnsembleApi, clients: readonly HostName[], kind: LoadKind, rate: Rate | null) {
    this.isLimited = rate !== null
    const program = rate === null ? NEVER_RESTING[kind] : programAt(rate, kind)
    for (const [i, name] of clients.entries()) {
      const first = i % ensemble.sids.length
      const servers = [...ensemble.sids.slice(first), ...ensemble.sids.slice(0, first)]
      this.clients.set(name, ensemble.addClient(name, servers, program))
    }
  }

  /** No new operations from now on. */
  stop(): void {
    this.stopping = true
    for (const machine of this.clients.values()) programOn(machine)?.stop()
  }

  /** A client was started again: it begins anew, unless the load was told to stop. */
  started(name: HostName): void {
    const machine = this.clients.get(name)
    if (this.stopping && machine !== undefined) programOn(machine)?.stop()
  }

  /** Told to stop, or done, and all that was under way has been answered; of whoever is down nothing is to come. */
  get idle(): boolean {
    if (!this.stopping && !this.isLimited) return false
    for (const machine of this.clients.values()) if (programOn(machine)?.finished === false) return false
    return true
  }
}

function programOn({ node }: Machine): ClosedLoop | null {
  return node instanceof Client && node.program instanceof ClosedLoop ? node.program : null
}
