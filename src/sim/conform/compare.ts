import { printZxid, type Sid, type Zxid } from '../../nodes/zxid.ts'
import type { ObservedPhase, ObservedServer } from './Player.ts'
import type { OtherPhase, RecordedPhase, RecordedServer, RecordedSync } from './Recording.ts'

/** Everything in which a simulated phase is not as it was recorded, in words. */
export function differences(
  recorded: RecordedPhase,
  observed: ObservedPhase,
  sids: readonly Sid[],
): string[] {
  const found: string[] = []
  if (observed.failedWrites > 0) found.push(`${observed.failedWrites} of the writes failed`)
  if (recorded.leader !== observed.leader) {
    found.push(`leader: recorded ${recorded.leader ?? 'none'}, simulated ${observed.leader ?? 'none'}`)
  }
  for (const sid of sids) compareSyncs(sid, recorded.syncs, observed.syncs, found)
  for (const sid of sids) compareProposals(sid, recorded, observed, found)
  const writes = recorded.actions.some(({ type }) => type === 'write')
  for (const sid of sids) {
    const server = observed.after.get(sid)
    if (server !== undefined) compareServers(sid, recorded.after.get(sid), server, writes, found)
  }
  return found
}

/** Synchronisations of different learners are in no order: their handlers run side by side. */
function compareSyncs(
  learner: Sid,
  recorded: readonly RecordedSync[],
  observed: readonly RecordedSync[],
  found: string[],
): void {
  const expected = recorded.filter((sync) => sync.learner === learner)
  const seen = observed.filter((sync) => sync.learner === learner)
  for (let i = 0; i < Math.max(expected.length, seen.length); i += 1) {
    const [was, is] = [expected[i], seen[i]]
    const [before, now] = [
      was === undefined ? 'none' : printSync(was),
      is === undefined ? 'none' : printSync(is),
    ]
    if (before !== now) found.push(`synchronisation of ${learner}: recorded ${before}, simulated ${now}`)
  }
}

function printSync(sync: RecordedSync): string {
  const { leader, mode, packetZxid, peerLastZxid, minCommittedLog, maxCommittedLog, leaderLastProcessed } =
    sync
  const packet = packetZxid === null ? '' : ` ${printZxid(packetZxid)}`
  const log =
    maxCommittedLog === 0 ? 'empty' : `${printZxid(minCommittedLog)} to ${printZxid(maxCommittedLog)}`
  return (
    `${mode ?? 'no packet'}${packet} from ${leader} for ${printZxid(peerLastZxid)} ` +
    `(committedLog ${log}, leader at ${printZxid(leaderLastProcessed)})`
  )
}

function compareProposals(
  sid: Sid,
  { proposals: recorded }: RecordedPhase,
  { proposals: observed }: ObservedPhase,
  found: string[],
): void {
  const [was, is] = [printZxids(recorded.get(sid)), printZxids(observed.get(sid))]
  if (was !== is) found.push(`vote of ${sid}: recorded ${was}, simulated ${is}`)
}

function printZxids(zxids: readonly Zxid[] | undefined): string {
  return zxids === undefined ? 'no election' : zxids.map(printZxid).join(', then ')
}

function compareServers(
  sid: Sid,
  recorded: RecordedServer | undefined,
  observed: ObservedServer,
  writes: boolean,
  found: string[],
): void {
  if (!modesAgree(recorded, observed)) {
    found.push(`server ${sid}: recorded ${recorded?.mode ?? 'not serving'}, simulated ${observed.mode}`)
  }
  if (recorded === undefined) return
  const { zxid, acceptedEpoch, currentEpoch } = recorded
  if (zxid !== null && zxid !== observed.zxid) {
    // The recorder asks right after the last reply, when other servers than the one that replied may still be behind.
    const behind = writes && zxid >= observed.from && zxid < observed.zxid
    if (!behind) {
      found.push(`server ${sid}: recorded at ${printZxid(zxid)}, simulated at ${printZxid(observed.zxid)}`)
    }
  }
  if (acceptedEpoch !== undefined && acceptedEpoch !== observed.acceptedEpoch) {
    found.push(`acceptedEpoch of ${sid}: recorded ${acceptedEpoch}, simulated ${observed.acceptedEpoch}`)
  }
  if (currentEpoch !== undefined && currentEpoch !== observed.currentEpoch) {
    found.push(`currentEpoch of ${sid}: recorded ${currentEpoch}, simulated ${observed.currentEpoch}`)
  }
}

/** A stopped server does not answer, so it was recorded as down or not at all. */
function modesAgree(recorded: RecordedServer | undefined, { mode }: ObservedServer): boolean {
  if (recorded === undefined) return mode === 'looking' || mode === 'paused' || mode === 'down'
  if (recorded.mode === 'down') return mode === 'down' || mode === 'paused'
  return recorded.mode === mode
}

export function childrenDiffer(
  sid: Sid,
  recorded: readonly string[] | number,
  observed: readonly string[] | null,
): string | null {
  if (observed === null) return `children of / at ${sid}: recorded, but the simulated server is down`
  if (typeof recorded === 'number') {
    if (recorded === observed.length) return null
    return `children of / at ${sid}: recorded ${recorded}, simulated ${observed.length}`
  }
  const [was, is] = [sorted(recorded).join(' '), sorted(observed).join(' ')]
  return was === is ? null : `children of / at ${sid}: recorded ${was || 'none'}, simulated ${is || 'none'}`
}

function sorted(names: readonly string[]): readonly string[] {
  return [...names].sort((a, b) => (a < b ? -1 : a > b ? 1 : 0))
}

/** Whether a phase went as in the real ensemble's second run, of which less is known. */
export function isAsInOther(other: OtherPhase, { leader, syncs, failedWrites }: ObservedPhase): boolean {
  if (failedWrites > 0 || other.leader !== leader) return false
  const expected = other.syncs.map(
    ([learner, mode, position, packet]) => `${learner} ${mode} ${position} ${packet}`,
  )
  const seen = syncs.map((sync) => `${sync.learner} ${sync.mode} ${sync.peerLastZxid} ${sync.packetZxid}`)
  return sorted(expected).join() === sorted(seen).join()
}
