/** Whatever is asked of the membership, and whoever dies meanwhile: no invariant breaks, and in the end all serve. */
import { expect, test } from 'vitest'
import type { Sid } from '../../src/nodes/zxid.ts'
import type { Random } from '../../src/sim/kernel/Random.ts'
import { Resizing, reconfigOperation, SECOND } from './Resizing.ts'

const ALL: readonly Sid[] = [1, 2, 3, 4, 5]
const SEEDS = 60
const ROUNDS = 12

class Trouble {
  private readonly resizing: Resizing
  private readonly random: Random
  /** Who may still die of a call to come. */
  private readonly armed = new Set<Sid>()

  constructor(seed: number) {
    this.resizing = new Resizing({
      seed,
      joiners: 2,
      settings: {
        snapCount: seed % 3 === 0 ? 20 : 100_000,
        commitLogCount: seed % 2 === 0 ? 500 : 10,
        observerSyncEnabled: seed % 4 !== 0,
      },
    })
    this.random = this.resizing.ensemble.world.stream('test')
  }

  play(): Resizing {
    const { resizing } = this
    resizing.settled()
    resizing.load()
    resizing.run(SECOND)
    resizing.ensemble.start(4)
    resizing.ensemble.start(5)
    resizing.run(SECOND)
    for (let i = 0; i < ROUNDS; i += 1) {
      this.oneThing()
      resizing.run(this.below(SECOND))
    }
    this.end()
    return resizing
  }

  private below(count: number): number {
    return Math.floor(this.random.next() * count)
  }

  private anyone(): Sid {
    return 1 + this.below(5)
  }

  private oneThing(): void {
    const { resizing } = this
    const sid = this.anyone()
    const leader = resizing.ensemble.leader() ?? sid
    switch (this.below(8)) {
      case 0:
        return void resizing.ask(reconfigOperation({ joining: [sid] }))
      case 1:
        return void resizing.ask(reconfigOperation({ leaving: [sid] }))
      case 2:
        return void resizing.ask(reconfigOperation({ observing: [sid] }))
      case 3:
        return void resizing.ask(reconfigOperation({ leaving: [leader] }))
      case 4:
        resizing.ask(reconfigOperation({ joining: [sid], leaving: [this.anyone()] }))
        return this.arm(leader, 60)
      case 5:
        return this.kill(sid)
      case 6:
        return this.arm(sid, 40)
      case 7:
        return this.startAll()
    }
  }

  private arm(sid: Sid, calls: number): void {
    const machine = this.resizing.ensemble.machineOf(sid)
    if (machine.state !== 'up') return
    machine.crashAtCall(1 + this.below(calls), this.below(2) === 0 ? 'crash' : 'powerCut')
    this.armed.add(sid)
  }

  private kill(sid: Sid): void {
    const machine = this.resizing.ensemble.machineOf(sid)
    if (machine.state === 'down') return
    if (this.below(2) === 0) machine.crash()
    else machine.powerCut()
  }

  private startAll(): void {
    const { ensemble } = this.resizing
    for (const sid of ALL) if (ensemble.machineOf(sid).state === 'down') ensemble.start(sid)
  }

  /** Who was removed and cannot start for it is given a configuration by hand, lest the next one waits for its vote. */
  private end(): void {
    const { ensemble } = this.resizing
    for (const sid of this.armed) if (ensemble.machineOf(sid).state === 'up') ensemble.machineOf(sid).crash()
    this.startAll()
    this.resizing.run(SECOND)
    for (const sid of ALL) if (ensemble.machineOf(sid).state === 'down') ensemble.configure(sid, ALL, [])
    this.startAll()
  }
}

test('memberships change and servers die', () => {
  for (let seed = 1; seed <= SEEDS; seed += 1) {
    const resizing = new Trouble(seed).play()
    const { ensemble } = resizing
    const cameBack = resizing.until(() => ALL.every((sid) => resizing.serves(sid)), 60 * SECOND)
    const stands = ALL.map((sid) => `${sid}: ${ensemble.peer(sid)?.waitingFor() ?? 'down'}`)
    expect(cameBack ? 'came back' : { seed, stands }).toBe('came back')
    resizing.run(2 * SECOND)
    expect({ seed, broken: resizing.broken() }).toEqual({ seed, broken: [] })
    expect(ensemble.world.crashes).toEqual([])
    expect(new Set(ALL.map((sid) => resizing.votersOf(sid))).size).toBe(1)
  }
}, 120_000)
