import type { Connection, Host, HostName, Node, NodeFactory, ThreadName } from '../../src/nodes/Host.ts'
import type { Subject } from '../../src/sim/explore/Subject.ts'
import { defectOf, type Failure } from '../../src/sim/fuzz/Failure.ts'
import type { Event } from '../../src/sim/kernel/EventQueue.ts'
import type { Machine } from '../../src/sim/kernel/Machine.ts'
import type { Death } from '../../src/sim/kernel/SimHost.ts'
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

  onForced(): void {}
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

/** Toys side by side; what they say, and in which order, is all that is judged. */
export class ToySubject implements Subject, FactListener {
  readonly world: World
  readonly heard: string[] = []
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

  hear(): void {
    this.heard.push(this.world.current?.name ?? '-')
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

  playOn(): void {
    while (this.world.step());
  }
}
