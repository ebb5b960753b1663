import { type AclList, aclList, OPEN_ACL_UNSAFE } from '../../nodes/acl.ts'
import type { Client } from '../../nodes/client/Client.ts'
import type { Bytes } from '../../nodes/database/txns.ts'
import { keeperErrors } from '../../nodes/keeperErrors.ts'
import { createOperation, readOperation } from '../../nodes/operations.ts'
import type {
  MultiWrite,
  Operation,
  OpResult,
  Result,
  ResultOf,
  ResultType,
  Stat,
} from '../../nodes/packets.ts'
import type { Machine } from '../kernel/Machine.ts'
import { printOperation } from '../scenario/whatHappened.ts'
import { arrayOf, bytesOf, textOf } from './bytes.ts'
import { blame, type CallSite, callSite } from './callSite.ts'
import { KeeperException } from './KeeperException.ts'
import type { ClientFact } from './Mailbox.ts'
import { MultiBuilder } from './MultiBuilder.ts'
import type { Program } from './Program.ts'
import { Wait } from './Wait.ts'
import { WatchTable } from './WatchTable.ts'
import type {
  CreateOptions,
  Data,
  MultiOp,
  MultiReadOp,
  MultiReadResult,
  MultiResult,
  NodeData,
  ReadOptions,
  Reconfiguration,
  SessionState,
  Transaction,
  WatchEvent,
  Watcher,
  WatcherType,
  WatchMode,
  ZooKeeper,
} from './ZooKeeper.ts'

const ANY_VERSION = -1
const CONFIG_NODE = '/zookeeper/config'
const CLOSE_SESSION: Operation = Object.freeze({ type: 'closeSession' })

/** What a handle needs of its run. */
export interface ClientHome {
  /** A program asks for an operation: part of what the run's hash stands for. */
  asked(op: Operation): void
  answered(err: number, result: Result | null): void
  /** Calls a program's function when its turn has come; what it throws ends the run. */
  callBack(program: Program, act: () => void): void
}

interface Call {
  readonly op: Operation
  readonly site: CallSite
  readonly done: (err: number, result: Result | null) => void
}

/** A client of the simulation behind the interface that programs know. */
export class SimulatedZooKeeper implements ZooKeeper {
  readonly name: string
  readonly connected: Wait<void>
  private readonly home: ClientHome
  private readonly program: Program
  private readonly machine: Machine
  private readonly client: Client
  /** By the number that the client gave. */
  private readonly calls = new Map<number, Call>()
  /** Asked for while its process was paused. */
  private held: Call[] = []
  private readonly watches = new WatchTable()
  private readonly stateWatchers = new Set<Watcher>()
  /** Events that nobody took yet. */
  private readonly untaken: WatchEvent[] = []
  private readonly takers: Wait<WatchEvent | null>[] = []
  private over = false

  constructor(home: ClientHome, program: Program, machine: Machine, site: CallSite) {
    this.home = home
    this.program = program
    this.machine = machine
    this.name = machine.name
    this.client = machine.node as Client
    this.connected = new Wait(program, site, `${this.name} to be connected`)
  }

  get sessionId(): string {
    return this.client.sessionId
  }

  get sessionTimeout(): number {
    return this.client.sessionTimeout
  }

  get state(): ZooKeeper['state'] {
    return this.over ? 'CLOSED' : this.client.state
  }

  /** Somebody may be called back who waits for nothing else. */
  get hasListeners(): boolean {
    return !this.over && (!this.watches.empty || this.stateWatchers.size > 0)
  }

  // ── writes ──

  create(path: string, data: Data = null, options: CreateOptions = {}): Promise<string> {
    return this.ask(creation({ type: 'create', path, data, ...options }), this.create, created).then(pathOf)
  }

  create2(path: string, data: Data = null, options: CreateOptions = {}) {
    const op = creation({ type: 'create', path, data, ...options })
    const asked = op.type === 'create' ? Object.freeze({ ...op, type: 'create2' as const }) : op
    return this.ask(asked, this.create2, created) as Promise<{ readonly path: string; readonly stat: Stat }>
  }

  delete(path: string, version = ANY_VERSION): Promise<void> {
    return this.ask(Object.freeze({ type: 'delete', path, version }), this.delete, nothing)
  }

  setData(path: string, data: Data, version = ANY_VERSION): Promise<Stat> {
    const op = Object.freeze({ type: 'setData', path, data: bytesOf(data), version } as const)
    return this.ask(op, this.setData, (result) => as(result, 'setData').stat)
  }

  setACL(path: string, acl: AclList, version = ANY_VERSION): Promise<Stat> {
    const op = Object.freeze({ type: 'setACL', path, acl: frozenAcl(acl), version } as const)
    return this.ask(op, this.setACL, (result) => as(result, 'setACL').stat)
  }

  multi(ops: readonly MultiOp[]): Promise<readonly MultiResult[]> {
    return this.commit(ops, this.multi)
  }

  transaction(): Transaction {
    return new MultiBuilder((ops, below) => this.commit(ops, below))
  }

  reconfig(change: Reconfiguration): Promise<NodeData> {
    const op = Object.freeze({
      type: 'reconfig',
      joiningServers: change.joining ?? null,
      leavingServers: change.leaving ?? null,
      newMembers: change.members ?? null,
      curConfigId: change.fromConfig ?? ANY_VERSION,
    } as const)
    return this.ask(op, this.reconfig, (result) => nodeData(as(result, 'reconfig')))
  }

  // ── reads ──

  exists(path: string, options: ReadOptions = {}): Promise<Stat | null> {
    const op = readOperation('exists', path, isWatching(options))
    return this.askAnyway(op, this.exists, (err, result) => {
      if (err !== 0 && err !== keeperErrors.NONODE.code) return null
      this.watch(err === 0 ? 'data' : 'exist', path, options)
      return { value: result === null ? null : as(result, 'exists').stat }
    })
  }

  getData(path: string, options: ReadOptions = {}): Promise<NodeData> {
    return this.readData(path, options, this.getData)
  }

  getConfig(options: ReadOptions = {}): Promise<NodeData> {
    return this.readData(CONFIG_NODE, options, this.getConfig)
  }

  getChildren(path: string, options: ReadOptions = {}): Promise<readonly string[]> {
    return this.ask(readOperation('getChildren', path, isWatching(options)), this.getChildren, (result) => {
      this.watch('child', path, options)
      return as(result, 'getChildren').children
    })
  }

  getChildren2(path: string, options: ReadOptions = {}) {
    return this.ask(readOperation('getChildren2', path, isWatching(options)), this.getChildren2, (result) => {
      this.watch('child', path, options)
      const { children, stat } = as(result, 'getChildren2')
      return Object.freeze({ children, stat })
    })
  }

  getAllChildrenNumber(path: string): Promise<number> {
    const op = Object.freeze({ type: 'getAllChildrenNumber', path } as const)
    return this.ask(op, this.getAllChildrenNumber, (result) => as(result, 'getAllChildrenNumber').totalNumber)
  }

  getEphemerals(prefix = '/'): Promise<readonly string[]> {
    const op = Object.freeze({ type: 'getEphemerals', prefixPath: prefix } as const)
    return this.ask(op, this.getEphemerals, (result) => as(result, 'getEphemerals').ephemerals)
  }

  getACL(path: string) {
    return this.ask(Object.freeze({ type: 'getACL', path }), this.getACL, (result) => {
      const { acl, stat } = as(result, 'getACL')
      return Object.freeze({ acl, stat })
    })
  }

  sync(path: string): Promise<void> {
    return this.ask(Object.freeze({ type: 'sync', path }), this.sync, nothing)
  }

  multiRead(ops: readonly MultiReadOp[]): Promise<readonly MultiReadResult[]> {
    const asked = ops.map(({ type, path }) => Object.freeze({ type, path }))
    const op = Object.freeze({ type: 'multiRead', ops: Object.freeze(asked) } as const)
    return this.ask(op, this.multiRead, (result) =>
      as(result, 'multiRead').results.map((one, i) => readResult(one, asked[i] as MultiReadOp)),
    )
  }

  whoAmI() {
    return this.ask(
      Object.freeze({ type: 'whoAmI' }),
      this.whoAmI,
      (result) => as(result, 'whoAmI').clientInfo,
    )
  }

  addAuth(scheme: string, auth: Data): Promise<void> {
    const op = Object.freeze({ type: 'auth', scheme, auth: bytesOf(auth) ?? '' } as const)
    return this.ask(op, this.addAuth, nothing)
  }

  // ── watches and events ──

  addWatch(
    path: string,
    { mode = 'persistentRecursive', watch }: { readonly mode?: WatchMode; readonly watch?: Watcher } = {},
  ): Promise<void> {
    const op = Object.freeze({ type: 'addWatch', path, mode: mode === 'persistent' ? 0 : 1 } as const)
    return this.ask(op, this.addWatch, () => this.watches.add(mode, path, watch ?? nobody))
  }

  removeWatches(
    path: string,
    { type = 'any', watch }: { readonly type?: WatcherType; readonly watch?: Watcher } = {},
  ): Promise<void> {
    const watcher = watch ?? null
    // While others may watch there in the same way, the server goes on telling.
    const op = Object.freeze({
      type: watcher === null ? 'removeWatches' : 'checkWatches',
      path,
      watcherType: watcherTypes[type],
    } as const)
    return this.ask(op, this.removeWatches, (_result, site) => {
      const removed = this.watches.remove(type, path, watcher)
      if (removed.size === 0) {
        throw blame(new KeeperException(keeperErrors.NOWATCHER.code, op.type, path), site)
      }
      for (const [event, watchers] of removed) {
        this.tell(Object.freeze({ type: event, state: 'SyncConnected', path }), watchers)
      }
    })
  }

  nextEvent(): Promise<WatchEvent | null> {
    const taken = this.untaken.shift()
    if (taken !== undefined || this.over) return Promise.resolve(taken ?? null)
    const taker = new Wait<WatchEvent | null>(
      this.program,
      callSite(this.nextEvent),
      `the next event of ${this.name}`,
    )
    this.takers.push(taker)
    return taker.promise
  }

  get events(): AsyncIterable<WatchEvent> {
    const next = async (): Promise<IteratorResult<WatchEvent>> => {
      const event = await this.nextEvent()
      return event === null ? { done: true, value: undefined } : { done: false, value: event }
    }
    return { [Symbol.asyncIterator]: () => ({ next }) }
  }

  onState(watcher: Watcher): () => void {
    this.stateWatchers.add(watcher)
    return () => void this.stateWatchers.delete(watcher)
  }

  close(): Promise<void> {
    return this.askAnyway(CLOSE_SESSION, this.close, () => ({ value: undefined }))
  }

  // ── what the run tells ──

  hear(fact: ClientFact): void {
    switch (fact.type) {
      case 'completed': {
        const call = this.calls.get(fact.id)
        this.calls.delete(fact.id)
        this.home.answered(fact.err, fact.result)
        call?.done(fact.err, fact.result)
        return
      }
      case 'clientConnected':
        this.connected.settle()
        return this.stateChanged('SyncConnected')
      case 'clientDisconnected':
        return this.stateChanged(this.client.state === 'CLOSED' ? 'Closed' : 'Disconnected')
      case 'clientExpired':
        return this.stateChanged('Expired')
    }
  }

  /** Looks what became of its machine. */
  look(): void {
    if (this.over) return
    const { state } = this.machine
    if (state === 'down' || this.machine.node !== this.client) this.died()
    else if (state === 'up' && this.held.length > 0) {
      const { held } = this
      this.held = []
      for (const call of held) this.submit(call)
    }
  }

  /** The process of the client is no more; whoever waits for it hears what a lost connection says. */
  private died(): void {
    const lost = [...this.calls.values(), ...this.held]
    this.calls.clear()
    this.held = []
    this.over = true
    for (const call of lost) call.done(keeperErrors.CONNECTIONLOSS.code, null)
    this.connected.fail(new Error(`the machine of ${this.name} died before it was connected`))
    this.tellTakers()
  }

  private stateChanged(state: SessionState): void {
    const event: WatchEvent = Object.freeze({ type: 'None', state, path: null })
    this.tell(event, new Set([...this.stateWatchers, ...this.watches.materialize(event)]))
    if (state !== 'Expired' && state !== 'Closed') return
    this.over = true
    this.tellTakers()
  }

  private tell(event: WatchEvent, watchers: Iterable<Watcher>): void {
    const taker = this.takers.shift()
    if (taker === undefined) this.untaken.push(event)
    else taker.settle(event)
    for (const watcher of watchers) this.home.callBack(this.program, () => watcher(event))
  }

  private tellTakers(): void {
    for (const taker of this.takers.splice(0)) taker.settle(null)
  }

  // ── asking ──

  private readData(path: string, options: ReadOptions, below: unknown): Promise<NodeData> {
    return this.ask(readOperation('getData', path, isWatching(options)), below, (result) => {
      this.watch('data', path, options)
      return nodeData(as(result, 'getData'))
    })
  }

  private commit(ops: readonly MultiOp[], below: unknown): Promise<readonly MultiResult[]> {
    const asked = Object.freeze(ops.map(multiWrite))
    const op = Object.freeze({ type: 'multi', ops: asked } as const)
    return this.ask(op, below, (result, site) => {
      const { results } = as(result, 'multi')
      const i = results.findIndex((one) => one.type === 'error' && one.err !== 0)
      const failed = results[i]
      if (failed?.type !== 'error') return results as readonly MultiResult[]
      const { type, path } = asked[i] as MultiWrite
      throw blame(new KeeperException(failed.err, `multi: ${type}`, path, results), site)
    })
  }

  /** Java: WatchRegistration.register, which is done when the answer comes. */
  private watch(kind: 'data' | 'exist' | 'child', path: string, { watch }: ReadOptions): void {
    if (watch === undefined || watch === false) return
    this.watches.add(kind, path, watch === true ? nobody : watch)
  }

  private ask<T>(
    op: Operation,
    below: unknown,
    read: (result: Result | null, site: CallSite) => T,
  ): Promise<T> {
    return this.askAnyway(op, below, (err, result, site) =>
      err === 0 ? { value: read(result, site) } : null,
    )
  }

  /** @param read gives null where the error is to be thrown */
  private askAnyway<T>(
    op: Operation,
    below: unknown,
    read: (err: number, result: Result | null, site: CallSite) => { readonly value: T } | null,
  ): Promise<T> {
    const site = callSite(below)
    const wait = new Wait<T>(this.program, site, () => `the answer to ${this.name}'s ${printOperation(op)}`)
    this.submit({
      op,
      site,
      done: (err, result) => {
        try {
          const answer = read(err, result, site)
          if (answer !== null) wait.settle(answer.value)
          else wait.fail(blame(new KeeperException(err, op.type, 'path' in op ? op.path : null), site))
        } catch (error) {
          wait.fail(error)
        }
      },
    })
    return wait.promise
  }

  private submit(call: Call): void {
    if (this.machine.state === 'paused') {
      this.held.push(call)
      return
    }
    this.home.asked(call.op)
    if (this.machine.node !== this.client) {
      call.done(keeperErrors.SESSIONEXPIRED.code, null)
      return
    }
    const id = call.op === CLOSE_SESSION ? this.client.close() : this.client.submit(call.op)
    this.calls.set(id, call)
  }
}

/** Stands for those who ask for the next event. */
const nobody: Watcher = () => {}

/** Java: Watcher.WatcherType */
const watcherTypes: Readonly<Record<WatcherType, number>> = Object.freeze({
  children: 1,
  data: 2,
  any: 3,
  persistent: 4,
  persistentRecursive: 5,
})

function isWatching({ watch }: ReadOptions): boolean {
  return watch !== undefined && watch !== false
}

function nothing(): void {}

function as<T extends ResultType>(result: Result | null, type: T): ResultOf<T> {
  if (result?.type !== type) throw new Error(`the answer is of type ${result?.type}, not ${type}`)
  return result as ResultOf<T>
}

function created(result: Result | null): { readonly path: string; readonly stat: Stat | null } {
  const { path, stat } = result as ResultOf<'create' | 'create2'> & { readonly stat?: Stat }
  return Object.freeze({ path, stat: stat ?? null })
}

function pathOf({ path }: { readonly path: string }): string {
  return path
}

function creation(op: MultiOp & { readonly type: 'create' }) {
  const { path, data = null, mode = 'persistent', acl = OPEN_ACL_UNSAFE, ttl = 0 } = op
  return createOperation(path, bytesOf(data), mode, frozenAcl(acl), ttl)
}

function multiWrite(op: MultiOp): MultiWrite {
  switch (op.type) {
    case 'create':
      return creation(op)
    case 'delete':
      return Object.freeze({ type: 'delete', path: op.path, version: op.version ?? ANY_VERSION })
    case 'setData':
      return Object.freeze({
        type: 'setData',
        path: op.path,
        data: bytesOf(op.data),
        version: op.version ?? ANY_VERSION,
      })
    case 'check':
      return Object.freeze({ type: 'check', path: op.path, version: op.version })
  }
}

function readResult(result: OpResult, { type, path }: MultiReadOp): MultiReadResult {
  if (result.type === 'getData') return Object.freeze({ ...nodeData(result), type: 'getData' })
  if (result.type === 'getChildren') return result
  const err = result.type === 'error' ? result.err : keeperErrors.RUNTIMEINCONSISTENCY.code
  return Object.freeze({ type: 'error', error: new KeeperException(err, `multiRead: ${type}`, path) })
}

function frozenAcl(acl: AclList): AclList {
  return Object.isFrozen(acl) ? acl : aclList(acl)
}

function nodeData({ data, stat }: { readonly data: Bytes | null; readonly stat: Stat }): NodeData {
  return Object.freeze({
    data: data === null ? null : arrayOf(data),
    text: data === null ? null : textOf(data),
    stat,
  })
}
