import { describe, expect, it } from 'vitest'
import { SharedApply } from '../../src/nodes/database/SharedApply.ts'
import { ZKDatabase } from '../../src/nodes/database/ZKDatabase.ts'
import { fork } from '../../src/sim/kernel/fork.ts'
import { FakeHost } from './fakeHost.ts'
import { configOf, create } from './generators.ts'

/** A host that can be copied: the fake one's hook is a function. */
class CopyableHost extends FakeHost {
  constructor() {
    super()
    Reflect.deleteProperty(this, 'beforeWrite')
  }
}
Object.defineProperty(CopyableHost.prototype, 'beforeWrite', { value: () => {} })

describe('a forked database', () => {
  it('goes its own way in memory, on disk and in the middle of a snapshot', () => {
    const host = new CopyableHost()
    const db = new ZKDatabase(host, configOf({ snapshotChunk: 1 }), new SharedApply(true))
    db.loadDataBase()
    const one = create(1, '/a')
    db.append(one)
    db.processTxn(one)
    db.addCommittedProposal(one)
    const writer = db.beginSnapshot()
    writer.step()
    writer.step()

    const copy = fork({ host, db, writer })
    expect(copy.db.tree).toBe(db.tree)
    const two = create(2, '/b')
    copy.db.append(two)
    copy.db.processTxn(two)
    copy.db.addCommittedProposal(two)
    while (copy.writer.step()) {
      // to its end
    }
    expect([copy.db.lastProcessedZxid, copy.db.committedLog.length, copy.db.loggedTxns().length]).toEqual([
      2, 2, 2,
    ])
    expect([db.lastProcessedZxid, db.committedLog.length, db.loggedTxns().length]).toEqual([1, 1, 1])
    expect([copy.writer.complete, writer.complete]).toEqual([true, false])
    expect(db.tree.has('/b')).toBe(false)
    while (writer.step()) {
      // to its end as well
    }
    expect(host.disk.get('snapshot.1')?.records).toEqual(copy.host.disk.get('snapshot.1')?.records)
  })
})
