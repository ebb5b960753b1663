import type { ClientCast } from '../../../nodes/client/ClientCast.ts'
import type { SubmitOptions } from '../../../nodes/client/ClientOptions.ts'
import { refusalOfChroot } from '../../../nodes/client/refusals.ts'
import type { Bytes, SessionId } from '../../../nodes/database/txns.ts'
import type { Fact, FactOf } from '../../../nodes/facts.ts'
import type { Micros } from '../../../nodes/Host.ts'
import { keeperErrors } from '../../../nodes/keeperErrors.ts'
import { MICROS_PER_MILLI } from '../../../nodes/PeerConfig.ts'
import type { Operation } from '../../../nodes/packets.ts'
import type { Sid } from '../../../nodes/zxid.ts'
import type { Ensemble } from '../../ensemble.ts'
import type { FactListener } from '../../kernel/World.ts'
import type { ConnectStep, SessionName, Step } from './Case.ts'
import { errOfParts, type ObservedFields, setErr, writeParts, writeReply } from './observed.ts'
import { askedBy, type RequestDeed } from './requests.ts'
import { lowHalf, Session, TappedClientFactory, Wire } from './Session.ts'

/** What came of a step. */
export interface ObservedStep {
  readonly fields: ObservedFields
  /** What watchers were told, by session; the acting session's after its reply are `late`. */
  readonly events: ReadonlyMap<SessionName, readonly string[]>
  readonly late: readonly string[]
  /** What the servers sent. */
  readonly sent: ReadonlyMap<SessionName, readonly string[]>
}

/** How long anything is waited for that has to come. */
const PATIENCE = 120_000 * MICROS_PER_MILLI
/** After a session has been taken over. */
const DUP_PAUSE = 400 * MICROS_PER_MILLI
const ADDRESS = '127.0.0.1'

/** Plays the steps of a case on fresh servers, one at a time. */
export class CasePlayer implements FactListener {
  readonly ensemble: Ensemble
  readonly owners = new Map<SessionId, SessionName>()
  private readonly sessions = new Map<SessionName, Session>()
  private readonly byClient = new Map<string, Session>()
  private readonly clientCast: ClientCast

  constructor(ensemble: Ensemble, clientCast: ClientCast) {
    this.ensemble = ensemble
    this.clientCast = clientCast
    ensemble.world.listeners.push(this)
  }

  hear(fact: Fact): void {
    if (fact.type === 'completed') {
      const session = this.byClient.get(fact.client)
      session?.completed.set(fact.id, fact)
    } else if (fact.type === 'watchEvent') this.byClient.get(fact.client)?.hear(fact.event)
  }

  play(step: Step): ObservedStep {
    for (const session of this.sessions.values()) session.beginStep()
    const fields: ObservedFields = new Map()
    this.perform(step, fields)
    if (step.settle !== null) this.letPass(step.settle * MICROS_PER_MILLI)
    this.barrier()
    return this.observe(step, fields)
  }

  /** Another session, of no interest to the script, that may do everything. */
  openSuper(auth: Bytes): Session {
    const name = '(super)'
    const session = this.open(name, {
      op: 'connect',
      server: 0,
      timeout: 30_000,
      chroot: null,
      readOnly: false,
      nobarrier: false,
      patience: 0,
      of: null,
      wrongPassword: false,
    })
    this.until(() => session.connected)
    session.client.addAuthInfo('digest', auth)
    this.call(session, Object.freeze({ type: 'sync', path: '/' }))
    return session
  }

  call(session: Session, op: Operation, options?: SubmitOptions): FactOf<'completed'> | null {
    const id = session.client.submit(op, options)
    this.until(() => session.completed.has(id))
    return session.completed.get(id) ?? null
  }

  // ── steps ──

  private perform(step: Step, fields: ObservedFields): void {
    const { deed } = step
    switch (deed.op) {
      case 'connect':
      case 'dup':
        return this.connect(step.session, deed, fields)
    }
    const session = this.sessions.get(step.session)
    // Its connect was refused: the script has no such object.
    if (session === undefined) return refuse('NullPointerException', null, fields)
    switch (deed.op) {
      case 'close':
        return this.close(session, fields)
      case 'cut':
        return this.cut(session, fields)
      case 'heal':
        return this.heal(session, deed.server, fields)
      case 'nobarrier':
      case 'barrier':
        session.nobarrier = deed.op === 'nobarrier'
        return setErr(0, fields)
      case 'await': {
        const came = this.until(() => session.events.length >= deed.count, deed.patience * MICROS_PER_MILLI)
        return setErr(came ? 0 : keeperErrors.OPERATIONTIMEOUT.code, fields)
      }
      case 'sleep':
        this.letPass(deed.time * MICROS_PER_MILLI)
        return setErr(0, fields)
      case 'auth': {
        session.client.addAuthInfo(deed.scheme, deed.auth)
        const synced = this.call(session, SYNC)
        return setErr(synced?.err ?? NO_ANSWER, fields)
      }
      default:
        return this.request(session, deed, fields)
    }
  }

  private request(session: Session, deed: RequestDeed, fields: ObservedFields): void {
    const asked = askedBy(deed, session.client.lastZxid)
    if (asked.type === 'refused') return refuse(asked.refusal.exception, asked.refusal.message, fields)
    if (asked.type === 'answered') {
      setErr(asked.err, fields)
      fields.set('ops', writeParts(asked.results, this.owners))
      return
    }
    const completed = this.call(session, asked.op, asked.options)
    session.eventsBeforeReply = session.events.length
    const { reply } = session.wire
    const result = completed?.result ?? null
    let err = completed?.err ?? NO_ANSWER
    if (err === 0 && result !== null && 'results' in result) err = errOfParts(result.results)
    // Java: ZooKeeper.whoAmI does not look at the error.
    if (deed.op === 'whoami' && err !== 0) return refuse('NullPointerException', null, fields)
    setErr(err, fields)
    if (deed.op === 'multi' || deed.op === 'multiread') fields.set('ops', null)
    if (result !== null) writeReply(deed, result, this.owners, fields)
    if (reply !== null) {
      fields.set('z', lowHalf(reply.zxid))
      if (reply.err !== err) fields.set('hrc', reply.err)
    }
    if (err === keeperErrors.CONNECTIONLOSS.code) this.until(() => session.connected || session.over)
  }

  private connect(name: SessionName, deed: ConnectStep, fields: ObservedFields): void {
    const refusal = deed.chroot === null ? null : refusalOfChroot(deed.chroot)
    if (refusal !== null) return refuse(refusal.exception, refusal.message, fields)
    const session = this.open(name, deed)
    this.sessions.set(name, session)
    const came = this.until(() => session.connected || session.over, deed.patience * MICROS_PER_MILLI)
    setErr(came ? 0 : NO_ANSWER, fields)
    if (came) fields.set('to', session.over ? 0 : session.client.sessionTimeout)
    const { sessionId } = session.client
    if (session.connected && !this.owners.has(sessionId)) this.owners.set(sessionId, name)
    if (deed.op === 'dup') this.letPass(DUP_PAUSE)
  }

  /** Java: ZooKeeper.close, which tells nobody how it went, and does nothing where nothing is to be closed. */
  private close(session: Session, fields: ObservedFields): void {
    if (!session.over) {
      const id = session.client.close()
      this.until(() => session.completed.has(id) && session.over)
    }
    setErr(session.over ? 0 : NO_ANSWER, fields)
    const { reply } = session.wire
    if (reply !== null) fields.set('z', lowHalf(reply.zxid))
  }

  private cut(session: Session, fields: ObservedFields): void {
    const { network } = this.ensemble.world
    session.cut = network.isolate(session.machine.name)
    for (const sid of this.ensemble.sids)
      network.cutConnections(session.machine.name, this.ensemble.machineOf(sid).name)
    setErr(this.until(() => session.toldOf('Disconnected')) ? 0 : NO_ANSWER, fields)
  }

  private heal(session: Session, server: number | null, fields: ObservedFields): void {
    if (session.cut !== null) this.ensemble.world.network.unblock(session.cut)
    session.cut = null
    if (server !== null && !session.over) session.client.connectTo([this.serverOf(server)])
    const isBack = () => session.toldOf('SyncConnected') || session.toldOf('ConnectedReadOnly')
    setErr(this.until(() => isBack() || session.over) ? 0 : NO_ANSWER, fields)
  }

  // ── sessions ──

  private open(name: SessionName, deed: ConnectStep): Session {
    const { world } = this.ensemble
    const client = `session ${name}`
    const wire = new Wire()
    const options = Object.freeze({
      name: client,
      servers: Object.freeze([this.serverOf(deed.server)]),
      sessionTimeout: deed.timeout,
      program: null,
      chroot: deed.chroot,
      canBeReadOnly: deed.readOnly,
      ...this.credentials(deed),
    })
    const machine = world.addMachine(client, new TappedClientFactory(options, this.clientCast, wire))
    machine.address = ADDRESS
    machine.start()
    const session = new Session(name, machine, wire, deed.nobarrier)
    this.byClient.set(client, session)
    return session
  }

  private credentials({ of, wrongPassword }: ConnectStep) {
    const other = of === null ? undefined : this.sessions.get(of)
    if (other === undefined) return {}
    const { sessionId, password } = other.client.session
    return { session: Object.freeze({ sessionId, password: wrongPassword ? WRONG_PASSWORD : password }) }
  }

  private serverOf(server: number): string {
    const { sids } = this.ensemble
    return this.ensemble.machineOf(sids[server % sids.length] as Sid).name
  }

  // ── time ──

  /** All that was caused so far is seen by everybody: each session in turn asks its server to catch up. */
  private barrier(): void {
    for (const session of this.sessions.values()) {
      let err: number = keeperErrors.CONNECTIONLOSS.code
      while (err === keeperErrors.CONNECTIONLOSS.code && this.takesPart(session)) {
        this.until(() => session.connected || session.over)
        if (!session.connected) break
        err = this.call(session, SYNC)?.err ?? NO_ANSWER
      }
    }
  }

  private takesPart(session: Session): boolean {
    return !session.over && session.cut === null && !session.nobarrier
  }

  private letPass(time: Micros): void {
    this.ensemble.world.runUntil(this.ensemble.world.now + time)
  }

  /** @returns whether it came true. */
  private until(holds: () => boolean, patience: Micros = PATIENCE): boolean {
    const { world } = this.ensemble
    const end = world.now + patience
    while (!holds()) {
      const next = world.queue.first
      if (next === undefined || next.time > end) return false
      world.step()
    }
    return true
  }

  private observe(step: Step, fields: ObservedFields): ObservedStep {
    const events = new Map<SessionName, readonly string[]>()
    const sent = new Map<SessionName, readonly string[]>()
    let late: readonly string[] = []
    for (const [name, session] of this.sessions) {
      let told: readonly string[] = session.events
      if (name === step.session && session.eventsBeforeReply !== null && step.settle === null) {
        const before = session.eventsBeforeReply
        late = told.filter((event, at) => at >= before && !event.startsWith(STATE))
        told = told.filter((event, at) => at < before || event.startsWith(STATE))
      }
      if (told.length > 0) events.set(name, told)
      if (session.wire.events.length > 0) sent.set(name, session.wire.events)
    }
    return { fields, events, late, sent }
  }
}

const SYNC: Operation = Object.freeze({ type: 'sync', path: '/' })
const STATE = 'None '
const NO_ANSWER = keeperErrors.OPERATIONTIMEOUT.code
const WRONG_PASSWORD: Bytes = '\x01'.repeat(16)

function refuse(exception: string, message: string | null, fields: ObservedFields): void {
  fields.set('ex', exception)
  if (message !== null) fields.set('msg', message)
}
