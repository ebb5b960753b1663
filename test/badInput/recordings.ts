/** Recordings for `zksim conform`, and what may have become of them. */
import fc from 'fast-check'
import { damaged } from './damage.ts'

const empty = { acceptedEpoch: null, currentEpoch: null }
const sync = {
  leader: 2,
  learner: 1,
  maxCommittedLog: '0x0',
  minCommittedLog: '0x0',
  leaderLastProcessed: '0x0',
  peerLastZxid: '0x0',
  mode: 'DIFF',
  packetZxid: '0x0',
}

const situation = {
  situation: 'two-voters',
  text: 'started together',
  ensemble: {
    voters: 2,
    observers: 0,
    tickTime: 500,
    initLimit: 10,
    syncLimit: 5,
    props: '-Dzookeeper.snapCount=100 -Dzookeeper.commitLogCount=500 -Dzookeeper.snapshotSizeFactor=0.33',
  },
  phases: [
    {
      text: 'start',
      actions: [
        ['start', 1],
        ['start', 2],
        ['write', 1, 2, 10],
      ],
      stable_after_s: 2,
      before: { 1: empty, 2: empty },
      electionProposedZxid: { 1: ['0x0'], 2: ['0x0'] },
      sync: [sync],
      after: {
        1: { mode: 'follower', zxid: '0x100000004', acceptedEpoch: 1, currentEpoch: 1 },
        2: { mode: 'leader', zxid: '0x100000004', acceptedEpoch: 1, currentEpoch: 1 },
      },
      leader: 2,
    },
    {
      text: 'pause',
      actions: [
        ['session on leader 2 (1 zxid)'],
        ['async write on the cut-off leader', 2, 2],
        ['pause', 1],
        ['cont', 1],
        ['kill', 1],
        ['wipe', 1],
      ],
      stable: false,
      leader: null,
    },
  ],
  finalChildren: { 1: ['n0_0'], 2: { count: 2 } },
  other: [[2, [[1, 'DIFF', '0x0', '0x0']]]],
}

const plain = {
  name: 'plain',
  profile: 'default',
  modes: ['sa'],
  script: [
    { op: 'connect', s: 'A', srv: 0, to: 10_000 },
    { op: 'create', s: 'A', p: '/a', d: 'x', m: 'PERSISTENT', acl: 'open' },
    { op: 'create', s: 'A', p: '/b', d: { n: 3, c: 'x' }, ttl: 5, m: 'PERSISTENT_WITH_TTL' },
    { op: 'get', s: 'A', p: '/a', w: true },
    { op: 'set', s: 'A', p: '/a', d: { hex: '00ff' }, v: 0 },
    {
      op: 'multi',
      s: 'A',
      ops: [
        ['create', '/c', 'd', 'open', 'EPHEMERAL'],
        ['check', '/a', -1],
        ['delete', '/c', -1],
      ],
    },
    { op: 'sleep', s: 'A', ms: 10 },
    { op: 'close', s: 'A' },
  ],
  result: [
    { rc: 0, to: 10_000 },
    { rc: 0, z: 2 },
    { rc: -6 },
    { rc: 0, d: 'x', st: [2, 2, 2, 0, 0, 0, '-', 1, 0] },
    { rc: 0, ev: { A: ['NodeDataChanged /a'] } },
    { rc: 0, ops: [] },
    { rc: 0 },
    { rc: 0 },
  ],
  final: [['/a', { hex: '00ff' }, [2, 4, 2, 1, 0, 0, '-', 2, 0], 'open']],
  zx: [1, 2, 3, 4, 5],
}

const odd = {
  name: 'odd',
  profile: 'quota',
  modes: ['sa', 'e3'],
  script: [
    { op: 'connect', s: 'A', srv: 0, chroot: '/a', ro: true },
    { op: 'connect', s: 'B', srv: 1, nobarrier: true },
    { op: 'dup', s: 'C', srv: 2, of: 'A', badpw: true, ms: 1_000 },
    { op: 'watch', s: 'A', p: '/x', m: 'PERSISTENT_RECURSIVE', w: 'w1' },
    { op: 'unwatch', s: 'A', p: '/x', t: 'Any', local: true },
    {
      op: 'multiread',
      s: 'B',
      ops: [
        ['get', '/a'],
        ['ls', '/'],
      ],
    },
    { op: 'raw', s: 'B', t: 101, rel: 'last', data: ['/x'], exist: [], child: ['/y'] },
    { op: 'raw', s: 'B', t: 999, hexreq: '00' },
    { op: 'auth', s: 'A', scheme: 'digest', id: 'ann:secret' },
    { op: 'setacl', s: 'A', p: '/x', acl: [[31, 'world', 'anyone']], v: -1 },
    { op: 'await', s: 'A', n: 1, ms: 10 },
    { op: 'cut', s: 'A' },
    { op: 'heal', s: 'A', srv: 1 },
    { op: 'whoami', s: 'A', settle: 1 },
    { op: 'ephs', s: 'A' },
    { op: 'sync', s: 'B', p: null },
  ],
  result: Array.from({ length: 16 }, () => ({ rc: 0 })),
  e3: { result: Array.from({ length: 16 }, () => ({ ex: 'NullPointerException' })), final: null },
}

type Json = null | boolean | number | string | Json[] | { [name: string]: Json }

const deep = (levels: number): Json => {
  let json: Json = []
  for (let i = 0; i < levels; i += 1) json = [json]
  return json
}

const ODD_VALUES: readonly Json[] = [
  null,
  true,
  -1,
  0,
  1,
  1.5,
  -0,
  7,
  100,
  1_000_000,
  2_147_483_648,
  Number.MAX_SAFE_INTEGER,
  1e300,
  '',
  'x',
  '/',
  '0x',
  '0xffffffffffffffff',
  '0x8000000000000000',
  '-Dzookeeper.snapCount=1e300',
  '-Dzookeeper.commitLogCount=-Infinity -Dzookeeper.snapCount=0',
  '\ud800',
  '__proto__',
  'constructor',
  'x'.repeat(3_000),
  'start',
  'write',
  [],
  {},
  [[]],
  [null],
  { n: 1e15, c: 'x' },
  { n: 100_000_000, c: 'x' },
  { hex: '0' },
  ['write', 1, 1_000_000_000, 1_000_000_000],
  ['async write on the cut-off leader', 2, 1_000_000_000_000],
  ['session on leader 99999999999 (1 zxid)'],
  deep(50),
]

type Edit = (json: Json) => Json

const place = fc.double({ min: 0, max: 1, noNaN: true, maxExcluded: true })

/** Every place within a value that is in a list or an object: its holder and its name there. */
function placesIn(json: Json, into: (readonly [Json[] | Record<string, Json>, string])[] = []) {
  if (typeof json !== 'object' || json === null) return into
  for (const name of Object.keys(json)) {
    into.push([json as Record<string, Json>, name])
    placesIn((json as Record<string, Json>)[name] as Json, into)
  }
  return into
}

function edit(
  at: number,
  change: (holder: Json[] | Record<string, Json>, name: string, places: number) => void,
): Edit {
  return (json) => {
    const copy = structuredClone(json)
    const places = placesIn(copy)
    const [holder, name] = places[Math.floor(at * places.length)] ?? [[], '0']
    change(holder, name, places.length)
    return copy
  }
}

const replaced = fc
  .tuple(place, fc.oneof(fc.constantFrom(...ODD_VALUES), fc.jsonValue({ maxDepth: 2 }) as fc.Arbitrary<Json>))
  .map(([at, value]) => edit(at, (holder, name) => void Object.assign(holder, { [name]: value })))

const removed = place.map((at) =>
  edit(at, (holder, name) => {
    if (Array.isArray(holder)) holder.splice(Number(name), 1)
    else delete holder[name]
  }),
)

const repeated = fc.tuple(place, fc.constantFrom(1, 1, 3, 40)).map(([at, times]) =>
  edit(at, (holder, name) => {
    const value = (holder as Record<string, Json>)[name] as Json
    if (Array.isArray(holder)) holder.push(...Array.from({ length: times }, () => structuredClone(value)))
    else holder[`${name}${times}`] = value
  }),
)

const lines: fc.Arbitrary<string> = fc
  .tuple(
    fc.constantFrom<Json>(situation, situation, plain, plain, odd),
    fc.array(
      fc.oneof(
        { weight: 3, arbitrary: replaced },
        { weight: 1, arbitrary: removed },
        { weight: 1, arbitrary: repeated },
      ),
      { maxLength: 2 },
    ),
  )
  .map(([json, edits]) => JSON.stringify(edits.reduce((one, change) => change(one), json)))

/** What JSON admits and no program writes. */
const strange: fc.Arbitrary<string> = fc.constantFrom(
  '{"script":[],"script":7,"name":"x"}',
  `{"name":"x","script":[{"op":"connect","s":"A","srv":0,"x":${'['.repeat(20_000)}${']'.repeat(20_000)}}],"modes":["sa"],"result":[{"rc":0}]}`,
  '['.repeat(100_000),
  `{"ensemble":{"voters":${'9'.repeat(400)}},"situation":"x","phases":[]}`,
  '{"ensemble":{"voters":9007199254740991},"situation":"x","phases":[]}',
  '{"ensemble":{"voters":1,"observers":1000000},"situation":"x","phases":[]}',
  '{"__proto__":{"script":[]},"name":"x"}',
  '"text"',
  'null',
  '[]',
  '{}',
  '\ufeff{}',
)

const files: fc.Arbitrary<string> = fc
  .array(fc.oneof({ weight: 8, arbitrary: lines }, { weight: 1, arbitrary: strange }), {
    minLength: 1,
    maxLength: 2,
  })
  .map((all) => `${all.join('\n')}\n`)

export const recordingTexts: fc.Arbitrary<string> = fc.oneof(
  { weight: 4, arbitrary: files },
  { weight: 1, arbitrary: damaged(files) },
)
