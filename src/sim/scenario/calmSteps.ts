import { Unplayable } from '../../faults/fault.ts'
import type { Fact } from '../../nodes/facts.ts'
import type { HostName, Micros } from '../../nodes/Host.ts'
import { defaultSettings, MICROS_PER_MILLI } from '../../nodes/PeerConfig.ts'
import type { Sid } from '../../nodes/zxid.ts'
import type { World } from '../kernel/World.ts'
import type { EnsembleApi } from './EnsembleApi.ts'
import { type Stage, step } from './step.ts'
import { Alarm } from './waits.ts'

/** The time until all that must happen in the end is due; then it is judged. */
class CalmTime extends Alarm {
  private isJudged = false

  constructor() {
    super('all to come right')
  }

  override over(stage: Stage): boolean {
    if (!super.over(stage)) return false
    if (!this.isJudged) this.judge(stage)
    this.isJudged = true
    return true
  }

  protected judge({ ensemble }: Stage): void {
    ensemble.checker.disturbed()
  }
}

/** So often in all may servers end by themselves and be started again. */
const RESTARTS = 5

/**
 * The same, if all is not well before. It looks every tick, and believes it when it has been so, and nobody has looked for a
 * leader, for as long as leader and learner wait for each other: who is brought up to date again and again is not well.
 *
 * A server that ends by itself is started again, and the time begins anew: ZooKeeper's answer to what it cannot mend is to
 * exit, and its administrator's guide asks for a supervisor.
 */
class CalmUntilWell extends CalmTime {
  private readonly ensemble: EnsembleApi
  private deadline: Micros
  private readonly peers: readonly Sid[]
  private readonly clients: readonly HostName[]
  /** For so many ticks all has been well. */
  private steady = 0
  private isWell = false
  private restarts = 0

  constructor(ensemble: EnsembleApi, { deadline, peers, clients }: Calm) {
    super()
    this.ensemble = ensemble
    this.deadline = deadline
    this.peers = Object.freeze([...peers])
    this.clients = Object.freeze([...clients])
  }

  /** When it looks for the first time. */
  get first(): Micros {
    return Math.min(this.deadline, this.ensemble.world.now + this.tick)
  }

  override act(world: World): void {
    const { spec, checker } = this.ensemble
    const { syncLimit } = { ...defaultSettings, ...spec.settings }
    this.superviseAll()
    const isWellNow = checker.allIsWell && this.clients.every((name) => this.isAtRest(name))
    this.steady = isWellNow ? this.steady + 1 : 0
    this.isWell = this.steady > syncLimit
    if (this.isWell || world.now >= this.deadline) super.act(world)
    else world.at(this.first, this)
  }

  override hear(fact: Fact): void {
    if (fact.type === 'lookingAgain') this.steady = 0
  }

  private superviseAll(): void {
    const { ensemble, peers, clients } = this
    const ended = peers.filter((sid) => {
      const { state, exitReason } = ensemble.machineOf(sid)
      return state === 'down' && exitReason !== null
    })
    if (ended.length === 0 || this.restarts + ended.length > RESTARTS) return
    this.restarts += ended.length
    for (const sid of ended) ensemble.start(sid)
    this.deadline = ensemble.checker.calm(peers, clients) + 1
  }

  protected override judge(stage: Stage): void {
    if (this.isWell) stage.ensemble.checker.endCalm()
    else super.judge(stage)
  }

  /** It has a connection, or nobody who could give it one. */
  private isAtRest(name: HostName): boolean {
    const { ensemble } = this
    if (ensemble.clients.get(name)?.state !== 'up') return true
    const { state, servers } = ensemble.client(name)
    return state !== 'CONNECTING' || !servers.some((server) => this.peers.includes(Number(server)))
  }

  private get tick(): Micros {
    return (this.ensemble.spec.settings.tickTime ?? defaultSettings.tickTime) * MICROS_PER_MILLI
  }
}

interface Calm {
  /** When all has to have happened. */
  readonly deadline: Micros
  readonly peers: readonly number[]
  readonly clients: readonly HostName[]
}

/** Whoever runs, of peers those that have a place in the ensemble and a disk that can be read. */
function calmDown({ ensemble, view, damage }: Stage): Calm {
  const { world, checker, sids } = ensemble
  const { troubles } = world.network
  if (troubles.length > 0) throw new Unplayable(`it is not calm: ${troubles.join(', ')}`)
  const peers = sids.filter(
    (sid) => ensemble.machineOf(sid).state === 'up' && view.membership.has(sid) && !damage.lasting.has(sid),
  )
  const clients = [...ensemble.clients].filter(([, machine]) => machine.state === 'up').map(([name]) => name)
  return { deadline: checker.calm(peers, clients) + 1, peers, clients }
}

/** The end of all trouble, and what is demanded behind it. */
export const calmSteps = [
  step(
    'calm',
    'Nothing disturbs the run from here on: let so much time pass that what must happen in the end has happened (L1, L2, L4 to L6, C7), for all peers and clients that are up, and judge it. Faults of the network have to be over.',
    (stage) => {
      const alarm = new CalmTime()
      stage.ensemble.world.at(calmDown(stage).deadline, alarm)
      return alarm
    },
  ),
  step(
    'calm until all is well',
    'The same, but no longer than it takes until all of it has happened, and has stayed so for syncLimit ticks and one. Loads that go on keep it from being so. A server that ends by itself meanwhile is started again.',
    (stage) => {
      const alarm = new CalmUntilWell(stage.ensemble, calmDown(stage))
      stage.ensemble.world.at(alarm.first, alarm)
      return alarm
    },
  ),
]
