import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { type AclList, aclList, OPEN_ACL_UNSAFE, READ_ACL_UNSAFE } from '../../src/nodes/acl.ts'
import { DatabaseError } from '../../src/nodes/database/DatabaseError.ts'
import { DataTree } from '../../src/nodes/database/DataTree.ts'
import { SharedApply } from '../../src/nodes/database/SharedApply.ts'
import { logFileLength, snapshotFileLength, txnSize } from '../../src/nodes/database/sizes.ts'
import { makeTxn, type Txn, type TxnBody } from '../../src/nodes/database/txns.ts'
import { ZKDatabase } from '../../src/nodes/database/ZKDatabase.ts'
import type { PeerSettings } from '../../src/nodes/PeerConfig.ts'
import { makeZxid, type Zxid } from '../../src/nodes/zxid.ts'
import { FakeHost } from './fakeHost.ts'
import { configOf, create, SESSIONS } from './generators.ts'

const session = SESSIONS[0]

function database(host: FakeHost, settings: Partial<PeerSettings> = {}): ZKDatabase {
  return new ZKDatabase(host, configOf(settings), new SharedApply(true))
}

/** Logs and applies transactions, as a server that commits all at once. */
function serve(db: ZKDatabase, txns: readonly Txn[]): void {
  for (const txn of txns) {
    db.append(txn)
    db.processTxn(txn)
    db.addCommittedProposal(txn)
  }
  db.commitLog()
}

function creates(from: number, to: number, epoch = 0): Txn[] {
  const txns: Txn[] = []
  for (let i = from; i <= to; i++) txns.push(create(makeZxid(epoch, i), `/n${epoch}-${i}`))
  return txns
}

function streamOf(db: ZKDatabase) {
  const records = []
  const stream = db.streamSnapshot()
  for (let record = stream.next(); record !== null; record = stream.next()) records.push(record)
  return records
}

/** A started database, with these batches in its log, one file each. */
function logged(host: FakeHost, ...files: Txn[][]): ZKDatabase {
  const db = database(host)
  db.loadDataBase()
  for (const txns of files) {
    db.rollLog()
    serve(db, txns)
  }
  return db
}

function restart(host: FakeHost, settings: Partial<PeerSettings> = {}): ZKDatabase {
  const db = database(host.restarted(), settings)
  db.loadDataBase()
  return db
}

function zxids(txns: Iterable<Txn> | readonly Txn[]): Zxid[] {
  return [...txns].map((txn) => txn.zxid)
}

function loggedZxids(db: ZKDatabase): Zxid[] {
  const log = db.loggedTxns()
  return Array.from({ length: log.length }, (_, i) => log.at(i).zxid)
}

describe('a database in memory', () => {
  it('keeps sessions, tree and position', () => {
    const db = database(new FakeHost())
    db.processTxn(makeTxn(1, session, 0, 0, { type: 'createSession', timeout: 7_000 }))
    db.processTxn(
      makeTxn(2, session, 0, 0, {
        type: 'create',
        path: '/e',
        data: '',
        ephemeral: true,
        acl: OPEN_ACL_UNSAFE,
        parentCVersion: 1,
      }),
    )
    expect([...db.sessions]).toEqual([[session, 7_000]])
    const { changes } = db.processTxn(makeTxn(3, session, 0, 0, { type: 'closeSession', paths: ['/e'] }))
    expect(changes).toMatchObject([{ kind: 'deleted', path: '/e' }])
    expect([db.sessions.size, db.tree.has('/e'), db.lastProcessedZxid]).toEqual([0, false, 3])
    db.processTxn(create(2, '/late'))
    expect(db.lastProcessedZxid).toBe(3)
  })

  it('the session table moves before the tree, the position last (ZOOKEEPER-1090, -3144)', () => {
    const order: string[] = []
    class Watched extends ZKDatabase {
      protected override applyToSessions(txn: Txn): void {
        order.push(`sessions at ${this.lastProcessedZxid}`)
        super.applyToSessions(txn)
      }
      protected override applyToTree(txn: Txn) {
        order.push(`tree at ${this.lastProcessedZxid}`)
        return super.applyToTree(txn)
      }
    }
    new Watched(new FakeHost(), configOf(), new SharedApply()).processTxn(create(1, '/a'))
    expect(order).toEqual(['sessions at 0', 'tree at 0'])
  })
})

describe('committedLog', () => {
  it('is a window of commitLogCount', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 20 }), fc.nat(1_200), (commitLogCount, added) => {
        const db = database(new FakeHost(), { commitLogCount })
        for (const txn of creates(1, added)) expect(db.addCommittedProposal(txn)).toBe(true)
        const expected = zxids(creates(Math.max(1, added - commitLogCount + 1), added))
        const held = Array.from({ length: db.committedLog.length }, (_, i) => db.committedLog.at(i).zxid)
        expect(held).toEqual(expected)
        expect([db.minCommittedLog, db.maxCommittedLog]).toEqual([expected[0] ?? 0, expected.at(-1) ?? 0])
        expected.forEach((zxid, i) => {
          expect(db.committedLog.indexOf(zxid)).toBe(i)
        })
        expect(db.committedLog.indexOf(added + 1)).toBe(expected.length)
      }),
      { numRuns: 30 },
    )
  })

  it('ignores what it has, refuses a gap inside an epoch, takes a new epoch (ZOOKEEPER-4925)', () => {
    const host = new FakeHost()
    const db = database(host)
    for (const txn of creates(1, 3)) db.addCommittedProposal(txn)
    expect(db.addCommittedProposal(create(2, '/again'))).toBe(true)
    expect(db.addCommittedProposal(create(5, '/gap'))).toBe(false)
    expect(host.facts).toMatchObject([{ type: 'anomaly', code: 'A2', zxid: 5 }])
    expect(db.maxCommittedLog).toBe(3)
    expect(db.addCommittedProposal(create(makeZxid(2, 1), '/epoch'))).toBe(true)
    expect(db.committedLog.length).toBe(4)
  })
})

describe('starting', () => {
  it('on an empty disk: a first snapshot and position 0', () => {
    const host = new FakeHost()
    const db = database(host)
    expect(db.loadDataBase()).toBe(0)
    expect(host.files()).toEqual(['snapshot.0'])
    db.forceLoaded()
    expect(host.forces).toEqual([{ file: 'snapshot.0', length: 3 }])
    expect(restart(host).lastProcessedZxid).toBe(0)
  })

  it('on an empty disk that must not be: position -1, time and again', () => {
    const host = new FakeHost()
    const db = database(host, { dbAutocreate: false })
    expect(db.loadDataBase()).toBe(-1)
    db.forceLoaded()
    expect(restart(host, { dbAutocreate: false }).lastProcessedZxid).toBe(-1)
  })

  it('replays the whole log, committed or not, into tree, sessions and committedLog', () => {
    const host = new FakeHost()
    const db = database(host)
    db.loadDataBase()
    const open = makeTxn(1, session, 0, 0, { type: 'createSession', timeout: 9_000 })
    for (const txn of [open, ...creates(2, 9)]) db.append(txn)
    const again = restart(host, { commitLogCount: 4 })
    expect([again.lastProcessedZxid, again.lastLoggedZxid]).toEqual([9, 9])
    expect([...again.sessions]).toEqual([[session, 9_000]])
    expect(again.tree.children('/')).toHaveLength(9)
    expect([again.minCommittedLog, again.maxCommittedLog]).toEqual([6, 9])
    expect(loggedZxids(again)).toEqual([1, 2, 3, 4, 5, 6, 7, 8, 9])
  })

  it('takes the newest snapshot that is whole', () => {
    const host = new FakeHost()
    const db = logged(host, creates(1, 3))
    db.takeSnapshot()
    serve(db, creates(4, 5))
    db.takeSnapshot()
    host.damage('snapshot.5', 2, 'torn')
    expect(restart(host)).toMatchObject({ snapshotZxid: 3, lastProcessedZxid: 5 })
    host.damage('snapshot.5', 1, 'corrupt')
    expect(restart(host)).toMatchObject({ snapshotZxid: 3, lastProcessedZxid: 5 })
    host.damage('snapshot.3', 0, 'corrupt')
    expect(restart(host)).toMatchObject({ snapshotZxid: 0, lastProcessedZxid: 5 })
  })

  it('refuses when snapshots are there and none can be read', () => {
    const host = new FakeHost()
    logged(host, creates(1, 3))
    host.damage('snapshot.0', 1, 'corrupt')
    expect(() => restart(host)).toThrow(DatabaseError)
  })

  it('refuses a log without a snapshot (ZOOKEEPER-2325), unless told to trust it (ZOOKEEPER-3056)', () => {
    const host = new FakeHost()
    logged(host, creates(1, 3))
    host.disk.delete('snapshot.0')
    expect(() => restart(host)).toThrow(DatabaseError)
    const trusting = restart(host, { snapshotTrustEmpty: true })
    expect(trusting.lastProcessedZxid).toBe(3)
    expect(trusting.shouldForceWriteInitialSnapshot()).toBe(true)
  })

  it('a torn record ends its file; the log goes on with the next file', () => {
    const host = new FakeHost()
    logged(host, creates(1, 3), creates(4, 6))
    host.damage('log.4', 2, 'torn')
    expect(restart(host).lastProcessedZxid).toBe(5)
    const next = host.restarted()
    const db = database(next)
    db.loadDataBase()
    serve(db, creates(6, 7))
    expect(next.files()).toEqual(['log.1', 'log.4', 'log.6', 'snapshot.0'])
    expect(restart(next).lastProcessedZxid).toBe(7)
  })

  it('refuses a record with a wrong checksum, and a log with a gap', () => {
    const corrupt = new FakeHost()
    logged(corrupt, creates(1, 6))
    corrupt.damage('log.1', 3, 'corrupt')
    expect(() => restart(corrupt)).toThrow(/checksum/)
    const gap = new FakeHost()
    logged(gap, creates(1, 3), creates(4, 6), creates(7, 9))
    gap.disk.delete('log.4')
    expect(() => restart(gap)).toThrow(/gap/)
  })

  it('an empty last file is removed', () => {
    const host = new FakeHost()
    logged(host, creates(1, 3))
    host.disk.set('log.4', { records: [], damage: null })
    const next = host.restarted()
    expect(database(next).loadDataBase()).toBe(3)
    expect(next.files()).toEqual(['log.1', 'snapshot.0'])
  })

  it('makes durable what a killed process left', () => {
    const host = new FakeHost()
    logged(host, creates(1, 3), creates(4, 5))
    const next = host.restarted()
    const db = database(next)
    db.loadDataBase()
    expect(db.forceLoaded()).not.toBeNull()
    expect(db.forceLoaded()).not.toBeNull()
    expect(db.forceLoaded()).toBeNull()
    expect(next.forces).toEqual([
      { file: 'snapshot.0', length: 3 },
      { file: 'log.4', length: 2 },
    ])
  })

  it('fastForward brings memory to the end of the log', () => {
    const host = new FakeHost()
    const db = logged(host, creates(1, 3))
    for (const txn of creates(4, 6)) db.append(txn)
    expect(db.fastForward()).toBe(6)
    expect([db.tree.has('/n0-6'), db.maxCommittedLog]).toEqual([true, 6])
  })
})

describe('the log', () => {
  it('makes a file with the first record after start and roll, and says what it logged', () => {
    const host = new FakeHost()
    logged(host, creates(1, 2), creates(3, 3))
    expect(host.files()).toEqual(['log.1', 'log.3', 'snapshot.0'])
    expect(host.facts.map((fact) => fact.type)).toEqual(['logged', 'logged', 'logged'])
  })

  it('does not roll in the middle of a batch: one force answers for all of it', () => {
    const host = new FakeHost()
    const db = database(host)
    db.loadDataBase()
    db.append(create(1, '/a'))
    db.rollLog()
    db.append(create(2, '/b'))
    db.commitLog()
    db.append(create(3, '/c'))
    db.commitLog()
    expect(host.forces).toEqual([
      { file: 'log.1', length: 2 },
      { file: 'log.3', length: 1 },
    ])
  })

  it('asks for a snapshot between a half and the whole of snapCount', () => {
    for (const [random, expected] of [
      [0, 6],
      [0.999, 10],
    ] as const) {
      const host = new FakeHost()
      host.nextRandom = random
      const db = database(host, { snapCount: 10 })
      db.loadDataBase()
      const asked: number[] = []
      for (const txn of creates(1, 20)) {
        db.append(txn)
        if (!db.shouldSnapshot()) continue
        asked.push(txn.zxid)
        db.rollLog()
      }
      expect(asked[0]).toBe(expected)
      expect(asked[1]).toBe(2 * expected)
    }
  })
})

describe('getProposalsFromTxnLog', () => {
  const logs = () => logged(new FakeHost(), creates(1, 4), creates(5, 8), creates(9, 12))

  it('begins with the file that may hold the position', () => {
    expect(zxids(logs().getProposalsFromTxnLog(6, 0))).toEqual([5, 6, 7, 8, 9, 10, 11, 12])
    expect(zxids(logs().getProposalsFromTxnLog(4, 0))).toEqual([1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12])
    expect(zxids(logs().getProposalsFromTxnLog(12, 0))).toEqual([9, 10, 11, 12])
  })

  it('is of no use where the log does not reach back, or is not allowed', () => {
    expect(logs().getProposalsFromTxnLog(0, 0)).toEqual([])
    expect(logs().getProposalsFromTxnLog(6, -1)).toEqual([])
  })

  it('counts the files behind the first, as they are preallocated', () => {
    // As the real server's files: 67,108,880 bytes each, with the header that was there before the first growth.
    expect(logs().getProposalsFromTxnLog(2, 2 * 67_108_880 - 1)).toEqual([])
    expect(logs().getProposalsFromTxnLog(2, 2 * 67_108_880)).toHaveLength(12)
    expect(logs().getProposalsFromTxnLog(10, 1)).toHaveLength(4)
  })

  it('is of no use with a hole', () => {
    const host = new FakeHost()
    const db = logged(host, creates(1, 4), creates(5, 8), creates(9, 12))
    host.disk.delete('log.5')
    expect(db.getProposalsFromTxnLog(2, 0)).toEqual([])
  })

  it('the limit is a part of the newest snapshot', () => {
    const host = new FakeHost()
    const db = logged(host, creates(1, 4))
    // Bytes of the snapshot that a fresh server of release 3.9 writes: 16 header, 4 sessions, 39 access control lists,
    // four nodes, 18 end and seal, 33 digest, 21 last zxid.
    const nodes =
      4 * (4 + 4 + 8 + 60) + '/zookeeper'.length + '/zookeeper/quota'.length + '/zookeeper/config'.length
    expect(db.calculateTxnLogSizeLimit()).toBe(Math.floor(0.33 * (16 + 4 + 39 + nodes + 18 + 33 + 21)))
    expect(db.isTxnLogSyncEnabled()).toBe(true)
    expect(database(host, { snapshotSizeFactor: -1 }).isTxnLogSyncEnabled()).toBe(false)
  })
})

describe('initConfigInZKDatabase', () => {
  const version = makeZxid(1, 5)
  const first = create(1, '/a')
  const second = create(2, '/b')
  const verifier = { version, toText: () => 'server.1=here' }

  it('sets the data of /zookeeper/config once, tells watches each time', () => {
    const db = database(new FakeHost())
    const changes = db.initConfigInZKDatabase(verifier)
    expect(changes).toEqual([
      { kind: 'dataChanged', path: '/zookeeper/config', acl: READ_ACL_UNSAFE, parentAcl: null },
    ])
    const { tree } = db
    expect(tree.get('/zookeeper/config')).toMatchObject({
      data: 'server.1=here',
      stat: { mzxid: version, version: -1, aversion: -1 },
    })
    expect(db.initConfigInZKDatabase(verifier)).toEqual(changes)
    expect(db.tree).toBe(tree)
    expect([tree.digest, tree.fingerprint]).toEqual([DataTree.empty.digest, DataTree.empty.fingerprint])
  })

  it('keeps those who agree sharing', () => {
    const host = new FakeHost()
    const shared = new SharedApply(true)
    const peers = [1, 2].map(() => new ZKDatabase(host, configOf(), shared))
    const [one, two] = peers as [ZKDatabase, ZKDatabase]
    for (const db of peers) db.initConfigInZKDatabase(verifier)
    for (const db of peers) db.processTxn(first)
    expect(two.tree).toBe(one.tree)
    const other = { version: version + 1, toText: () => 'server.2=there' }
    for (const db of peers) db.initConfigInZKDatabase(other)
    for (const db of peers) db.processTxn(second)
    expect(two.tree).toBe(one.tree)
  })
})

describe('sizes', () => {
  it('a transaction takes what its jute record takes', () => {
    // 13 frame, 32 header, 12 digest; path 4+2, data 4+3, access control list 4+23, ephemeral 1, parentCVersion 4.
    expect(txnSize(create(1, '/a', 'abc'))).toBe(13 + 32 + 12 + 6 + 7 + 27 + 1 + 4)
    expect(txnSize(create(1, '/é', null))).toBe(13 + 32 + 12 + 7 + 4 + 27 + 1 + 4)
  })

  it('so do those of every kind', () => {
    const frame = 13 + 32 + 12
    const created = { path: '/a', data: 'abc', acl: OPEN_ACL_UNSAFE, parentCVersion: 1 }
    const size = (body: TxnBody) => txnSize(makeTxn(1, SESSIONS[0], 0, 0, body)) - frame
    expect(size({ type: 'createContainer', ...created })).toBe(6 + 7 + 27 + 4)
    expect(size({ type: 'createTTL', ...created, ttl: 5 })).toBe(6 + 7 + 27 + 4 + 8)
    expect(size({ type: 'deleteContainer', path: '/a' })).toBe(6)
    expect(size({ type: 'reconfig', path: '/a', data: 'abc', version: -1 })).toBe(6 + 7 + 4)
    expect(size({ type: 'setACL', path: '/a', acl: OPEN_ACL_UNSAFE, version: 1 })).toBe(6 + 27 + 4)
    const check = { type: 'check', path: '/a', version: 1 } as const
    expect(size({ type: 'multi', txns: [check, { type: 'error', err: -2 }] })).toBe(4 + (8 + 10) + (8 + 4))
  })

  it('the lists of a snapshot stand in it once each; nodes that nobody made have none', () => {
    const closed = (id: string) => aclList([{ perms: 1, scheme: 'ip', id }])
    const length = (...bodies: TxnBody[]) => {
      const db = database(new FakeHost())
      bodies.forEach((body, i) => {
        db.processTxn(makeTxn(i + 1, SESSIONS[0], 0, 0, body))
      })
      return snapshotFileLength(streamOf(db))
    }
    const node = (path: string, acl: AclList): TxnBody => ({
      ...{ type: 'create', path, acl, data: '', parentCVersion: 1, ephemeral: false },
    })
    const nothing = length()
    const each = 4 + 2 + 4 + 8 + 60
    expect(length(node('/a', OPEN_ACL_UNSAFE))).toBe(nothing + each + 35)
    expect(length(node('/a', READ_ACL_UNSAFE))).toBe(nothing + each)
    expect(length(node('/a', closed('::')), node('/b', closed('::')))).toBe(
      nothing + 2 * each + 8 + 4 + 4 + 6 + 6,
    )
    expect(length(node('/a', closed('::')), node('/b', closed(':')))).toBe(nothing + 2 * each + 2 * 28 - 1)
    expect(length({ type: 'setACL', path: '/', acl: OPEN_ACL_UNSAFE, version: 1 })).toBe(nothing + 35)
  })

  it('a log file grows when it comes near its end', () => {
    const one = create(1, '/a', 'x'.repeat(1_000))
    const many = (count: number) => Array.from({ length: count }, () => one)
    expect(logFileLength(many(1), 10_000)).toBe(10_016)
    const fits = Math.ceil((10_016 - 4_096 - 16) / txnSize(one))
    expect(logFileLength(many(fits), 10_000)).toBe(10_016)
    expect(logFileLength(many(fits + 1), 10_000)).toBe(20_016)
    // A record longer than the room that was left: then the file does end at a multiple.
    const long = create(1, '/a', 'x'.repeat(15_000))
    expect(logFileLength([long, one], 10_000)).toBe(20_000)
    expect(logFileLength(many(2), 0)).toBe(16 + 2 * txnSize(one))
  })
})

describe('truncateLog', () => {
  function truncated(host: FakeHost, zxid: Zxid, settings = {}): ZKDatabase {
    const db = database(host, settings)
    db.loadDataBase()
    expect(db.truncateLog(zxid)).not.toBeNull()
    while (db.truncateFurther() !== null) {
      // Each answers a ticket.
    }
    db.reloadAfterTruncate(zxid)
    return db
  }

  it('leaves the log up to its target and nothing behind it', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 12 }), (zxid) => {
        const host = new FakeHost()
        logged(host, creates(1, 4), creates(5, 8), creates(9, 12))
        const db = truncated(host.restarted(), zxid)
        expect(loggedZxids(db)).toEqual(zxids(creates(1, zxid)))
        expect([db.lastProcessedZxid, db.lastLoggedZxid, db.maxCommittedLog]).toEqual([zxid, zxid, zxid])
        serve(db, [create(makeZxid(2, 1), '/new')])
        expect(loggedZxids(db)).toHaveLength(zxid + 1)
      }),
    )
  })

  it('takes the snapshots behind its target away (ZOOKEEPER-1549, -4837)', () => {
    const host = new FakeHost()
    const db = logged(host, creates(1, 4))
    db.takeSnapshot()
    db.installSnapshot(streamOf(db), 4)
    const again = truncated(host, 3)
    expect([again.lastProcessedZxid, again.tree.has('/n0-4')]).toEqual([3, false])
    expect(host.files()).toEqual(['log.1', 'snapshot.0'])
  })

  it('refuses, and changes nothing, where the position is not of its history', () => {
    const host = new FakeHost()
    logged(host, creates(1, 4), creates(1, 2, 2))
    for (const zxid of [5, makeZxid(1, 1), makeZxid(2, 3), makeZxid(3, 0)]) {
      const next = host.restarted()
      const db = database(next)
      db.loadDataBase()
      expect(db.truncateLog(zxid)).toBeNull()
      expect(next.disk).toEqual(host.disk)
    }
  })

  it('goes back to a snapshot at its very target, with nothing of the log', () => {
    const host = new FakeHost()
    const db = logged(host, creates(1, 4))
    db.takeSnapshot()
    db.discardHistoryBefore(4)
    serve(db, creates(1, 2, 2))
    const again = truncated(host.restarted(), 4)
    expect([again.lastProcessedZxid, again.tree.has('/n0-4'), again.tree.has('/n2-1')]).toEqual([
      4,
      true,
      false,
    ])
    expect(loggedZxids(again)).toEqual([])
  })

  it('a crash at any call leaves a log without a hole, from which it can be done again (D5)', () => {
    const script: string[] = []
    const prepared = () => {
      const host = new FakeHost()
      const db = logged(host, creates(1, 4), creates(5, 8), creates(9, 12))
      db.takeSnapshot()
      return host.restarted()
    }
    const recording = prepared()
    const whole = database(recording)
    whole.loadDataBase()
    recording.beforeWrite = (what) => script.push(what)
    whole.truncateLog(6)
    whole.reloadAfterTruncate(6)
    expect(script).toEqual([
      'remove snapshot.c',
      'remove log.9',
      'force log.5',
      'truncate log.5',
      'force log.5',
    ])
    for (let crashAt = 0; crashAt < script.length; crashAt++) {
      const host = prepared()
      const db = database(host)
      db.loadDataBase()
      let calls = 0
      host.beforeWrite = () => {
        if (calls++ === crashAt) throw new Error('crash')
      }
      expect(() => {
        db.truncateLog(6)
        db.reloadAfterTruncate(6)
      }).toThrow('crash')
      const next = host.restarted()
      expect(truncated(next, 6).tree.children('/')).toHaveLength(7)
    }
  })

  it('Java: keeps the next transaction and the snapshots', () => {
    class AsInJava extends ZKDatabase {
      protected override canTruncateTo(): boolean {
        return true
      }
      protected override keepsTxnBehindTruncation(): boolean {
        return true
      }
      protected override keepsSnapshotsBehindTruncation(): boolean {
        return true
      }
    }
    const host = new FakeHost()
    logged(host, creates(1, 2)).takeSnapshot()
    serve(restartedOn(host), creates(1, 2, 2))
    const db = new AsInJava(host, configOf(), new SharedApply())
    db.loadDataBase()
    db.truncateLog(4)
    db.reloadAfterTruncate(4)
    expect(loggedZxids(db)).toEqual([1, 2, makeZxid(2, 1)])
    expect(host.files()).toContain('snapshot.2')
  })

  function restartedOn(host: FakeHost): ZKDatabase {
    const db = database(host)
    db.loadDataBase()
    return db
  }
})

describe('purge', () => {
  it('keeps the newest snapshots and every log that they need', () => {
    const host = new FakeHost()
    const db = database(host, { snapRetainCount: 2 })
    db.loadDataBase()
    for (let i = 0; i < 5; i++) {
      serve(db, creates(3 * i + 1, 3 * i + 3))
      db.takeSnapshot()
      db.rollLog()
    }
    host.damage('snapshot.f', 1, 'torn')
    db.purge()
    expect(host.files()).toEqual(['log.7', 'log.a', 'log.d', 'snapshot.9', 'snapshot.c', 'snapshot.f'])
    expect(restart(host).lastProcessedZxid).toBe(15)
  })

  it('keeps all where none is to be purged', () => {
    const host = new FakeHost()
    const db = logged(host, creates(1, 2))
    db.takeSnapshot()
    db.purge()
    expect(host.files()).toEqual(['log.1', 'snapshot.0', 'snapshot.2'])
  })
})
