/** What faults have done to the disks of a run: what its peers may be excused for, and what they can no longer be relied on for. */
import type { Sid } from '../../nodes/zxid.ts'
import type { CheckerApi, EnsembleApi } from './EnsembleApi.ts'

export class Damage {
  /** Peers whose disk a fault has emptied or damaged at some time. */
  readonly ever = new Set<Sid>()
  /** Peers whose disk holds what cannot be read, or not all that was forced: each time that they read it, they are excused. */
  readonly lasting = new Set<Sid>()
  /** Peers whose disk has failed to force something, or will: a power cut may take it, whatever later forces say. */
  readonly doubted = new Set<Sid>()
  /** Peers that lose their power at some call, by the process that makes it. */
  private readonly armed = new Map<Sid, number>()

  wiped(sid: Sid, checker: CheckerApi): void {
    this.ever.add(sid)
    this.lasting.delete(sid)
    checker.diskWiped(sid)
  }

  damaged(sid: Sid, checker: CheckerApi): void {
    this.ever.add(sid)
    this.lasting.add(sid)
    checker.forgive(sid)
  }

  doubt(sid: Sid, checker: CheckerApi): void {
    this.doubted.add(sid)
    checker.forgive(sid)
  }

  /** Power will be cut at a call of the process that runs now. */
  arm(sid: Sid, ensemble: EnsembleApi): void {
    this.armed.set(sid, ensemble.machineOf(sid).incarnation)
  }

  isArmed(sid: Sid, ensemble: EnsembleApi): boolean {
    const { state, incarnation } = ensemble.machineOf(sid)
    return state !== 'down' && this.armed.get(sid) === incarnation
  }

  /** Before a peer starts: what was in doubt when its power went may be gone. */
  beforeStart(sid: Sid, ensemble: EnsembleApi): void {
    if (this.doubted.has(sid) && !ensemble.machineOf(sid).powered) this.damaged(sid, ensemble.checker)
  }

  /** A peer has read its disk, and been judged by what it found; it may find the same again. */
  recovered(sid: Sid, checker: CheckerApi): void {
    if (this.lasting.has(sid)) checker.forgive(sid)
  }
}
