import type { SyncMode } from '../../nodes/facts.ts'
import { defaultSettings, type PeerSettings } from '../../nodes/PeerConfig.ts'
import type { Epoch, Sid, Zxid } from '../../nodes/zxid.ts'
import { MOST_PEERS } from '../scenario/limits.ts'
import type { Fields, Value } from './reading.ts'

/**
 * Recordings of elections and synchronisations of real ensembles, and how they are read. One JSON object a line; fields
 * that are not named here are ignored.
 */

export type RecordedAction =
  | { readonly type: 'start' | 'kill' | 'wipe' | 'pause' | 'cont'; readonly sid: Sid }
  /** A new session at that server does `count` creates of `bytes` bytes, and closes: `count` + 2 zxids. */
  | { readonly type: 'write'; readonly sid: Sid; readonly count: number; readonly bytes: number }
  /** A new session at that server, which stays: one zxid. */
  | { readonly type: 'session'; readonly sid: Sid }
  /** The session that stayed sends creates and awaits none. */
  | { readonly type: 'asyncWrite'; readonly sid: Sid; readonly count: number }

/** Null where there is no such file. */
export interface Epochs {
  readonly acceptedEpoch: Epoch | null
  readonly currentEpoch: Epoch | null
}

export interface RecordedSync {
  readonly leader: Sid
  readonly learner: Sid
  /** Null: the learner never said what it got. */
  readonly mode: SyncMode | null
  readonly packetZxid: Zxid | null
  readonly peerLastZxid: Zxid
  /** 0 for both: the leader's committedLog is empty. */
  readonly minCommittedLog: Zxid
  readonly maxCommittedLog: Zxid
  readonly leaderLastProcessed: Zxid
}

export type RecordedMode = 'leader' | 'follower' | 'observer' | 'down'

export interface RecordedServer extends Partial<Epochs> {
  /** `down` is also who does not answer because it is paused. */
  readonly mode: RecordedMode
  readonly zxid: Zxid | null
}

export interface RecordedPhase {
  readonly text: string
  readonly actions: readonly RecordedAction[]
  readonly before: ReadonlyMap<Sid, Epochs>
  /** What each peer proposed in each of its elections; the same again and again stands there once. */
  readonly proposals: ReadonlyMap<Sid, readonly Zxid[]>
  readonly syncs: readonly RecordedSync[]
  /** Whoever is not in it looked for a leader, or was paused. */
  readonly after: ReadonlyMap<Sid, RecordedServer>
  readonly leader: Sid | null
  /** Null: nobody waited for it. False: it was waited for in vain. */
  readonly stable: boolean | null
}

/** Leader, and of each synchronisation learner, mode, the learner's position and the packet's zxid. */
export interface OtherPhase {
  readonly leader: Sid | null
  readonly syncs: readonly (readonly [Sid, SyncMode | null, Zxid, Zxid | null])[]
}

export interface Situation {
  readonly place: string
  readonly name: string
  readonly text: string
  readonly voters: number
  readonly observers: number
  readonly settings: Partial<PeerSettings>
  readonly phases: readonly RecordedPhase[]
  /** Names of the root's children, or how many there are. */
  readonly finalChildren: ReadonlyMap<Sid, readonly string[] | number>
  /** A second run of the real ensemble, where it took another course. */
  readonly other: readonly OtherPhase[] | null
}

/**
 * Reads one line.
 *
 * @param place how messages name it, `file:line`.
 * @throws RecordingError
 */
export function parseSituation(top: Fields, place: string): Situation {
  const ensemble = top.field('ensemble').object()
  const voters = ensemble.field('voters').whole(1, MOST_PEERS)
  const observers = ensemble.has('observers') ? ensemble.field('observers').whole(0, MOST_PEERS - voters) : 0
  const sids = voters + observers
  const list = top.field('phases')
  const phases = list.array().map((phase) => parsePhase(phase.object(), sids))
  checkActions(phases, list)
  return Object.freeze({
    place,
    name: top.field('situation').string(),
    text: top.has('text') ? top.field('text').string() : '',
    voters,
    observers,
    settings: settingsOf(ensemble),
    phases,
    finalChildren: top.has('finalChildren') ? parseChildren(top.field('finalChildren'), sids) : new Map(),
    other: top.has('other') ? top.field('other').array().map(parseOther) : null,
  })
}

/** What may be done to a server, and what it is then. */
const doings = Object.freeze({
  start: { to: ['down'], is: 'up' },
  pause: { to: ['up'], is: 'paused' },
  cont: { to: ['paused'], is: 'up' },
  kill: { to: ['up', 'paused', 'down'], is: 'down' },
  wipe: { to: ['down'], is: 'down' },
})

/** No server is started that runs, none wakes that was not stopped. */
function checkActions(phases: readonly RecordedPhase[], list: Value): void {
  const states = new Map<Sid, string>()
  for (const [index, { actions }] of phases.entries()) {
    for (const action of actions) {
      if (!(action.type in doings)) continue
      const { to, is } = doings[action.type as keyof typeof doings]
      const state = states.get(action.sid) ?? 'down'
      if (!to.includes(state)) list.fail(`of ${index + 1}: ${action.type} ${action.sid}, which is ${state}`)
      states.set(action.sid, is)
    }
  }
}

function parsePhase(phase: Fields, sids: number): RecordedPhase {
  const has = (name: string) => phase.has(name)
  return Object.freeze({
    text: has('text') ? phase.field('text').string() : '',
    actions: phase
      .field('actions')
      .array()
      .map((action) => parseAction(action, sids)),
    before: has('before')
      ? bySid(phase.field('before'), sids, (value) => parseEpochs(value.object()))
      : new Map(),
    proposals: has('electionProposedZxid')
      ? bySid(phase.field('electionProposedZxid'), sids, parseProposals)
      : new Map(),
    syncs: has('sync')
      ? phase
          .field('sync')
          .array()
          .map((sync) => parseSync(sync.object(), sids))
      : [],
    after: has('after')
      ? bySid(phase.field('after'), sids, (value) => parseServer(value.object()))
      : new Map(),
    leader: has('leader') ? phase.field('leader').sidOrNull(sids) : null,
    stable: stabilityOf(phase),
  })
}

function stabilityOf(phase: Fields): boolean | null {
  if (phase.has('stable')) return phase.field('stable').boolean()
  return phase.has('stable_after_s') ? true : null
}

function parseAction(value: Value, sids: number): RecordedAction {
  const parts = value.array()
  const verb = (parts[0] ?? value.fail('an action is empty')).string()
  const argument = (index: number): Value =>
    parts[index] ?? value.fail(`the action ${verb} has too few arguments`)
  switch (verb) {
    case 'start':
    case 'kill':
    case 'wipe':
    case 'pause':
    case 'cont':
      return Object.freeze({ type: verb, sid: argument(1).sid(sids) })
    case 'write':
      return Object.freeze({
        type: 'write',
        sid: argument(1).sid(sids),
        count: argument(2).whole(0, MOST_WRITES),
        bytes: argument(3).whole(0, MOST_BYTES),
      })
    case 'async write on the cut-off leader':
      return Object.freeze({
        type: 'asyncWrite',
        sid: argument(1).sid(sids),
        count: argument(2).whole(0, MOST_WRITES),
      })
  }
  const session = /^session on leader (\d+) \(1 zxid\)$/.exec(verb)
  if (session !== null && Number(session[1]) >= 1 && Number(session[1]) <= sids) {
    return Object.freeze({ type: 'session', sid: Number(session[1]) })
  }
  return value.fail(`unknown action ${JSON.stringify(verb)}`)
}

function parseEpochs(value: Fields): Epochs {
  return Object.freeze({
    acceptedEpoch: value.has('acceptedEpoch') ? value.field('acceptedEpoch').whole(0) : null,
    currentEpoch: value.has('currentEpoch') ? value.field('currentEpoch').whole(0) : null,
  })
}

/** Repeats come as `[zxid, count]` or one by one: how often a peer that cannot join tries again is a matter of speed. */
function parseProposals(value: Value): readonly Zxid[] {
  const zxids: Zxid[] = []
  for (const item of value.array()) {
    const zxid = (item.isArray ? (item.array()[0] ?? item.fail('a repeat is empty')) : item).zxid()
    if (zxids.at(-1) !== zxid) zxids.push(zxid)
  }
  return Object.freeze(zxids)
}

function parseSync(sync: Fields, sids: number): RecordedSync {
  return Object.freeze({
    leader: sync.field('leader').sid(sids),
    learner: sync.field('learner').sid(sids),
    mode: sync.has('mode') ? sync.field('mode').mode() : null,
    packetZxid: sync.has('packetZxid') ? sync.field('packetZxid').zxid() : null,
    peerLastZxid: sync.field('peerLastZxid').zxid(),
    minCommittedLog: sync.field('minCommittedLog').zxid(),
    maxCommittedLog: sync.field('maxCommittedLog').zxid(),
    leaderLastProcessed: sync.field('leaderLastProcessed').zxid(),
  })
}

const MODES: readonly string[] = ['leader', 'follower', 'observer', 'down']

function parseServer(server: Fields): RecordedServer {
  const mode = server.field('mode')
  const word = mode.string()
  if (!MODES.includes(word)) return mode.fail(`unknown server mode ${word}`)
  const zxid = server.has('zxid') ? server.field('zxid').zxid() : null
  const knowsEpochs = server.mentions('acceptedEpoch') || server.mentions('currentEpoch')
  return Object.freeze({ mode: word as RecordedMode, zxid, ...(knowsEpochs ? parseEpochs(server) : {}) })
}

function parseChildren(value: Value, sids: number): ReadonlyMap<Sid, readonly string[] | number> {
  return bySid(value, sids, (item) => {
    if (!item.isArray) return item.object().field('count').whole(0)
    return Object.freeze(item.array().map((name) => name.string()))
  })
}

function parseOther(value: Value): OtherPhase {
  const [leader, syncs] = value.array()
  if (leader === undefined || syncs === undefined) return value.fail('a phase of `other` is [leader, syncs]')
  return Object.freeze({
    leader: leader.sidOrNull(Number.MAX_SAFE_INTEGER),
    syncs: syncs.array().map((sync) => {
      const [learner, mode, position, packet] = sync.array()
      if (learner === undefined || mode === undefined || position === undefined || packet === undefined) {
        return sync.fail('a synchronisation of `other` is [learner, mode, zxid, zxid]')
      }
      const learned = mode.isNull ? null : mode.mode()
      return Object.freeze([
        learner.whole(1),
        learned,
        position.zxid(),
        packet.isNull ? null : packet.zxid(),
      ] as const)
    }),
  })
}

function bySid<T>(value: Value, sids: number, parse: (value: Value) => T): ReadonlyMap<Sid, T> {
  return new Map(
    value
      .object()
      .entries()
      .map(([name, item]) => {
        const sid = Number(name)
        if (!Number.isInteger(sid) || sid < 1 || sid > sids) return item.fail(`there is no server ${name}`)
        return [sid, parse(item)] as const
      }),
  )
}

/** Smaller values are raised to it. Java: ZKDatabase */
const LEAST_COMMIT_LOG_COUNT = 500

/**
 * The releases that were recorded make room in committedLog before they add to it, so it holds one transaction more than
 * the property says. Since ZOOKEEPER-4925 they add first, as the simulator does. Java: ZKDatabase.addCommittedProposal
 */
const windowOf = (commitLogCount: number) => Math.max(LEAST_COMMIT_LOG_COUNT, commitLogCount) + 1

/** Milliseconds, and ticks; what is beyond would take a simulated day to be missed. */
const MOST_TICK = 60_000
const MOST_TICKS = 1_000
/** Of one action, and the bytes of each. */
const MOST_WRITES = 100_000
const MOST_BYTES = 1 << 22

const NUMBER = /^-?[0-9]{1,9}(?:\.[0-9]{1,9})?$/

function settingsOf(ensemble: Fields): Partial<PeerSettings> {
  const tickTime = ensemble.has('tickTime')
    ? ensemble.field('tickTime').whole(1, MOST_TICK)
    : defaultSettings.tickTime
  const settings: { -readonly [K in keyof PeerSettings]?: PeerSettings[K] } = {
    tickTime,
    // What an unset minimum and maximum are. Java: ZooKeeperServer.setMinSessionTimeout
    minSessionTimeout: 2 * tickTime,
    maxSessionTimeout: 20 * tickTime,
    commitLogCount: windowOf(defaultSettings.commitLogCount),
  }
  if (ensemble.has('initLimit')) settings.initLimit = ensemble.field('initLimit').whole(1, MOST_TICKS)
  if (ensemble.has('syncLimit')) settings.syncLimit = ensemble.field('syncLimit').whole(1, MOST_TICKS)
  if (!ensemble.has('props')) return Object.freeze(settings)
  const props = ensemble.field('props')
  for (const word of props.string().split(' ')) {
    if (word === '') continue
    const [, name = '', value = ''] = /^-D([^=]+)=(.*)$/.exec(word) ?? props.fail(`not a property: ${word}`)
    const number = Number(value)
    if (name !== 'zookeeper.forceSnapshotSync' && !NUMBER.test(value)) {
      props.fail(`the property ${name} is not a number`)
    }
    if (number < 0 && name !== 'zookeeper.snapshotSizeFactor') props.fail(`the property ${name} is negative`)
    switch (name) {
      case 'zookeeper.snapshotSizeFactor':
        settings.snapshotSizeFactor = number
        break
      case 'zookeeper.commitLogCount':
        settings.commitLogCount = windowOf(number)
        break
      case 'zookeeper.snapCount':
        settings.snapCount = number
        break
      case 'zookeeper.forceSnapshotSync':
        settings.forceSnapshotSync = value === 'true'
        break
      default:
        props.fail(`unknown property ${name}`)
    }
  }
  return Object.freeze(settings)
}
