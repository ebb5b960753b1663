/**
 * The kinds of holes that sentences have: what can stand there, how it is printed, one example.
 *
 * Printing is canonical (`2000 ms` prints as `2 s`), and what is printed reads back as the same value.
 */
import type { PacketType, ServerState } from '../nodes/packets.ts'
import { clientKinds } from './kinds/clientKinds.ts'
import { goodPath, isBytes, matching, oneOf, quoted } from './kinds/matching.ts'
import type { Holes, Kind, Roles } from './sentence.ts'

type Sid = number
export type PeerRole = 'the leader' | 'a follower' | 'an observer' | 'that peer'
export type PeersRole = 'all' | 'the followers' | 'the observers' | 'a quorum' | 'a minority'

/** Least and most, in microseconds; equal where one duration is written. */
export interface Span {
  readonly least: number
  readonly most: number
}

const MOST = Number.MAX_SAFE_INTEGER
const safe = (value: number): number | null => (value <= MOST ? value : null)
const whole = (m: RegExpExecArray): number | null => safe(Number(m[0]))

// ── peers ──

const peerByRole = {
  'the leader': (roles: Roles) => roles.leader(),
  'a follower': (roles: Roles) => roles.followers().at(-1) ?? null,
  'an observer': (roles: Roles) => roles.observers().at(-1) ?? null,
  'that peer': (roles: Roles) => roles.thatPeer(),
} satisfies { readonly [role in PeerRole]: (roles: Roles) => Sid | null }

const peersByRole = {
  all: (roles: Roles) => roles.all(),
  'the followers': (roles: Roles) => roles.followers(),
  'the observers': (roles: Roles) => roles.observers(),
  'a quorum': (roles: Roles) => roles.quorum(),
  'a minority': (roles: Roles) => roles.minority(),
} satisfies { readonly [role in PeersRole]: (roles: Roles) => readonly Sid[] | null }

const SID = '[1-9][0-9]{0,2}'
const PEER_ROLE = Object.keys(peerByRole).join('|')
const PEERS_ROLE = Object.keys(peersByRole).join('|')

function isPeerRole(written: unknown): written is PeerRole {
  return typeof written === 'string' && Object.hasOwn(peerByRole, written)
}

const sid = matching<Sid>('a peer by its number', '2', new RegExp(SID), whole, String)

/** Two machines of one sentence are different ones. */
const ends = Object.freeze({ from: '3', to: '1', a: '2', b: '3', leader: '3', learner: '1' })

const peer: Kind<Sid | PeerRole, Sid> = {
  ...matching<Sid | PeerRole>(
    'a peer (a number, `the leader`, `a follower`, `an observer` or `that peer`)',
    '2',
    new RegExp(`${SID}|${PEER_ROLE}`),
    (m) => (isPeerRole(m[0]) ? m[0] : Number(m[0])),
    String,
  ),
  examples: ends,
  resolve(written, roles): Sid | null {
    return typeof written === 'number' ? written : peerByRole[written](roles)
  },
}

/** In a sentence about facts anybody may be meant; whoever asks puts the peers in the place of the word. */
const anyPeer: Kind<Sid | PeerRole | 'somebody', Sid> = {
  ...matching<Sid | PeerRole | 'somebody'>(
    'a peer (a number, `somebody`, `the leader`, `a follower`, `an observer` or `that peer`)',
    '2',
    new RegExp(`${SID}|somebody|${PEER_ROLE}`),
    (m) => (m[0] === 'somebody' || isPeerRole(m[0]) ? m[0] : Number(m[0])),
    String,
  ),
  examples: ends,
  resolve: (written, roles) => (written === 'somebody' ? null : peer.resolve(written, roles)),
}

function listed(items: readonly (string | number)[]): string {
  const last = items.at(-1)
  return items.length < 2 ? `${last ?? ''}` : `${items.slice(0, -1).join(', ')} and ${last}`
}

const SIDS = /[1-9][0-9]{0,2}(?:(?:, *| +and +)[1-9][0-9]{0,2}(?![:0-9]))*/
const sidsOf = (text: string): readonly Sid[] => Object.freeze(text.split(/, *| +and +/).map(Number))

const sids = matching<readonly Sid[]>('peers by their numbers', '1 and 2', SIDS, (m) => sidsOf(m[0]), listed)

const peers: Kind<readonly Sid[] | PeersRole | PeerRole, readonly Sid[]> = {
  ...matching<readonly Sid[] | PeersRole | PeerRole>(
    'peers (such as `1`, `1, 2 and 3`, `all`, `the leader`, `that peer`, `the followers`, `a quorum` or `a minority`)',
    '1 and 2',
    new RegExp(`${SIDS.source}|${PEERS_ROLE}|${PEER_ROLE}`),
    (m) => (/^[0-9]/.test(m[0]) ? sidsOf(m[0]) : (m[0] as PeersRole | PeerRole)),
    (written) => (typeof written === 'string' ? written : listed(written)),
  ),
  resolve(written, roles): readonly Sid[] | null {
    if (typeof written !== 'string') return written
    if (!isPeerRole(written)) return peersByRole[written](roles)
    const one = peer.resolve(written, roles)
    return one === null ? null : [one]
  },
}

/** Groups of peers apart: `1 and 2 | 3`. */
const groups = matching<readonly (readonly Sid[])[]>(
  'groups of peers with | between them',
  '1 and 2 | 3',
  new RegExp(`${SIDS.source}(?: *\\| *${SIDS.source})+`),
  (m) => Object.freeze(m[0].split(/ *\| */).map(sidsOf)),
  (written) => written.map(listed).join(' | '),
)

/** `1=2 3=0` */
const weights = matching<readonly (readonly [Sid, number])[]>(
  'weights, such as `1=2 3=0`',
  '1=2 3=0',
  /[1-9][0-9]{0,2}=[0-9]{1,6}(?: +[1-9][0-9]{0,2}=[0-9]{1,6})*/,
  (m) =>
    Object.freeze(
      m[0]
        .split(/ +/)
        .map(
          (one) => Object.freeze(one.split('=').map(Number) as [number, number]) as readonly [Sid, number],
        ),
    ),
  (written) => written.map(([server, weight]) => `${server}=${weight}`).join(' '),
)

const CLIENT = /[a-z][a-zA-Z0-9-]*/
const client = matching('a client by its name', 'ann', CLIENT, (m) => m[0], String)

/** A machine of either kind, by its name on the network. */
const machine: Kind<string> = {
  ...matching<string>(
    'a machine (a peer, or a client by its name)',
    '2',
    new RegExp(`${SID}|${PEER_ROLE}|${CLIENT.source}`),
    (m) => m[0],
    String,
  ),
  examples: ends,
  resolve(written, roles): string | null {
    if (!isPeerRole(written)) return written
    const meant = peer.resolve(written, roles)
    return meant === null ? null : `${meant}`
  },
}

// ── quantities ──

const units = [
  ['min', 60_000_000],
  ['s', 1_000_000],
  ['ms', 1_000],
  ['us', 1],
] as const

function micros(amount: string, unit: string): number | null {
  const size = units.find(([name]) => name === unit)?.[1] ?? 1
  const exact = Number(amount) * size
  return Number.isInteger(exact) ? safe(exact) : null
}

function printDuration(value: number): string {
  // Minutes are read, and printed as seconds: `90 s` is easier to compare with `60 s` than `1.5 min`.
  const [name, size] = units.slice(1).find(([, one]) => value % one === 0) ?? ['us', 1]
  return value === 0 ? '0 s' : `${value / size} ${name}`
}

const NUMBER = '[0-9]{1,15}(?:\\.[0-9]{1,6})?'
const UNIT = 'min|ms|us|s'

/** Microseconds. */
const duration: Kind<number> = {
  ...matching<number>(
    'a duration, such as `300 ms`',
    '300 ms',
    new RegExp(`(${NUMBER}) *(${UNIT})`),
    (m) => micros(m[1]!, m[2]!),
    printDuration,
  ),
  examples: { limit: '5 s' },
}

/** Whole milliseconds, as ZooKeeper's settings are. */
const millis: Kind<number> = {
  ...matching<number>(
    'a duration in whole milliseconds, such as `500 ms`',
    '500 ms',
    new RegExp(`(${NUMBER}) *(min|ms|s)`),
    (m) => {
      const value = micros(m[1]!, m[2]!)
      return value === null || value % 1_000 !== 0 ? null : value / 1_000
    },
    (value) => printDuration(value * 1_000),
  ),
  examples: { timeout: '6 s' },
}

const span = matching<Span>(
  'a duration or a range of durations, such as `20 to 50 ms`',
  '20 to 50 ms',
  new RegExp(`(${NUMBER}) *(${UNIT})? +to +(${NUMBER}) *(${UNIT})|(${NUMBER}) *(${UNIT})`),
  (m) => {
    const least = m[5] === undefined ? micros(m[1]!, m[2] ?? m[4]!) : micros(m[5], m[6]!)
    const most = m[5] === undefined ? micros(m[3]!, m[4]!) : least
    return least === null || most === null || least > most ? null : Object.freeze({ least, most })
  },
  ({ least, most }) => {
    if (least === most) return printDuration(most)
    const [low, high] = [printDuration(least), printDuration(most)]
    const unit = high.slice(high.indexOf(' '))
    if (least === 0) return `0 to ${high}`
    return low.endsWith(unit) && low.indexOf(' ') === low.length - unit.length
      ? `${low.slice(0, -unit.length)} to ${high}`
      : `${low} to ${high}`
  },
)

const count: Kind<number> = {
  ...matching<number>('a number', '3', /[0-9]{1,15}/, whole, String),
  examples: { epoch: '2', version: '0', clients: '5' },
}

const numberWords = 'zero one two three four five six seven eight nine ten eleven twelve'.split(' ')

/** A number that prints as a word where it is small: `three`. */
const some: Kind<number> = {
  ...matching<number>(
    'a number, such as `three` or 3',
    'three',
    new RegExp(`[0-9]{1,3}|${numberWords.slice(6).join('|')}|${numberWords.slice(0, 6).join('|')}`),
    (m) => (/^[0-9]/.test(m[0]) ? Number(m[0]) : numberWords.indexOf(m[0])),
    (value) => numberWords[value] ?? String(value),
  ),
  examples: { observers: 'two' },
}

function ordinalEnding(value: number): string {
  if (Math.floor(value / 10) % 10 === 1) return 'th'
  return ['th', 'st', 'nd', 'rd'][value % 10] ?? 'th'
}

const ordinal: Kind<number> = {
  ...matching<number>(
    'a position, such as `1st` or `3rd`',
    '3rd',
    /([1-9][0-9]{0,8})(?:st|nd|rd|th)/,
    (m) => Number(m[1]),
    (value) => `${value}${ordinalEnding(value)}`,
  ),
  // An epoch file has one record.
  examples: { record: '1st' },
}

const decimal = matching<number>(
  'a number, such as `0.33` or `-1`',
  '0.33',
  /-?[0-9]{1,9}(?:\.[0-9]{1,6})?/,
  (m) => Number(m[0]) + 0,
  String,
)

/** A share of one: `5 %` is 0.05; steps of a hundredth of a percent. */
const percent = matching<number>(
  'a percentage, such as `5 %`',
  '5 %',
  /([0-9]{1,3}(?:\.[0-9]{1,2})?) *%/,
  (m) => (Number(m[1]) <= 100 ? Math.round(Number(m[1]) * 100) / 10_000 : null),
  (value) => `${Math.round(value * 10_000) / 100} %`,
)

const zxid: Kind<number> = {
  ...matching<number>(
    'a zxid, epoch and counter, such as `1:9`',
    '1:9',
    /([0-9]{1,7}):([0-9]{1,10})/,
    (m) =>
      Number(m[1]) <= 0x1f_ffff && Number(m[2]) <= 0xffff_ffff
        ? Number(m[1]) * 0x1_0000_0000 + Number(m[2])
        : null,
    (value) => `${Math.floor(value / 0x1_0000_0000)}:${value % 0x1_0000_0000}`,
  ),
  examples: { from: '1:1', to: '1:9' },
}

// ── names and texts ──

const data = quoted('data between double quotes, such as `"v1"`', '"v1"', isBytes)

const text = quoted('a text between double quotes', '"TRUNC to 2"', () => true)
const path = matching(
  'a path, such as `/x`',
  '/x',
  /\/[^\s",|]*/,
  (m) => (goodPath(m[0]) ? m[0] : null),
  String,
)

const packetTypes = [
  'NOTIFICATION',
  'INITIALMESSAGE',
  'FOLLOWERINFO',
  'OBSERVERINFO',
  'LEADERINFO',
  'ACKEPOCH',
  'DIFF',
  'TRUNC',
  'SNAP',
  'DATABASE',
  'NEWLEADER',
  'UPTODATE',
  'PROPOSAL',
  'INFORM',
  'ACK',
  'COMMIT',
  'COMMITANDACTIVATE',
  'INFORMANDACTIVATE',
  'SYNC',
  'PING',
  'REVALIDATE',
  'REVALIDATED',
  'REQUEST',
  'CONNECT',
  'CONNECTED',
  'CLIENTREQUEST',
  'REPLY',
  'WATCHEREVENT',
] as const satisfies readonly PacketType[]
const packet = {
  ...matching<PacketType>(
    'a packet type, such as `PROPOSAL`',
    'PROPOSAL',
    /[A-Z]+/,
    (m) => packetTypes.find((type) => type === m[0]) ?? null,
    String,
  ),
}

const state = oneOf<ServerState>('a state', ['LOOKING', 'FOLLOWING', 'LEADING', 'OBSERVING'])
const mode = oneOf<'DIFF' | 'TRUNC' | 'SNAP'>('a way to synchronise', ['DIFF', 'TRUNC', 'SNAP'])
const onoff: Kind<boolean> = matching(
  'on or off',
  'on',
  /on|off/,
  (m) => m[0] === 'on',
  (on) => (on ? 'on' : 'off'),
)
const diskError = oneOf<'io' | 'full'>('an error', ['io', 'full'])
const thread = matching(
  'a thread, such as `sync` or `learner/2`',
  'sync',
  /[a-z]+(?:\/[0-9]{1,3})?/,
  (m) => m[0],
  String,
)
const file = matching(
  'a file, such as `log.100000001`',
  'currentEpoch',
  /[a-zA-Z][a-zA-Z0-9]*(?:\.[0-9a-f]+)?/,
  (m) => m[0],
  String,
)
const invariant = matching('an invariant by its name', 'Agreement', /[A-Z][A-Za-z0-9]*/, (m) => m[0], String)
const release = matching(
  'a release, such as `3.8.0`',
  '3.8.0',
  /[0-9]+\.[0-9]+\.[0-9]+(?:-[a-z0-9+]+)*/,
  (m) => m[0],
  String,
)
const issue = matching(
  'an issue, such as `ZOOKEEPER-4646`',
  'ZOOKEEPER-4646',
  /[A-Z][A-Z0-9]*-[A-Za-z0-9-]*[A-Za-z0-9]/,
  (m) => m[0],
  String,
)
const seed = matching<number>('a seed, a whole number', '7', /[0-9]{1,15}/, whole, String)

export const kinds = Object.freeze({
  sid,
  sids,
  peer,
  peers,
  groups,
  weights,
  client,
  machine,
  duration,
  millis,
  span,
  count,
  some,
  ordinal,
  decimal,
  percent,
  zxid,
  data,
  text,
  path,
  packet,
  state,
  mode,
  onoff,
  diskError,
  thread,
  file,
  invariant,
  release,
  issue,
  seed,
  ...clientKinds,
})

/** The kinds of sentences about facts. */
export const factKinds = Object.freeze({ ...kinds, peer: anyPeer })

/** The holes of a sentence made of these kinds, with the types of what they mean. */
export type HolesOf<S extends string> = Holes<S, typeof kinds>
