import { counterOf, type Epoch, epochOf, NONE, printZxid, type Sid, type Zxid } from '../../nodes/zxid.ts'
import type { History } from '../History.ts'
import { always, type Check } from '../invariant.ts'
import { agreeUpTo, commonLength } from '../sequences.ts'
import { printTxn } from '../words.ts'

interface Claim {
  readonly zxid: Zxid
  readonly peerEpoch: Epoch
}

/**
 * What others have lately voted for, by the peer they would have lead. Their votes outlive what they say: a peer that
 * has been told to truncate since, or has lost its memory of the round, may adopt from another what it once said itself.
 */
class Echoes {
  private readonly claims = new Map<Sid, Claim[]>()

  note(leader: Sid, claim: Claim): void {
    const known = this.claims.get(leader)
    if (known === undefined) this.claims.set(leader, [claim])
    else if (!this.has(leader, claim)) {
      known.push(claim)
      if (known.length > KEPT) known.shift()
    }
  }

  has(leader: Sid, { zxid, peerEpoch }: Claim): boolean {
    const known = this.claims.get(leader) ?? []
    return known.some((claim) => claim.zxid === zxid && claim.peerEpoch === peerEpoch)
  }
}

const KEPT = 32

export const positionHonesty = always<Echoes>({
  code: 'E5',
  name: 'PositionHonesty',
  says:
    'The position that a peer claims is the end of its history, or the start of an epoch that it has joined since; ' +
    'and an epoch that it claims as current it holds the initial history of.',
  source: 'ZOOKEEPER-790, -2355, -2845, -4643',
  start: () => new Echoes(),
  on: {
    voted(vote, history, check, state) {
      const { peer, leader, zxid, peerEpoch } = vote
      if (leader !== peer) return state.note(leader, vote)
      if (zxid === NONE || state.has(peer, vote)) return
      position(peer, zxid, 'voted for itself', history, check)
      currentEpoch(peer, peerEpoch, history, check)
    },
    ackedEpoch({ peer, currentEpoch: epoch, lastZxid }, history, check) {
      position(peer, lastZxid, 'sent ACKEPOCH', history, check)
      currentEpoch(peer, epoch, history, check)
    },
  },
})

function position(peer: Sid, zxid: Zxid, deed: string, history: History, check: Check): void {
  check.exercised += 1
  const ghost = history.peer(peer)
  // An observer may be told not to log: then its tree is its history.
  const applied = history.membership.isObserver(peer) ? (ghost.applied.last?.zxid ?? 0) : 0
  const last = Math.max(ghost.lastZxid, applied)
  if (zxid === last || (zxid < 0 && last === 0)) return
  if (counterOf(zxid) === 0 && zxid > last && epochOf(zxid) <= ghost.startedEpoch) return
  check.broken(
    [peer],
    [zxid, last],
    `${peer} ${deed} with position ${printZxid(zxid)} while its history ends at ${printZxid(last)}`,
  )
}

function currentEpoch(peer: Sid, epoch: Epoch, history: History, check: Check): void {
  if (epoch < 0 || history.membership.isObserver(peer)) return
  const ghost = history.epoch(epoch)
  if (ghost === undefined || !ghost.established || ghost.initial === null) return
  const mine = history.peer(peer).history
  if (agreeUpTo(ghost.initial, mine, ghost.initial.length)) return
  const missing = ghost.initial.at(Math.min(commonLength(ghost.initial, mine), ghost.initial.length - 1))
  check.broken(
    [peer],
    [missing.zxid],
    `${peer} claims epoch ${epoch} without ${printTxn(missing)} of its initial history`,
  )
}
