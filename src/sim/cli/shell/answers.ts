import type { AclList } from '../../../nodes/acl.ts'
import { keeperErrorName, keeperErrors } from '../../../nodes/keeperErrors.ts'
import type { Operation, OperationType, Result, ResultOf, ResultType, Stat } from '../../../nodes/packets.ts'
import { hexZxid } from '../../../nodes/zxid.ts'
import { printAcl } from '../../aclText.ts'
import { ShellError } from './ShellError.ts'
import type { ShellSession } from './ShellSession.ts'

/** Which result answers which operation; those without a body answer null. */
export type ResultFor<T extends OperationType> = T extends ResultType ? ResultOf<T> : null

/**
 * Asks for an operation and returns the body of its success.
 *
 * @throws ShellError in the words of ZooKeeper's command line. Java: CliWrapperException
 */
export function askFor<const O extends Operation>(session: ShellSession, op: O): ResultFor<O['type']> {
  const answer = session.ask(op)
  if (answer === null) {
    throw new ShellError(
      'no answer within 60 s of virtual time; the request may still be carried out (see `show peers`)',
    )
  }
  if (answer.err !== 0) throw new ShellError(explain(answer.err, 'path' in op ? `${op.path}` : ''))
  return answer.result as ResultFor<O['type']>
}

/** The same where an absent node is an answer: null. */
export function askIfThere<const O extends Operation>(session: ShellSession, op: O): Result | null {
  const answer = session.ask(op)
  if (answer?.err === keeperErrors.NONODE.code) return null
  if (answer === null || answer.err !== 0) return askFor(session, op)
  return answer.result
}

function explain(err: number, path: string): string {
  const words = reasons.get(err)
  return words === undefined ? keeperErrorName(err) : path === '' ? words : `${words}: ${path}`
}

const {
  BADARGUMENTS,
  BADVERSION,
  INVALIDACL,
  NEWCONFIGNOQUORUM,
  NOAUTH,
  NOCHILDRENFOREPHEMERALS,
  NODEEXISTS,
} = keeperErrors
const reasons: ReadonlyMap<number, string> = new Map([
  [keeperErrors.NONODE.code, 'Node does not exist'],
  [NOCHILDRENFOREPHEMERALS.code, 'Ephemerals cannot have children'],
  [NODEEXISTS.code, 'Node already exists'],
  [keeperErrors.NOTEMPTY.code, 'Node not empty'],
  [keeperErrors.NOTREADONLY.code, 'Not a read-only call'],
  [INVALIDACL.code, 'Acl is not valid'],
  [NOAUTH.code, 'Insufficient permission'],
  [BADARGUMENTS.code, 'Arguments are not valid'],
  [BADVERSION.code, 'Version is not valid'],
  [keeperErrors.QUOTAEXCEEDED.code, 'Quota has exceeded'],
  [keeperErrors.RECONFIGINPROGRESS.code, 'Another reconfiguration is in progress'],
  [keeperErrors.RECONFIGDISABLED.code, 'Reconfiguration is disabled (declare `reconfigEnabled on`)'],
  [NEWCONFIGNOQUORUM.code, 'No quorum of the new configuration is connected and up to date with the leader'],
  [keeperErrors.CONNECTIONLOSS.code, 'ConnectionLoss: the operation may or may not have happened'],
  [keeperErrors.SESSIONEXPIRED.code, 'Session expired (`connect` begins another)'],
])

/** Java: StatPrinter. Times are virtual milliseconds. */
export function printStat(stat: Stat): string {
  return [
    `cZxid = 0x${hexZxid(stat.czxid)}`,
    `ctime = ${stat.ctime} ms`,
    `mZxid = 0x${hexZxid(stat.mzxid)}`,
    `mtime = ${stat.mtime} ms`,
    `pZxid = 0x${hexZxid(stat.pzxid)}`,
    `cversion = ${stat.cversion}`,
    `dataVersion = ${stat.version}`,
    `aclVersion = ${stat.aversion}`,
    `ephemeralOwner = ${stat.ephemeralOwner}`,
    `dataLength = ${stat.dataLength}`,
    `numChildren = ${stat.numChildren}`,
  ].join('\n')
}

/** Java: GetAclCommand */
export function printAclLines(acl: AclList): string {
  return acl
    .map((entry) => {
      const perms = printAcl([entry]).slice(entry.scheme.length + entry.id.length + 2)
      return `'${entry.scheme},'${entry.id}\n: ${perms}`
    })
    .join('\n')
}
