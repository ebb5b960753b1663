/** Who there is, what is on the disks, and how the knobs stand. */
import type { Sid } from '../../nodes/zxid.ts'
import { makeZxid } from '../../nodes/zxid.ts'
import type { Play } from '../scenario/Scenario.ts'
import type { Filled } from '../sentence.ts'
import { said } from './assemble.ts'
import type { Draw } from './Draw.ts'

/** Sizes of ensembles by how much there is to find in them: three voters most, then five. */
const SIZES: readonly number[] = Object.freeze([3, 3, 3, 3, 3, 3, 3, 3, 5, 5, 5, 2, 2, 1, 4, 4, 6, 7])

export function drawEnsemble(draw: Draw): Play[] {
  const { random, profile } = draw
  const voters = Math.min(random.pick(SIZES), profile.voters)
  const observers = Math.min(random.pick([0, 0, 0, 0, 0, 1, 1, 2]), profile.observers)
  const joiners = profile.reconfig && random.chance(0.5) ? 1 : 0
  draw.voters = countedFrom(1, voters)
  draw.observers = countedFrom(voters + 1, observers)
  draw.joiners = countedFrom(voters + observers + 1, joiners)
  return [
    ...drawSize(voters, observers, joiners),
    ...drawGroups(draw),
    ...(random.chance(0.03) ? [said('on one computer')] : []),
    ...drawKnobs(draw),
    ...drawDisks(draw),
  ]
}

function countedFrom(first: Sid, count: number): readonly Sid[] {
  return Object.freeze(Array.from({ length: count }, (_, i) => first + i))
}

function drawSize(peers: number, observers: number, joiners: number): Play[] {
  const plays: Play[] = []
  if (observers === 1) plays.push(said('{peers:some} peers and one observer', { peers }))
  else if (observers > 1)
    plays.push(said('{peers:some} peers and {observers:some} observers', { peers, observers }))
  else plays.push(peers === 1 ? said('one peer') : said('{peers:some} peers', { peers }))
  if (joiners === 1) plays.push(said('one joiner'))
  return plays
}

/** A hierarchy of groups; some of the voters may weigh more, or nothing. */
function drawGroups({ random, voters }: Draw): Play[] {
  if (voters.length < 3 || !random.chance(0.08)) return []
  const count = random.int(2, 3)
  const shuffled = random.shuffle([...voters])
  const groups = Array.from({ length: count }, (_, group) =>
    Object.freeze(shuffled.filter((_, i) => i % count === group).sort((a, b) => a - b)),
  )
  const weights = voters
    .filter(() => random.chance(0.4))
    .map((sid) => Object.freeze([sid, random.pick([0, 2, 2, 3])] as const))
  // A group in which nobody weighs anything decides nothing, and an ensemble of such groups never does.
  const weighs = groups.every((group) =>
    group.some((sid) => (weights.find(([one]) => one === sid)?.[1] ?? 1) > 0),
  )
  const plays = [said('groups {groups:groups}', { groups: Object.freeze(groups) })]
  if (weights.length > 0 && weighs)
    plays.push(said('weights {weights:weights}', { weights: Object.freeze(weights) }))
  return plays
}

/** Milliseconds and counts. Short times, so that a run of few events sees many elections. */
function drawKnobs(draw: Draw): Play[] {
  const { random, profile } = draw
  const plays: Play[] = []
  const set = (name: string, unit: string, value: unknown): void => {
    plays.push(said(`${name} {value:${unit}}`, { value }))
  }
  const sometimes = (share: number, name: string, unit: string, values: readonly unknown[]): void => {
    if (random.chance(share)) set(name, unit, random.pick(values))
  }
  const tickTime = random.pick([100, 200, 200, 500])
  set('tickTime', 'millis', tickTime)
  set('initLimit', 'count', random.pick([3, 5, 5, 10]))
  set('syncLimit', 'count', random.pick([2, 3, 3, 5]))
  set('minSessionTimeout', 'millis', 2 * tickTime)
  set('maxSessionTimeout', 'millis', random.pick([4, 6, 10, 20]) * tickTime)
  set('maxNotificationInterval', 'millis', random.pick([400, 1_000, 2_000]))
  set('cnxTimeout', 'millis', random.pick([200, 500, 1_000]))
  sometimes(0.3, 'finalizeWait', 'millis', [20, 50, 100, 400])
  sometimes(0.3, 'minNotificationInterval', 'millis', [20, 50, 100])
  sometimes(0.5, 'snapCount', 'count', [3, 5, 10, 20, 50])
  sometimes(0.4, 'commitLogCount', 'count', [1, 2, 5, 10, 20])
  sometimes(0.2, 'snapshotSizeFactor', 'decimal', [-1, 0.01, 5])
  sometimes(0.1, 'forceSnapshotSync', 'onoff', [true])
  sometimes(0.15, 'maxCounter', 'count', [12, 20, 40, 100])
  sometimes(0.4, 'snapshotChunk', 'count', [1, 2, 5])
  sometimes(0.15, 'snapRetainCount', 'count', [3, 3, 5])
  sometimes(0.15, 'maxBatchSize', 'count', [1, 2, 10])
  sometimes(0.1, 'preAllocSize', 'count', [512, 4_096])
  // A leader that is alone and serves nobody leaves nobody to serve.
  if (draw.voters.length + draw.observers.length > 1) sometimes(0.1, 'leaderServes', 'onoff', [false])
  sometimes(0.1, 'observerSyncEnabled', 'onoff', [false])
  sometimes(0.2, 'globalOutstandingLimit', 'count', [1, 3, 10])
  sometimes(0.3, 'containerCheckInterval', 'millis', [200, 500, 1_000])
  sometimes(0.3, 'extendedTypesEnabled', 'onoff', [true])
  sometimes(0.1, 'enableEagerACLCheck', 'onoff', [true])
  sometimes(0.2, 'readonlymodeEnabled', 'onoff', [true])
  sometimes(0.2, 'standaloneEnabled', 'onoff', [false])
  if (random.chance(0.2)) {
    set('localSessionsEnabled', 'onoff', true)
    sometimes(0.8, 'localSessionsUpgradingEnabled', 'onoff', [true])
  }
  if (profile.reconfig) {
    set('reconfigEnabled', 'onoff', true)
    set('skipACL', 'onoff', true)
  } else sometimes(0.05, 'skipACL', 'onoff', [true])
  return plays
}

/**
 * What an ensemble that ran before may have left: a history that a quorum has, and behind it what a leader proposed last
 * to some. Nothing of it was promised to anybody.
 */
function drawDisks({ random, voters }: Draw): Play[] {
  if (voters.length < 2 || !random.chance(0.15)) return []
  const plays: Play[] = []
  const epoch = random.int(1, 3)
  const agreed = random.int(1, 8)
  const logged = (sid: Sid, length: number): void => {
    const from = makeZxid(epoch, 1)
    const sids = Object.freeze([sid])
    const filled: Filled = { sids, from, to: makeZxid(epoch, length) }
    plays.push(said('{sids:sids} had logged {from:zxid} to {to:zxid}', filled))
    if (random.chance(0.3)) {
      plays.push(
        said('{sids:sids} had a snapshot at {zxid:zxid}', {
          sids,
          zxid: makeZxid(epoch, random.int(1, length)),
        }),
      )
    }
  }
  for (const sid of voters) {
    const more = random.chance(0.4) ? random.int(1, 4) : 0
    logged(sid, agreed + more)
  }
  return plays
}
