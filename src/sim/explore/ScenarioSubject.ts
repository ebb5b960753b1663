import type { Fact } from '../../nodes/facts.ts'
import type { Ensemble } from '../ensemble.ts'
import { type Failure, failureOf } from '../fuzz/Failure.ts'
import type { Event } from '../kernel/EventQueue.ts'
import type { Machine } from '../kernel/Machine.ts'
import type { Death } from '../kernel/SimHost.ts'
import type { FactListener, World } from '../kernel/World.ts'
import type { StartedScenario } from '../runScenario.ts'
import type { ScenarioRun } from '../scenario/run.ts'
import type { Subject } from './Subject.ts'

/** The run of a scenario, where its peers may crash. */
export class ScenarioSubject implements Subject, FactListener {
  readonly run: ScenarioRun
  readonly ensemble: Ensemble
  told = 0

  constructor({ run, ensemble }: StartedScenario) {
    this.run = run
    this.ensemble = ensemble
    ensemble.world.listeners.push(this)
  }

  hear(_fact: Fact): void {
    this.told += 1
  }

  get world(): World {
    return this.ensemble.world
  }

  get mortals(): readonly Machine[] {
    const { ensemble } = this
    return ensemble.sids.map((sid) => ensemble.machineOf(sid)).filter(({ state }) => state !== 'down')
  }

  get memory(): readonly unknown[] {
    const { history, checks } = this.ensemble.checker
    return [history, ...checks.map(({ state }) => state), ...this.run.memory]
  }

  get failure(): Failure | null {
    return this.run.verdict === null ? null : failureOf(this.run.outcome())
  }

  happen(event: Event): void {
    this.run.happen(event)
  }

  end(machine: Machine, how: Death): void {
    if (how === 'crash') machine.crash()
    else machine.powerCut(false, true)
    this.run.disturbed()
  }

  playOn(): void {
    this.run.run()
  }
}
