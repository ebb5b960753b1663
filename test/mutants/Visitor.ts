/**
 * A client that asks for a bit of everything, several things at a time: conditional and sequential writes, ephemerals,
 * multis, access control, containers, watches that it sets again when they fire; now and then it ends its session and
 * begins another, or walks away from it.
 */
import { OPEN_ACL_UNSAFE } from '../../src/nodes/acl.ts'
import type { Client } from '../../src/nodes/client/Client.ts'
import type { ClientProgram, ClientProgramFactory } from '../../src/nodes/client/ClientProgram.ts'
import type { WatchedEvent } from '../../src/nodes/client/WatchedEvent.ts'
import type { CreateMode } from '../../src/nodes/createFlags.ts'
import { createOperation, readOperation } from '../../src/nodes/operations.ts'
import type { MultiWrite, Operation, Result } from '../../src/nodes/packets.ts'

export interface VisitorOptions {
  /** Operations under way at a time. */
  readonly outstanding: number
  /** Operations in all. */
  readonly limit: number
}

export function visitor(options: VisitorOptions): ClientProgramFactory {
  return Object.freeze({ create: () => new Visitor(options) })
}

const PATHS = Object.freeze(['/v0', '/v1', '/v2', '/v0/a', '/v1/a', '/v1/b'])
const MODES: readonly CreateMode[] = Object.freeze([
  'persistent',
  'persistent',
  'ephemeral',
  'persistentSequential',
  'ephemeralSequential',
  'container',
])

/** How often, of all that it does, it ends its session. */
const LEAVES = 0.015

class Visitor implements ClientProgram {
  private readonly options: VisitorOptions
  private asked = 0
  private inFlight = 0
  /** The version that it saw last, by path. */
  private readonly versions = new Map<string, number>()

  constructor(options: VisitorOptions) {
    this.options = options
  }

  onConnected(client: Client): void {
    this.fill(client)
  }

  onCompleted(client: Client, _id: number, op: Operation, _err: number, result: Result | null): void {
    this.inFlight -= 1
    if (result !== null && 'stat' in result && 'path' in op && op.path !== null) {
      this.versions.set(op.path, result.stat?.version ?? 0)
    }
    if (op.type === 'closeSession') return this.visitAgain(client)
    this.fill(client)
  }

  /** What it watched it watches again, mostly. */
  onEvent(client: Client, { type, path }: WatchedEvent): void {
    if (path === null || type === 'None' || !client.accepting || client.host.random() < 0.3) return
    if (this.asked >= this.options.limit) return
    this.ask(client, this.watch(type === 'NodeChildrenChanged' ? 'getChildren' : 'exists', path))
  }

  onExpired(client: Client): void {
    client.connect(client.servers)
  }

  private visitAgain(client: Client): void {
    if (this.asked < this.options.limit) client.connect(client.servers)
  }

  private fill(client: Client): void {
    while (client.accepting && this.inFlight < this.options.outstanding && this.asked < this.options.limit) {
      if (client.host.random() < LEAVES) this.leave(client)
      else this.ask(client, this.draw(client))
    }
  }

  /** Asks for something that goes with the session, and does not wait for it. */
  private leave(client: Client): void {
    this.ask(client, createOperation(this.pick(client, PATHS), this.value(client), 'ephemeral'))
    this.ask(client, Object.freeze({ type: 'closeSession' }))
  }

  private ask(client: Client, op: Operation): void {
    this.asked += 1
    this.inFlight += 1
    client.submit(op)
  }

  private draw(client: Client): Operation {
    const path = this.pick(client, PATHS)
    switch (Math.floor(client.host.random() * 24)) {
      case 0:
      case 1:
      case 2:
      case 3:
      case 4:
        return this.create(client, path)
      case 5:
      case 6:
      case 7:
        return { type: 'setData', path, data: this.value(client), version: this.versionOf(client, path) }
      case 8:
      case 9:
        return { type: 'delete', path, version: this.versionOf(client, path) }
      case 10:
      case 11:
        return this.watch('getData', path)
      case 12:
        return this.watch('exists', path)
      case 13:
      case 14:
        return this.watch('getChildren2', path)
      case 15:
        return readOperation('getChildren', path)
      case 16:
        return Object.freeze({ type: 'sync', path: '/' })
      case 17:
      case 18:
      case 19:
        return this.multi(client)
      case 20:
        return Object.freeze({ type: 'setACL', path, acl: OPEN_ACL_UNSAFE, version: -1 })
      case 21:
        return Object.freeze({ type: 'getEphemerals', prefixPath: '/' })
      case 22:
        return Object.freeze({
          type: 'multiRead',
          ops: Object.freeze([
            { type: 'getData', path: '/v0' } as const,
            { type: 'getChildren', path } as const,
          ]),
        })
      default:
        return readOperation('getData', path)
    }
  }

  private create(client: Client, path: string): MultiWrite {
    const mode = this.pick(client, MODES)
    return createOperation(mode.endsWith('Sequential') ? `${path}/n` : path, this.value(client), mode)
  }

  private multi(client: Client): Operation {
    const ops: MultiWrite[] = []
    for (let i = 0; i < 3; i += 1) {
      const path = this.pick(client, PATHS)
      const version = this.versionOf(client, path)
      const drawn = client.host.random()
      if (drawn < 0.4) ops.push(this.create(client, path))
      else if (drawn < 0.7) ops.push({ type: 'setData', path, data: this.value(client), version })
      else if (drawn < 0.85) ops.push({ type: 'delete', path, version })
      else ops.push({ type: 'check', path, version })
    }
    return Object.freeze({ type: 'multi', ops: Object.freeze(ops.map((op) => Object.freeze(op))) })
  }

  private watch(type: 'getData' | 'exists' | 'getChildren' | 'getChildren2', path: string): Operation {
    return readOperation(type, path, true)
  }

  private versionOf(client: Client, path: string): number {
    return client.host.random() < 0.5 ? -1 : (this.versions.get(path) ?? 0)
  }

  private value(client: Client): string {
    return `${client.name}.${this.asked}`
  }

  private pick<T>(client: Client, list: readonly T[]): T {
    return list[Math.floor(client.host.random() * list.length)] as T
  }
}
