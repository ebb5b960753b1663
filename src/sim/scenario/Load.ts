import { Client } from '../../nodes/client/Client.ts'
import { ClosedLoop, closedLoop } from '../../nodes/client/ClosedLoop.ts'
import type { HostName } from '../../nodes/Host.ts'
import type { EnsembleApi } from './EnsembleApi.ts'

/** Each client works on the same ten znodes; four writes to two reads. */
const PROGRAM = closedLoop({
  prefix: '/load-',
  keys: 10,
  mix: { setData: 3, create: 1, getData: 1, getChildren: 1 },
  outstanding: 1,
})

/** Clients that each have one operation under way at all times, until they are told to stop. */
export class Load {
  private readonly clients: readonly HostName[]
  private stopping = false

  constructor(ensemble: EnsembleApi, clients: readonly HostName[]) {
    this.clients = clients
    for (const [i, name] of clients.entries()) {
      const first = i % ensemble.sids.length
      const servers = [...ensemble.sids.slice(first), ...ensemble.sids.slice(0, first)]
      ensemble.addClient(name, servers, PROGRAM)
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
