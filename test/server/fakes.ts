import { Dispatcher } from '../../src/nodes/Dispatcher.ts'
import { DataTree } from '../../src/nodes/database/DataTree.ts'
import { SharedApply } from '../../src/nodes/database/SharedApply.ts'
import type { SessionId, Txn, TxnBody } from '../../src/nodes/database/txns.ts'
import { makeTxn } from '../../src/nodes/database/txns.ts'
import type { ZKDatabase } from '../../src/nodes/database/ZKDatabase.ts'
import type { Fact } from '../../src/nodes/facts.ts'
import type { Host, Ticket, TimerName } from '../../src/nodes/Host.ts'
import { defaultSettings, type PeerConfig, type PeerSettings } from '../../src/nodes/PeerConfig.ts'
import type { Operation } from '../../src/nodes/packets.ts'
import { Request } from '../../src/nodes/processors/Request.ts'
import type { RequestProcessor } from '../../src/nodes/processors/RequestProcessor.ts'
import type { ServerCnxn } from '../../src/nodes/server/ServerCnxn.ts'
import type { ZooKeeperServer } from '../../src/nodes/server/ZooKeeperServer.ts'

/** A host whose turns, forces and timers the test gives out. */
export class FakeHost {
  now = 0
  wallClock = 5_000_000
  readonly facts: Fact[] = []
  readonly timers = new Map<TimerName, number>()
  readonly turns: string[] = []
  forces: Ticket[] = []
  private tickets = 0

  tell(fact: Fact): void {
    this.facts.push(fact)
  }

  wake(thread: string): void {
    this.turns.push(thread)
  }

  force(): Ticket {
    this.forces.push(++this.tickets)
    return this.tickets
  }

  setTimer(name: TimerName, after: number): void {
    this.timers.set(name, this.now + after)
  }

  clearTimer(name: TimerName): void {
    this.timers.delete(name)
  }

  random(): number {
    return 0.5
  }
}

/** As much of a server as processors see, around a database in memory. */
export class FakeServer {
  readonly host = new FakeHost()
  readonly dispatcher = new Dispatcher(this.host as unknown as Host)
  readonly sid = 1
  readonly config: PeerConfig
  readonly zkDb = new FakeDatabase(this.host)
  readonly deaths: string[] = []
  hzxid = 0
  stopped = 0

  constructor(settings: Partial<PeerSettings> = {}) {
    const quorum = { version: 0, servers: [], hierarchy: null }
    this.config = { ...defaultSettings, ...settings, myid: 1, quorum }
  }

  get server(): ZooKeeperServer {
    return this as unknown as ZooKeeperServer
  }

  threadDied(thread: string): void {
    this.deaths.push(thread)
  }

  diskFailed(): never {
    throw new Error('disk failed')
  }

  syncStopped(): void {
    this.stopped += 1
  }

  /** Gives out one turn. @returns false when none was asked for. */
  turn(): boolean {
    const thread = this.host.turns.shift()
    if (thread === undefined) return false
    this.dispatcher.onTurn(thread)
    return true
  }

  run(): void {
    while (this.turn()) {}
  }

  /** The disk answers the oldest force. */
  forced(): void {
    this.dispatcher.onForced(this.host.forces.shift() as Ticket)
  }

  timer(name: TimerName): void {
    this.host.now = this.host.timers.get(name) as number
    this.host.timers.delete(name)
    this.dispatcher.onTimer(name)
  }
}

class FakeDatabase {
  tree = DataTree.empty
  lastProcessedZxid = 0
  readonly shared = new SharedApply(true)
  readonly logged: Txn[] = []
  readonly rolls: number[] = []
  snapshotAt = Number.POSITIVE_INFINITY
  /** Whether the disk is too full for snapshots. */
  refusesSnapshots = false
  private readonly host: FakeHost

  constructor(host: FakeHost) {
    this.host = host
  }

  append(txn: Txn): void {
    this.logged.push(txn)
  }

  commitLog(): Ticket {
    return this.host.force()
  }

  shouldSnapshot(): boolean {
    return this.logged.length >= this.snapshotAt
  }

  rollLog(): void {
    this.rolls.push(this.logged.length)
    this.snapshotAt = Number.POSITIVE_INFINITY
  }

  logForced(): void {}

  beginSnapshot(): ReturnType<ZKDatabase['beginSnapshot']> {
    return new FakeWriter(this.refusesSnapshots) as unknown as ReturnType<ZKDatabase['beginSnapshot']>
  }

  apply(txn: Txn): void {
    this.tree = this.shared.apply(this.tree, txn).tree
    this.lastProcessedZxid = txn.zxid
  }
}

class FakeWriter {
  readonly zxid = 7
  readonly refused: boolean
  private left = 3

  constructor(refused: boolean) {
    this.refused = refused
  }

  get complete(): boolean {
    return this.left <= 0 && !this.refused
  }

  step(): boolean {
    this.left -= 1
    return this.left > 0
  }
}

/** The end of a pipeline: keeps what comes. */
export class Sink implements RequestProcessor {
  readonly requests: Request[] = []
  shutdowns = 0

  processRequest(request: Request): void {
    this.requests.push(request)
  }

  shutdown(): void {
    this.shutdowns += 1
  }
}

export const cnxn = {} as ServerCnxn

export function request(sessionId: SessionId, cxid: number, op: Operation): Request {
  return new Request(cnxn, sessionId, cxid, op, 'leader')
}

export function txn(zxid: number, sessionId: SessionId, cxid: number, body: TxnBody): Txn {
  return makeTxn(zxid, sessionId, cxid, 0, body)
}

export const setA: Operation = Object.freeze({ type: 'setData', path: '/a', data: 'x', version: -1 })
export const getA: Operation = Object.freeze({ type: 'getData', path: '/a', watch: false })
export const syncA: Operation = Object.freeze({ type: 'sync', path: '/a' })
