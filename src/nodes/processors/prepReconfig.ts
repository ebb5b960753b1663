import { Perms } from '../acl.ts'
import { checkACL } from '../auth/checkACL.ts'
import { CONFIG_NODE, type DataTree } from '../database/DataTree.ts'
import type { TxnBody } from '../database/txns.ts'
import { keeperErrors } from '../keeperErrors.ts'
import type { QuorumServer } from '../PeerConfig.ts'
import type { OperationOf } from '../packets.ts'
import { USUAL_CLIENT, USUAL_PORTS } from '../quorum/configText.ts'
import type { Leader } from '../quorum/Leader.ts'
import { javaSplit, parseConfig, parseLong, parseServer } from '../quorum/parseConfig.ts'
import { ConfigError, IllegalConfig, makeVerifier, type QuorumVerifier } from '../quorum/QuorumVerifier.ts'
import { LeaderZooKeeperServer } from '../server/LeaderZooKeeperServer.ts'
import type { SessionChecking } from '../server/SessionTracking.ts'
import type { ZooKeeperServer } from '../server/ZooKeeperServer.ts'
import type { Zxid } from '../zxid.ts'
import type { Request } from './Request.ts'

const {
  BADARGUMENTS,
  BADVERSION,
  MARSHALLINGERROR,
  NEWCONFIGNOQUORUM,
  NOAUTH,
  OK,
  RECONFIGDISABLED,
  RECONFIGINPROGRESS,
  UNIMPLEMENTED,
} = keeperErrors

/**
 * A change of the membership: the transaction, or the code with which it is refused. The order of the questions is
 * ZooKeeper's; whether the client may ask at all comes last. Java: PrepRequestProcessor.pRequest2Txn, case reconfig
 *
 * @param outstanding the tree with all that is prepared
 */
export function prepReconfig(
  zks: ZooKeeperServer,
  sessions: SessionChecking,
  request: Request,
  op: OperationOf<'reconfig'>,
  zxid: Zxid,
  outstanding: DataTree,
): TxnBody | number {
  if (!zks.config.reconfigEnabled) return RECONFIGDISABLED.code
  const session = sessions.checkSession(request.sessionId, request.owner)
  if (session !== OK.code) return session
  if (!(zks instanceof LeaderZooKeeperServer)) return UNIMPLEMENTED.code
  const next = nextConfig(zks.leader, op, zxid)
  if (typeof next === 'number') return next
  const { acl } = outstanding.get(CONFIG_NODE) as { acl: Parameters<typeof checkACL>[1] }
  if (!checkACL(zks.config, acl, Perms.WRITE, request.authInfo)) return NOAUTH.code
  return { type: 'reconfig', path: CONFIG_NODE, data: next.toText(), version: -1 }
}

function nextConfig(leader: Leader, op: OperationOf<'reconfig'>, zxid: Zxid): QuorumVerifier | number {
  const { verifier, lastSeenVerifier, config } = leader.peer
  if (lastSeenVerifier.version !== verifier.version) return RECONFIGINPROGRESS.code
  if (op.curConfigId !== -1 && op.curConfigId !== lastSeenVerifier.version) return BADVERSION.code
  let next: QuorumVerifier | null
  try {
    next =
      op.newMembers === null
        ? changed(lastSeenVerifier, op, zxid)
        : replaced(op.newMembers, config.standaloneEnabled, zxid)
  } catch (error) {
    if (error instanceof IllegalConfig) return MARSHALLINGERROR.code
    if (error instanceof ConfigError) return BADARGUMENTS.code
    throw error
  }
  // A server alone has nobody to agree with on its next configuration.
  const fewest = config.standaloneEnabled ? 2 : 1
  if (next === null || next.voters.length < fewest) return BADARGUMENTS.code
  return leader.isQuorumSynced(next) ? next : NEWCONFIGNOQUORUM.code
}

/** All members anew; commas may part the lines. */
function replaced(newMembers: string, standaloneEnabled: boolean, zxid: Zxid): QuorumVerifier {
  const { config } = parseConfig(newMembers.replaceAll(',', '\n'), standaloneEnabled)
  return makeVerifier({ ...config, version: zxid })
}

/** Some leave, then some join. Null where nobody is left to vote. */
function changed(from: QuorumVerifier, op: OperationOf<'reconfig'>, zxid: Zxid): QuorumVerifier | null {
  if (from.config.hierarchy !== null) throw new ConfigError('a hierarchy is only replaced as a whole')
  const members = new Map(from.config.servers.map((server) => [server.sid, server]))
  for (const leaving of split(op.leavingServers, ',')) members.delete(parseLong(leaving))
  for (const joiner of split(op.joiningServers, ',')) {
    const server = parseJoiner(joiner)
    for (const other of members.values()) {
      if (other.sid !== server.sid && sharesAddress(server, other)) {
        throw new ConfigError(`server.${server.sid} has an address of server.${other.sid}`)
      }
    }
    members.set(server.sid, server)
  }
  const servers = [...members.values()]
  if (!servers.some(({ type }) => type === 'participant')) return null
  try {
    return makeVerifier({ version: zxid, servers, hierarchy: null })
  } catch (error) {
    if (error instanceof ConfigError) throw new IllegalConfig(error.message)
    throw error
  }
}

/** `server.4=4:2888:3888;2181`, with somewhere for clients to come. */
function parseJoiner(text: string): QuorumServer {
  const [key, spec, ...rest] = split(text, '=')
  if (key === undefined || spec === undefined || rest.length > 0) {
    throw new ConfigError(`${text} is no server`)
  }
  const server = parseServer(parseLong(key.slice(key.lastIndexOf('.') + 1)), spec)
  if (server.client === '') throw new ConfigError(`${text} says no port for clients`)
  return server
}

/** Java: StringUtils.split, which trims the parts and leaves out empty ones. */
function split(text: string | null, separator: string): string[] {
  if (text === null) return []
  return javaSplit(text, separator)
    .map((part) => part.trim())
    .filter((part) => part !== '')
}

/** Java: QuorumServer.checkAddressDuplicate */
function sharesAddress(a: QuorumServer, b: QuorumServer): boolean {
  const theirs = addresses(b)
  return addresses(a).some((address) => theirs.includes(address))
}

const ANYWHERE = /^(?:0\.0\.0\.0|\[::\]|::|localhost|127\..*|\[::1\]|::1)$/

/** Without those that are the same on every machine. */
function addresses({ host, ports = USUAL_PORTS, client = USUAL_CLIENT }: QuorumServer): string[] {
  const own = ports.split(':').map((port) => `${host}:${port}`)
  const all = [...own, ...client.split(';').filter((part) => part !== '')]
  return all.filter((address) => !ANYWHERE.test(address.slice(0, address.lastIndexOf(':'))))
}
