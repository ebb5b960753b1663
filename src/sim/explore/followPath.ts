/** Goes one way through an exploration, and says what was chosen. */
import { enabledEvents } from '../kernel/enabledEvents.ts'
import type { TraceEntry } from '../kernel/Trace.ts'
import { EXPLORED_WINDOW } from './Explorer.ts'
import type { PathStep } from './path.ts'
import type { Subject } from './Subject.ts'

export interface Taken {
  readonly step: PathStep
  /** How many events there were to choose from. */
  readonly of: number
  /** The event, as it happened; null for a crash or a power cut. */
  readonly entry: TraceEntry | null
}

export interface Followed {
  readonly taken: readonly Taken[]
  /** Why the way ends before the path does: there is no such choice. */
  readonly astray: string | null
}

export function followPath(subject: Subject, path: readonly PathStep[], window = EXPLORED_WINDOW): Followed {
  const { world } = subject
  const taken: Taken[] = []
  world.trace.record(path.length + 1)
  let astray: string | null = null
  for (const step of path) {
    if (subject.failure !== null) break
    const enabled = enabledEvents(world, window, world.now)
    if (step.kind === 'event') {
      const event = enabled[step.place]
      if (event === undefined) {
        astray = `choice ${taken.length + 1} is event ${step.place}, and there are ${enabled.length} to choose from there`
        break
      }
      subject.happen(event)
      taken.push({ step, of: enabled.length, entry: world.trace.entries().at(-1) ?? null })
    } else {
      const machine = subject.mortals.find(({ name }) => name === step.machine)
      if (machine === undefined) {
        astray = `choice ${taken.length + 1} is the end of ${step.machine}, which does not run there`
        break
      }
      subject.end(machine, step.kind)
      taken.push({ step, of: enabled.length, entry: null })
    }
  }
  return Object.freeze({ taken: Object.freeze(taken), astray })
}
