/**
 * Clients that each have one operation under way at all times: two writes to a read, on a hundred nodes.
 *
 * What to do next comes from a stream of its own, so that a load draws the same operations whatever else changes.
 */
import type { Fact } from '../../nodes/facts.ts'
import type { HostName } from '../../nodes/Host.ts'
import type { Operation } from '../../nodes/packets.ts'
import type { Random } from '../kernel/Random.ts'
import type { EnsembleApi } from './EnsembleApi.ts'

const NODES = 100

export class LoadGenerator {
  readonly clients: readonly HostName[]
  private readonly random: Random
  /** Clients that have not been connected yet. */
  private readonly strangers: Set<HostName>
  private stopping = false
  private ready: HostName[] = []
  /** Clients that need a new session. */
  private expired: HostName[] = []
  private busy = 0
  private operations = 0

  constructor(ensemble: EnsembleApi, clients: readonly HostName[]) {
    this.clients = clients
    this.strangers = new Set(clients)
    this.random = ensemble.world.stream(`load/${clients[0] ?? ''}`)
  }

  start(ensemble: EnsembleApi): void {
    for (const [i, name] of this.clients.entries()) {
      const first = i % ensemble.sids.length
      const servers = [...ensemble.sids.slice(first), ...ensemble.sids.slice(0, first)]
      ensemble.client(name).connectTo(servers.map(String))
    }
  }

  /** No new operations from now on. */
  stop(): void {
    this.stopping = true
  }

  get idle(): boolean {
    return this.stopping && this.busy === 0
  }

  hear(fact: Fact): void {
    if (fact.type === 'completed' && this.clients.includes(fact.client)) {
      this.busy -= 1
      this.ready.push(fact.client)
    } else if (fact.type === 'clientExpired' && this.clients.includes(fact.client))
      this.expired.push(fact.client)
    else if (fact.type === 'clientConnected' && this.strangers.delete(fact.client))
      this.ready.push(fact.client)
  }

  /** Hands in what has become possible. Called between events, never inside one. */
  pump(ensemble: EnsembleApi): void {
    if (this.expired.length > 0) this.connectAgain(ensemble)
    if (this.ready.length === 0) return
    const ready = this.ready
    this.ready = []
    if (this.stopping) return
    for (const name of ready) {
      this.busy += 1
      ensemble.client(name).submit(this.operation())
    }
  }

  private connectAgain(ensemble: EnsembleApi): void {
    const expired = this.expired
    this.expired = []
    for (const name of expired) ensemble.client(name).connectTo(ensemble.sids.map(String))
  }

  private operation(): Operation {
    const path = `/load-${this.random.int(0, NODES - 1)}`
    this.operations += 1
    const data = `${this.operations}`
    switch (this.random.int(0, 5)) {
      case 0:
      case 1:
        return Object.freeze({ type: 'create', path, data, mode: 'persistent' })
      case 2:
      case 3:
        return Object.freeze({ type: 'setData', path, data, version: -1 })
      case 4:
        return Object.freeze({ type: 'getData', path })
      default:
        return Object.freeze({ type: 'getChildren', path: '/' })
    }
  }
}
