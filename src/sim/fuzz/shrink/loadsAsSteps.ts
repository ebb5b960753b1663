/**
 * What the clients of a load asked for until it broke, said one by one: a reader sees what matters, and what does not can be
 * left out.
 */
import type { Fact } from '../../../nodes/facts.ts'
import type { Sid } from '../../../nodes/zxid.ts'
import type { FactListener } from '../../kernel/World.ts'
import { startScenario } from '../../runScenario.ts'
import type { ScenarioRun } from '../../scenario/run.ts'
import { type Play, stepsOf } from '../../scenario/Scenario.ts'
import { assemble, deed, type Parts } from '../assemble.ts'
import { MOST_EVENTS, type TrialOptions } from '../Trial.ts'
import { ddmin } from './ddmin.ts'
import { type Pass, type Search, withPlays } from './Pass.ts'
import { stepOfOperation } from './stepOfOperation.ts'

/** More steps than this are no easier to read than a load. */
export const SHORT = 6
/** More than this are not tried. */
const MOST = 40

const NAMES = ['ann', 'bob', 'cat', 'dan', 'eve']

/** @param options how trials are played: the facts have to be those of the same run. */
export function loadsAsSteps(options: TrialOptions): Pass {
  return function* asSteps(parts: Parts): Search {
    if (!parts.steps.some(isLoad)) return parts
    const asked = new Asked(parts, options)
    for (const waiting of [true, false]) {
      const steps = asked.steps(waiting)
      if (steps === null) return parts
      const said = withPlays(parts, 'steps', steps)
      if (!(yield said)) continue
      const build = (kept: readonly Play[]): Parts => withPlays(said, 'steps', kept)
      const shortest = build(yield* ddmin(said.steps, build))
      if (shortest.steps.length <= Math.max(parts.steps.length, SHORT)) return shortest
    }
    return parts
  }
}

export function isLoad({ sentence }: Play): boolean {
  return /^(?:start )?load of /.test(sentence)
}

/** What loads asked for, by the step during which they did. */
class Asked implements FactListener {
  private readonly parts: Parts
  private readonly run: ScenarioRun
  private readonly byStep: Play[][]
  private readonly names = new Map<string, string>()
  private count = 0
  private unsaid = false

  constructor(parts: Parts, options: TrialOptions) {
    this.parts = parts
    this.byStep = parts.steps.map(() => [])
    const { run, ensemble } = startScenario(assemble(parts), {
      ...options,
      quiet: true,
      maxEvents: MOST_EVENTS,
    })
    this.run = run
    ensemble.world.listeners.push(this)
    run.run()
  }

  /** In place of the loads; null where there is too much, or something that no step says. */
  steps(waiting: boolean): Play[] | null {
    if (this.unsaid || this.count === 0 || this.count > MOST) return null
    return this.parts.steps.flatMap((play, i) => {
      const said = waiting ? this.byStep[i]! : this.byStep[i]!.map(withoutWaiting)
      if (play.sentence === 'stop load') return said
      return isLoad(play) ? said : [...said, play]
    })
  }

  hear(fact: Fact): void {
    if (this.unsaid || this.count > MOST) return
    if (fact.type === 'clientConnected') this.connected(fact.client, fact.server)
    else if (fact.type === 'invoked' && fact.client.startsWith('load')) {
      this.add(stepOfOperation(this.nameOf(fact.client), fact.op))
    }
  }

  private connected(client: string, server: Sid): void {
    if (!client.startsWith('load') || this.names.has(client)) return
    this.add(
      deed('{client:client} connects to {servers:peers}', {
        client: this.nameOf(client),
        servers: Object.freeze([server]),
      }),
    )
  }

  private nameOf(client: string): string {
    const known = this.names.get(client)
    if (known !== undefined) return known
    const taken = this.parts.steps.map(({ filled }) => filled.client)
    const free = NAMES.filter((name) => !taken.includes(name))[this.names.size] ?? client
    this.names.set(client, free)
    return free
  }

  private add(play: Play | null): void {
    const line = this.run.outcome().at?.line
    const at = stepsOf(this.run.scenario).findIndex((step) => step.line === line)
    if (play === null || at === -1) this.unsaid = true
    else {
      this.byStep[at]!.push(play)
      this.count += 1
    }
  }
}

function withoutWaiting(play: Play): Play {
  return play.sentence.endsWith('closes') ? play : deed(`${play.sentence} without waiting`, play.filled)
}
