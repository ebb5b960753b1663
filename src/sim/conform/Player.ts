import type { Cast } from '../../nodes/cast.ts'
import type { Client } from '../../nodes/client/Client.ts'
import type { EpochRecord } from '../../nodes/diskRecords.ts'
import type { FileName, Micros } from '../../nodes/Host.ts'
import { createOperation } from '../../nodes/operations.ts'
import { MICROS_PER_MILLI } from '../../nodes/PeerConfig.ts'
import type { Epoch, Sid, Zxid } from '../../nodes/zxid.ts'
import { Ensemble } from '../ensemble.ts'
import { uniform } from '../kernel/Distribution.ts'
import type { Machine } from '../kernel/Machine.ts'
import type { Random } from '../kernel/Random.ts'
import type { Epochs, RecordedAction, RecordedPhase, RecordedSync, Situation } from './Recording.ts'
import { drawStarts, drawWarmUp } from './startPlan.ts'
import { Watch } from './Watch.ts'
import { type Writer, writerOf } from './Writer.ts'

/** One server of the simulation at the end of a phase. */
export interface ObservedServer extends Epochs {
  readonly mode: 'leader' | 'follower' | 'observer' | 'looking' | 'paused' | 'down'
  /** Its position at the beginning of the phase and at its end. */
  readonly from: Zxid
  readonly zxid: Zxid
}

export interface ObservedPhase {
  readonly leader: Sid | null
  readonly proposals: ReadonlyMap<Sid, readonly Zxid[]>
  readonly syncs: readonly RecordedSync[]
  readonly after: ReadonlyMap<Sid, ObservedServer>
  /** Writes that were not answered with success. */
  readonly failedWrites: number
}

const SECOND = 1_000 * MICROS_PER_MILLI
/** How often it is looked whether something has come true. */
const GLANCE = 2 * MICROS_PER_MILLI
/** What a phase takes at least, from its last action on; by then no thread is slow any more. */
const LEAST_PHASE = 1.5 * SECOND
/** How long the recorder waited for an ensemble to stand. */
const PATIENCE = 40 * SECOND
const WRITE_PATIENCE = 60 * SECOND
/** How long a server is stopped that is stopped within a phase. */
const SHORT_PAUSE = 0.8 * SECOND
/** Milliseconds; what the recorder's client asked for. */
const SESSION_TIMEOUT = 20_000
/** They run what is new in an election and synchronisation; the pipeline behind them is not slowed. */
const COLD_THREADS: readonly string[] = ['main', 'learner/']

/** Plays a situation on a simulated ensemble, phase by phase. One seed decides every race. */
export class Player {
  readonly ensemble: Ensemble
  private readonly situation: Situation
  private readonly random: Random
  private phaseIndex = 0
  private clientsMade = 0
  private failedWrites = 0
  /** The session that stays, by the server it is at. */
  private readonly staying = new Map<Sid, Machine>()
  private readonly pausedAt = new Map<Sid, Micros>()

  constructor(situation: Situation, seed: number, cast: Cast) {
    this.situation = situation
    const { voters, observers, settings } = situation
    this.ensemble = new Ensemble(
      { seed, peers: voters, observers, settings, start: [] },
      { cast, check: false },
    )
    this.random = this.ensemble.world.stream('recording')
  }

  /** The next phase. */
  play(): ObservedPhase {
    const phase = this.situation.phases[this.phaseIndex] as RecordedPhase
    const watch = new Watch()
    const { world } = this.ensemble
    world.listeners = [watch]
    this.failedWrites = 0
    const from = new Map(this.ensemble.sids.map((sid) => [sid, this.position(sid)] as const))
    const begun = world.now
    if (phase.actions.some(({ type }) => type !== 'write')) this.slowThreads(drawWarmUp(phase, this.random))
    this.act(phase)
    this.settle(phase, begun)
    this.phaseIndex += 1
    return Object.freeze({
      leader: this.leader(),
      proposals: watch.proposals,
      syncs: watch.syncs,
      after: new Map(
        this.ensemble.sids.map((sid) => [sid, this.observe(sid, from.get(sid) as Zxid)] as const),
      ),
      failedWrites: this.failedWrites,
    })
  }

  /** Names of the root's children, as a server that serves knows them. */
  children(sid: Sid): readonly string[] | null {
    const peer = this.ensemble.quorumPeer(sid)
    return peer === null ? null : peer.zkDb.tree.children('/').filter((name) => name !== 'zookeeper')
  }

  // ── what the recorder did ──

  private act(phase: RecordedPhase): void {
    const starts = drawStarts(phase, this.random)
    const pending = new Map<Sid, Micros>()
    for (const action of phase.actions) {
      if (action.type === 'start') {
        pending.set(action.sid, this.ensemble.world.now + (starts.get(action.sid) as Micros))
        continue
      }
      if (pending.size > 0) {
        this.startAll(pending)
        this.runUntil(() => this.everybodyServes(), PATIENCE)
      }
      this.actOnce(action)
    }
    this.startAll(pending)
  }

  /** In the order of their times. */
  private startAll(pending: Map<Sid, Micros>): void {
    const starts = [...pending].sort(([a, early], [b, late]) => early - late || a - b)
    pending.clear()
    for (const [sid, time] of starts) {
      this.ensemble.world.runUntil(time)
      this.ensemble.start(sid)
    }
  }

  private actOnce(action: Exclude<RecordedAction, { type: 'start' }>): void {
    const { ensemble, random } = this
    const { sid } = action
    const machine = ensemble.machineOf(sid)
    switch (action.type) {
      case 'kill':
        if (machine.state !== 'down') machine.crash()
        this.staying.get(sid)?.crash()
        this.staying.delete(sid)
        return this.run(random.int(1, 6) * MICROS_PER_MILLI)
      case 'wipe':
        return machine.wipe()
      case 'pause':
        // One that died of itself here is seen to be down in the end.
        if (machine.state === 'up') machine.pause()
        this.pausedAt.set(sid, ensemble.world.now)
        return this.run(random.int(20, 60) * MICROS_PER_MILLI)
      case 'cont':
        ensemble.world.runUntil(Math.max(ensemble.world.now, (this.pausedAt.get(sid) ?? 0) + SHORT_PAUSE))
        if (machine.state === 'paused') machine.resume()
        return
      case 'write':
        return this.write(sid, action.count, action.bytes)
      case 'session':
        return this.openSession(sid)
      case 'asyncWrite':
        return this.writeWithoutWaiting(sid, action.count)
    }
  }

  private write(sid: Sid, count: number, bytes: number): void {
    const program = writerOf(`/n${this.phaseIndex}_`, count, bytes)
    const machine = this.addClient(sid, program)
    const writer = (machine.node as Client).program as Writer
    this.runUntil(() => writer.outcome !== 'pending', WRITE_PATIENCE)
    if (writer.outcome !== 'done') this.failedWrites += 1
    machine.crash()
  }

  private openSession(sid: Sid): void {
    const machine = this.addClient(sid, null)
    const client = machine.node as Client
    this.staying.set(sid, machine)
    this.runUntil(() => client.state === 'CONNECTED', WRITE_PATIENCE)
    // Until the followers have heard of its commit.
    this.run(this.random.int(50, 200) * MICROS_PER_MILLI)
  }

  /** The server logs them; who is to acknowledge them is gone. */
  private writeWithoutWaiting(sid: Sid, count: number): void {
    const client = this.staying.get(sid)?.node as Client | undefined
    const peer = this.ensemble.quorumPeer(sid)
    if (client === undefined || peer === null) {
      this.failedWrites += 1
      return
    }
    const end = peer.zkDb.lastLoggedZxid + count
    for (let i = 0; i < count; i += 1) {
      client.submit(createOperation(`/lost${i}`, 'x'.repeat(10)))
    }
    this.runUntil(() => peer.zkDb.lastLoggedZxid >= end, SECOND)
    if (peer.zkDb.lastLoggedZxid < end) this.failedWrites += 1
  }

  private addClient(sid: Sid, program: ReturnType<typeof writerOf> | null): Machine {
    this.clientsMade += 1
    return this.ensemble.addClient(`client${this.clientsMade}`, [sid], program, SESSION_TIMEOUT)
  }

  private slowThreads(millis: number): void {
    const late = millis === 0 ? null : uniform(0, millis * MICROS_PER_MILLI)
    for (const sid of this.ensemble.sids) {
      for (const thread of COLD_THREADS) this.ensemble.machineOf(sid).slowThread(thread, late)
    }
  }

  // ── how long a phase goes on ──

  private settle(phase: RecordedPhase, begun: Micros): void {
    const { world } = this.ensemble
    const last = phase.actions.at(-1)
    if (last?.type === 'pause') this.run(this.timeToBeMissed())
    else this.run(LEAST_PHASE)
    this.slowThreads(0)
    if (phase.stable === false) return world.runUntil(Math.max(world.now, begun + PATIENCE))
    if (phase.stable === true) this.runUntil(() => this.everybodyServes(), PATIENCE)
    else if (phase.leader === null) this.runUntil(() => this.nobodyServes(), PATIENCE)
    this.run(this.random.int(500, 3_500) * MICROS_PER_MILLI)
  }

  /** Who is stopped for so long is given up by its leader or its followers. */
  private timeToBeMissed(): Micros {
    const { syncLimit, tickTime } = this.situation.settings
    return ((syncLimit ?? 5) + 1) * (tickTime ?? 2_000) * MICROS_PER_MILLI + SECOND
  }

  private run(time: Micros): void {
    this.ensemble.world.runUntil(this.ensemble.world.now + time)
  }

  private runUntil(holds: () => boolean, limit: Micros): void {
    const { world } = this.ensemble
    const end = world.now + limit
    while (!holds() && world.now < end) world.runUntil(Math.min(end, world.now + GLANCE))
  }

  private everybodyServes(): boolean {
    return this.ensemble.sids.every((sid) => this.ensemble.machineOf(sid).state !== 'up' || this.serves(sid))
  }

  private nobodyServes(): boolean {
    return this.ensemble.sids.every((sid) => this.ensemble.machineOf(sid).state !== 'up' || !this.serves(sid))
  }

  private serves(sid: Sid): boolean {
    const peer = this.ensemble.quorumPeer(sid)
    return peer !== null && (peer.leader?.established === true || peer.learner?.synced === true)
  }

  // ── what there is to see ──

  private leader(): Sid | null {
    let found: Sid | null = null
    let epoch = -1
    for (const sid of this.ensemble.sids) {
      const leader = this.ensemble.quorumPeer(sid)?.leader
      if (leader?.established !== true || leader.epoch <= epoch) continue
      if (this.ensemble.machineOf(sid).state !== 'up') continue
      found = sid
      epoch = leader.epoch
    }
    return found
  }

  private observe(sid: Sid, from: Zxid): ObservedServer {
    return Object.freeze({
      mode: this.modeOf(sid),
      from,
      zxid: this.position(sid),
      acceptedEpoch: this.epochIn(sid, 'acceptedEpoch'),
      currentEpoch: this.epochIn(sid, 'currentEpoch'),
    })
  }

  private modeOf(sid: Sid): ObservedServer['mode'] {
    const { state } = this.ensemble.machineOf(sid)
    if (state !== 'up') return state
    const peer = this.ensemble.quorumPeer(sid)
    if (peer === null || !this.serves(sid)) return 'looking'
    if (peer.leader !== null) return 'leader'
    return peer.learnerType === 'observer' ? 'observer' : 'follower'
  }

  private position(sid: Sid): Zxid {
    return this.ensemble.peer(sid)?.zkDb.lastProcessedZxid ?? 0
  }

  private epochIn(sid: Sid, file: FileName): Epoch | null {
    const record = this.ensemble.machineOf(sid).disk.read(file)?.records.at(0) as EpochRecord | undefined
    return record?.epoch ?? null
  }
}
