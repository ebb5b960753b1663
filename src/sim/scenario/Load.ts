import { Client } from '../../nodes/client/Client.ts'
import type { ClientProgramFactory } from '../../nodes/client/ClientProgram.ts'
import { ClosedLoop, closedLoop } from '../../nodes/client/ClosedLoop.ts'
import { type LoadKind, mixes } from '../../nodes/client/mixes.ts'
import type { HostName } from '../../nodes/Host.ts'
import type { EnsembleApi } from './EnsembleApi.ts'

/** All loads work on the same ten znodes. */
const PROGRAMS: Readonly<Record<LoadKind, ClientProgramFactory>> = Object.freeze({
  clients: programOf('clients'),
  writers: programOf('writers'),
  readers: programOf('readers'),
  watchers: programOf('watchers'),
  visitors: programOf('visitors'),
  users: programOf('users'),
})

function programOf(kind: LoadKind): ClientProgramFactory {
  return closedLoop({ prefix: '/load-', keys: 10, mix: mixes[kind], outstanding: 1 })
}

/** Clients that each have one operation under way at all times, until they are told to stop. */
export class Load {
  private readonly clients: readonly HostName[]
  private stopping = false

  constructor(ensemble: EnsembleApi, clients: readonly HostName[], kind: LoadKind) {
    this.clients = clients
    for (const [i, name] of clients.entries()) {
      const first = i % ensemble.sids.length
      const servers = [...ensemble.sids.slice(first), ...ensemble.sids.slice(0, first)]
      ensemble.addClient(name, servers, PROGRAMS[kind])
    }
  }

  /** No new operations from now on. */
  stop(ensemble: EnsembleApi): void {
    this.stopping = true
    for (const program of this.programs(ensemble)) program.stop()
  }

  /** Told to stop, and all that was under way has been answered. */
  idle(ensemble: EnsembleApi): boolean {
    return this.stopping && this.programs(ensemble).every((program) => program.finished)
  }

  private programs(ensemble: EnsembleApi): ClosedLoop[] {
    const programs: ClosedLoop[] = []
    for (const name of this.clients) {
      const node = ensemble.clients.get(name)?.node
      if (node instanceof Client && node.program instanceof ClosedLoop) programs.push(node.program)
    }
    return programs
  }
}
