import { describe } from 'vitest'
import type { Fact } from '../src/nodes/facts.ts'
import type { HostName } from '../src/nodes/Host.ts'
import type { Machine } from '../src/sim/kernel/Machine.ts'
import { type FactListener, World } from '../src/sim/kernel/World.ts'
import { Actor, hostContract, type Play, type Rig } from './hostContract.ts'

const SECOND = 1_000_000
const TOO_LONG = 60 * SECOND
const SETTLED = SECOND

/** Machines of a simulated world: time passes only as far as a test asks for. */
class SimRig implements Rig, FactListener {
  readonly facts: Fact[] = []
  private readonly world: World
  private readonly next = new Map<HostName, { readonly actor: Actor; readonly play: Play }>()

  constructor(world: World) {
    this.world = world
    world.listeners.push(this)
  }

  hear(fact: Fact): void {
    this.facts.push(fact)
  }

  start(name: HostName, play: Play): Actor {
    const actor = new Actor()
    this.next.set(name, { actor, play })
    this.machine(name).start()
    return actor
  }

  async until(condition: () => boolean): Promise<void> {
    const deadline = this.world.now + TOO_LONG
    while (!condition()) {
      if (this.world.now > deadline) throw new Error(`waited for ${condition} in vain`)
      if (!this.world.step()) throw new Error(`nothing is left to happen, waiting for ${condition}`)
    }
  }

  async settle(): Promise<void> {
    this.world.runUntil(this.world.now + SETTLED)
  }

  async kill(name: HostName): Promise<void> {
    this.world.machine(name).crash()
  }

  dieAtCall(name: HostName, n: number): void {
    this.world.machine(name).crashAtCall(n)
  }

  isUp(name: HostName): boolean {
    return this.world.machine(name).state === 'up'
  }

  exitOf(name: HostName): { code: number; reason: string } | null {
    const { exitCode, exitReason } = this.world.machine(name)
    return exitCode === null ? null : { code: exitCode, reason: exitReason ?? '' }
  }

  async close(): Promise<void> {}

  private machine(name: HostName): Machine {
    const { next } = this
    return (
      this.world.findMachine(name) ??
      this.world.addMachine(
        name,
        Object.freeze({
          create(host) {
            const { actor, play } = next.get(name)!
            actor.prepare(host, play)
            return actor
          },
        } satisfies Parameters<World['addMachine']>[1]),
      )
    )
  }
}

describe.each(['1', '2', '3'])('with seed %s', (seed) => {
  hostContract('SimHost', () => new SimRig(new World({ seed })))
})

hostContract('SimHost in lockstep', () => new SimRig(new World({ seed: '1', lockstep: true })))
