import { type Copy, type Forkable, fork } from '../../src/base/forkable.ts'
import type { Connection, Host, HostName, Node, NodeFactory, ThreadName } from '../../src/nodes/Host.ts'
import type { Subject } from '../../src/sim/explore/Subject.ts'
import { defectOf, type Failure } from '../../src/sim/fuzz/Failure.ts'
import type { Event } from '../../src/sim/kernel/EventQueue.ts'
import type { Machine } from '../../src/sim/kernel/Machine.ts'
import type { Death } from '../../src/sim/kernel/SimHost.ts'
import type { Fact } from '../../src/sim/kernel/types.ts'
import { type FactListener, World } from '../../src/sim/kernel/World.ts'
import { fact, record } from '../kernel/probe.ts'

/** What a toy does in each of its turns. */
export type Deed = 'count' | 'tell' | 'write' | 'force'

/** Takes so many turns, one after the other, and hears of nothing else. */
export class Toy implements Node {
  readonly host: Host
  private readonly deeds: readonly Deed[]
  done = 0

  constructor(host: Host, deeds: readonly Deed[]) {
    this.host = host
    this.deeds = deeds
  }

  onStart(): void {
    this.more()
  }

  onTurn(_thread: ThreadName): void {
    const deed = this.deeds[this.done]
    this.done += 1
    if (deed === 'tell') this.host.tell(fact(`told${this.done}`))
    if (deed === 'write') this.host.append('log', record(this.done))
    if (deed === 'force') this.host.force('log')
    this.more()
  }

  /** What it says hangs on how far it has come. */
  onForced(): void {
    this.host.tell(fact(`forced at ${this.done}`))
  }

  onDiskFailed(): void {}
  onAccepted(_connection: Connection): void {}
  onConnected(): void {}
  onRefused(): void {}
  onPacket(): void {}
  onWritable(): void {}
  onClosed(): void {}
  onTimer(): void {}

  private more(): void {
    if (this.done < this.deeds.length) this.host.wake('main')
  }
}

class ToyFactory implements NodeFactory {
  private readonly deeds: readonly Deed[]

  constructor(deeds: readonly Deed[]) {
    this.deeds = deeds
  }

  create(host: Host): Toy {
    return new Toy(host, this.deeds)
  }
}

/** How explorations end: of all copies together. */
class Ends implements Forkable {
  readonly seen = new Set<string>();

  [fork](_copy: Copy): this {
    return this
  }
}

/** Toys side by side; what they say, and in which order, is all that is judged. */
export class ToySubject implements Subject, FactListener {
  readonly world: World
  readonly heard: string[] = []
  readonly ends = new Ends()
  failure: Failure | null = null
  /** In which order the facts must not be told. */
  private readonly forbidden: readonly string[]

  constructor(deeds: Readonly<Record<HostName, readonly Deed[]>>, forbidden: readonly string[] = []) {
    this.world = new World({ seed: 'toys' })
    this.forbidden = Object.freeze([...forbidden])
    for (const [name, list] of Object.entries(deeds)) {
      this.world.addMachine(name, new ToyFactory(Object.freeze([...list]))).start()
    }
    this.world.runUntil(0)
    this.world.listeners.push(this)
  }

  get told(): number {
    return this.heard.length
  }

  get memory(): readonly unknown[] {
    return [this.heard]
  }

  get mortals(): readonly Machine[] {
    return this.world.machines.filter(({ state }) => state !== 'down')
  }

  hear({ type }: Fact): void {
    const name = this.world.current?.name ?? '-'
    this.heard.push(`${type}`.startsWith('forced') ? `${name} ${type}` : name)
    if (this.forbidden.length > 0 && this.heard.join() === this.forbidden.join()) {
      this.failure = defectOf(new Error(`heard ${this.heard.join()}`), this.world.events)
    }
  }

  happen(event: Event): void {
    this.world.happen(event)
  }

  end(machine: Machine, how: Death): void {
    if (how === 'crash') machine.crash()
    else machine.powerCut(false, true)
  }

  /** Nothing more: in which order the rest would come is for chance to say, which no two ways have in common. */
  playOn(): void {
    const machines = this.world.machines.map(({ state, node, disk }) => {
      return `${state} ${(node as Toy | null)?.done} ${disk.condition}`
    })
    this.ends.seen.add([...this.heard, ...machines].join('; '))
  }
}
