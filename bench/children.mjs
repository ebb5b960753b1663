/** What a create costs under parents with few and with many children. */

import { OPEN_ACL_UNSAFE } from '../dist/nodes/acl.js'
import { apply } from '../dist/nodes/database/apply.js'
import { makeTxn } from '../dist/nodes/database/txns.js'
import { createOperation } from '../dist/nodes/operations.js'
import { Ensemble } from '../dist/sim/ensemble.js'
import { errandClient } from './Errands.mjs'
import { figure, nanosPer } from './timing.mjs'

/** How many parents have how many children each: none has many more at the end of a round than at its beginning. */
const FAMILIES = [
  { children: 10, parents: 200 },
  { children: 1_000, parents: 20 },
  { children: 100_000, parents: 1 },
]
/** Creates in a round, by turns under each parent of a family; they are deleted behind it. */
const CREATES = 200

/** Through the whole of a standalone server, without and with the invariants, and by `apply` alone. Microseconds. */
export function measureCreates(rounds) {
  const unchecked = new Families(false)
  const checked = new Families(true)
  const { tree } = unchecked.ensemble.peer(1).zkDb
  const ways = {
    pipeline: (family) => unchecked.create(family),
    checked: (family) => checked.create(family),
    apply: (family) => applyCreates(tree, family),
  }
  const taken = {}
  for (const way of Object.keys(ways)) taken[way] = FAMILIES.map(() => [])
  // The first rounds warm up.
  for (let round = -2; round < rounds; round += 1) {
    for (const [way, create] of Object.entries(ways)) {
      for (const [i, family] of FAMILIES.entries()) {
        const nanos = create(family)
        if (round >= 0) taken[way][i].push(nanos / 1_000)
      }
    }
  }
  const report = {}
  for (const [way, byFamily] of Object.entries(taken)) {
    const [few, , many] = byFamily
    report[way] = {
      micros: byFamily.map(figure),
      growth: figure(many.map((one, i) => one / few[i])),
    }
  }
  return { ...report, violations: checked.ensemble.checker.violations.length }
}

/** A standalone server with all the families. */
class Families {
  constructor(check) {
    this.ensemble = new Ensemble({ seed: 1, peers: 1 }, { check, onNodeError: 'throw' })
    this.errands = errandClient(this.ensemble, 'client', { outstanding: 100 })
    for (const family of FAMILIES) {
      const parents = Array.from({ length: family.parents }, (_, i) => parentOf(family, i))
      this.errands.run(parents.map((path) => createOperation(path, '')))
      for (const parent of parents) {
        const names = Array.from({ length: family.children }, (_, i) => `${parent}/${i}`)
        this.errands.run(names.map((path) => createOperation(path, '')))
      }
    }
  }

  /** Nanoseconds a create. */
  create(family) {
    const paths = newPaths(family)
    const creates = paths.map((path) => createOperation(path, ''))
    const nanos = nanosPer(CREATES, () => this.errands.run(creates))
    this.errands.run(paths.map((path) => Object.freeze({ type: 'delete', path, version: -1 })))
    return nanos
  }
}

function applyCreates(tree, family) {
  const txns = newPaths(family).map((path, i) =>
    makeTxn(1_000_000_000 + i, '0x1', i, 0, {
      type: 'create',
      path,
      data: '',
      acl: OPEN_ACL_UNSAFE,
      parentCVersion: -1,
      ephemeral: false,
    }),
  )
  return nanosPer(CREATES, () => {
    let after = tree
    for (const txn of txns) after = apply(after, txn).tree
    if (after === tree) throw new Error('nothing was created')
  })
}

function parentOf({ children }, i) {
  return `/with-${children}-${i}`
}

function newPaths(family) {
  return Array.from({ length: CREATES }, (_, i) => `${parentOf(family, i % family.parents)}/new-${i}`)
}

export const CHILDREN = FAMILIES.map(({ children }) => children)
/** A cost that grows as the logarithm grows by this much from the fewest to the most. */
export const LOG_GROWTH = Math.log(CHILDREN.at(-1)) / Math.log(CHILDREN[0])
