import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { AssertionFailed } from '../../src/base/assert.ts'
import { fork } from '../../src/base/forkable.ts'
import { apply } from '../../src/nodes/database/apply.ts'
import { DataTree } from '../../src/nodes/database/DataTree.ts'
import { SharedApply } from '../../src/nodes/database/SharedApply.ts'
import { TreeEdit } from '../../src/nodes/database/TreeEdit.ts'
import { makeTxn, type SubTxn, type Txn } from '../../src/nodes/database/txns.ts'
import { create, history, SESSIONS, wishes } from './generators.ts'

function run(shared: SharedApply, txns: readonly Txn[], from = DataTree.empty): DataTree {
  let tree = from
  for (const txn of txns) tree = shared.apply(tree, txn).tree
  return tree
}

const manyCreates = Array.from({ length: 3_000 }, (_, i) => create(i + 1, `/n${i}`))

describe('SharedApply', () => {
  it('never changes a result', () => {
    fc.assert(
      fc.property(fc.array(wishes, { maxLength: 60, size: 'max' }), fc.nat(59), (list, lag) => {
        const shared = new SharedApply(true)
        const txns = history(list)
        let expected = DataTree.empty
        for (const txn of txns) expected = apply(expected, txn).tree
        const first = run(shared, txns)
        const second = run(shared, txns.slice(lag), run(shared, txns.slice(0, lag)))
        expect(first.equals(expected)).toBe(true)
        expect(second).toBe(first)
      }),
      { numRuns: 50 },
    )
  })

  it('gives the same object to all who apply the same to the same', () => {
    const shared = new SharedApply()
    const first = run(shared, manyCreates.slice(0, 100))
    expect(run(shared, manyCreates.slice(0, 100))).toBe(first)
    expect([shared.misses, shared.hits]).toEqual([100, 100])
  })

  it('a peer that replays a log longer than the ring shares again at its end', () => {
    const shared = new SharedApply(true)
    const first = run(shared, manyCreates)
    expect(run(shared, manyCreates)).toBe(first)
    const next = create(3_001, '/next')
    expect(shared.apply(first, next)).toBe(shared.apply(first, next))
  })

  it('a tree that was built by other means shares from its next transaction on', () => {
    const shared = new SharedApply(true)
    const before = run(shared, manyCreates.slice(0, 10))
    const twin = run(new SharedApply(), manyCreates.slice(0, 10))
    expect(twin).not.toBe(before)
    const next = shared.apply(before, manyCreates[10] as Txn).tree
    expect(shared.apply(twin, manyCreates[10] as Txn).tree).toBe(next)
    expect(shared.intern(11, run(new SharedApply(), manyCreates.slice(0, 11)))).toBe(next)
  })

  it('trees that differ stay different', () => {
    const shared = new SharedApply(true)
    const one = run(shared, [create(1, '/a', 'one')])
    const two = run(shared, [create(1, '/a', 'two')])
    expect(two).not.toBe(one)
    expect(two.get('/a')?.data).toBe('two')
    expect(shared.intern(1, one)).toBe(one)
  })

  it('strict: does not believe a digest', () => {
    const shared = new SharedApply(true)
    run(shared, [create(1, '/a', 'one')])
    const { nodes } = run(new SharedApply(), [create(1, '/a', 'two')])
    const real = run(new SharedApply(), [create(1, '/a', 'one')])
    const forged = new DataTree({ ...real, nodes })
    expect(() => shared.intern(1, forged)).toThrow(AssertionFailed)
  })

  it('peers that change trees in different ways do not share', () => {
    class Other extends TreeEdit {
      override knowsPart(): boolean {
        return false
      }
    }
    const txns = Object.freeze([create(1, '/a').body as SubTxn])
    const txn = makeTxn(1, SESSIONS[0], 0, 0, { type: 'multi', txns })
    const shared = new SharedApply(true)
    expect(shared.apply(DataTree.empty, txn).results).toHaveLength(1)
    expect(shared.apply(DataTree.empty, txn, Other)).toMatchObject({
      err: 0,
      tree: DataTree.empty,
      results: [],
    })
    expect(shared.apply(DataTree.empty, txn).results).toHaveLength(1)
  })

  it('a fork goes its own way with what was known', () => {
    const shared = new SharedApply()
    const tree = run(shared, manyCreates.slice(0, 5))
    const copy = shared[fork]((value) => value)
    expect(run(copy, manyCreates.slice(0, 5))).toBe(tree)
    run(copy, [create(6, '/other')], tree)
    const made = shared.apply(tree, manyCreates[5] as Txn)
    expect(shared.apply(tree, manyCreates[5] as Txn)).toBe(made)
    expect(made.tree.has('/n5')).toBe(true)
  })
})
