/** Defects that clients notice: of sessions, of answers, of what a write does. */
import type { SessionId, Txn, TxnBody } from '../../src/nodes/database/txns.ts'
import { makeTxn, NO_SESSION } from '../../src/nodes/database/txns.ts'
import { keeperErrors } from '../../src/nodes/keeperErrors.ts'
import type { CreateOperation, OperationOf } from '../../src/nodes/packets.ts'
import { isQuorumRequest } from '../../src/nodes/processors/isQuorumRequest.ts'
import { Request, type SessionOwner } from '../../src/nodes/processors/Request.ts'
import { LeaderZooKeeperServer } from '../../src/nodes/server/LeaderZooKeeperServer.ts'
import { LearnerZooKeeperServer } from '../../src/nodes/server/LearnerZooKeeperServer.ts'
import type { ZooKeeperServer } from '../../src/nodes/server/ZooKeeperServer.ts'
import { mutant } from './Mutant.ts'

/** Servers are not cast; the processor at the end of their pipeline knows its own, and gives it another method. */
function replace<K extends keyof ZooKeeperServer>(
  zks: ZooKeeperServer,
  method: K,
  by: ZooKeeperServer[K],
): void {
  Object.defineProperty(zks, method, { value: by })
}

export const versionsAreIgnored = mutant(
  'versionsAreIgnored',
  ['C1', 'C19'],
  'A setData happens whatever version it names.',
  (cast) => ({
    PrepRequestProcessor: class extends cast.PrepRequestProcessor {
      protected override setData(request: Request, op: OperationOf<'setData'>) {
        return super.setData(request, { ...op, version: -1 })
      }
    },
  }),
)

export const versionsStandStill = mutant(
  'versionsStandStill',
  ['C19'],
  'Every fifth version is given twice.',
  (cast) => ({
    PrepRequestProcessor: class extends cast.PrepRequestProcessor {
      protected override nextVersion(version: number): number {
        return version % 5 === 4 ? version : super.nextVersion(version)
      }
    },
  }),
)

export const readsOvertake = mutant(
  'readsOvertake',
  ['C2'],
  'A read does not wait for the writes that its session asked for before.',
  (cast) => ({
    CommitProcessor: class extends cast.CommitProcessor {
      override processRequest(request: Request): void {
        if (this.needCommit(request)) super.processRequest(request)
        else if (!this.stopped) new cast.FinalRequestProcessor(this.zks).processRequest(request)
      }
    },
  }),
)

export const takesClientsFromTheFuture = mutant(
  'takesClientsFromTheFuture',
  ['C3', 'C4'],
  'A server does not look at what a client has seen before it takes over its session.',
  (cast) => ({
    FinalRequestProcessor: class extends cast.FinalRequestProcessor {
      constructor(zks: ZooKeeperServer) {
        super(zks)
        const { processConnectRequest } = zks
        replace(zks, 'processConnectRequest', (cnxn, request) =>
          processConnectRequest.call(zks, cnxn, { ...request, lastZxidSeen: 0 }),
        )
      }
    },
  }),
)

export const closedSessionsWrite = mutant(
  'closedSessionsWrite',
  ['C9', 'C14'],
  'A leader does not ask whether a session is closed, and lets its end overtake what it was asked for last.',
  (cast) => ({
    PrepRequestProcessor: class extends cast.PrepRequestProcessor {
      private late: Request | null = null

      override processRequest(request: Request): void {
        const { late } = this
        const isNext = late !== null && late.sessionId === request.sessionId
        const isOvertaken = isNext && request.op?.type === 'closeSession'
        if (isNext) this.late = null
        if (isNext && !isOvertaken) super.processRequest(late)
        if (this.late === null && request.op?.type === 'create' && request.op.flags === 1) this.late = request
        else super.processRequest(request)
        if (isOvertaken) super.processRequest(late)
      }
    },
    SessionTracker: class extends cast.SessionTracker {
      override checkSession(_sessionId: SessionId, _owner: SessionOwner | null): number {
        return keeperErrors.OK.code
      }
    },
  }),
)

export const expiresTheLiving = mutant(
  'expiresTheLiving',
  ['C10'],
  'The clock of a session is set by its creation alone.',
  (cast) => ({
    SessionTracker: class extends cast.SessionTracker {
      override touchSession(sessionId: SessionId, _timeout: number): boolean {
        return this.isTrackingSession(sessionId)
      }
    },
  }),
)

export const countsWhatIsThere = mutant(
  'countsWhatIsThere',
  ['C11'],
  'Sequential nodes are numbered by how many siblings they have.',
  (cast) => ({
    PrepRequestProcessor: class extends cast.PrepRequestProcessor {
      protected override create(request: Request, op: CreateOperation) {
        if (op.flags !== 2 && op.flags !== 3) return super.create(request, op)
        const siblings = this.outstanding.children(op.path.slice(0, op.path.lastIndexOf('/'))).length
        const path = op.path + String(siblings).padStart(10, '0')
        return super.create(request, { ...op, path, flags: op.flags - 2 })
      }
    },
  }),
)

export const forwardsTwice = mutant(
  'forwardsTwice',
  ['C13'],
  'A follower sends every tenth request to the leader twice.',
  (cast) => ({
    Follower: class extends cast.Follower {
      override request(request: Request): void {
        super.request(request)
        if (request.cxid % 10 === 9) super.request(request)
      }
    },
  }),
)

export const everyServerIsTheFirst = mutant(
  'everyServerIsTheFirst',
  ['C15'],
  'A leader makes session ids as if it were server 1, and always in the same millisecond.',
  (cast) => ({
    SessionTracker: class extends cast.SessionTracker {
      private made = 0

      override createSession(timeout: number): SessionId {
        this.made += 1
        const sessionId = `0x1${String(this.made).padStart(14, '0')}`
        this.trackSession(sessionId, timeout)
        return sessionId
      }
    },
  }),
)

export const localSessionsOwnEphemerals = mutant(
  'localSessionsOwnEphemerals',
  ['C16'],
  'A local session may create ephemerals and stays local.',
  (cast) => ({
    FinalRequestProcessor: class extends cast.FinalRequestProcessor {
      constructor(zks: ZooKeeperServer) {
        super(zks)
        if (zks instanceof LearnerZooKeeperServer || zks instanceof LeaderZooKeeperServer) {
          Object.defineProperty(zks, 'checkUpgradeSession', { value: () => null })
        }
      }
    },
    SessionTracker: class extends cast.SessionTracker {
      override checkGlobalSession(_sessionId: SessionId, _owner: SessionOwner | null): number {
        return keeperErrors.OK.code
      }
    },
  }),
)

export const syncsAtOnce = mutant('syncsAtOnce', ['C17'], 'A learner answers syncs itself.', (cast) => ({
  CommitProcessor: class extends cast.CommitProcessor {
    protected override needCommit(request: Request): boolean {
      return request.op?.type !== 'sync' && super.needCommit(request)
    }

    override commit(request: Request): void {
      if (request.op?.type !== 'sync') super.commit(request)
    }
  },
}))

export const multisLoseTheirLast = mutant(
  'multisLoseTheirLast',
  ['C18'],
  'The last part of a multi is forgotten when it is applied.',
  (cast) => ({
    ZKDatabase: class extends cast.ZKDatabase {
      override processTxn(txn: Txn) {
        const { body } = txn
        if (body.type !== 'multi') return super.processTxn(txn)
        const half: TxnBody = Object.freeze({ type: 'multi', txns: Object.freeze(body.txns.slice(0, -1)) })
        return super.processTxn(Object.freeze({ ...txn, body: half }))
      }
    },
  }),
)

export const readOnlyServersWrite = mutant(
  'readOnlyServersWrite',
  ['C20'],
  'A server that only reads does what it is asked to write, for itself.',
  (cast) => ({
    FinalRequestProcessor: class extends cast.FinalRequestProcessor {
      constructor(zks: ZooKeeperServer) {
        super(zks)
        if (zks.serverState !== 'read-only') return
        const { leftPipeline } = zks
        replace(zks, 'leftPipeline', (request) => {
          leftPipeline.call(zks, request)
          if (!isQuorumRequest(request)) return
          const body: TxnBody = Object.freeze({ type: 'error', err: keeperErrors.NOTREADONLY.code })
          this.processRequest(Request.of(makeTxn(zks.zkDb.lastProcessedZxid + 1, NO_SESSION, 0, 0, body)))
        })
      }
    },
  }),
)
