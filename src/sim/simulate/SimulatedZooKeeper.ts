import { type AclList, aclList, OPEN_ACL_UNSAFE } from '../../nodes/acl.ts'
import type { Client } from '../../nodes/client/Client.ts'
import type { SubmitOptions } from '../../nodes/client/ClientOptions.ts'
import { badParts, hasNoACL, refusalOf } from '../../nodes/client/refusals.ts'
import type { WatchedEvent, WatcherName } from '../../nodes/client/WatchedEvent.ts'
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
import { AddWatchMode, WatcherType as WatcherTypes } from '../../nodes/watch/watcherTypes.ts'
import type { Machine } from '../kernel/Machine.ts'
import { printOperation } from '../scenario/whatHappened.ts'
import { arrayOf, bytesOf, textOf } from './bytes.ts'
import { blame, type CallSite, callSite } from './callSite.ts'
import { KeeperException } from './KeeperException.ts'
import type { ClientFact } from './Mailbox.ts'
import { MultiBuilder } from './MultiBuilder.ts'
import type { Program } from './Program.ts'
import { Wait } from './Wait.ts'
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
const AS_USUAL: SubmitOptions = Object.freeze({})
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
  readonly options: SubmitOptions
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
  /** The client's node knows watchers by names; these are the functions behind them. */
  private readonly watchers = new Map<WatcherName, Watcher>()
  private readonly names = new Map<Watcher, WatcherName>()
  private readonly stateWatchers = new Set<Watcher>()
  /** Events that nobody took yet. */
  private readonly untaken: WatchEvent[] = []
  private readonly takers: Wait<WatchEvent | null>[] = []
  /** No event comes any more. */
  private over = false
  /** Its process is no more. */
  private dead = false

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
    return this.dead ? 'CLOSED' : this.client.state
  }

  /** Somebody may be called back who waits for nothing else. */
  get hasListeners(): boolean {
    if (this.over) return false
    const { watchManager } = this.client
    const isWatching = this.watchers.size > 0 && watchManager !== null && !watchManager.isEmpty
    return isWatching || this.stateWatchers.size > 0
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
    const read = (err: number, result: Result | null) => {
      if (err !== 0 && err !== keeperErrors.NONODE.code) return null
      return { value: result === null ? null : as(result, 'exists').stat }
    }
    return this.askAnyway(op, this.exists, read, this.watching(options))
  }

  getData(path: string, options: ReadOptions = {}): Promise<NodeData> {
    const op = readOperation('getData', path, isWatching(options))
    return this.ask(op, this.getData, dataOf, this.watching(options))
  }

  getConfig(options: ReadOptions = {}): Promise<NodeData> {
    const op = readOperation('getData', CONFIG_NODE, isWatching(options))
    return this.ask(op, this.getConfig, dataOf, { ...this.watching(options), serverPath: true })
  }

  getChildren(path: string, options: ReadOptions = {}): Promise<readonly string[]> {
    const op = readOperation('getChildren', path, isWatching(options))
    const read = (result: Result | null) => as(result, 'getChildren').children
    return this.ask(op, this.getChildren, read, this.watching(options))
  }

  getChildren2(path: string, options: ReadOptions = {}) {
    const op = readOperation('getChildren2', path, isWatching(options))
    const read = (result: Result | null) => {
      const { children, stat } = as(result, 'getChildren2')
      return Object.freeze({ children, stat })
    }
    return this.ask(op, this.getChildren2, read, this.watching(options))
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
    const op = Object.freeze({ type: 'addWatch', path, mode: AddWatchMode[mode] } as const)
    return this.ask(op, this.addWatch, nothing, this.watching({ watch }))
  }

  removeWatches(
    path: string,
    {
      type = 'any',
      watch,
      local = false,
    }: { readonly type?: WatcherType; readonly watch?: Watcher; readonly local?: boolean } = {},
  ): Promise<void> {
    const op = Object.freeze({
      type: watch === undefined ? 'removeWatches' : 'checkWatches',
      path,
      watcherType: WatcherTypes[type],
    } as const)
    return this.ask(op, this.removeWatches, nothing, { ...this.watching({ watch }), local })
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
        return this.connected.settle()
      case 'watchEvent':
        return this.happened(fact.event)
    }
  }

  /** Looks what became of its machine. */
  look(): void {
    if (this.dead) return
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
    this.dead = true
    for (const call of lost) call.done(keeperErrors.CONNECTIONLOSS.code, null)
    this.connected.fail(new Error(`the machine of ${this.name} died before it was connected`))
    this.tellTakers()
  }

  private happened({ type, state, path, watchers }: WatchedEvent): void {
    const event: WatchEvent = Object.freeze({ type, state, path })
    const taker = this.takers.shift()
    if (taker === undefined) this.untaken.push(event)
    else taker.settle(event)
    const told = path === null ? [...this.stateWatchers] : []
    for (const name of watchers) {
      const watcher = this.watchers.get(name)
      if (watcher !== undefined) told.push(watcher)
    }
    for (const watcher of new Set(told)) this.home.callBack(this.program, () => watcher(event))
    if (type !== 'None' || !isLast(state)) return
    this.over = true
    this.tellTakers()
  }

  private tellTakers(): void {
    for (const taker of this.takers.splice(0)) taker.settle(null)
  }

  // ── asking ──

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

  /** How an operation is handed in that leaves a watch, or takes one away. */
  private watching({ watch }: { readonly watch?: Watcher | boolean | undefined }): SubmitOptions {
    return typeof watch === 'function' ? { watcher: this.nameOf(watch) } : AS_USUAL
  }

  private nameOf(watcher: Watcher): WatcherName {
    const known = this.names.get(watcher)
    if (known !== undefined) return known
    // Watchers are told in the order of their names.
    const name = `${this.names.size}`.padStart(9, '0')
    this.names.set(watcher, name)
    this.watchers.set(name, watcher)
    return name
  }

  private ask<T>(
    op: Operation,
    below: unknown,
    read: (result: Result | null, site: CallSite) => T,
    options = AS_USUAL,
  ): Promise<T> {
    const readGood = (err: number, result: Result | null, site: CallSite) =>
      err === 0 ? { value: read(result, site) } : null
    return this.askAnyway(op, below, readGood, options)
  }

  /** @param read gives null where the error is to be thrown */
  private askAnyway<T>(
    op: Operation,
    below: unknown,
    read: (err: number, result: Result | null, site: CallSite) => { readonly value: T } | null,
    options = AS_USUAL,
  ): Promise<T> {
    const site = callSite(below)
    const refusal = refusalFor(op)
    if (refusal !== null) return Promise.reject(blame(refusal, site))
    const wait = new Wait<T>(this.program, site, () => `the answer to ${this.name}'s ${printOperation(op)}`)
    const done = (err: number, result: Result | null): void => {
      try {
        const answer = read(err, result, site)
        if (answer !== null) wait.settle(answer.value)
        else wait.fail(blame(new KeeperException(err, op.type, pathIn(op)), site))
      } catch (error) {
        wait.fail(error)
      }
    }
    this.submit({ op, options, done })
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
    const { op, options } = call
    const id = op === CLOSE_SESSION ? this.client.close() : this.client.submit(op, options)
    this.calls.set(id, call)
  }
}

/** What the Java client refuses before anything is sent. */
function refusalFor(op: Operation): Error | null {
  if (hasNoACL(op)) return new KeeperException(keeperErrors.INVALIDACL.code, op.type, pathIn(op))
  if (op.type === 'multi' || op.type === 'multiRead') {
    const bad = badParts(op.ops)
    if (bad !== null) return new KeeperException(keeperErrors.BADARGUMENTS.code, op.type, null, bad)
  }
  const refusal = refusalOf(op)
  return refusal === null ? null : new RangeError(refusal.message)
}

/** No event comes behind these. */
function isLast(state: SessionState): boolean {
  return state === 'Expired' || state === 'Closed' || state === 'AuthFailed'
}

function pathIn(op: Operation): string | null {
  return 'path' in op ? op.path : null
}

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

function dataOf(result: Result | null): NodeData {
  return nodeData(as(result, 'getData'))
}

function nodeData({ data, stat }: { readonly data: Bytes | null; readonly stat: Stat }): NodeData {
  return Object.freeze({
    data: data === null ? null : arrayOf(data),
    text: data === null ? null : textOf(data),
    stat,
  })
}
