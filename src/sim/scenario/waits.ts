/** What steps wait for. Plain objects, copied with the run. */
import type { Fact } from '../../nodes/facts.ts'
import type { HostName, Micros } from '../../nodes/Host.ts'
import type { Sid } from '../../nodes/zxid.ts'
import type { World } from '../kernel/World.ts'
import { whoIsSo, whoTold } from './asking.ts'
import { factFormOf } from './facts.ts'
import type { Load } from './Load.ts'
import type { Play } from './Scenario.ts'
import type { Stage, Waiting } from './step.ts'

/** How long a step waits where it does not say. */
export const DEFAULT_LIMIT: Micros = 60_000_000

/** A time to come. Scheduled as an event, so that the run stops exactly there, even where nothing else happens. */
export class Alarm implements Waiting {
  readonly limit = null
  private readonly what: string
  private rang = false

  constructor(what: string) {
    this.what = what
  }

  act(_world: World): void {
    this.rang = true
  }

  over(_stage: Stage): boolean {
    return this.rang
  }

  hear(_fact: Fact): void {}

  describe(): string {
    return this.what
  }
}

/** An event told from now on, or a condition that holds now or later. */
export class UntilFact implements Waiting {
  readonly limit: Micros
  private readonly play: Play
  private readonly asCondition: boolean
  private told = false

  constructor(play: Play, limit: Micros) {
    this.play = play
    this.limit = limit
    this.asCondition = factFormOf(play).matches === null
  }

  hear(fact: Fact, stage: Stage): void {
    if (this.told || this.asCondition) return
    this.met(whoTold(fact, this.play, stage), stage)
  }

  over(stage: Stage): boolean {
    if (this.asCondition && !this.told) this.met(whoIsSo(this.play, stage), stage)
    return this.told
  }

  private met(who: Sid | null | undefined, stage: Stage): void {
    if (who === undefined) return
    this.told = true
    stage.thatPeer = who
  }

  describe(): string {
    return factFormOf(this.play).sentence.print(this.play.filled)
  }
}

/** What was decided a moment ago (to expire a session, say) is not proposed yet; so quiet has to last. */
const QUIET: Micros = 10_000

/** Lets the run look again at a certain time. */
class Nudge {
  act(): void {}
}

/** Somebody leads, the peers named serve and have delivered all that was proposed, no client waits; for 10 ms. */
export class UntilSettled implements Waiting {
  readonly limit: Micros
  private readonly sids: readonly Sid[] | null
  private quietSince: Micros | null = null

  /** `sids` null: every peer that runs. */
  constructor(sids: readonly Sid[] | null, limit: Micros) {
    this.sids = sids
    this.limit = limit
  }

  hear(fact: Fact): void {
    if (fact.type === 'proposed' || fact.type === 'invoked') this.quietSince = null
  }

  over(stage: Stage): boolean {
    if (!this.isQuiet(stage)) {
      this.quietSince = null
      return false
    }
    const { world } = stage.ensemble
    if (this.quietSince === null) {
      this.quietSince = world.now
      world.at(world.now + QUIET, new Nudge())
    }
    return world.now >= this.quietSince + QUIET
  }

  private isQuiet({ ensemble, view, loads }: Stage): boolean {
    const leader = ensemble.leader()
    if (leader === null || loads.some((load) => !load.idle)) return false
    const proposed = view.peer(leader).proposed
    for (const sid of this.sids ?? ensemble.sids) {
      const { state } = ensemble.machineOf(sid)
      if (state !== 'up' && this.sids === null) continue
      const peer = view.peer(sid)
      if (state !== 'up' || !peer.serves || peer.delivered < proposed) return false
      if (peer.leader !== leader && sid !== leader) return false
    }
    for (const waiting of view.outstanding.values()) if (waiting > 0) return false
    return true
  }

  describe(): string {
    const who = this.sids === null ? 'every running peer' : `peers ${this.sids.join(', ')}`
    return `the ensemble to settle: a leader, ${who} in sync with it, no proposal and no request under way`
  }
}

/** A client's connection. */
export class UntilConnected implements Waiting {
  readonly limit = DEFAULT_LIMIT
  private readonly client: HostName

  constructor(client: HostName) {
    this.client = client
  }

  hear(): void {}

  over({ view }: Stage): boolean {
    return view.connectedTo.has(this.client)
  }

  describe(): string {
    return `${this.client} to be connected`
  }
}

/** The answer to one operation of a client. */
export class UntilAnswered implements Waiting {
  readonly limit = DEFAULT_LIMIT
  private readonly client: HostName
  private readonly id: number
  private readonly what: string

  constructor(client: HostName, id: number, what: string) {
    this.client = client
    this.id = id
    this.what = what
  }

  hear(): void {}

  over({ view }: Stage): boolean {
    return (view.answered.get(this.client) ?? 0) >= this.id
  }

  describe(): string {
    return `the answer to ${this.client}'s ${this.what}`
  }
}

/** The end of a client's session, as far as it knows. */
export class UntilClosed implements Waiting {
  readonly limit = DEFAULT_LIMIT
  private readonly client: HostName

  constructor(client: HostName) {
    this.client = client
  }

  hear(): void {}

  over({ ensemble }: Stage): boolean {
    // A client that is down is not asked, since asking would start it.
    return (
      ensemble.clients.get(this.client)?.state !== 'up' || ensemble.client(this.client).state === 'CLOSED'
    )
  }

  describe(): string {
    return `the session of ${this.client} to be closed`
  }
}

/** The last answers of a load, or of all loads. */
export class UntilIdle implements Waiting {
  readonly limit: Micros
  private readonly load: Load | null

  constructor(load: Load | null, time: Micros) {
    this.load = load
    this.limit = time + DEFAULT_LIMIT
  }

  hear(): void {}

  over({ loads }: Stage): boolean {
    return this.load === null ? loads.every((load) => load.idle) : this.load.idle
  }

  describe(): string {
    return 'the last answers of the load'
  }
}
