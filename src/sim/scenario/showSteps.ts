import type { DataTree } from '../../nodes/database/DataTree.ts'
import { type Epoch, printZxid } from '../../nodes/zxid.ts'
import type { Disk } from '../kernel/Disk.ts'
import type { PeerApi } from './EnsembleApi.ts'
import { deedStep, type Stage } from './step.ts'

function eachPeer(stage: Stage, show: (sid: number) => string): void {
  for (const sid of stage.ensemble.sids) stage.transcript.show(`${sid}`, show(sid))
}

function epochText(epoch: Epoch): string {
  return `e${epoch}`
}

/** Paths with their data, parents first. */
function* nodesOf(tree: DataTree, path: string): Generator<string> {
  const node = tree.get(path)
  if (node === undefined) return
  if (path !== '/') yield node.data === null ? path : `${path} ${JSON.stringify(node.data)}`
  for (const name of tree.children(path)) yield* nodesOf(tree, path === '/' ? `/${name}` : `${path}/${name}`)
}

function showTree(stage: Stage, sid: number): void {
  stage.transcript.show(`${sid}`, describeTree(stage.ensemble.peer(sid)))
}

function describeTree(peer: PeerApi | null): string {
  if (peer === null) return 'down'
  const nodes = [...nodesOf(peer.zkDb.tree, '/')].filter((line) => !/^\/zookeeper(?:\/| |$)/.test(line))
  return `at ${printZxid(peer.zkDb.lastProcessedZxid)}: ${nodes.join(', ') || 'empty'}`
}

function describeDisk(disk: Disk): string {
  const files = disk.names().map((name) => {
    const image = disk.read(name)
    const damage = image?.damage ? `, then ${image.damage.kind}` : ''
    return `${name} ${disk.durableLength(name)}/${image?.records.length ?? 0}${damage}`
  })
  return files.length === 0 ? 'empty' : files.join(', ')
}

/** Steps that put the state of the ensemble into the transcript, even into a quiet one. */
export const showSteps = [
  deedStep('show peers', 'State and epoch of every peer, and what it waits for.', (stage) => {
    eachPeer(stage, (sid) => {
      const peer = stage.ensemble.peer(sid)
      const state = stage.view.peer(sid).describeState()
      if (peer !== null) return `${state}, waits for ${peer.waitingFor()}`
      const { exitReason } = stage.ensemble.machineOf(sid)
      return exitReason === null ? 'down' : `down: ${exitReason}`
    })
  }),
  deedStep('show logs', 'The ends of every log: delivered and logged.', (stage) => {
    eachPeer(stage, (sid) => {
      const view = stage.view.peer(sid)
      return `delivered ${printZxid(view.delivered)}, logged ${printZxid(view.logged)}`
    })
  }),
  deedStep('show votes', 'The last vote that every peer broadcast, and whom it elected.', (stage) => {
    eachPeer(stage, (sid) => {
      const { voted, elected, epoch } = stage.view.peer(sid)
      const vote = voted === null ? 'no vote' : `voted for ${voted.leader} at ${printZxid(voted.zxid)}`
      return `${vote}, ${elected === null ? 'elected nobody' : `elected ${elected}`}, ${epochText(epoch)}`
    })
  }),
  deedStep('show trees', 'The nodes of every running peer’s tree.', (stage) => {
    for (const sid of stage.ensemble.sids) showTree(stage, sid)
  }),
  deedStep('show tree of {peer:peer}', 'The nodes of one peer’s tree.', (stage, { peer }) =>
    showTree(stage, peer),
  ),
  deedStep(
    'show disks',
    'The files of every peer: records that are durable, and records in all.',
    (stage) => {
      eachPeer(stage, (sid) => describeDisk(stage.ensemble.machineOf(sid).disk))
    },
  ),
  deedStep('quiet', 'From here on the transcript shows only what `show` steps ask for.', (stage) => {
    stage.transcript.verbosity = 'quiet'
  }),
  deedStep(
    'normal',
    'From here on the transcript shows turns of events, and answers to clients.',
    (stage) => {
      stage.transcript.verbosity = 'normal'
    },
  ),
  deedStep('loud', 'From here on the transcript shows every fact.', (stage) => {
    stage.transcript.verbosity = 'loud'
  }),
]
