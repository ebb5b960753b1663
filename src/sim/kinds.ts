/**
 * The kinds of holes that sentences have: what can stand there, how it is printed, one example.
 *
 * Printing is canonical (`2000 ms` prints as `2 s`), and what is printed reads back as the same value.
 */
import type { AclList } from '../nodes/acl.ts'
import type { LoadKind } from '../nodes/client/mixes.ts'
import { type CreateMode, createFlags } from '../nodes/createFlags.ts'
import { createOperation } from '../nodes/operations.ts'
import type { MultiWrite, PacketType, ServerState, WatchEventType } from '../nodes/packets.ts'
import { printAcl, readAcl } from './aclText.ts'
import { type Holes, isWordCharacter, type Kind, type Miss, type Read, type Roles } from './sentence.ts'

type Sid = number
export type PeerRole = 'the leader' | 'a follower' | 'an observer'
export type PeersRole = 'all' | 'the followers' | 'the observers'

/** Least and most, in microseconds; equal where one duration is written. */
export interface Span {
  readonly least: number
  readonly most: number
}

/** Kinds made of one regular expression. */
function matching<T>(
  expects: string,
  example: string,
  pattern: RegExp,
  value: (match: RegExpExecArray) => T | null,
  print: (value: T) => string,
): Kind<T> {
  const sticky = new RegExp(pattern.source, 'uy')
  return {
    expects,
    example,
    read(text, at): Read<T> | Miss {
      sticky.lastIndex = at
      const match = sticky.exec(text)
      const end = sticky.lastIndex
      if (match === null || (isWordCharacter(text[end - 1]) && isWordCharacter(text[end]))) {
        return { missAt: at, expected: expects }
      }
      const read = value(match)
      return read === null ? { missAt: at, expected: expects } : { value: read, end }
    },
    print,
    resolve: (written) => written,
  }
}

/** One of a few words. */
function oneOf<W extends string>(expects: string, words: readonly [W, ...W[]]): Kind<W> {
  const choice = [...words].sort((a, b) => b.length - a.length).join('|')
  return matching(`${expects}: ${words.join(', ')}`, words[0], new RegExp(choice), (m) => m[0] as W, String)
}

const MOST = Number.MAX_SAFE_INTEGER
const safe = (value: number): number | null => (value <= MOST ? value : null)
const whole = (m: RegExpExecArray): number | null => safe(Number(m[0]))

// ── peers ──

const peersByRole = {
  all: (roles: Roles) => roles.all(),
  'the followers': (roles: Roles) => roles.followers(),
  'the observers': (roles: Roles) => roles.observers(),
}

const sid = matching<Sid>('a peer by its number', '2', /[1-9][0-9]{0,2}/, whole, String)

/** Two machines of one sentence are different ones. */
const ends = Object.freeze({ from: '3', to: '1', a: '2', b: '3', leader: '3', learner: '1' })

const peer: Kind<Sid | PeerRole, Sid> = {
  ...matching<Sid | PeerRole>(
    'a peer (a number, `the leader`, `a follower` or `an observer`)',
    '2',
    /[1-9][0-9]{0,2}|the leader|a follower|an observer/,
    (m) => (/^[0-9]/.test(m[0]) ? Number(m[0]) : (m[0] as PeerRole)),
    String,
  ),
  examples: ends,
  resolve(written, roles): Sid | null {
    if (typeof written === 'number') return written
    if (written === 'the leader') return roles.leader()
    return (written === 'a follower' ? roles.followers() : roles.observers()).at(-1) ?? null
  },
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
    'peers (such as `1`, `1, 2 and 3`, `all`, `the leader` or `the followers`)',
    '1 and 2',
    new RegExp(`${SIDS.source}|all|the followers|the observers|the leader|a follower|an observer`),
    (m) => (/^[0-9]/.test(m[0]) ? sidsOf(m[0]) : (m[0] as PeersRole | PeerRole)),
    (written) => (typeof written === 'string' ? written : listed(written)),
  ),
  resolve(written, roles): readonly Sid[] | null {
    if (typeof written !== 'string') return written
    if (written === 'all' || written === 'the followers' || written === 'the observers') {
      return peersByRole[written](roles)
    }
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
    new RegExp(`[1-9][0-9]{0,2}|the leader|a follower|an observer|${CLIENT.source}`),
    (m) => m[0],
    String,
  ),
  examples: ends,
  resolve(written, roles): string | null {
    if (written !== 'the leader' && written !== 'a follower' && written !== 'an observer') return written
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

function quoted(expects: string, example: string, fits: (value: string) => boolean): Kind<string> {
  return matching(
    expects,
    example,
    /"(?:[^"\\]|\\.)*"/,
    (m) => {
      const value = unquote(m[0])
      return value !== null && fits(value) ? value : null
    },
    (value) => JSON.stringify(value),
  )
}

function unquote(text: string): string | null {
  try {
    return JSON.parse(text) as string
  } catch {
    return null
  }
}

const data = quoted('data between double quotes, such as `"v1"`', '"v1"', isBytes)

function isBytes(value: string): boolean {
  return /^[\0-\xff]*$/.test(value)
}

const text = quoted('a text between double quotes', '"TRUNC to 2"', () => true)
const path = matching(
  'a path, such as `/x`',
  '/x',
  /\/[^\s",|]*/,
  (m) => (goodPath(m[0]) ? m[0] : null),
  String,
)

function goodPath(value: string): boolean {
  return value === '/' || !/\/\/|\/$|\/\.\.?(?:\/|$)/.test(value)
}

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

// ── what clients ask for ──

const scheme = matching(
  'a scheme of identities, such as `digest`',
  'digest',
  /[a-z][a-z0-9]*/,
  (m) => m[0],
  String,
)

const acl = matching<AclList>(
  'an access control list, such as `world:anyone:r,digest:ann:<hash>:cdrwa`',
  'world:anyone:r',
  /[a-z][a-z0-9]*:[^\s,]*:[cdrwa]+(?:,[a-z][a-z0-9]*:[^\s,]*:[cdrwa]+)*/,
  (m) => readAcl(m[0]),
  printAcl,
)

const watchEvent = oneOf<WatchEventType>('an event', [
  'NodeDataChanged',
  'NodeCreated',
  'NodeDeleted',
  'NodeChildrenChanged',
])

const PATH = /\/[^\s",|;]*/.source
const QUOTED = /"(?:[^"\\]|\\.)*"/.source
const DEED = `create(?: (?:ephemeral|sequential|ephemeral sequential|container))? ${PATH} ${QUOTED}|set ${PATH} ${QUOTED}(?: at version [0-9]{1,9})?|delete ${PATH}(?: at version [0-9]{1,9})?|check ${PATH}(?: at version [0-9]{1,9})?`

/** The parts of a multi: `create /a "1"; set /b "2" at version 0`. */
const deeds = matching<readonly MultiWrite[]>(
  'writes with ; between them, such as `create /a "1"; set /b "2" at version 0; delete /c; check /d`',
  'create /a "1"; set /b "2" at version 0; delete /c; check /d',
  new RegExp(`(?:${DEED})(?:; *(?:${DEED}))*`),
  (m) => readDeeds(m[0]),
  (written) => written.map(printDeed).join('; '),
)

function readDeeds(text: string): readonly MultiWrite[] | null {
  const read: MultiWrite[] = []
  for (const match of text.matchAll(new RegExp(DEED, 'gu'))) {
    const deed = readDeed(match[0])
    if (deed === null) return null
    read.push(deed)
  }
  return Object.freeze(read)
}

function readDeed(text: string): MultiWrite | null {
  const at = text.indexOf('/')
  const verb = text.slice(0, at).trim()
  const end = text.slice(at).search(/ |$/) + at
  const written = text.slice(at, end)
  const quote = new RegExp(QUOTED, 'u').exec(text.slice(end))
  const value = quote === null ? null : unquote(quote[0])
  const version = Number(/ at version ([0-9]+)$/.exec(text)?.[1] ?? -1)
  if (!goodPath(written) || (quote !== null && (value === null || !isBytes(value)))) return null
  if (verb === 'delete' || verb === 'check') return Object.freeze({ type: verb, path: written, version })
  if (verb === 'set') return Object.freeze({ type: 'setData', path: written, data: value, version })
  const mode = deedModes.find(([, words]) => words === verb)
  return mode === undefined ? null : createOperation(written, value, mode[0])
}

const deedModes: readonly (readonly [CreateMode, string])[] = Object.freeze([
  ['persistent', 'create'],
  ['ephemeral', 'create ephemeral'],
  ['persistentSequential', 'create sequential'],
  ['ephemeralSequential', 'create ephemeral sequential'],
  ['container', 'create container'],
])

function printDeed(deed: MultiWrite): string {
  switch (deed.type) {
    case 'delete':
    case 'check':
      return `${deed.type} ${deed.path}${atVersion(deed.version)}`
    case 'setData':
      return `set ${deed.path} ${JSON.stringify(deed.data)}${atVersion(deed.version)}`
    default: {
      const words = deedModes.find(([mode]) => createFlags[mode] === deed.flags)?.[1] ?? 'create'
      return `${words} ${deed.path} ${JSON.stringify(deed.data)}`
    }
  }
}

function atVersion(version: number): string {
  return version === -1 ? '' : ` at version ${version}`
}

/** `/a /b` */
const paths = matching<readonly string[]>(
  'paths, such as `/a /b`',
  '/a /b',
  new RegExp(`${PATH}(?: +${PATH})*`),
  (m) => {
    const read = m[0].split(/ +/)
    return read.every(goodPath) ? Object.freeze(read) : null
  },
  (written) => written.join(' '),
)

const load = oneOf<LoadKind>('what the clients of a load do', [
  'clients',
  'writers',
  'readers',
  'watchers',
  'visitors',
  'users',
])

const opcode = matching<number>(
  'an opcode, such as 999',
  '999',
  /-?[0-9]{1,9}/,
  (m) => Number(m[0]) + 0,
  String,
)

/** Bytes as hexadecimal digits. */
const hex = matching<string>(
  'bytes in hexadecimal, such as `0x00ff`',
  '0x00ff',
  /0x(?:[0-9a-f]{2})*/,
  (m) => String.fromCharCode(...(m[0].slice(2).match(/../g) ?? []).map((pair) => Number.parseInt(pair, 16))),
  (bytes) => `0x${[...bytes].map((byte) => byte.charCodeAt(0).toString(16).padStart(2, '0')).join('')}`,
)

/** What a client was answered: an error, `OK`, data between quotes, or names of children. */
const answer = matching<string>(
  'an answer: an error such as `NONODE`, `OK`, data such as `"v1"`, a number, or a list such as `[a b]`',
  'NONODE',
  /[A-Z]+|[0-9]{1,15}|"(?:[^"\\]|\\.)*"|\[[^\]\s]*(?: [^\]\s]+)*\]/,
  (m) => (m[0].startsWith('"') ? requoted(m[0]) : m[0]),
  String,
)

function requoted(written: string): string | null {
  const value = unquote(written)
  return value === null ? null : JSON.stringify(value)
}

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
  scheme,
  acl,
  watchEvent,
  deeds,
  paths,
  load,
  opcode,
  hex,
  answer,
})

/** The holes of a sentence made of these kinds, with the types of what they mean. */
export type HolesOf<S extends string> = Holes<S, typeof kinds>
