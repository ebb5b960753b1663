import type { WatchedEvent } from '../../nodes/client/WatchedEvent.ts'
import type { Txn } from '../../nodes/database/txns.ts'
import type { Fact } from '../../nodes/facts.ts'
import { keeperErrorName } from '../../nodes/keeperErrors.ts'
import type { MultiRead, Operation, OpResult, Result } from '../../nodes/packets.ts'
import { printZxid, UNKNOWN } from '../../nodes/zxid.ts'
import { printAcl } from '../aclText.ts'

/** A fact in words, without its teller: what stands in transcripts, and what `expect to see` looks into. */
export function whatHappened(fact: Fact): string {
  return 'client' in fact ? clientDid(fact) : peerDid(fact)
}

const zxid = printZxid

function peerDid(fact: Exclude<Fact, { readonly client: string }>): string {
  switch (fact.type) {
    case 'recovered':
      return `recovered to ${zxid(fact.lastProcessedZxid)}, epochs ${fact.acceptedEpoch}/${fact.currentEpoch}`
    case 'refusedToStart':
      return `refused to start: ${fact.reason}`
    case 'stateChanged':
      return `${fact.state} ${fact.zab}`
    case 'lookingAgain':
      return `looks again: ${fact.reason}`
    case 'fastForwarded':
      return `fast-forwarded to ${zxid(fact.lastProcessedZxid)}`
    case 'voted':
      return `voted for ${fact.leader} at ${zxid(fact.zxid)}, epoch ${fact.peerEpoch}, round ${fact.electionEpoch}`
    case 'elected':
      return `elected ${fact.leader} at ${zxid(fact.zxid)}, by ${fact.supporters.join(' ')}`
    case 'epochProposed':
      return `proposed epoch ${fact.epoch}, after ${fact.from.map((one) => `${one.sid}:${one.acceptedEpoch}`).join(' ')}`
    case 'acceptedEpochWritten':
      return `accepted epoch ${fact.epoch}`
    case 'currentEpochWritten':
      return `wrote current epoch ${fact.epoch}`
    case 'ackedEpoch':
      return `acked epoch ${fact.epoch} to ${fact.leader}, being at ${fact.currentEpoch}/${zxid(fact.lastZxid)}`
    case 'epochAcked':
      return `epoch ${fact.epoch} is acked by ${fact.by.join(' ')}`
    case 'sent':
      return `sent ${fact.packet}${fact.zxid === UNKNOWN ? '' : ` ${zxid(fact.zxid)}`} to ${fact.to}`
    default:
      return peerSynced(fact)
  }
}

type Early =
  | 'recovered'
  | 'refusedToStart'
  | 'stateChanged'
  | 'lookingAgain'
  | 'fastForwarded'
  | 'voted'
  | 'elected'
  | 'epochProposed'
  | 'acceptedEpochWritten'
  | 'currentEpochWritten'
  | 'ackedEpoch'
  | 'epochAcked'
  | 'sent'
type Later = Exclude<Fact, { readonly client: string } | { readonly type: Early }>

function peerSynced(fact: Later): string {
  switch (fact.type) {
    case 'syncDecided':
      return `${fact.mode} to ${fact.learner} up to ${zxid(fact.packetZxid)}, which was at ${zxid(fact.peerLastZxid)}`
    case 'syncStarted':
      return `began ${fact.mode} ${zxid(fact.zxid)} from ${fact.leader}`
    case 'truncated':
      return `truncated to ${zxid(fact.to)}`
    case 'snapshotReceived':
      return `received a snapshot at ${zxid(fact.zxid)} from ${fact.leader}`
    case 'snapshotTaken':
      return `took a snapshot at ${zxid(fact.zxid)}${fact.forced ? '' : ', not yet forced'}`
    case 'ackedNewLeader':
      return `acked NEWLEADER of epoch ${fact.epoch} to ${fact.leader}, at ${zxid(fact.lastZxid)}`
    case 'upToDate':
      return `is up to date with ${fact.leader} in epoch ${fact.epoch}`
    case 'synchronizing':
      return `synchronises epoch ${fact.epoch} from ${zxid(fact.lastZxid)}`
    case 'established':
      return `leads epoch ${fact.epoch} from ${zxid(fact.lastZxid)}, by ${fact.by.join(' ')}`
    case 'leadsOn':
      return `leads epoch ${fact.epoch} on, with ${fact.synced.join(' ')}`
    case 'syncApplied':
      return `applied ${printTxn(fact.txn)} while synchronising${fact.logged ? ', and logged it' : ''}`
    case 'configSeen':
      return `has seen the configuration of version ${zxid(fact.config.version)}`
    case 'configActivated':
      return `goes by the configuration of version ${zxid(fact.config.version)}: ${fact.config.servers.map(({ sid, type }) => (type === 'observer' ? `(${sid})` : `${sid}`)).join(' ')}`
    case 'readOnlyStarted':
      return `serves reads alone, at ${zxid(fact.lastProcessedZxid)}`
    case 'sessionExpired':
      return `expired session ${fact.sessionId}`
    case 'sessionOpened':
      return `opened ${fact.local ? 'local ' : ''}session ${fact.sessionId}`
    case 'sessionMoved':
      return `hears of session ${fact.sessionId} from ${fact.to} from now on`
    case 'sessionUpgraded':
      return `asks that all know session ${fact.sessionId}`
    case 'replied':
      return `replied to ${fact.sessionId} xid ${fact.xid}: ${keeperErrorName(fact.err)}`
    case 'anomaly':
      return `anomaly ${fact.code} at ${zxid(fact.zxid)}: ${fact.what}`
    case 'threadDied':
      return `thread ${fact.thread} died: ${fact.reason}`
    case 'diskFailed':
      return `disk failed (${fact.error}): ${fact.what}`
    case 'proposed':
    case 'logged':
    case 'delivered':
      return `${fact.type} ${printTxn(fact.txn)}`
    case 'committed':
      return `committed ${printTxn(fact.txn)}, by ${fact.by.join(' ')}`
    case 'forced':
      return `forced up to ${zxid(fact.zxid)}`
    case 'acked':
      return `acked ${zxid(fact.zxid)} to ${fact.leader}`
    case 'commitReceived':
      return `heard of the commit of ${zxid(fact.zxid)}`
  }
}

function clientDid(fact: Extract<Fact, { readonly client: string }>): string {
  switch (fact.type) {
    case 'clientConnected':
      return `connected to ${fact.server}`
    case 'clientDisconnected':
      return 'disconnected'
    case 'clientExpired':
      return 'session expired'
    case 'invoked':
      return `asks ${printOperation(fact.op)}`
    case 'completed':
      return `${printOperation(fact.op)} → ${fact.err === 0 ? printResult(fact.result) : keeperErrorName(fact.err)}`
    case 'watchEvent':
      return `is told ${printEvent(fact.event)}`
    case 'watchesSetAgain':
      return `sets its watches again, as of ${zxid(fact.op.relativeZxid)}`
  }
}

/** `NodeDeleted /x`; `Disconnected` for a change of state. */
function printEvent({ type, state, path }: WatchedEvent): string {
  return path === null ? state : `${type} ${path}`
}

/** `setData /x "v2"` */
export function printOperation(op: Operation | MultiRead): string {
  switch (op.type) {
    case 'setACL':
      return `setACL ${op.path} ${printAcl(op.acl ?? [])}`
    case 'multi':
    case 'multiRead':
      return `${op.type} (${op.ops.map(printOperation).join('; ')})`
    case 'getEphemerals':
      return `getEphemerals ${op.prefixPath}`
    case 'raw':
      return `raw ${op.opcode}, ${op.body.length} bytes`
    case 'auth':
      return `auth ${op.scheme}`
    case 'addWatch':
      return `addWatch ${op.path}${op.mode === 0 ? '' : ' and all below'}`
  }
  if (!('path' in op)) return op.type
  const watch = 'watch' in op && op.watch ? ' and watches' : ''
  const data = 'data' in op && op.data !== null ? ` ${JSON.stringify(op.data)}` : ''
  return `${op.type} ${op.path}${data}${watch}`
}

/** What is told of a success. */
export function printResult(result: Result | null): string {
  switch (result?.type) {
    case 'create':
    case 'create2':
    case 'createContainer':
    case 'createTTL':
      return result.path
    case 'getData':
    case 'reconfig':
      return result.data === null ? 'null' : JSON.stringify(result.data)
    case 'getChildren':
    case 'getChildren2':
      return `[${result.children.join(' ')}]`
    case 'getEphemerals':
      return `[${result.ephemerals.join(' ')}]`
    case 'getAllChildrenNumber':
      return String(result.totalNumber)
    case 'getACL':
      return `[${printAcl(result.acl)}]`
    case 'setACL':
      return `acl version ${result.stat.aversion}`
    case 'setData':
    case 'exists':
      return `version ${result.stat.version}`
    case 'whoAmI':
      return `[${result.clientInfo.map(({ scheme, id }) => `${scheme}:${id}`).join(' ')}]`
    case 'multi':
    case 'multiRead':
      return `[${result.results.map(printPart).join(' ')}]`
    default:
      return 'OK'
  }
}

function printPart(result: OpResult): string {
  switch (result.type) {
    case 'create':
      return result.path
    case 'getData':
      return JSON.stringify(result.data ?? '')
    case 'getChildren':
      return `(${result.children.join(' ')})`
    case 'error':
      return keeperErrorName(result.err)
    default:
      return 'OK'
  }
}

/** `2:3 setData /x` */
export function printTxn(txn: Txn): string {
  const { body } = txn
  if (body.type === 'error') return `${zxid(txn.zxid)} error ${keeperErrorName(body.err)}`
  return `${zxid(txn.zxid)} ${body.type}${'path' in body ? ` ${body.path}` : ''}`
}
