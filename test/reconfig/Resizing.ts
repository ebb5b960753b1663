/** Ensembles of five machines whose membership changes while clients write. One seed decides everything. */
import { closedLoop } from '../../src/nodes/client/ClosedLoop.ts'
import type { FactOf } from '../../src/nodes/facts.ts'
import type { PeerSettings } from '../../src/nodes/PeerConfig.ts'
import type { Operation } from '../../src/nodes/packets.ts'
import { serverText } from '../../src/nodes/quorum/configText.ts'
import type { Sid } from '../../src/nodes/zxid.ts'
import { Ensemble } from '../../src/sim/ensemble.ts'
import { uniform } from '../../src/sim/kernel/Distribution.ts'
import type { EnsembleSpec } from '../../src/sim/scenario/EnsembleSpec.ts'

export const SECOND = 1_000_000

/** Milliseconds; short, so that a run of few events sees elections. */
export const hasty: Partial<PeerSettings> = Object.freeze({
  tickTime: 200,
  initLimit: 5,
  syncLimit: 3,
  minSessionTimeout: 400,
  maxNotificationInterval: 2_000,
  reconfigEnabled: true,
  skipACL: true,
})

const WRITES = closedLoop({
  prefix: '/n',
  keys: 3,
  mix: { setData: 2, getData: 1, createSequential: 1 },
  outstanding: 1,
})

export interface Answer {
  readonly err: number
  readonly data: string | null
}

export class Resizing {
  readonly ensemble: Ensemble
  private readonly answers: FactOf<'completed'>[] = []

  constructor(spec: Partial<EnsembleSpec>) {
    this.ensemble = new Ensemble({
      peers: 3,
      ...spec,
      settings: { ...hasty, ...spec.settings },
    })
    this.ensemble.world.listeners.push(this)
    this.ensemble.world.network.setLatency(uniform(2_000, 20_000))
  }

  hear(fact: { readonly type: string }): void {
    if (fact.type === 'completed') {
      const completed = fact as FactOf<'completed'>
      if (completed.client === 'admin') this.answers.push(completed)
    }
  }

  /** Writers at all servers. */
  load(clients = 2): void {
    for (let i = 1; i <= clients; i += 1) this.ensemble.addClient(`w${i}`, this.ensemble.sids, WRITES, 2_000)
  }

  run(time: number): void {
    const { world } = this.ensemble
    world.runUntil(world.now + time)
  }

  /** Runs until something is so. @returns whether it came to be. */
  until(isSo: () => boolean, limit = 30 * SECOND): boolean {
    const { world } = this.ensemble
    const end = world.now + limit
    while (!isSo()) if (world.now > end || !world.step()) return false
    return true
  }

  settled(): boolean {
    return this.until(() => this.ensemble.leader() !== null)
  }

  /** Has the administrator ask; the answer may come much later. @returns its number */
  ask(op: Operation): number {
    const admin = this.ensemble.client('admin', 2_000)
    if (admin.state === 'NOT_CONNECTED') admin.connectTo(this.ensemble.sids.map(String))
    return admin.submit(Object.freeze(op))
  }

  /** Has the administrator ask until it is told anything but that its connection broke. */
  insist(op: Operation): Answer | null {
    for (let i = 0; i < 20; i += 1) {
      const id = this.ask(op)
      const mine = () => this.answers.find((one) => one.id === id)
      if (!this.until(() => mine() !== undefined)) return null
      const { err, result } = mine() as FactOf<'completed'>
      const data = result !== null && 'data' in result ? result.data : null
      if (err !== -4) return { err, data }
      this.run(SECOND / 2)
    }
    return null
  }

  /** So many more answers of the administrator. */
  lastAnswers(count: number): readonly FactOf<'completed'>[] {
    const before = this.answers.length
    this.until(() => this.answers.length >= before + count)
    return this.answers.slice(before)
  }

  votersOf(sid: Sid): string {
    return this.ensemble.quorumPeer(sid)?.verifier.voters.join(' ') ?? ''
  }

  serves(sid: Sid): boolean {
    const peer = this.ensemble.quorumPeer(sid)
    return peer?.leader?.established === true || peer?.learner?.synced === true
  }

  broken(): readonly string[] {
    this.ensemble.checker.finish()
    return this.ensemble.checker.violations.map(({ code, what }) => `${code} ${what}`)
  }
}

export function line(sid: Sid, type: 'participant' | 'observer' = 'participant'): string {
  return `server.${sid}=${serverText({ sid, host: String(sid), type })}`
}

export function reconfigOperation({
  joining = [],
  observing = [],
  leaving = [],
}: {
  joining?: readonly Sid[]
  observing?: readonly Sid[]
  leaving?: readonly Sid[]
}): Operation {
  const joiners = [...joining.map((sid) => line(sid)), ...observing.map((sid) => line(sid, 'observer'))]
  return {
    type: 'reconfig',
    joiningServers: joiners.length === 0 ? null : joiners.join(','),
    leavingServers: leaving.length === 0 ? null : leaving.join(','),
    newMembers: null,
    curConfigId: -1,
  }
}
