import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { apply } from '../../src/nodes/database/apply.ts'
import { DatabaseError } from '../../src/nodes/database/DatabaseError.ts'
import { DataTree, isLocal } from '../../src/nodes/database/DataTree.ts'
import { SharedApply } from '../../src/nodes/database/SharedApply.ts'
import { readSnapshot } from '../../src/nodes/database/Snapshot.ts'
import { ZKDatabase } from '../../src/nodes/database/ZKDatabase.ts'
import { sameNode, type ZNode } from '../../src/nodes/database/ZNode.ts'
import type { SnapshotRecord } from '../../src/nodes/diskRecords.ts'
import { FakeHost } from './fakeHost.ts'
import {
  configOf,
  create,
  flatWishes,
  history,
  narrowWishes,
  prepare,
  type Wish,
  wishes,
} from './generators.ts'

function database(host: FakeHost, settings = {}): ZKDatabase {
  return new ZKDatabase(host, configOf({ snapshotChunk: 1, ...settings }), new SharedApply(true))
}

/** What happens while a snapshot is written: each number is how many transactions come before the next chunk. */
interface Interleaving {
  readonly before: readonly Wish[]
  readonly during: readonly Wish[]
  readonly pace: Iterator<number>
  readonly chunk: number
}

function interleavingsOf(wish: fc.Arbitrary<Wish>): fc.Arbitrary<Interleaving> {
  return fc.record({
    before: fc.array(wish, { maxLength: 40, size: 'max' }),
    during: fc.array(wish, { maxLength: 60, size: 'max' }),
    pace: fc.infiniteStream(fc.nat(12)),
    chunk: fc.integer({ min: 1, max: 3 }),
  })
}

describe('a fuzzy snapshot', () => {
  function takenMeanwhile({ before, during, pace, chunk }: Interleaving): [ZKDatabase, ZKDatabase] {
    const host = new FakeHost()
    const db = database(host, { snapshotChunk: chunk })
    db.loadDataBase()
    const log = (list: readonly Wish[]) => {
      for (const wish of list) {
        const txn = prepare(db.tree, wish, db.lastProcessedZxid + 1)
        db.append(txn)
        db.processTxn(txn)
      }
    }
    log(before)
    db.rollLog()
    const writer = db.beginSnapshot()
    const label = db.lastProcessedZxid
    const rest = [...during]
    while (writer.step()) log(rest.splice(0, pace.next().value))
    log(rest)

    const restarted = database(host.restarted())
    expect(restarted.loadDataBase()).toBe(db.lastProcessedZxid)
    expect(restarted.snapshotZxid).toBe(label)
    return [db, restarted]
  }

  it('and the log from its label on give the tree and sessions of those who applied everything (D4)', () => {
    fc.assert(
      fc.property(fc.oneof(interleavingsOf(flatWishes), interleavingsOf(narrowWishes)), (interleaving) => {
        const [db, restarted] = takenMeanwhile(interleaving)
        expect(restarted.tree.equals(db.tree)).toBe(true)
        expect(restarted.tree.digest).toBe(db.tree.digest)
        expect([...restarted.sessions].sort()).toEqual([...db.sessions].sort())
      }),
      { numRuns: 400 },
    )
  })

  it('counts nested quotas anew, as the real one does: all else is the same', () => {
    fc.assert(
      fc.property(interleavingsOf(wishes), (interleaving) => {
        const [{ tree }, restarted] = takenMeanwhile(interleaving)
        const agreed = (paths: DataTree) => paths.nodes.sortedKeys().filter((path) => !isLocal(path))
        expect(agreed(restarted.tree)).toEqual(agreed(tree))
        for (const path of agreed(tree))
          expect(sameNode(restarted.tree.get(path) as ZNode, tree.get(path) as ZNode)).toBe(true)
        expect(restarted.tree.fingerprint).toBe(tree.fingerprint)
        expect(restarted.tree.quotas.sortedKeys()).toEqual(tree.quotas.sortedKeys())
      }),
      { numRuns: 400 },
    )
  })

  it('shows each part as it was when that part was written', () => {
    const host = new FakeHost()
    const db = database(host)
    db.loadDataBase()
    db.processTxn(create(1, '/a', 'old'))
    db.processTxn(create(2, '/b', 'old'))
    const stream = db.streamSnapshot()
    stream.next() // header
    stream.next() // the root
    stream.next() // /a
    for (const [i, path] of ['/a', '/b'].entries()) {
      const set = {
        ...create(3 + i, path),
        body: { type: 'setData' as const, path, data: 'new', version: 1 },
      }
      db.processTxn(set)
    }
    db.processTxn(create(5, '/b/below'))
    db.processTxn(create(6, '/c'))
    const rest: string[] = []
    for (let record = stream.next(); record !== null; record = stream.next()) {
      if (record.kind === 'snapshotNodes')
        for (const { path, data } of record.nodes) rest.push(`${path}=${data}`)
    }
    // What is below /b was not there when the walk began, what is below the root was listed before /c came.
    expect(rest).toEqual(['/b=new', '/b/below=', '/zookeeper=', '/zookeeper/config=', '/zookeeper/quota='])
  })

  it('ends where the database is exchanged under it', () => {
    const host = new FakeHost()
    const db = database(host)
    db.loadDataBase()
    db.processTxn(create(1, '/a'))
    const writer = db.beginSnapshot()
    writer.step()
    db.clear()
    expect(writer.step()).toBe(false)
    expect(writer.complete).toBe(false)
    expect(database(host.restarted()).loadDataBase()).toBe(0)
  })

  it('is no snapshot when the disk swallowed a part of it', () => {
    const host = new FakeHost()
    const db = database(host)
    db.loadDataBase()
    db.processTxn(create(1, '/a'))
    const writer = db.beginSnapshot()
    writer.step()
    writer.step()
    host.disk.get(writer.file)?.records.pop()
    while (writer.step()) {
      // to its end
    }
    expect(writer.complete).toBe(false)
    expect(writer.refused).toBe(true)
  })

  it('streams the records that a file would hold', () => {
    const host = new FakeHost()
    const db = database(host, { snapshotChunk: 2 })
    db.loadDataBase()
    for (const txn of history([])) db.processTxn(txn)
    db.processTxn(create(1, '/a'))
    const streamed: SnapshotRecord[] = []
    const stream = db.streamSnapshot()
    for (let record = stream.next(); record !== null; record = stream.next()) streamed.push(record)
    db.takeSnapshot()
    expect(host.disk.get('snapshot.1')?.records).toEqual(streamed)
    expect(readSnapshot(streamed).tree.equals(db.tree)).toBe(true)
  })

  it('leaves a complete snapshot of its label in peace', () => {
    const host = new FakeHost()
    const db = database(host)
    db.loadDataBase()
    const there = host.disk.get('snapshot.0')?.records
    db.takeSnapshot()
    expect(host.disk.get('snapshot.0')?.records).toBe(there)
    expect(host.forces.at(-1)?.file).toBe('snapshot.0')
  })
})

describe('installing a snapshot', () => {
  const records = (): SnapshotRecord[] => {
    const db = database(new FakeHost())
    db.processTxn({ ...create(1, '/'), body: { type: 'createSession', timeout: 5_000 } })
    db.processTxn(create(2, '/a'))
    db.processTxn(create(3, '/a/b'))
    const list: SnapshotRecord[] = []
    const stream = db.streamSnapshot()
    for (let record = stream.next(); record !== null; record = stream.next()) list.push(record)
    return list
  }

  it('replaces tree, sessions and position, and empties committedLog', () => {
    const host = new FakeHost()
    const db = database(host)
    db.loadDataBase()
    db.processTxn(create(1, '/mine'))
    db.addCommittedProposal(create(1, '/mine'))
    db.installSnapshot(records(), 3)
    expect(db.tree.children('/')).toEqual(['a', 'zookeeper'])
    expect([...db.sessions.values()]).toEqual([5_000])
    expect([db.lastProcessedZxid, db.committedLog.length]).toEqual([3, 0])
    const expected = apply(apply(DataTree.empty, create(2, '/a')).tree, create(3, '/a/b')).tree
    expect(db.tree.equals(expected)).toBe(true)
  })

  it('then a snapshot of the same label is written anew', () => {
    const host = new FakeHost()
    const db = database(host)
    db.loadDataBase()
    db.installSnapshot(records(), 0)
    db.takeSnapshot()
    const restarted = database(host.restarted())
    restarted.loadDataBase()
    expect(restarted.tree.has('/a/b')).toBe(true)
  })

  it('is refused without its parents, its header or its end', () => {
    const whole = records()
    const without = (path: string) =>
      whole.filter(
        (record) => record.kind !== 'snapshotNodes' || record.nodes.every((node) => node.path !== path),
      )
    for (const broken of [without('/a'), whole.slice(1), whole.slice(0, -1), []]) {
      expect(() => database(new FakeHost()).installSnapshot(broken, 3)).toThrow(DatabaseError)
    }
  })

  it('and what came before it is discarded on request', () => {
    const host = new FakeHost()
    const db = database(host)
    db.loadDataBase()
    db.append(create(1, '/mine'))
    db.installSnapshot(records(), 3)
    db.takeSnapshot()
    db.discardHistoryBefore(3)
    expect(host.files()).toEqual(['snapshot.3'])
    db.append(create(4, '/next'))
    expect(host.files()).toEqual(['log.4', 'snapshot.3'])
  })
})
