import type { ServerCnxnFactory } from './ServerCnxnFactory.ts'
import type { ZooKeeperServer } from './ZooKeeperServer.ts'

/** Words that ask a server about itself in place of a handshake. Java: FourLetterCommands */
const COMMANDS =
  'conf cons crst dirs dump envi gtmk ruok stmk srvr srst stat wchc wchp wchs mntr isro hash'.split(' ')

/** Java: AbstractFourLetterCommand.ZK_NOT_SERVING */
const NOT_SERVING = 'This ZooKeeper instance is not currently serving requests\n'

/** Whether this is one of the words that the real server knows. */
export function isCommand(word: string): boolean {
  return COMMANDS.includes(word)
}

/**
 * What a server says to a word. Java: StatCommand, MonitorCommand, IsroCommand, RuokCommand
 *
 * A few words only, the most useful; the whitelist of the real server has `srvr` alone.
 */
export function answerCommand(word: string, factory: ServerCnxnFactory): string {
  const zk = factory.server?.running === true ? factory.server : null
  switch (word) {
    case 'ruok':
      return 'imok'
    case 'isro':
      return zk === null ? 'null' : zk.serverState === 'read-only' ? 'ro' : 'rw'
    case 'srvr':
      return zk === null ? NOT_SERVING : version(zk) + statistics(zk, factory)
    case 'stat':
      return zk === null ? NOT_SERVING : version(zk) + clients(factory) + statistics(zk, factory)
    case 'mntr':
      return zk === null ? NOT_SERVING : monitor(zk, factory)
    default:
      return `${word} is not executed because it is not in the whitelist.\n`
  }
}

function version(zk: ZooKeeperServer): string {
  const mode = zk.serverState === 'read-only' ? 'READ-ONLY mode; serving only read-only clients\n' : ''
  return `Zookeeper version: zksim\n${mode}`
}

function clients(factory: ServerCnxnFactory): string {
  let lines = 'Clients:\n'
  for (const cnxn of factory.connections) {
    const { remoteAddress, outstandingRequests, packetsReceived, packetsSent } = cnxn
    lines += ` /${remoteAddress}[1](queued=${outstandingRequests},recved=${packetsReceived},sent=${packetsSent})\n`
  }
  return `${lines}\n`
}

/** Without latencies, which nobody measures here. Java: ServerStats.toString */
function statistics(zk: ZooKeeperServer, factory: ServerCnxnFactory): string {
  return [
    `Received: ${zk.packetsReceived}`,
    `Sent: ${zk.packetsSent}`,
    `Connections: ${factory.connections.size}`,
    `Outstanding: ${zk.inProcess}`,
    `Zxid: 0x${zk.zkDb.lastProcessedZxid.toString(16)}`,
    `Mode: ${zk.serverState}`,
    `Node count: ${zk.zkDb.tree.nodeCount}`,
    '',
  ].join('\n')
}

function monitor(zk: ZooKeeperServer, factory: ServerCnxnFactory): string {
  const { tree } = zk.zkDb
  let ephemerals = 0
  for (const session of tree.ephemeralOwners()) ephemerals += tree.ephemerals(session).length
  const values: readonly (readonly [string, string | number])[] = [
    ['version', 'zksim'],
    ['server_state', zk.serverState],
    ['packets_received', zk.packetsReceived],
    ['packets_sent', zk.packetsSent],
    ['num_alive_connections', factory.connections.size],
    ['outstanding_requests', zk.inProcess],
    ['znode_count', tree.nodeCount],
    ['watch_count', zk.watches.count],
    ['ephemerals_count', ephemerals],
    ['global_sessions', zk.sessionTracker.globalSessionCount],
    ['local_sessions', zk.sessionTracker.localSessionCount],
  ]
  return values.map(([name, value]) => `zk_${name}\t${value}\n`).join('')
}
