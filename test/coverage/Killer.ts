import type { Fact } from '../../src/nodes/facts.ts'
import type { Sid } from '../../src/nodes/zxid.ts'
import { Coverage } from '../../src/sim/coverage/Coverage.ts'
import type { Ensemble } from '../../src/sim/ensemble.ts'
import type { FactListener } from '../../src/sim/kernel/World.ts'
import { runOf } from '../scenario/play.ts'

export type Death = 'crash' | 'powerCut'

/** Ends the process of whoever tells a certain fact, at once and once. */
export class Killer implements FactListener {
  done = false
  private readonly ensemble: Ensemble
  private readonly isIt: (fact: Fact) => boolean
  private readonly how: Death

  constructor(ensemble: Ensemble, isIt: (fact: Fact) => boolean, how: Death) {
    this.ensemble = ensemble
    this.isIt = isIt
    this.how = how
    ensemble.world.listeners.push(this)
  }

  hear(fact: Fact): void {
    if (this.done || !('peer' in fact) || !this.isIt(fact)) return
    this.done = true
    this.kill(fact.peer)
  }

  kill(sid: Sid): void {
    const machine = this.ensemble.machineOf(sid)
    if (this.how === 'crash') machine.crash()
    else machine.powerCut()
  }
}

/** What a scenario has seen by the moment at which somebody was killed in it. */
export function hitsAtDeath(text: string, isIt: (fact: Fact) => boolean, how: Death): Map<string, number> {
  const run = runOf(text, { quiet: true })
  const ensemble = run.ensemble as Ensemble
  // Whoever listens longer is heard later all the same: the last words come before the death.
  const killer = new Killer(ensemble, isIt, how)
  const coverage = new Coverage(ensemble.world, ensemble.sids)
  while (!killer.done && run.advance());
  if (!killer.done) throw new Error('nobody told what was to be the last of somebody')
  return coverage.hits
}
