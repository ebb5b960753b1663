/**
 * Judges a history of clients' operations by itself: whether it is one that a single tree, asked one thing after the
 * other, could have answered.
 *
 * Every answer names a position in the order of transactions, so there is an order to try and nothing to search for:
 * accepted writes take effect at theirs, refusals and reads are held against the tree there. Only what has no answer is
 * open. Where the transactions are known (`txns`), they tell whether it happened, and when sessions ended; where not,
 * it is tried whether it explains what was seen, within a bound.
 */
import { AppendOnlyLog } from '../../base/AppendOnlyLog.ts'
import type { SessionId, Txn } from '../../nodes/database/txns.ts'
import type { Operation, Result } from '../../nodes/packets.ts'
import { printZxid, type Zxid } from '../../nodes/zxid.ts'
import { isWrite } from '../ClientHistory.ts'
import { entryAt } from '../sequences.ts'
import { printTarget, readMismatch } from './answers.ts'
import { Draft, refusals, remove, take, takeTxn } from './effects.ts'
import { SequentialTree } from './SequentialTree.ts'
import { writeMismatch } from './writes.ts'

export interface ClientOperation {
  readonly session: SessionId
  readonly op: Operation
  /** On a clock that all clients share. */
  readonly invoked: number
  /** Null where no answer ever came. */
  readonly returned: number | null
  /** 0 or a code of KeeperException; null where nobody knows whether it happened. */
  readonly err: number | null
  /** The position that the answer named; -1 where there was none. */
  readonly zxid: Zxid
  readonly result: Result | null
}

export interface HistoryOptions {
  /** What was agreed on, in its order, from the beginning. */
  readonly txns?: readonly Txn[]
  /** A sync owes every write that had been answered before. ZooKeeper's leaders do not promise it to their own clients. */
  readonly syncIsBarrier?: boolean
  /** How many explanations of what has no answer are tried; 10,000 unless said. */
  readonly tries?: number
}

export interface HistoryVerdict {
  readonly verdict: 'held' | 'broken' | 'unknown'
  /** The first contradiction, or what could not be decided; null where it held. */
  readonly what: string | null
  /** The operations that contradict each other. */
  readonly operations: readonly ClientOperation[]
  /** How many answers were held against the tree. */
  readonly judged: number
}

/** @returns held, broken or unknown; the time it takes grows with the number of operations, and little faster. */
export function checkHistory(
  history: readonly ClientOperation[],
  options: HistoryOptions = {},
): HistoryVerdict {
  const answered = history.filter((each) => each.err !== null && each.returned !== null && each.zxid >= 0)
  return checkOrder(answered, options) ?? new Run(history, answered, options).judge()
}

// ── real time ──

/** What was answered before something was asked for comes before it. Null: all is well. */
function checkOrder(
  answered: readonly ClientOperation[],
  { syncIsBarrier = false }: HistoryOptions,
): HistoryVerdict | null {
  const byStart = [...answered].sort((a, b) => a.invoked - b.invoked)
  const byEnd = [...answered].sort((a, b) => (a.returned as number) - (b.returned as number))
  const seen = new Map<SessionId, ClientOperation>()
  let latest: ClientOperation | null = null
  let ended = 0
  for (const each of byStart) {
    for (; ended < byEnd.length; ended += 1) {
      const other = byEnd[ended] as ClientOperation
      if ((other.returned as number) >= each.invoked) break
      if (latest === null || other.zxid > latest.zxid) latest = other
    }
    const { op, err, zxid, session } = each
    if (latest !== null && err === 0 && changes(op) && zxid < latest.zxid + (isWrite(op) ? 1 : 0)) {
      return broken(
        `${print(each)} happened at ${printZxid(zxid)}, but ${print(latest)} had been answered at ${printZxid(latest.zxid)} before it was asked for`,
        [latest, each],
      )
    }
    if (syncIsBarrier && latest !== null && op.type === 'sync' && err === 0 && zxid < latest.zxid) {
      return broken(
        `${print(each)} was answered at ${printZxid(zxid)}, but ${print(latest)} had been answered at ${printZxid(latest.zxid)} before`,
        [latest, each],
      )
    }
    const before = seen.get(session)
    if (before !== undefined && before.zxid > zxid) {
      return broken(
        `${print(each)} was answered at ${printZxid(zxid)}, but ${print(before)}, asked for before it, at ${printZxid(before.zxid)}`,
        [before, each],
      )
    }
    seen.set(session, each)
  }
  return null
}

// ── one after the other ──

/** Something without an answer that may have happened. */
interface Open {
  readonly op: Operation
  readonly session: SessionId
  readonly invoked: number
}

/** What has been done to the tree. */
interface Done {
  readonly zxid: Zxid
  readonly draft: Draft
}

class Run {
  private readonly order: readonly ClientOperation[]
  private readonly txns: readonly Txn[] | null
  private readonly log: AppendOnlyLog<Txn>
  /** Where answered writes happened. */
  private readonly accepted: ReadonlySet<Zxid>
  private readonly tree = new SequentialTree()
  private readonly done: Done[] = []
  private open: Open[]
  /** Where each session was answered last, before what is looked at. */
  private readonly positions = new Map<SessionId, Zxid>()
  private readonly lastOf = new Map<SessionId, Zxid>()
  private guessed = false
  private tries: number
  private judged = 0
  private nextTxn = 0

  constructor(
    history: readonly ClientOperation[],
    answered: readonly ClientOperation[],
    { txns, tries = 10_000 }: HistoryOptions,
  ) {
    this.txns = txns ?? null
    this.log = new AppendOnlyLog(txns)
    this.tries = tries
    this.order = answered
      .map((each, index) => ({ each, index }))
      .sort((a, b) => a.each.zxid - b.each.zxid || rank(a.each) - rank(b.each) || a.index - b.index)
      .map(({ each }) => each)
    for (const { session, zxid } of this.order) this.lastOf.set(session, zxid)
    this.accepted = new Set(
      answered.filter(({ err, op }) => err === 0 && changes(op)).map(({ zxid }) => zxid),
    )
    const lost = history.filter((each) => !(each.err !== null && each.zxid >= 0) && changes(each.op))
    this.open = this.txns === null ? lost.map(({ op, session, invoked }) => ({ op, session, invoked })) : []
  }

  judge(): HistoryVerdict {
    let before: ClientOperation | null = null
    for (const each of this.order) {
      if (each.err === 0 && isWrite(each.op) && before?.zxid === each.zxid) {
        return broken(`${print(before)} and ${print(each)} both happened at ${printZxid(each.zxid)}`, [
          before,
          each,
        ])
      }
      this.takeTxnsBefore(each.zxid)
      const mismatch = this.look(each)
      if (mismatch !== null && !this.explain(each)) return this.failed(each, mismatch)
      this.positions.set(each.session, each.zxid)
      if (each.err === 0 && changes(each.op)) before = each
    }
    return Object.freeze({ verdict: 'held', what: null, operations: NONE, judged: this.judged })
  }

  /** What somebody did whose answer we do not have, and the ends of sessions. */
  private takeTxnsBefore(zxid: Zxid): void {
    if (this.txns === null) return
    for (; this.nextTxn < this.txns.length; this.nextTxn += 1) {
      const txn = this.txns[this.nextTxn] as Txn
      if (txn.zxid > zxid) return
      if (this.accepted.has(txn.zxid)) continue
      const draft = new Draft(this.tree)
      takeTxn(txn.body, txn.sessionId, txn.zxid, draft)
      this.commit(draft, txn.zxid)
    }
  }

  /** What was agreed on at the position of a write. */
  private disagrees({ op, err, zxid, session }: ClientOperation): string | null {
    if (this.txns === null || !isWrite(op)) return null
    const txn = entryAt(this.log, zxid)
    if (err === 0) return txn?.sessionId === session ? null : 'nothing of its session is agreed on there'
    // A refusal at the door names the position of something else.
    if (txn === undefined || txn.sessionId !== session || this.accepted.has(zxid)) return null
    const { type } = txn.body
    return type === 'error' || type === 'multi'
      ? null
      : `it was refused (${err}), and what was agreed on is a ${type}`
  }

  /** Holds one answer against the tree, and lets it take effect. */
  private look(each: ClientOperation): string | null {
    const { op, zxid } = each
    const disagreement = this.disagrees(each)
    if (disagreement !== null) return disagreement
    const draft = new Draft(this.tree)
    const mismatch = this.mismatch(each, draft)
    if (mismatch === undefined) return null
    this.judged += 1
    if (mismatch === null) {
      if (each.err === 0 && changes(op)) this.commit(draft, zxid)
      return null
    }
    return isWrite(op) || !this.wasSoBefore(each) ? mismatch : null
  }

  private mismatch(
    { op, session, err, result, zxid }: ClientOperation,
    draft: Draft,
  ): string | null | undefined {
    if (op.type === 'closeSession') {
      if (err !== 0) return undefined
      for (const path of draft.ephemerals(session)) remove(path, zxid, draft)
      return null
    }
    if (isWrite(op)) return writeMismatch(op, session, err as number, result, zxid, draft)
    return readMismatch(op, err as number, result, session, draft)
  }

  /** A read may be of any position from the one that its session has seen up to the one that its answer names. */
  private wasSoBefore(each: ClientOperation): boolean {
    const from = this.positions.get(each.session) ?? 0
    if (this.guessed || this.done.length === 0 || (this.done[this.done.length - 1] as Done).zxid <= from)
      return false
    const earlier = new SequentialTree()
    let at = 0
    const goOn = (until: Zxid) => {
      for (; at < this.done.length && (this.done[at] as Done).zxid <= until; at += 1) {
        earlier.take((this.done[at] as Done).draft)
      }
    }
    for (goOn(from); at < this.done.length; goOn((this.done[at] as Done).zxid)) {
      if (this.mismatch(each, new Draft(earlier)) === null) return true
    }
    return false
  }

  // ── what has no answer ──

  /** Whether something without an answer, or the end of a session, explains what does not fit; it has happened then. */
  private explain(each: ClientOperation): boolean {
    if (this.txns !== null) return false
    const eligible = this.eligible(each)
    const fits = (draft: Draft) => {
      const mismatch = this.mismatch(each, draft)
      return mismatch === null || mismatch === undefined
    }
    for (const first of eligible) {
      for (const second of [null, ...eligible]) {
        if (second === first) continue
        for (const zxid of this.hints(each)) {
          if (this.tries === 0) return false
          this.tries -= 1
          const draft = new Draft(this.tree)
          if (!happen(first, zxid, draft) || (second !== null && !happen(second, zxid, draft))) continue
          if (!fits(draft)) continue
          this.guessed = true
          this.commit(draft, each.zxid)
          this.open = this.open.filter((other) => other !== first && other !== second)
          return true
        }
      }
    }
    return false
  }

  private eligible({ returned, zxid }: ClientOperation): readonly Open[] {
    const found = this.open.filter(({ invoked }) => invoked < (returned as number))
    for (const [session, last] of this.lastOf) {
      if (last >= zxid || this.tree.ephemerals(session).length === 0) continue
      found.push({ op: { type: 'closeSession' }, session, invoked: 0 })
    }
    return found
  }

  /** When it may have happened, by what the answer shows; else some time before. */
  private hints({ result, zxid }: ClientOperation): readonly Zxid[] {
    const shown = new Set<Zxid>()
    if (result !== null && 'stat' in result && result.stat !== null) {
      const { czxid, mzxid, pzxid } = result.stat
      for (const each of [mzxid, czxid, pzxid]) if (each <= zxid) shown.add(each)
    }
    shown.add(zxid - 1)
    return [...shown]
  }

  private commit(draft: Draft, zxid: Zxid): void {
    this.tree.take(draft)
    this.done.push({ zxid, draft })
  }

  private failed(each: ClientOperation, mismatch: string): HistoryVerdict {
    const what = `${print(each)}, answered at ${printZxid(each.zxid)}: ${mismatch}`
    const isOpen = this.txns === null && (this.guessed || this.eligible(each).length > 0)
    if (!isOpen) return Object.freeze({ ...broken(what, [each]), judged: this.judged })
    return Object.freeze({
      verdict: 'unknown',
      what: `${what}; what has no answer may explain it`,
      operations: Object.freeze([each]),
      judged: this.judged,
    })
  }
}

/** @returns whether the tree lets it. */
function happen({ op, session }: Open, zxid: Zxid, draft: Draft): boolean {
  if (op.type === 'closeSession') {
    for (const path of draft.ephemerals(session)) remove(path, zxid, draft)
    return true
  }
  const parts = op.type === 'multi' ? op.ops : [op]
  for (const part of parts) {
    if (refusals(part, draft).length > 0) return false
    take(part, session, zxid, draft)
  }
  return true
}

/** Of the same position, what made it comes first. */
function rank({ op, err }: ClientOperation): number {
  return err === 0 && changes(op) ? 0 : 1
}

/** The end of a session has a position of its own, as writes have, unless the session was local. */
function changes(op: Operation): boolean {
  return isWrite(op) || op.type === 'closeSession'
}

function broken(what: string, operations: readonly (ClientOperation | null)[]): HistoryVerdict {
  const those = operations.filter((each) => each !== null)
  return Object.freeze({ verdict: 'broken', what, operations: Object.freeze(those), judged: 0 })
}

/** `getData /x of 0x1000…` */
function print({ op, session }: ClientOperation): string {
  return `${printTarget(op)} of ${session}`
}

const NONE: readonly ClientOperation[] = Object.freeze([])
