import { Client } from '../../nodes/client/Client.ts'
import type { ClientProgramFactory } from '../../nodes/client/ClientProgram.ts'
import { ClosedLoop, closedLoop } from '../../nodes/client/ClosedLoop.ts'
import { type LoadKind, mixes } from '../../nodes/client/mixes.ts'
import type { HostName } from '../../nodes/Host.ts'
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
  private readonly clients: readonly HostName[]
  private readonly isLimited: boolean
  private stopping = false

  /** `rate` null: they never rest. */
  constructor(ensemble: EnsembleApi, clients: readonly HostName[], kind: LoadKind, rate: Rate | null) {
    this.clients = clients
    this.isLimited = rate !== null
    const program = rate === null ? NEVER_RESTING[kind] : programAt(rate, kind)
    for (const [i, name] of clients.entries()) {
      const first = i % ensemble.sids.length
      const servers = [...ensemble.sids.slice(first), ...ensemble.sids.slice(0, first)]
      ensemble.addClient(name, servers, program)
    }
  }

  /** No new operations from now on. */
  stop(ensemble: EnsembleApi): void {
    this.stopping = true
    for (const name of this.clients) programAtWork(ensemble, name)?.stop()
  }

  /** A client was started again: it begins anew, unless the load was told to stop. */
  started(ensemble: EnsembleApi, name: HostName): void {
    if (this.stopping && this.clients.includes(name)) programAtWork(ensemble, name)?.stop()
  }

  /** Told to stop, or done, and all that was under way has been answered; of whoever is down nothing is to come. */
  idle(ensemble: EnsembleApi): boolean {
    if (!this.stopping && !this.isLimited) return false
    return this.clients.every((name) => programAtWork(ensemble, name)?.finished ?? true)
  }
}

function programAtWork(ensemble: EnsembleApi, name: HostName): ClosedLoop | null {
  const node = ensemble.clients.get(name)?.node
  return node instanceof Client && node.program instanceof ClosedLoop ? node.program : null
}
