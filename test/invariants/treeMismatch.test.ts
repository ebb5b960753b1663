import { describe, expect, test } from 'vitest'
import { treeMismatch } from '../../src/invariants/model/treeMismatch.ts'
import { OPEN_ACL_UNSAFE } from '../../src/nodes/acl.ts'
import { apply } from '../../src/nodes/database/apply.ts'
import { DataTree } from '../../src/nodes/database/DataTree.ts'
import { makeTxn, NO_SESSION, type Txn, type TxnBody } from '../../src/nodes/database/txns.ts'

const QUOTA = '/zookeeper/quota/app'
const statistics = `${QUOTA}/zookeeper_stats`

function create(path: string, data: string, parentCVersion: number): TxnBody {
  return { type: 'create', path, data, ephemeral: false, acl: OPEN_ACL_UNSAFE, parentCVersion }
}

function txnOf(body: TxnBody): Txn {
  return makeTxn(1, NO_SESSION, 0, 0, body)
}

/** A tree with a quota on /app, without or with its statistics. */
function quotaTree(bodies: readonly TxnBody[] = []): DataTree {
  const all = [
    create('/app', '', 1),
    create(QUOTA, '', 1),
    create(`${QUOTA}/zookeeper_limits`, 'count=5,bytes=50', 1),
    ...bodies,
  ]
  return all.reduce((tree, body) => apply(tree, txnOf(body)).tree, DataTree.empty)
}

describe('the statistics of a quota', () => {
  test('are the server’s, whatever was written there', () => {
    const before = quotaTree()
    const txn = txnOf(create(statistics, 'whatever', 2))
    const after = apply(before, txn).tree
    expect(after.get(statistics)?.data).toBe('count=1,bytes=0')
    expect(treeMismatch(txn, before, after)).toBeNull()
  })

  test.each([create('/app/a', '123', 1), { type: 'setData', path: '/app', data: '12', version: 1 } as const])(
    'may change with what is counted: $type',
    (body) => {
      const before = quotaTree([create(statistics, '', 2)])
      const txn = txnOf(body)
      const after = apply(before, txn).tree
      expect(after.get(statistics)?.data).not.toBe(before.get(statistics)?.data)
      expect(treeMismatch(txn, before, after)).toBeNull()
    },
  )

  test('do not excuse a change of anything else', () => {
    const before = quotaTree([create(statistics, '', 2)])
    const txn = txnOf(create('/app/a', '123', 1))
    const more = apply(before, txn).tree
    const after = apply(more, txnOf(create('/else', '', 2))).tree
    expect(treeMismatch(txn, before, after)).toBe('it changed something else as well')
  })
})
