import { assert } from '../../base/assert.ts'
import { type Copy, type Forkable, fork } from '../../base/forkable.ts'
import type { Zxid } from '../zxid.ts'
import { apply } from './apply.ts'
import type { DataTree, ProcessTxnResult } from './DataTree.ts'
import { TreeEdit } from './TreeEdit.ts'
import type { Txn } from './txns.ts'

interface Applied {
  readonly zxid: Zxid
  readonly before: DataTree
  readonly txn: Txn
  readonly Edit: typeof TreeEdit
  readonly result: ProcessTxnResult
}

/**
 * Lets the peers of one world apply each transaction once: same tree and same transaction, same result object.
 *
 * Never changes a result, only which of two equal objects it is. Two lessons are built in:
 *
 * - It belongs to the world and re-interns: a peer that lagged, or rebuilt its tree from disk, holds an equal but
 *   different tree, and would never share again. So a tree is exchanged for the one already known after the same zxid
 *   where digest, fingerprints and size agree (more than 64 bits, from two unrelated functions; a 32-bit key would in
 *   the end hide the very divergence we hunt). `strict` compares the trees themselves as well.
 * - It is a ring: a link from each tree to its successor would keep every version alive for every checkpoint.
 */
export class SharedApply implements Forkable {
  private ring: (Applied | null)[]
  private readonly strict: boolean
  private newest: Zxid = 0
  /** How often a result was found, and how often made. */
  hits = 0
  misses = 0

  constructor(strict = false) {
    this.strict = strict
    this.ring = new Array<Applied | null>(RING).fill(null)
  }

  /** @param Edit how this peer changes trees: peers of one world need not be of one release. */
  apply(tree: DataTree, txn: Txn, Edit: typeof TreeEdit = TreeEdit): ProcessTxnResult {
    const slot = slotOf(txn.zxid)
    const known = this.ring[slot] as Applied | null
    if (known !== null && known.txn === txn && known.before === tree && known.Edit === Edit) {
      this.hits += 1
      return known.result
    }
    this.misses += 1
    const made = apply(tree, txn, Edit)
    const result = known === null ? made : this.exchangeTree(known, txn.zxid, made)
    // A peer that replays an old log does not push out what the others are at.
    if (known === null || known.zxid <= txn.zxid) {
      if (txn.zxid > this.newest) this.newest = txn.zxid
      this.ring[slot] = Object.freeze({ zxid: txn.zxid, before: tree, txn, Edit, result })
    }
    return result
  }

  /** The tree that other peers hold after `zxid`, where this one equals it; else this one. */
  intern(zxid: Zxid, tree: DataTree): DataTree {
    const known = this.ring[slotOf(zxid)] as Applied | null
    return known !== null && known.zxid === zxid && this.agree(known.result.tree, tree)
      ? known.result.tree
      : tree
  }

  /** Leaves the older results behind, or all the trees of a run would live on in its checkpoints. */
  [fork](_copy: Copy): this {
    const copy = new SharedApply(this.strict)
    const oldest = this.newest - CARRIED
    for (const applied of this.ring) {
      if (applied !== null && applied.zxid > oldest) copy.ring[slotOf(applied.zxid)] = applied
    }
    copy.newest = this.newest
    copy.hits = this.hits
    copy.misses = this.misses
    return copy as this
  }

  private exchangeTree(known: Applied, zxid: Zxid, made: ProcessTxnResult): ProcessTxnResult {
    const tree = known.result.tree
    if (known.zxid !== zxid || tree === made.tree || !this.agree(tree, made.tree)) return made
    const { err, path, stat, changes, results } = made
    return Object.freeze({ tree, err, path, stat, changes, results })
  }

  private agree(a: DataTree, b: DataTree): boolean {
    const agree =
      a.digest === b.digest &&
      a.fingerprint === b.fingerprint &&
      a.localFingerprint === b.localFingerprint &&
      a.nodes.size === b.nodes.size
    if (agree && this.strict) assert(a.equals(b), 'trees of equal digest and fingerprint are equal')
    return agree
  }
}

const RING = 256

/** What copies take along: more than is usually on its way. */
const CARRIED = 64

/** The counter's low bits: consecutive transactions take consecutive slots. */
function slotOf(zxid: Zxid): number {
  return zxid % RING
}
