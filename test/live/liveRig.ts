import { mkdtempSync, rmSync } from 'node:fs'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import path from 'node:path'
import type { Fact } from '../../src/nodes/facts.ts'
import type { HostName, NodeFactory, PortName } from '../../src/nodes/Host.ts'
import { type AddressBook, type LiveConfig, LiveHost } from '../../src/nodes/live/index.ts'
import { Actor, type Play, type Rig } from '../hostContract.ts'

const TOO_LONG_MS = 4_500
/** All hosts of a rig share this event loop: so many turns of it, and the loopback has nothing left under way. */
const SETTLED_TURNS = 12
const TURN_MS = 2

/** A host that a test can have die in the middle of a step. */
class MortalHost extends LiveHost {
  callsLeft = Number.POSITIVE_INFINITY

  protected override guard(): void {
    this.callsLeft -= 1
    if (this.callsLeft === 0) void this.kill()
    super.guard()
  }
}

/** Live hosts in this process: loopback sockets, files in a temporary directory, real time. */
export class LiveRig implements Rig {
  readonly facts: Fact[] = []
  readonly directory = mkdtempSync(path.join(tmpdir(), 'zksim-live-'))
  readonly addresses: AddressBook
  private readonly running = new Map<HostName, MortalHost>()

  constructor(addresses: AddressBook) {
    this.addresses = addresses
  }

  start(name: HostName, play: Play): Actor {
    const actor = new Actor()
    const factory: NodeFactory = {
      create(host) {
        actor.prepare(host, play)
        return actor
      },
    }
    const host = new MortalHost(this.config(name))
    this.running.set(name, host)
    host.run(factory)
    return actor
  }

  config(name: HostName): LiveConfig {
    const { addresses } = this
    const hear = (fact: Fact) => void this.facts.push(fact)
    return { name, dataDir: path.join(this.directory, name), addresses, facts: [hear] }
  }

  async until(condition: () => boolean): Promise<void> {
    const deadline = performance.now() + TOO_LONG_MS
    while (!condition()) {
      for (const host of this.running.values()) if (host.end?.how === 'failed') throw failureOf(host)
      if (performance.now() > deadline) throw new Error(`waited for ${condition} in vain`)
      await new Promise((resolve) => setTimeout(resolve, 0))
    }
  }

  async settle(): Promise<void> {
    for (let i = 0; i < SETTLED_TURNS; i++) await new Promise((resolve) => setTimeout(resolve, TURN_MS))
  }

  async kill(name: HostName): Promise<void> {
    await this.running.get(name)?.kill()
  }

  dieAtCall(name: HostName, n: number): void {
    this.running.get(name)!.callsLeft = n
  }

  isUp(name: HostName): boolean {
    return this.running.get(name)?.end === null
  }

  exitOf(name: HostName): { code: number; reason: string } | null {
    const end = this.running.get(name)?.end
    return end?.how === 'exited' ? { code: end.code, reason: end.reason } : null
  }

  async close(): Promise<void> {
    await Promise.all([...this.running.values()].map((host) => host.kill()))
    rmSync(this.directory, { recursive: true, force: true })
  }
}

function failureOf(host: LiveHost): unknown {
  return host.end?.error ?? new Error(host.end?.reason)
}

export async function makeLiveRig(): Promise<LiveRig> {
  return new LiveRig(await freeAddresses())
}

/** Machines '1', '2', '3' at ports that are free now, outside the range from which the system takes those of dialling ends. */
export async function freeAddresses(): Promise<AddressBook> {
  const addresses: Record<HostName, Partial<Record<PortName, { host: string; port: number }>>> = {}
  for (const name of ['1', '2', '3']) {
    addresses[name] = {}
    for (const port of ['election', 'quorum', 'client'] as const) {
      addresses[name][port] = { host: '127.0.0.1', port: await freePort() }
    }
  }
  return addresses
}

let candidate = 15_000 + Math.floor(Math.random() * 15_000)

async function freePort(): Promise<number> {
  for (;;) {
    const port = ++candidate
    const server = createServer()
    const free = await new Promise<boolean>((resolve) => {
      server.once('error', () => resolve(false))
      server.listen(port, '127.0.0.1', () => server.close(() => resolve(true)))
    })
    if (free) return port
  }
}
