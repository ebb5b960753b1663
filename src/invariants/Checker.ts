/**
 * Listens to the facts of a run and holds them against invariants.
 *
 * A fact costs one look-up of its type, the ghosts' constant work, and the folds that name this type. The table of
 * folds is frozen and shared by copies of the world.
 */
import { AppendOnlyLog } from '../base/AppendOnlyLog.ts'
import type { Txn } from '../nodes/database/txns.ts'
import type { Fact, FactType } from '../nodes/facts.ts'
import type { Micros } from '../nodes/Host.ts'
import type { PeerSettings, QuorumConfig } from '../nodes/PeerConfig.ts'
import type { Sid, Zxid } from '../nodes/zxid.ts'
import { AT_ONCE, boundsOf, longestOf } from './Calm.ts'
import { History, type RunClock } from './History.ts'
import { invariants as all } from './index.ts'
import { Check, DryCheck, type Fold, type Invariant, type Violation } from './invariant.ts'
import { Membership } from './Membership.ts'
import { cutAfter } from './sequences.ts'

export type { RunClock } from './History.ts'

interface Row {
  /** Which check. */
  readonly index: number
  readonly fold: Fold<Fact, unknown>
}

export class Checker {
  readonly clock: RunClock
  readonly history: History
  readonly checks: Check[]
  /** The first violation of each invariant, in the order in which they showed. */
  readonly violations: Violation[] = []
  private readonly table: Table
  private readonly settings: PeerSettings | null

  /** `settings`: what bounds the time that things may take; without them nothing is said of what must happen in the end. */
  constructor(
    clock: RunClock,
    quorum: QuorumConfig,
    invariants: readonly Invariant[] = all,
    settings: PeerSettings | null = null,
  ) {
    this.clock = clock
    this.settings = settings
    this.history = new History(new Membership(quorum), clock)
    this.checks = invariants.map((invariant) => new Check(invariant, this))
    this.table = invariants === all ? TABLE_OF_ALL : makeTable(invariants)
  }

  hear(fact: Fact): void {
    const { history } = this
    history.record(fact)
    this.fold(fact, this.table.rowsFor(fact.type))
    if (fact.type === 'delivered') {
      if (history.isFirst) this.fold(fact, this.table.rowsFor('ordered'))
    } else if (fact.type === 'recovered') history.peer(fact.peer).settle()
  }

  private fold(fact: Fact, rows: readonly Row[] | undefined): void {
    if (rows === undefined) return
    for (let i = 0; i < rows.length; i += 1) {
      const row = rows[i] as Row
      const check = this.checks[row.index] as Check
      row.fold(fact, this.history, check, check.state)
    }
  }

  /** Looks at what only the end of a run shows. May be called again after more events. */
  finish(): void {
    this.judgeCalm()
    for (const check of this.checks) check.invariant.atEnd?.(this.history, check)
  }

  verdict(): 'held' | 'broken' {
    return this.violations.length === 0 ? 'held' : 'broken'
  }

  /** How often each invariant was put to the test, by code. Zero: this run says nothing about it. */
  get exercised(): ReadonlyMap<string, number> {
    return new Map(this.checks.map((check) => [check.invariant.code, check.exercised]))
  }

  /** Contradictions in all, the first of each invariant included. */
  get contradictions(): number {
    let count = 0
    for (const check of this.checks) count += (check.violation === null ? 0 : 1) + check.further
    return count
  }

  /**
   * Whoever disturbs the run says that from now on nothing does: no fault is in force, and these peers and clients run and
   * reach each other. What must happen in the end is judged when it has been so for long enough.
   *
   * @returns when all of it has to have happened; now, for a checker that knows no settings and judges none of it.
   */
  calm(peers: readonly Sid[], clients: readonly string[]): Micros {
    this.disturbed()
    this.history.calm = Object.freeze({
      since: this.clock.now,
      peers: Object.freeze([...peers]),
      clients: Object.freeze([...clients]),
    })
    return this.clock.now + (this.settings === null ? 0 : longestOf(this.settings))
  }

  /** Whether all has happened by now that must happen in the end of the calm. */
  get allIsWell(): boolean {
    const { history } = this
    const { calm } = history
    if (calm === null) return false
    return this.checks.every(({ invariant, state }) => {
      if (invariant.inTheEnd === null) return true
      const dry = new DryCheck(invariant, this, state)
      invariant.inTheEnd.judge(history, dry, calm, AT_ONCE)
      return !dry.isBroken
    })
  }

  /** The calm is over before its time, since all is well: what must happen in the end has happened, and counts so. */
  endCalm(): void {
    const { history } = this
    const { calm } = history
    if (calm === null) return
    for (const check of this.checks) check.invariant.inTheEnd?.judge(history, check, calm, AT_ONCE)
    history.calm = null
  }

  /** A fault begins, or nobody knows how long it lasts. */
  disturbed(): void {
    if (this.history.calm === null) return
    this.judgeCalm()
    this.history.calm = null
  }

  private judgeCalm(): void {
    const { history, settings, clock } = this
    const { calm } = history
    if (calm === null || settings === null) return
    const bounds = boundsOf(settings)
    for (const check of this.checks) {
      const { inTheEnd } = check.invariant
      if (inTheEnd === null || clock.now - calm.since < bounds[inTheEnd.within]) continue
      inTheEnd.judge(history, check, calm, bounds)
    }
  }

  /** A fault emptied this peer's disk: its promises are void. What is committed stays committed. */
  diskWiped(peer: Sid): void {
    const ghost = this.history.peer(peer)
    ghost.forget()
    ghost.excused = true
  }

  /**
   * A fault damaged this peer's disk (rot, a lost force): whatever it finds when it starts, or why it refuses to, is no
   * defect. The excuse ends when it has started.
   */
  forgive(peer: Sid): void {
    this.history.peer(peer).excused = true
  }

  /** A client was killed, which it cannot tell. */
  clientDied(name: string): void {
    this.history.clients.noteDied(name)
  }

  /**
   * What lies on a peer's disk before the run begins: proposed by somebody once, durable here, promised to nobody.
   * `snapshot` 0: the empty one only.
   */
  diskHeld(peer: Sid, logged: readonly Txn[], snapshot: Zxid): void {
    for (const txn of logged) this.history.record(Object.freeze({ type: 'proposed', peer, txn }))
    const ghost = this.history.peer(peer)
    ghost.history = new AppendOnlyLog(logged)
    ghost.durable = logged.length
    const content = cutAfter(ghost.history, snapshot)
    ghost.snapshots.push({ zxid: snapshot, content, fuzzyUntil: snapshot })
  }

  found(violation: Violation): void {
    this.violations.push(violation)
  }
}

/** Folds by type of fact; frozen, so it may hold functions and be shared. */
interface Table {
  rowsFor(type: FactType | 'ordered'): readonly Row[] | undefined
}

function makeTable(invariants: readonly Invariant[]): Table {
  const rows = new Map<FactType | 'ordered', Row[]>()
  for (const [index, invariant] of invariants.entries()) {
    for (const [type, fold] of Object.entries(invariant.on) as [FactType, Fold<Fact, unknown>][]) {
      const known = rows.get(type)
      const row = Object.freeze({ index, fold })
      if (known === undefined) rows.set(type, [row])
      else known.push(row)
    }
  }
  for (const list of rows.values()) Object.freeze(list)
  return Object.freeze({ rowsFor: (type: FactType | 'ordered') => rows.get(type) })
}

/** Made once: worlds are many, and their invariants nearly always these. */
const TABLE_OF_ALL = makeTable(all)
