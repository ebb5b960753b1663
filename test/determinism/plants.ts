/** Parts of a peer that break determinism on purpose, each in a way that a real one might. */
import type { Cast } from '../../src/nodes/cast.ts'
import type { Host } from '../../src/nodes/Host.ts'
import { ideal } from '../../src/nodes/ideal.ts'
import type { OperationOf } from '../../src/nodes/packets.ts'
import type { Request } from '../../src/nodes/processors/Request.ts'
import type { SimHost } from '../../src/sim/kernel/SimHost.ts'
import type { World } from '../../src/sim/kernel/World.ts'

/** Something a plant did, and where. */
interface Act {
  readonly world: World
  readonly event: number
  readonly machine: string
  /** Two worlds go different ways where these differ. */
  readonly choice: unknown
}

/** Kept outside of the worlds: what the plants really did. */
export class PlantLog {
  private acts: Act[] = []

  note<T>(host: Host, choice: T): T {
    const { world, machine } = host as SimHost
    this.acts.push({ world, event: world.events, machine: machine.name, choice })
    return choice
  }

  clear(): void {
    this.acts = []
  }

  firstDifference(a: World, b: World): Act | undefined {
    const ofB = this.acts.filter((act) => act.world === b)
    return this.acts.filter((act) => act.world === a).find((act, i) => act.choice !== ofB[i]?.choice)
  }
}

/** Chance that no seed decides: the log is forced once too often, now and then. */
function randomCast(log: PlantLog): Cast {
  class Jittery extends ideal.SyncRequestProcessor {
    protected override flush(): void {
      if (log.note(this.host, Math.random() < 0.2)) this.zks.zkDb.commitLog()
      super.flush()
    }
  }
  return Object.freeze({ ...ideal, SyncRequestProcessor: Jittery })
}

/**
 * A counter that all worlds share, like a static field. It only changes what is written, not what happens when: the
 * runs go on in step for ever.
 */
export function countingCast(log: PlantLog): Cast {
  let made = 0
  class Numbering extends ideal.PrepRequestProcessor {
    protected override setData(request: Request, op: OperationOf<'setData'>) {
      made += 1
      const data = `${op.data} ${log.note(this.host, made)}`
      return super.setData(request, Object.freeze({ ...op, data }))
    }
  }
  return Object.freeze({ ...ideal, PrepRequestProcessor: Numbering })
}

export const PLANTS = [
  { name: 'chance that no seed decides', cast: randomCast },
  { name: 'a count that outlives its world', cast: countingCast },
]
