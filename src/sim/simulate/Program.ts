import type { Machine, MachineState } from '../kernel/Machine.ts'
import type { Wait } from './Wait.ts'

export type ProgramState = 'running' | 'finished' | 'failed' | 'killed'

/** What programs need of their run. */
export interface Home {
  /** A promise was settled: programs have something to do before the next event. */
  settled(): void
}

/** A user's program in the course of a run. */
export class Program {
  readonly name: string
  /** Where it runs: while that machine is paused, so is the program. The first program runs nowhere. */
  readonly machine: Machine | null
  /** The run does not wait for its end. */
  readonly background: boolean
  state: ProgramState = 'running'
  /** What it threw. */
  error: unknown = null
  /** Promises of the simulation that it holds and that are not settled. */
  readonly waits = new Set<Wait<unknown>>()
  private readonly home: Home
  /** Settled while it was paused, in order. */
  private kept: (() => void)[] = []
  private seen: MachineState = 'up'
  /** Its machine died. What it left behind hears nothing any more. */
  gone = false
  /** Its clients beside the one on its own machine. */
  readonly others: Machine[] = []
  onKilled: () => void = () => {}

  constructor(home: Home, name: string, machine: Machine | null, background: boolean) {
    this.home = home
    this.name = name
    this.machine = machine
    this.background = background
  }

  get paused(): boolean {
    return this.machine?.state === 'paused'
  }

  settle(wait: Wait<unknown>, act: () => void): void {
    if (!this.waits.delete(wait)) return
    this.deliver(act)
  }

  /** Lets the program hear something now; when it runs on, if it is paused; never, if it was killed. */
  deliver(act: () => void): void {
    if (this.gone) return
    if (this.paused) {
      this.kept.push(act)
      return
    }
    act()
    this.home.settled()
  }

  /** Something of the simulation will let it go on. */
  get waiting(): boolean {
    return this.waits.size > 0 || this.kept.length > 0
  }

  /** Looks what became of its machine. */
  look(): void {
    if (this.gone || this.machine === null || this.machine.state === this.seen) return
    this.seen = this.machine.state
    for (const other of this.others) follow(other, this.machine.state)
    if (this.seen === 'down') this.kill()
    else if (this.seen === 'up') {
      const { kept } = this
      this.kept = []
      for (const act of kept) this.deliver(act)
    }
  }

  private kill(): void {
    this.gone = true
    this.waits.clear()
    this.kept = []
    if (this.state !== 'running') return
    this.state = 'killed'
    this.onKilled()
  }
}

/** All that a program is ends, stops and goes on together. */
function follow(machine: Machine, state: MachineState): void {
  if (machine.state === 'down' || machine.state === state) return
  if (state === 'down') machine.crash()
  else if (state === 'paused') machine.pause()
  else machine.resume()
}
