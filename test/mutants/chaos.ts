/**
 * Runs in which everything goes wrong that may: crashes, power cuts, pauses, partitions, slow and failing disks, slow
 * threads and wires, connections cut in the middle of a conversation. After the trouble all faults end, and the
 * ensemble has to come back. One seed decides everything.
 */

import type { Cast } from '../../src/nodes/cast.ts'
import type { ClientProgramFactory } from '../../src/nodes/client/ClientProgram.ts'
import { closedLoop } from '../../src/nodes/client/ClosedLoop.ts'
import { ideal } from '../../src/nodes/ideal.ts'
import type { PeerSettings } from '../../src/nodes/PeerConfig.ts'
import type { PacketType } from '../../src/nodes/packets.ts'
import { MAX_COUNTER, type Sid } from '../../src/nodes/zxid.ts'
import { Ensemble } from '../../src/sim/ensemble.ts'
import { uniform } from '../../src/sim/kernel/Distribution.ts'
import type { Machine } from '../../src/sim/kernel/Machine.ts'
import type { CutOptions } from '../../src/sim/kernel/Network.ts'
import type { Random } from '../../src/sim/kernel/Random.ts'
import { visitor } from './Visitor.ts'

export interface ChaosOptions {
  readonly seed: number
  readonly cast?: Cast
  readonly peers?: number
  readonly observers?: number
  readonly settings?: Partial<PeerSettings>
  /** The clients are at it until the last fault, and more is under way when one comes. */
  readonly slowWires?: boolean
  /** Clients ask for all that there is, watches and multis and sessions that end; else for writes and reads of nodes. */
  readonly visitors?: boolean
  /** Clients make do with servers that only read, and servers offer it. */
  readonly readOnly?: boolean
  /** Things go by priority, and so often somebody's falls. */
  readonly priorityChanges?: number
  /** How many faults, or ends of faults. */
  readonly rounds?: number
  /** The run ends as soon as the invariants with these codes are all broken. */
  readonly until?: readonly string[]
}

export interface ChaosOutcome {
  readonly ensemble: Ensemble
  /** The codes of the broken invariants, in the order in which they broke. */
  readonly broken: readonly string[]
  /** All peers served again after the last fault was over. */
  readonly live: boolean
  /** One line a fault, for those who look into a failure. */
  readonly log: readonly string[]
}

/** Milliseconds; short, so that a run of few events sees many elections. */
const hasty: Partial<PeerSettings> = Object.freeze({
  tickTime: 200,
  initLimit: 5,
  syncLimit: 3,
  minSessionTimeout: 400,
  snapshotChunk: 5,
  maxNotificationInterval: 2_000,
})

const THREADS = Object.freeze(['sync', 'commit', 'main', 'learner', 'election', 'prep', 'snapshot'])
const CUT_AFTER: readonly PacketType[] = Object.freeze([
  'PROPOSAL',
  'COMMIT',
  'ACK',
  'DATABASE',
  'NEWLEADER',
  'UPTODATE',
  'LEADERINFO',
  'ACKEPOCH',
])
const mix = Object.freeze({
  setData: 3,
  getData: 1,
  createSequential: 1,
  createEphemeral: 1,
  delete: 1,
  sync: 1,
})
const CLIENTS = 4
/** Milliseconds. */
const SESSION_TIMEOUT = 2_000
const LATENCY = uniform(1_000, 25_000)
/** A run that needs more goes round in circles: an election without an end, say. */
const MOST_EVENTS = 150_000
/** Long enough for what must happen in the end. */
const CALM = 40_000_000

export function chaos(options: ChaosOptions): ChaosOutcome {
  return new Chaos(options).play()
}

/** Ensembles of several kinds, so that a few seeds see all of them. */
export function ensembleOf(seed: number): Omit<ChaosOptions, 'cast' | 'until'> {
  return {
    seed,
    peers: seed % 3 === 0 ? 5 : 3,
    observers: seed % 4 === 0 ? 1 : 0,
    slowWires: seed % 3 !== 1,
    visitors: seed % 2 === 1,
    readOnly: seed % 5 === 3,
    settings: {
      localSessionsEnabled: seed % 5 === 1 || seed % 5 === 3,
      localSessionsUpgradingEnabled: seed % 5 === 1 || seed % 5 === 3,
      readonlymodeEnabled: seed % 5 === 3,
      snapCount: seed % 2 === 0 ? 100_000 : 20,
      commitLogCount: seed % 5 === 0 ? 10 : 500,
      maxCounter: seed % 7 === 0 ? 40 : MAX_COUNTER,
    },
  }
}

class Chaos {
  private readonly options: ChaosOptions
  private readonly ensemble: Ensemble
  private readonly random: Random
  private readonly log: string[] = []
  private readonly clients: string[] = []
  /** Peers whose disk has failed to force something: a power cut may take it yet, whatever later forces said. */
  private readonly doubted = new Set<string>()
  private cameBack = false

  constructor(options: ChaosOptions) {
    const { seed, cast = ideal, peers = 3, observers = 0, settings = {} } = options
    this.options = options
    const { priorityChanges = null } = options
    const spec = { seed, peers, observers, settings: { ...hasty, ...settings }, priorityChanges }
    this.ensemble = new Ensemble(spec, { cast })
    this.random = this.ensemble.world.stream('chaos')
    if (options.slowWires ?? false) this.ensemble.world.network.setLatency(LATENCY)
    for (let i = 1; i <= CLIENTS; i += 1) {
      const name = `client${i}`
      this.clients.push(name)
      this.ensemble.addClient(name, this.ensemble.sids, this.program(i), SESSION_TIMEOUT, {
        canBeReadOnly: options.readOnly ?? false,
      })
    }
  }

  /** Some clients ask for the next when they are answered, others do not wait. */
  private program(client: number): ClientProgramFactory {
    const outstanding = client % 2 === 0 ? 1 : 4
    if (this.options.visitors ?? false) return visitor({ outstanding, limit: 200 })
    return closedLoop({ prefix: '/k', keys: 5, mix, outstanding, limit: 150 })
  }

  play(): ChaosOutcome {
    const { ensemble, random, options } = this
    for (let round = 0; round < (options.rounds ?? 25) && !this.done; round += 1) {
      this.letPass(random.int(10, 900) * 1_000)
      this.disturb(random.pick(ensemble.sids))
      if (random.chance(0.05)) this.cutAllPower()
    }
    if (!this.done) this.calm()
    ensemble.checker.finish()
    const broken = ensemble.checker.violations.map(({ code }) => code)
    return { ensemble, broken, live: this.cameBack, log: this.log }
  }

  private get done(): boolean {
    const { until } = this.options
    const { violations } = this.ensemble.checker
    return until?.every((code) => violations.some((found) => found.code === code)) ?? false
  }

  private get isLive(): boolean {
    return this.ensemble.sids.every((sid) => this.ensemble.quorumPeer(sid)?.zabState === 'BROADCAST')
  }

  private letPass(time: number): void {
    const { world, checker } = this.ensemble
    const end = world.now + time
    let seen = checker.violations.length
    for (let next = world.queue.first; next !== undefined && next.time <= end; next = world.queue.first) {
      if (world.events >= MOST_EVENTS) return
      world.step()
      if (checker.violations.length === seen) continue
      seen = checker.violations.length
      if (this.done) return
    }
    world.runUntil(end)
  }

  /** One fault, or the end of one. */
  private disturb(sid: Sid): void {
    const { random, ensemble } = this
    const { network } = ensemble.world
    const machine = ensemble.machineOf(sid)
    const name = machine.name
    const kind = random.int(0, 15)
    if (machine.state === 'down') return this.did(`start ${name}`, () => machine.start())
    if (machine.state === 'paused') return this.did(`resume ${name}`, () => machine.resume())
    switch (kind) {
      case 0:
      case 1:
        return this.did(`crash ${name}`, () => machine.crash())
      case 2:
      case 3:
        return this.cutPower(machine)
      case 4:
        return this.did(`pause ${name}`, () => machine.pause())
      case 5: {
        const call = random.int(1, 60)
        const way = random.pick(['crash', 'powerCut'] as const)
        if (this.doubted.has(name)) ensemble.checker.forgive(sid)
        return this.did(`${way} of ${name} at call ${call}`, () => machine.crashAtCall(call, way))
      }
      case 6:
      case 7:
        return this.did(`isolate ${name}`, () => network.isolate(name))
      case 8:
      case 9:
        return this.did('heal', () => network.heal())
      case 10:
        return this.did(`slow disk of ${name}`, () => machine.disk.slow(this.slowness(2_000_000)))
      case 11: {
        const thread = random.pick(THREADS)
        return this.did(`slow ${thread} of ${name}`, () => machine.slowThread(thread, this.slowness(500_000)))
      }
      case 12:
        return this.did(`slow wires of ${name}`, () => network.slow(this.slowness(500_000), name))
      case 13:
        return this.cut(name, String(random.pick(ensemble.sids)))
      case 14: {
        const what = random.pick(['force', 'replace'] as const)
        ensemble.checker.forgive(sid)
        if (what === 'force') this.doubted.add(name)
        return this.did(`fail next ${what} of ${name}`, () => machine.disk.fail(what))
      }
      default:
        return this.did('lose packets', () => network.setLoss(0.05))
    }
  }

  private slowness(most: number) {
    return uniform(1_000, this.random.int(2_000, most))
  }

  private cut(name: string, other: string): void {
    const { random } = this
    const keep = random.chance(0.5) ? ('some' as const) : 0
    const notices = random.pick(['both', 'neither', name] as const)
    const after = random.chance(0.5) ? { count: random.int(1, 4), type: random.pick(CUT_AFTER) } : null
    if (name === other) return
    // Nothing but TCP notices a half-open connection of an election, after a quarter of an hour.
    const options: CutOptions = {
      keep,
      notices,
      ...(notices === 'both' ? {} : { port: 'quorum' }),
      ...(after === null ? {} : { after }),
    }
    this.did(`cut ${name} from ${other} ${JSON.stringify(options)}`, () =>
      this.ensemble.world.network.cutConnections(name, other, options),
    )
  }

  private cutAllPower(): void {
    for (const machine of this.peers()) {
      if (machine.state !== 'down') this.cutPower(machine)
    }
  }

  private cutPower(machine: Machine): void {
    if (this.doubted.has(machine.name)) this.ensemble.checker.forgive(Number(machine.name))
    this.did(`cut power to ${machine.name}`, () => machine.powerCut())
  }

  private did(what: string, deed: () => void): void {
    this.log.push(`${this.ensemble.world.events} ${what}`)
    deed()
  }

  private peers() {
    return this.ensemble.sids.map((sid) => this.ensemble.machineOf(sid))
  }

  /** Ends all faults and starts who is down, again and again: a disk that fails late, or a crash planned before. */
  private calm(): void {
    const { network, now } = this.ensemble.world
    const { checker, sids } = this.ensemble
    network.heal()
    network.setLoss(0)
    for (const machine of this.peers()) {
      network.slow(null, machine.name)
      machine.disk.mend()
      machine.disk.slow(null)
      for (const thread of THREADS) machine.slowThread(thread, null)
    }
    const { world } = this.ensemble
    while (world.now < now + CALM && world.events < MOST_EVENTS && !this.done) {
      let disturbed = checker.history.calm === null
      for (const machine of this.peers()) {
        if (machine.state === 'up') continue
        disturbed = true
        if (machine.state === 'paused') machine.resume()
        else machine.start()
      }
      if (disturbed) checker.calm(sids, this.clients)
      this.letPass(2_000_000)
      if (this.isLive) this.cameBack = true
    }
  }
}
