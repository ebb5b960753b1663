/**
 * What a scenario says of its ensemble before its first step. Without any of it: three peers, seed 1, ZooKeeper's own
 * settings, empty disks, and all peers start at time 0.
 */
import { type Draft, produce } from 'immer'
import { defaultSettings, type PeerSettings } from '../../nodes/PeerConfig.ts'
import type { Sid } from '../../nodes/zxid.ts'
import { type HolesOf, kinds } from '../kinds.ts'
import { type Filled, Sentence } from '../sentence.ts'
import { type DiskState, defaultSpec, type EnsembleSpec } from './EnsembleSpec.ts'
import type { Play, Scenario } from './Scenario.ts'

export interface Declaration {
  readonly sentence: Sentence
  readonly means: string
  /** A recipe: says it to a draft of the description. */
  readonly say: (draft: Draft<EnsembleSpec>, filled: never) => void
}

function declare<const S extends string>(
  text: S,
  means: string,
  say: (draft: Draft<EnsembleSpec>, filled: HolesOf<S>) => void,
): Declaration {
  return Object.freeze({ sentence: new Sentence(text, kinds), means, say })
}

function onDisk(
  draft: Draft<EnsembleSpec>,
  sids: readonly Sid[],
  say: (disk: Draft<DiskState>) => void,
): void {
  for (const sid of sids) {
    let disk = draft.disks.find((one) => one.sid === sid)
    if (disk === undefined) {
      disk = { sid, logged: [], snapshot: null, acceptedEpoch: null, currentEpoch: null }
      draft.disks.push(disk)
    }
    say(disk)
  }
}

const size = [
  declare(
    '{peers:some} peers and {observers:some} observers',
    'Voters 1, 2, …, then observers.',
    (draft, said) => {
      draft.peers = said.peers
      draft.observers = said.observers
    },
  ),
  declare('{peers:some} peers and one observer', 'Voters 1, 2, …, then one observer.', (draft, said) => {
    draft.peers = said.peers
    draft.observers = 1
  }),
  declare('{peers:some} peers', 'The number of voters; they are called 1, 2, …', (draft, said) => {
    draft.peers = said.peers
  }),
  declare('one peer', 'An ensemble of one.', (draft) => {
    draft.peers = 1
  }),
  declare(
    'groups {groups:groups}',
    'A hierarchy of groups: a quorum is a majority of weight in a majority of groups.',
    (draft, said) => {
      const groups = said.groups.map((servers, i) => ({ id: i + 1, servers: [...servers] }))
      draft.hierarchy = { weights: draft.hierarchy?.weights ?? [], groups }
    },
  ),
  declare('weights {weights:weights}', 'Weights other than 1, in a hierarchy of groups.', (draft, said) => {
    const weights = said.weights.map(([sid, weight]): [Sid, number] => [sid, weight])
    draft.hierarchy = { groups: draft.hierarchy?.groups ?? [], weights }
  }),
]

const world = [
  declare('seed {seed:seed}', 'Decides everything that the scenario leaves to chance.', (draft, said) => {
    draft.seed = said.seed
  }),
  declare(
    'lockstep',
    'Every thread that has work runs at once, and links and disks take a fixed time.',
    (draft) => {
      draft.lockstep = true
    },
  ),
  declare(
    'as of {release:release}',
    'Behave as this release of ZooKeeper did, its bugs included.',
    (draft, said) => {
      draft.release = said.release
    },
  ),
  declare('with {issue:issue}', 'Put one historic bug in.', (draft, said) => {
    draft.bugs.push(said.issue)
  }),
  declare('start none', 'No peer starts at time 0; `start` steps do it.', (draft) => {
    draft.start = []
  }),
  declare('start only {sids:sids}', 'Only these peers start at time 0.', (draft, said) => {
    draft.start = [...said.sids]
  }),
]

const disks = [
  declare(
    '{sids:sids} had logged {from:zxid} to {to:zxid}',
    'These transactions are in the log when the peer first starts; they are of one epoch, creates of `/e1-1`, `/e1-2` ….',
    (draft, { sids, from, to }) =>
      onDisk(draft, sids, (disk) => {
        disk.logged.push({ from, to })
      }),
  ),
  declare(
    '{sids:sids} had logged {zxid:zxid}',
    'This transaction is in the log when the peer first starts.',
    (draft, { sids, zxid }) =>
      onDisk(draft, sids, (disk) => {
        disk.logged.push({ from: zxid, to: zxid })
      }),
  ),
  declare(
    '{sids:sids} had a snapshot at {zxid:zxid}',
    'A snapshot of everything logged up to here is on the disk when the peer first starts.',
    (draft, { sids, zxid }) =>
      onDisk(draft, sids, (disk) => {
        disk.snapshot = zxid
      }),
  ),
  declare(
    '{sids:sids} had accepted epoch {epoch:count}',
    'What the file `acceptedEpoch` holds; without this, the epoch of the last transaction.',
    (draft, { sids, epoch }) =>
      onDisk(draft, sids, (disk) => {
        disk.acceptedEpoch = epoch
      }),
  ),
  declare(
    '{sids:sids} had current epoch {epoch:count}',
    'What the file `currentEpoch` holds; without this, the epoch of the last transaction.',
    (draft, { sids, epoch }) =>
      onDisk(draft, sids, (disk) => {
        disk.currentEpoch = epoch
      }),
  ),
]

type Unit = 'millis' | 'count' | 'onoff' | 'decimal'

/** Every setting of a peer, with how its value is written. */
const units: Readonly<Record<keyof PeerSettings, Unit>> = {
  tickTime: 'millis',
  initLimit: 'count',
  syncLimit: 'count',
  minSessionTimeout: 'millis',
  maxSessionTimeout: 'millis',
  finalizeWait: 'millis',
  minNotificationInterval: 'millis',
  maxNotificationInterval: 'millis',
  cnxTimeout: 'millis',
  snapCount: 'count',
  commitLogCount: 'count',
  snapshotSizeFactor: 'decimal',
  forceSnapshotSync: 'onoff',
  preAllocSize: 'count',
  maxBatchSize: 'count',
  dbAutocreate: 'onoff',
  snapshotTrustEmpty: 'onoff',
  observerSyncEnabled: 'onoff',
  snapRetainCount: 'count',
  maxCounter: 'count',
  snapshotChunk: 'count',
  leaderServes: 'onoff',
}

const settings = [...new Map(Object.entries(units))].map(([name, unit]): Declaration => {
  const sentence = new Sentence(`${name} {value:${unit}}`, kinds)
  const usual = kinds[unit].print(defaultSettings[name as keyof PeerSettings] as never)
  const means = `A setting of every peer; ${usual} unless said.`
  const say = (draft: Draft<EnsembleSpec>, filled: Filled): void => {
    Object.assign(draft.settings, { [name]: filled.value })
  }
  return Object.freeze({ sentence, means, say })
})

export const declarationGroups: readonly (readonly [string, readonly Declaration[]])[] = [
  ['The ensemble', size],
  ['Chance, releases, the start', world],
  ['What lies on the disks', disks],
  ['Settings', settings],
]

export const declarations: readonly Declaration[] = declarationGroups.flatMap(([, list]) => list)

const bySentence = new Map(declarations.map((one) => [one.sentence.text, one]))

export function declarationOf(play: Play): Declaration {
  const found = bySentence.get(play.sentence)
  if (found === undefined) throw new Error(`no declaration reads '${play.sentence}'`)
  return found
}

/** The ensemble that a scenario declares; frozen. */
export function specOf(scenario: Scenario): EnsembleSpec {
  return produce(defaultSpec, (draft) => {
    for (const line of scenario.lines) {
      if (line.type !== 'declarations') continue
      for (const play of line.plays) declarationOf(play).say(draft, play.filled as never)
    }
  })
}
