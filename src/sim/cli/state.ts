/** The state of an ensemble at one moment, as a value and as tables. */
import type { Client } from '../../nodes/client/Client.ts'
import { describeVote, makeVote, type Vote } from '../../nodes/election/Vote.ts'
import type { QuorumPeer } from '../../nodes/quorum/QuorumPeer.ts'
import { printZxid } from '../../nodes/zxid.ts'
import type { Ensemble } from '../ensemble.ts'
import type { Machine } from '../kernel/Machine.ts'
import type { ScenarioRun } from '../scenario/run.ts'
import { type Style, table } from './layout.ts'

/** One peer. Documented in docs/json.md. */
export interface PeerState {
  readonly sid: number
  readonly machine: 'up' | 'down' | 'paused'
  /** How often its process was started. */
  readonly starts: number
  readonly role: string
  /** Null while it is down, as everything that only a process knows. */
  readonly acceptedEpoch: number | null
  readonly currentEpoch: number | null
  readonly vote: string | null
  readonly delivered: string | null
  readonly logged: string | null
  readonly tree: { readonly nodes: number; readonly digest: string } | null
  /** Proposed by it and not committed, oldest first; committed and not yet delivered by it. */
  readonly pending: { readonly proposals: readonly string[]; readonly toBeApplied: number } | null
  readonly waitsFor: string
  /** Records that would survive a power cut, and records in all. */
  readonly files: readonly { readonly name: string; readonly durable: number; readonly records: number }[]
}

export interface ClientState {
  readonly client: string
  readonly state: string
  readonly server: string | null
  /** Operations handed in and not answered. */
  readonly unanswered: number
}

export function peerStates(run: ScenarioRun, ensemble: Ensemble): PeerState[] {
  return ensemble.sids.map((sid) => {
    const machine = ensemble.machineOf(sid)
    const server = ensemble.peer(sid)
    const peer = ensemble.quorumPeer(sid)
    const leader = peer?.leader ?? null
    const common = { sid, machine: machine.state, starts: machine.incarnation, files: filesOf(machine) }
    if (server === null) {
      return {
        ...common,
        role: 'down',
        acceptedEpoch: null,
        currentEpoch: null,
        vote: null,
        delivered: null,
        logged: null,
        tree: null,
        pending: null,
        waitsFor: machine.exitReason ?? 'to be started',
      }
    }
    const { tree, lastProcessedZxid, lastLoggedZxid } = server.zkDb
    return {
      ...common,
      role: peer === null ? 'standalone' : run.view.peer(sid).describeState(),
      acceptedEpoch: peer?.acceptedEpoch ?? null,
      currentEpoch: peer?.currentEpoch ?? null,
      vote: peer === null ? null : describeVote(voteOf(peer)),
      delivered: printZxid(lastProcessedZxid),
      logged: printZxid(lastLoggedZxid),
      tree: { nodes: tree.nodeCount, digest: tree.digest.toString(16) },
      pending:
        leader === null
          ? null
          : {
              proposals: [...leader.outstandingProposals.keys()].map(printZxid),
              toBeApplied: leader.toBeApplied.length,
            },
      waitsFor: server.waitingFor(),
    }
  })
}

export function clientStates({ clients }: Ensemble): ClientState[] {
  return [...clients].map(([client, machine]) => {
    const node = machine.node as Client | null
    if (node === null) return { client, state: 'down', server: null, unanswered: 0 }
    return { client, state: node.state, server: node.server, unanswered: node.outstanding }
  })
}

export function describeStates(run: ScenarioRun, ensemble: Ensemble, style: Style): string {
  const peers = peerStates(run, ensemble)
  const parts = [
    table(
      ['peer', 'state', 'epochs', 'delivered/logged', 'tree: nodes, digest', 'waits for'],
      peers.map((peer) => [
        `${peer.sid}`,
        peer.machine === 'up' ? peer.role : peer.machine,
        peer.acceptedEpoch === null ? '–' : `${peer.acceptedEpoch}/${peer.currentEpoch}`,
        peer.delivered === null ? '–' : `${peer.delivered}/${peer.logged}`,
        peer.tree === null ? '–' : `${peer.tree.nodes}, ${peer.tree.digest}`,
        peer.waitsFor,
      ]),
      style,
    ),
    table(
      ['peer', 'votes for', 'pending'],
      peers.map((peer) => [`${peer.sid}`, peer.vote ?? '–', describePending(peer)]),
      style,
    ),
    table(
      ['peer', 'disk: records that are durable/written'],
      peers.map(({ sid, files }) => [
        `${sid}`,
        files.map(({ name, durable, records }) => `${name} ${durable}/${records}`).join(', ') || 'empty',
      ]),
      style,
    ),
  ]
  const clients = clientStates(ensemble)
  if (clients.length > 0) {
    parts.push(
      table(
        ['client', 'state', 'server', 'unanswered operations'],
        clients.map((one) => [one.client, one.state, one.server ?? '–', `${one.unanswered}`]),
        style,
      ),
    )
  }
  return parts.join('\n\n')
}

/** What it tells others: its proposal while it looks, afterwards the vote that decided. */
function voteOf({ state, currentVote, election }: QuorumPeer): Vote {
  if (state !== 'LOOKING' || election === null || election.proposedLeader < 0) return currentVote
  const { proposedLeader, proposedZxid, logicalclock, proposedEpoch } = election
  return makeVote(proposedLeader, proposedZxid, logicalclock, proposedEpoch)
}

/** Zxids that are named one by one; of more, the first and the last. */
const NAMED = 8

function describePending({ pending }: PeerState): string {
  if (pending === null) return '–'
  const { proposals, toBeApplied } = pending
  const parts: string[] = []
  if (proposals.length > NAMED) {
    parts.push(`${proposals.length} proposals, ${proposals[0]} to ${proposals.at(-1)}`)
  } else if (proposals.length > 0) parts.push(`proposals ${proposals.join(' ')}`)
  if (toBeApplied > 0) parts.push(`${toBeApplied} committed, to be applied`)
  return parts.join('; ') || 'nothing'
}

function filesOf({ disk }: Machine): PeerState['files'] {
  return disk.names().map((name) => ({
    name,
    durable: disk.durableLength(name),
    records: disk.read(name)?.records.length ?? 0,
  }))
}
