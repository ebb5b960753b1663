import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { Checker, type RunClock } from '../../src/invariants/Checker.ts'
import { SharedApply } from '../../src/nodes/database/SharedApply.ts'
import type { Fact } from '../../src/nodes/facts.ts'
import type { HostName, NodeFactory } from '../../src/nodes/Host.ts'
import { ideal } from '../../src/nodes/ideal.ts'
import { type AddressBook, type LiveNode, runNode } from '../../src/nodes/live/index.ts'
import { defaultSettings, type PeerConfig, type QuorumConfig } from '../../src/nodes/PeerConfig.ts'
import type { QuorumPeer } from '../../src/nodes/quorum/QuorumPeer.ts'
import type { Sid } from '../../src/nodes/zxid.ts'

/** So long everything may take, together; a test that waits longer says what for. */
const PATIENCE_MS = 25_000

/** Counts facts in place of events: there is nothing else to count. */
class FactClock implements RunClock {
  private readonly began = performance.now()
  events = 0

  get now(): number {
    return Math.floor((performance.now() - this.began) * 1_000)
  }
}

/** Peers and clients in this process: loopback sockets, files in a temporary directory, real time. */
export class LiveEnsemble {
  readonly checker: Checker
  readonly sids: readonly Sid[]
  readonly nodes = new Map<HostName, LiveNode>()
  /** Told by anybody so far, by type. */
  readonly counts = new Map<Fact['type'], number>()
  private readonly clock = new FactClock()
  private readonly directory = mkdtempSync(path.join(tmpdir(), 'zksim-ensemble-'))
  private readonly addresses: AddressBook
  private readonly quorum: QuorumConfig
  private readonly deadline = performance.now() + PATIENCE_MS

  constructor(addresses: AddressBook) {
    this.addresses = addresses
    this.sids = Object.keys(addresses).map(Number)
    const servers = this.sids.map((sid) =>
      Object.freeze({ sid, host: String(sid), type: 'participant' as const }),
    )
    this.quorum = Object.freeze({ version: 0, servers: Object.freeze(servers), hierarchy: null })
    this.checker = new Checker(this.clock, this.quorum)
  }

  /** Starts a peer on what its files hold. Each has a memo of its own, as separate processes would. */
  start(sid: Sid): void {
    const settings = { tickTime: 200, minSessionTimeout: 400, cnxTimeout: 1_000, snapCount: 400 }
    const config: PeerConfig = Object.freeze({
      ...defaultSettings,
      ...settings,
      myid: sid,
      quorum: this.quorum,
    })
    this.run(String(sid), { create: (host) => new ideal.QuorumPeer(host, config, ideal, new SharedApply()) })
  }

  run(name: HostName, factory: NodeFactory): LiveNode {
    const hear = (fact: Fact): void => this.hear(fact)
    const dataDir = path.join(this.directory, name)
    const node = runNode(factory, { name, dataDir, addresses: this.addresses, facts: [hear] })
    this.nodes.set(name, node)
    return node
  }

  live(name: HostName | Sid): LiveNode {
    return this.nodes.get(String(name))!
  }

  peer(sid: Sid): QuorumPeer {
    return this.live(sid).node as QuorumPeer
  }

  get up(): readonly Sid[] {
    return this.sids.filter((sid) => this.nodes.get(String(sid))?.end === null)
  }

  get leader(): Sid | null {
    return this.up.find((sid) => this.peer(sid).leader?.established === true) ?? null
  }

  /** How many facts of a type were told, by anybody. */
  count(type: Fact['type']): number {
    return this.counts.get(type) ?? 0
  }

  /** @throws where a node has failed, and after `PATIENCE_MS`. */
  async until(what: string, condition: () => boolean): Promise<void> {
    while (!condition()) {
      for (const { name, end } of this.nodes.values()) {
        if (end?.how === 'failed' || end?.how === 'exited') {
          throw new Error(`${name} has ended: ${end.reason}`, { cause: end.error })
        }
      }
      if (performance.now() > this.deadline) throw new Error(`waited in vain for ${what}; ${this.describe()}`)
      await new Promise((resolve) => setTimeout(resolve, 5))
    }
  }

  async close(): Promise<void> {
    await Promise.all([...this.nodes.values()].map((node) => node.kill()))
    rmSync(this.directory, { recursive: true, force: true })
  }

  private hear(fact: Fact): void {
    this.clock.events += 1
    this.counts.set(fact.type, this.count(fact.type) + 1)
    this.checker.hear(fact)
  }

  private describe(): string {
    const of = (sid: Sid) => `${sid} is ${this.peer(sid).state} and waits for ${this.peer(sid).waitingFor()}`
    return this.up.map(of).join('; ')
  }
}
