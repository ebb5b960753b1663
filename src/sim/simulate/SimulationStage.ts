/**
 * The stage of a scenario for programs: any step's sentence can be said from code, and several may be waited for at once.
 */
import { Unplayable } from '../../faults/fault.ts'
import type { Fact } from '../../nodes/facts.ts'
import type { HostName } from '../../nodes/Host.ts'
import type { Sid } from '../../nodes/zxid.ts'
import type { Machine } from '../kernel/Machine.ts'
import type { FactListener } from '../kernel/World.ts'
import { whoIsSo } from '../scenario/asking.ts'
import { ClusterView } from '../scenario/ClusterView.ts'
import { Damage } from '../scenario/Damage.ts'
import type { EnsembleApi } from '../scenario/EnsembleApi.ts'
import { factFormOf } from '../scenario/facts.ts'
import type { Load } from '../scenario/Load.ts'
import { missOf, nearestTo, readOne } from '../scenario/reading.ts'
import { rolesOf } from '../scenario/roles.ts'
import type { Play } from '../scenario/Scenario.ts'
import { type Stage, stepKinds, type Waiting } from '../scenario/step.ts'
import { stepOf, steps } from '../scenario/steps.ts'
import { printAnswer, Transcript, type Verbosity } from '../scenario/transcript.ts'
import { isMiss, type Miss, type Read } from '../sentence.ts'

/** A sentence of a program that is none, or that an expectation of it was not met. */
export class SentenceError extends Error {
  override readonly name = 'SentenceError'
}

const sentences = Object.freeze([...steps.values()].map((step) => step.sentence))

export class SimulationStage implements Stage, FactListener {
  readonly ensemble: EnsembleApi
  readonly view: ClusterView
  readonly transcript: Transcript
  readonly damage = new Damage()
  private readonly answers = new Map<HostName, string>()
  readonly loads: Load[] = []
  thatPeer: Sid | null = null
  private readonly sids: readonly Sid[]
  private readonly machines: readonly Machine[]
  /** What sentences wait for; facts are told to them. */
  private readonly waiting: Waiting[] = []
  private failure: string | null = null

  constructor(ensemble: EnsembleApi, verbosity: Verbosity) {
    this.ensemble = ensemble
    this.sids = ensemble.sids
    this.machines = ensemble.sids.map((sid) => ensemble.machineOf(sid))
    this.view = new ClusterView(ensemble.sids, ensemble.quorum)
    this.transcript = new Transcript(ensemble.sids, [])
    this.transcript.verbosity = verbosity
    ensemble.world.listeners.push(this)
  }

  // ── what programs say ──

  /**
   * Plays a step, whichever it is.
   *
   * @returns what to wait for until it is over; null where it is done.
   * @throws SentenceError where there is no such step, or an expectation is not met; Unplayable where it cannot be now.
   */
  say(text: string): Waiting | null {
    const play = wholeOf(readOne(sentences, text, 0), text, () => missOf(nearestTo(sentences, text), text, 0))
    const step = stepOf(play)
    const holes = step.sentence.resolve(play.filled, rolesOf(this))
    if (holes === null) throw new Unplayable(`nobody has that role now: ${text}`)
    this.transcript.at(this.ensemble.world.now, this.ensemble.world.events)
    this.transcript.note(step.sentence.print(play.filled))
    this.failure = null
    const waiting = step.begin(this, holes as never)
    if (this.failure !== null) throw new SentenceError(`${text}: ${this.failure}`)
    return waiting
  }

  /** The sentence of a fact: an event or a condition. */
  factOf(text: string): Play {
    return wholeOf(stepKinds.fact.read(text, 0), text, () => null)
  }

  begin(waiting: Waiting): void {
    this.waiting.push(waiting)
  }

  end(waiting: Waiting): void {
    this.waiting.splice(this.waiting.indexOf(waiting), 1)
  }

  // ── Stage ──

  answerTo(client: HostName): string | undefined {
    return this.answers.get(client)
  }

  /** @throws SentenceError since nobody counts events before they are asked for. */
  timesTold(play: Play): number {
    const text = factFormOf(play).sentence.print(play.filled)
    throw new SentenceError(`${text} is an event: a program waits for it with until()`)
  }

  holds(play: Play): boolean {
    return whoIsSo(play, this) !== undefined
  }

  fail(why: string): void {
    this.failure ??= why
  }

  // ── what it hears and sees ──

  hear(fact: Fact): void {
    const { world } = this.ensemble
    this.view.hear(fact)
    this.transcript.at(world.now, world.events)
    this.transcript.hear(fact, this.view)
    if (fact.type === 'recovered') this.damage.recovered(fact.peer, this.ensemble.checker)
    if (fact.type === 'completed') this.answers.set(fact.client, printAnswer(fact))
    for (const waiting of this.waiting) waiting.hear(fact, this)
  }

  afterEvent(): void {
    const { machines, sids } = this
    // A process that is killed tells nobody.
    for (let i = 0; i < machines.length; i += 1) {
      if (machines[i]?.state === 'down') this.noticeDeath(sids[i] as Sid, machines[i] as Machine)
    }
  }

  noticeDeadClients(): void {
    const { clients, checker } = this.ensemble
    for (const [name, { state }] of clients) {
      if (state !== 'down') continue
      this.view.clientDied(name)
      checker.clientDied(name)
    }
  }

  private noticeDeath(sid: Sid, { exitReason }: Machine): void {
    if (!this.view.peer(sid).lives) return
    this.view.died(sid)
    if (exitReason !== null) this.transcript.exited(sid, exitReason, this.view)
  }
}

function wholeOf(read: Read<Play> | Miss, text: string, nearest: () => Miss | null): Play {
  if (!isMiss(read) && text.slice(read.end).trim() === '') return read.value
  const miss = isMiss(read) ? (nearest() ?? read) : { missAt: read.end, expected: 'the end of the sentence' }
  throw new SentenceError(
    `cannot read ${JSON.stringify(text)} at ${JSON.stringify(text.slice(miss.missAt))}: expected ${miss.expected}`,
  )
}
