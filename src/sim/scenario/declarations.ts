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
  example?: string,
): Declaration {
  return Object.freeze({ sentence: new Sentence(text, kinds, example), means, say })
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
    '{joiners:some} joiners',
    'Servers behind the others that are in no configuration yet; each is started with one that adds itself.',
    (draft, said) => {
      draft.joiners = said.joiners
    },
  ),
  declare('one joiner', 'One such server.', (draft) => {
    draft.joiners = 1
  }),
  declare(
    'on one computer',
    'All peers run on one computer: they lose power together, and have one clock.',
    (draft) => {
      draft.oneComputer = true
    },
  ),
  declare(
    'groups {groups:groups}',
    'A hierarchy of groups: a quorum is a majority of weight in a majority of groups.',
    (draft, said) => {
      const groups = said.groups.map((servers, i) => ({ id: i + 1, servers: [...servers] }))
      draft.hierarchy = { weights: draft.hierarchy?.weights ?? [], groups }
    },
  ),
  declare(
    'weights {weights:weights}',
    'Weights other than 1, in a hierarchy of groups; where none are said, all voters are one group.',
    (draft, said) => {
      const weights = said.weights.map(([sid, weight]): [Sid, number] => [sid, weight])
      draft.hierarchy = { groups: draft.hierarchy?.groups ?? [], weights }
    },
  ),
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
    'scheduled by priority with {changes:count} changes',
    'Threads, disks and the ways from one machine to another have priorities: of what is due within 50 ms, whatever belongs to the highest happens first. So often in a run whoever is about to act falls below all others. Brings about orders that random delays hardly ever do.',
    (draft, said) => {
      draft.priorityChanges = said.changes
    },
  ),
  declare(
    'as of {release:release}',
    'Behave as this release of ZooKeeper where it is known to differ: 3.8.0 to 3.8.6, 3.9.0 to 3.9.5. 3.8.0 is Debian’s, with fixes that 3.8.0-upstream is without.',
    (draft, said) => {
      draft.release = said.release
    },
  ),
  declare(
    'with {issue:issue}',
    'Put a historic bug in, such as ZOOKEEPER-4643 (with it come -4646, -4685 and -4785) or ZOOKEEPER-2332.',
    (draft, said) => {
      draft.bugs.push(said.issue)
    },
  ),
  declare('start none', 'No peer starts at time 0; `start` steps do it.', (draft) => {
    draft.start = []
  }),
  declare('start only {sids:sids}', 'Only these peers start at time 0.', (draft, said) => {
    draft.start = [...said.sids]
  }),
]

const manners = [
  declare(
    'lenient',
    'A step that cannot be played now (nobody has that role, there is no such file, a machine is down already) is passed over, and a wait that comes to nothing in time ends its step.',
    (draft) => {
      draft.lenient = true
    },
  ),
  declare(
    'spare a quorum',
    'A fault that may cost a disk what it holds is passed over unless a quorum of voters whose disks have suffered none runs in sync with the leader and has on its disks all that anybody proposed or promised; so what is committed outlives all such faults.',
    (draft) => {
      draft.sparing = true
    },
  ),
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
    '3 had logged 2:1',
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

type Unit = 'millis' | 'count' | 'onoff' | 'decimal' | 'text'

/** Its kind, an example, and what it is for. */
type Setting = readonly [Unit, string, string]

/** Every setting of a peer. */
const tunable: Readonly<Record<keyof PeerSettings, Setting>> = {
  tickTime: ['millis', '500 ms', 'The unit of initLimit and syncLimit; a leader pings twice a tick'],
  initLimit: ['count', '5', 'Ticks that a learner may take to connect and to be synchronised'],
  syncLimit: ['count', '2', 'Ticks without a word after which leader and learner give each other up'],
  minSessionTimeout: ['millis', '1 s', 'Servers grant no session a shorter timeout'],
  maxSessionTimeout: ['millis', '20 s', 'Servers grant no session a longer timeout'],
  finalizeWait: ['millis', '50 ms', 'How long a peer waits for a better vote once a quorum agrees'],
  minNotificationInterval: [
    'millis',
    '100 ms',
    'After this much silence a looking peer first repeats its vote',
  ],
  maxNotificationInterval: ['millis', '5 s', 'The wait between repeated votes doubles up to this'],
  cnxTimeout: ['millis', '800 ms', 'How long a dial to an election port may take'],
  snapCount: ['count', '20', 'Transactions between snapshots (at random between half of it and all of it)'],
  commitLogCount: ['count', '10', 'Committed transactions kept in memory for DIFF (ZooKeeper: 500 or more)'],
  snapshotSizeFactor: ['decimal', '-1', 'DIFF from the log up to this share of a snapshot; negative: never'],
  forceSnapshotSync: ['onoff', 'on', 'Learners are always synchronised by SNAP'],
  preAllocSize: ['count', '4096', 'Bytes by which the files of the transaction log grow'],
  maxBatchSize: ['count', '50', 'Requests in one group commit'],
  dbAutocreate: ['onoff', 'off', 'An empty disk may vote'],
  snapshotTrustEmpty: ['onoff', 'on', 'A log without a snapshot may be replayed from nothing'],
  observerSyncEnabled: ['onoff', 'off', 'Observers write what they are informed of to disk'],
  snapRetainCount: ['count', '3', 'Snapshots that the purge keeps; 0 purges nothing'],
  maxCounter: ['count', '12', 'The counter at which a leader gives up its epoch'],
  snapshotChunk: ['count', '1', 'Nodes a turn when a snapshot is written or streamed'],
  leaderServes: ['onoff', 'off', 'The leader accepts clients'],
  extendedTypesEnabled: ['onoff', 'on', 'Nodes may have a time to live'],
  skipACL: ['onoff', 'on', 'Access control lists are not looked at'],
  enableEagerACLCheck: ['onoff', 'on', 'What has no permission is refused before it becomes a transaction'],
  enforceQuota: ['onoff', 'on', 'Hard quotas refuse writes'],
  juteMaxBuffer: ['count', '4096', 'Bytes of the longest request'],
  superDigest: ['text', '"super:lK75jTNcA+U9vtVEw5vB51mj/w4="', 'Who may do anything, as user and digest'],
  x509SuperUser: ['text', '"CN=root"', 'The subject of a certificate that may do anything'],
  saslSuperUser: ['text', '"root"', 'The user of SASL that may do anything'],
  letAnySaslUserDoX: ['text', '"reader"', 'What this SASL user may do, any SASL user may'],
  authProviders: ['text', '"sasl,x509"', 'Schemes of identities besides ip and digest'],
  enforceAuthSchemes: ['text', '"digest,sasl"', 'A request needs an identity of one of these schemes'],
  readonlymodeEnabled: ['onoff', 'on', 'A server without a leader answers reads'],
  localSessionsEnabled: ['onoff', 'on', 'Sessions are local to their server at first'],
  localSessionsUpgradingEnabled: ['onoff', 'on', 'An ephemeral node makes a local session a global one'],
  reconfigEnabled: ['onoff', 'on', 'The membership may be changed by reconfig'],
  standaloneEnabled: ['onoff', 'off', 'An ensemble of one is a server without a quorum'],
  containerCheckInterval: ['millis', '500 ms', 'Time between two looks at containers and nodes with a TTL'],
  containerMaxPerMinute: ['count', '600', 'Containers and expired nodes removed in a minute'],
  containerMaxNeverUsedInterval: ['millis', '10 s', 'A container that never had a child goes after this'],
  globalOutstandingLimit: ['count', '50', 'Requests under way past which a server stops reading'],
  maxClientCnxns: ['count', '3', 'Connections of one address; 0 sets no limit'],
}

const settings = [...new Map(Object.entries(tunable))].map(([name, [unit, example, what]]): Declaration => {
  const sentence = new Sentence(`${name} {value:${unit}}`, kinds, `${name} ${example}`)
  const usual = kinds[unit].print(defaultSettings[name as keyof PeerSettings] as never)
  const means = `${what}; ${usual} unless said.`
  const say = (draft: Draft<EnsembleSpec>, filled: Filled): void => {
    Object.assign(draft.settings, { [name]: filled.value })
  }
  return Object.freeze({ sentence, means, say })
})

export const declarationGroups: readonly (readonly [string, readonly Declaration[]])[] = [
  ['The ensemble', size],
  ['Chance, releases, the start', world],
  ['How it is played', manners],
  ['What lies on the disks', disks],
  ['Settings, of every peer', settings],
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
    const { hierarchy, peers } = draft
    if (hierarchy?.groups.length === 0) {
      hierarchy.groups.push({ id: 1, servers: Array.from({ length: peers }, (_, i) => i + 1) })
    }
  })
}
