import { readFileSync } from 'node:fs'
import { describe, expect, it, test } from 'vitest'
import { releases } from '../src/nodes/historic/releases.ts'
import type { Understudy } from '../src/nodes/historic/Understudy.ts'
import { main } from '../src/sim/cli/main.ts'
import { CasePlayer } from '../src/sim/conform/cases/CasePlayer.ts'
import type { CaseResult } from '../src/sim/conform/cases/conformCase.ts'
import { parseCase } from '../src/sim/conform/cases/parseCase.ts'
import { FreshServers } from '../src/sim/conform/cases/servers.ts'
import { type ConformOptions, conform } from '../src/sim/conform/conform.ts'
import { describeReport } from '../src/sim/conform/describeReport.ts'
import { readLine } from '../src/sim/conform/reading.ts'
import type { Ensemble } from '../src/sim/ensemble.ts'
import { FakeIo } from './cli/fakeIo.ts'

const golden = (name: string) => readFileSync(new URL(`golden/${name}.jsonl`, import.meta.url), 'utf8')
const lineOf = (text: string) => text.split('\n').filter((line) => line !== '')
const handwritten = golden('handwritten')

type Json = null | boolean | number | string | Json[] | { [name: string]: Json }
type Fields = { [name: string]: Json }

interface Recorded {
  name: string
  profile?: string
  modes: string[]
  script: Fields[]
  result: Fields[]
  final?: [path: string, data: Json, stat: Json[], acl: Json][]
  zx?: number[]
  e3?: { result: Fields[]; final?: Recorded['final']; zx?: number[] }
}

function recorded(name: string): Recorded {
  const line = lineOf(handwritten).find((candidate) => (JSON.parse(candidate) as Recorded).name === name)
  return JSON.parse(line as string) as Recorded
}

function play(what: Recorded | string, options: ConformOptions = {}) {
  const text = typeof what === 'string' ? what : JSON.stringify(what)
  const report = conform([{ name: 'some.jsonl', text }], { asOf: '3.8.0', ...options })
  return { ...report, results: report.results as readonly CaseResult[] }
}

/** Plays steps on one server of 3.8.0, and tells what came of each. */
function observe(...steps: Fields[]) {
  const line = { name: 'new', modes: ['sa'], script: steps, result: steps.map(() => ({ rc: 0 })) }
  const { steps: parsed } = parseCase(readLine(JSON.stringify(line), 'here'), 'here')
  const servers = new FreshServers(releases.get('3.8.0') as readonly Understudy[])
  const player = new CasePlayer(servers.take('sa', 'default') as Ensemble, servers.troupe.clientCast)
  return parsed.map((step) => {
    const { fields, events, sent } = player.play(step)
    return { ...Object.fromEntries(fields), ev: Object.fromEntries(events), wev: Object.fromEntries(sent) }
  })
}

describe('what clients did to real servers', () => {
  test.each([
    ['handwritten', 102],
    ['random-a', 210],
    ['random-sparse', 70],
  ])(
    '%s is the same as of 3.8.0, in each mode that a case names',
    (name, cases) => {
      const report = conform([{ name, text: golden(name) }], { asOf: '3.8.0' })
      expect(report.errors).toEqual([])
      expect(report.results.filter(({ status }) => status !== 'equal')).toEqual([])
      expect(report.count).toEqual({ equal: cases, known: 0, differs: 0, skipped: 0 })
      const modes = (report.results as readonly CaseResult[]).flatMap((result) => result.modes)
      expect(modes.length).toBeGreaterThan(1.9 * cases)
    },
    60_000,
  )

  it('differs from the newest by what is known alone', () => {
    const report = play(handwritten, { asOf: null })
    expect(report.count).toEqual({ equal: 58, known: 44, differs: 0, skipped: 0 })
    const reasons = new Set(report.results.flatMap(({ modes }) => modes.flatMap((mode) => mode.reasons)))
    expect([...reasons].sort()).toEqual([
      'UNFILED-deleteContainer',
      'ZOOKEEPER-2590',
      'ZOOKEEPER-2623',
      'ZOOKEEPER-4026',
      'ZOOKEEPER-4240',
      'ZOOKEEPER-4466',
      'ZOOKEEPER-4575',
      'ZOOKEEPER-4655',
    ])
    const unwatch = report.results.find(({ name }) => name === 'unwatch-types')
    expect(unwatch?.modes.map(({ reasons: why }) => why)).toEqual([['ZOOKEEPER-4466'], ['ZOOKEEPER-4466']])
  }, 60_000)

  it('is not what 3.8.0 did without the fixes that it was recorded with', () => {
    const report = play(recorded('watch-acl-persistent'), { asOf: '3.8.0-upstream' })
    expect(report.results[0]?.modes[0]?.difference?.what[0]).toMatch(
      /^ev\.A: recorded NodeChildrenChanged \/a, simulated NodeCreated \/a\/s, /,
    )
  })

  it('comes out the same whenever it is played', () => {
    const once = play(recorded('reconnect-watches'), { asOf: null })
    expect(play(recorded('reconnect-watches'), { asOf: null })).toEqual(once)
  })
})

describe('a case that is not true', () => {
  const doctored: readonly [
    what: string,
    name: string,
    doctor: (r: Recorded) => void,
    step: number | null,
    says: RegExp,
  ][] = [
    [
      'another code',
      'version-conditional',
      (r) => Object.assign(r.result[2] as Fields, { rc: -1, err: 'SYSTEMERROR' }),
      2,
      /^rc: recorded -1, simulated 0$/,
    ],
    ['another name of a code', 'watch-exists-missing', (r) => (r.result[2]!.err = 'OK'), 2, /^err: /],
    [
      'another header zxid',
      'multi-success',
      (r) => (r.result[3]!.z = 77),
      3,
      /^z: recorded 77, simulated \d+$/,
    ],
    [
      'another header code',
      'multi-rollback',
      (r) => delete firstWith(r, 'hrc').hrc,
      null,
      /^hrc: recorded none, simulated 0$/,
    ],
    [
      'another path',
      'sequence-basic',
      (r) => (firstWith(r, 'p').p = '/x'),
      null,
      /^p: recorded "\/x", simulated "\/.+"$/,
    ],
    [
      'other data',
      'data-null-empty-unicode',
      (r) => (r.result[2]!.d = ''),
      2,
      /^d: recorded "", simulated null$/,
    ],
    [
      'other large data',
      'data-large',
      (r) => ((firstWith(r, 'd').d as Fields).sha1 = '00'),
      null,
      /^d: recorded .*"sha1":"00"/,
    ],
    [
      'another rank',
      'stat-evolution',
      (r) => ((firstWith(r, 'st').st as number[])[2] = 0),
      null,
      /^st\.pzxid: recorded 0, simulated \d+ \(zxid \d+\)$/,
    ],
    [
      'a field of a stat',
      'stat-evolution',
      (r) => ((firstWith(r, 'st').st as number[])[4] = 9),
      null,
      /^st\.cversion: recorded 9, simulated -?\d+$/,
    ],
    [
      'an owner',
      'ephemeral-basic',
      (r) => (ownedStat(r)[6] = 'Z'),
      null,
      /^st\.owner: recorded "Z", simulated "\w"$/,
    ],
    [
      'a part of a multi',
      'multi-success',
      (r) => (((firstWith(r, 'ops').ops as Json[][])[0] as Json[])[1] = '/z'),
      null,
      /^ops\[0\]: recorded \["create","\/z"\], simulated \["create","\/a"\]$/,
    ],
    ['a child', 'many-children', (r) => (firstWith(r, 'ch').ch as string[]).pop(), null, /^ch: recorded /],
    [
      'an entry of a list',
      'acl-digest',
      (r) => ((firstWith(r, 'acl').acl as Json[][])[0]![0] = 1),
      null,
      /^acl: recorded \[\[1,/,
    ],
    [
      'an event',
      'watch-get',
      (r) => ((firstWith(r, 'ev', 2).ev as Record<string, string[]>).A = ['NodeDeleted /n']),
      null,
      /^ev\.A: recorded NodeDeleted \/n, simulated NodeDataChanged \/n$/,
    ],
    [
      'what the server sent',
      'watch-two-watchers',
      (r) => ((r.result[7]!.wev as Record<string, string[]>).A = []),
      7,
      /^wev\.A: recorded none, simulated NodeDataChanged \/n$/,
    ],
    ['the order of events', 'watch-create-order', (r) => twoEvents(r).reverse(), null, /^ev\.\w: recorded /],
    [
      'an event after the reply',
      'watch-own-writes',
      (r) => (r.result[3]!.late = ['NodeCreated /q']),
      3,
      /^late: recorded NodeCreated \/q, simulated none$/,
    ],
    [
      'an exception',
      'chroot-bad',
      (r) => (r.result[3]!.msg = 'No'),
      3,
      /^msg: recorded "No", simulated "Path must/,
    ],
    ['a node in the end', 'deep-tree', (r) => r.final!.pop(), null, /: recorded none, simulated$/],
    [
      'data in the end',
      'stat-evolution',
      (r) => (r.final!.at(-1)![1] = 'else'),
      null,
      /data: recorded "else"/,
    ],
    ['the list of zxids', 'stat-evolution', (r) => r.zx!.push(99), null, /^zx: recorded /],
  ]
  it.each(doctored)('%s is found', (_what, name, doctor, step, says) => {
    const changed = recorded(name)
    doctor(changed)
    delete changed.e3
    const [result] = play(changed, { modes: ['sa'] }).results
    expect(result?.status).toBe('differs')
    const difference = result?.modes[0]?.difference
    if (step !== null) expect(difference?.step).toBe(step)
    expect(difference?.what).toContainEqual(expect.stringMatching(says))
  })

  it('is found in the mode that it is of', () => {
    const changed = recorded('zookeeper-nodes')
    Object.assign(changed.e3!.result[14] as Fields, { n: 4 })
    const { modes, status } = play(changed).results[0] as CaseResult
    expect(status).toBe('differs')
    expect(modes.map((mode) => [mode.mode, mode.status, mode.difference?.step])).toEqual([
      ['sa', 'equal', undefined],
      ['e3', 'differs', 14],
    ])
  })

  it('is shown at its place', () => {
    const changed = recorded('session-timeout-negotiation')
    changed.result[1]!.to = 6_000
    const report = play(`\n${JSON.stringify(changed)}`, { modes: ['e3'] })
    expect(describeReport(report)).toEqual([
      'differs  session-timeout-negotiation  e3  (some.jsonl:2)',
      '  e3: script[1] {"op":"connect","s":"B","srv":1,"to":5000}',
      '    to: recorded 6000, simulated 5000',
      '0 equal, 0 differ for a known reason, 1 differ, 0 skipped',
    ])
  })

  it('may have its zxids as ranks alone', () => {
    const ranked = recorded('stat-evolution')
    delete ranked.zx
    expect(play(ranked).results[0]?.status).toBe('equal')
    ;(firstWith(ranked, 'st').st as number[])[0] = 5
    expect(play(ranked).results[0]?.status).toBe('differs')
  })
})

/** The first result from `from` on that has a field. */
function firstWith({ result }: Recorded, name: string, from = 0): Fields {
  return result.slice(from).find((fields) => name in fields && fields[name] !== null) as Fields
}

function ownedStat({ result }: Recorded): Json[] {
  return result.map(({ st }) => st).find((st) => Array.isArray(st) && typeof st[6] === 'string') as Json[]
}

function twoEvents({ result }: Recorded): string[] {
  const lists = result.flatMap(({ ev }) => Object.values((ev ?? {}) as Record<string, string[]>))
  return lists.find((list) => new Set(list).size === 2 && !list[0]!.startsWith('None')) as string[]
}

describe('what the recordings at hand do not show', () => {
  const A = { op: 'connect', s: 'A', srv: 0 }
  const B = { op: 'connect', s: 'B', srv: 0 }

  it('a session is left out of the barrier, and put back', () => {
    const watch = { op: 'get', s: 'B', p: '/', w: true }
    const set = { op: 'set', s: 'A', p: '/', d: 'x' }
    const out = observe(A, B, { op: 'nobarrier', s: 'B' }, watch, set, { op: 'barrier', s: 'B' }, watch, set)
    expect(out.slice(2).map(({ ev }) => ev)).toEqual([
      {},
      {},
      {},
      { B: ['NodeDataChanged /'] },
      {},
      { B: ['NodeDataChanged /'] },
    ])
  })

  it('an event that does not come is not awaited for ever', () => {
    expect(observe(A, { op: 'await', s: 'A', n: 1, ms: 300 })[1]).toMatchObject({
      rc: -7,
      err: 'OPERATIONTIMEOUT',
    })
  })

  it('watches are taken away locally where the server knows of none', () => {
    const unwatch = { op: 'unwatch', s: 'A', p: '/', t: 'Data', w: 'mine', local: true }
    const out = observe(
      A,
      { op: 'get', s: 'A', p: '/', w: 'mine' },
      { op: 'raw', s: 'A', t: 18, p: '/', k: 2 },
      unwatch,
      unwatch,
    )
    expect(out[3]).toMatchObject({ rc: 0, hrc: -121, ev: { A: ['DataWatchRemoved / @mine'] }, wev: {} })
    expect(out[4]).toMatchObject({ rc: -121, ev: {} })
    expect(out[4]).not.toHaveProperty('hrc')
  })

  it('an access control list without an id ends the request', () => {
    const create = { op: 'create', s: 'A', p: '/x', d: { hex: '00' } }
    const out = observe(
      A,
      { ...create, acl: [[31, 'digest', null]] },
      { ...create, acl: [[31, null, 'x']] },
      { op: 'multi', s: 'A', ops: [['create', '/x', '', [[31, 'world', null]]]] },
    )
    expect(out.slice(1).map((step) => Reflect.get(step, 'err'))).toEqual([
      'MARSHALLINGERROR',
      'INVALIDACL',
      'MARSHALLINGERROR',
    ])
    expect(out[3]).toMatchObject({ ops: null })
  })

  it('a multi of flags that want a time to live, and of no place for it, does not parse', () => {
    const out = observe(
      A,
      {
        op: 'multi',
        s: 'A',
        raw: true,
        ops: [
          ['check', '/', 0],
          ['createflags', '/x', '', 'open', 5],
        ],
      },
      { op: 'multi', s: 'A', ops: [['createflags', '/x', '', 'open', 5]] },
    )
    expect(out[1]).toMatchObject({ err: 'MARSHALLINGERROR', ops: null, z: 2 })
    expect(out[2]).toMatchObject({ err: 'BADARGUMENTS', ops: [['err', -8]] })
  })

  it('a session is closed twice, or while it is cut off', () => {
    const close = (s: string) => ({ op: 'close', s })
    const out = observe(A, B, close('A'), close('A'), { op: 'cut', s: 'B' }, close('B'), {
      op: 'exists',
      s: 'B',
      p: '/',
    })
    expect(out[2]).toMatchObject({ rc: 0, z: 3, ev: { A: ['None Closed'] } })
    expect(out[3]).toEqual({ rc: 0, ev: {}, wev: {} })
    expect(out[5]).toEqual({ rc: 0, ev: { B: ['None Closed'] }, wev: {} })
    expect(out[6]).toMatchObject({ err: 'SESSIONEXPIRED' })
  })

  it('a session that could not be made has no requests', () => {
    const out = observe({ ...A, chroot: 'x' }, { op: 'exists', s: 'A', p: '/' }, { op: 'close', s: 'A' })
    expect(out[0]).toMatchObject({ ex: 'NumberFormatException' })
    expect(out[1]).toMatchObject({ ex: 'NullPointerException' })
    expect(out[2]).toMatchObject({ ex: 'NullPointerException' })
  })

  it('a session that was cut off for too long is over when it comes back', () => {
    const out = observe(
      { ...A, to: 1_000 },
      B,
      { op: 'create', s: 'A', p: '/e', d: null, m: 'EPHEMERAL' },
      { op: 'cut', s: 'A' },
      { op: 'sleep', s: 'B', ms: 5_000 },
      { op: 'exists', s: 'B', p: '/e' },
      { op: 'heal', s: 'A' },
    )
    expect(out[3]).toMatchObject({ rc: 0, ev: { A: ['None Disconnected'] } })
    expect(out[4]?.ev).toEqual({})
    expect(out[5]).toMatchObject({ err: 'NONODE' })
    expect(out[6]).toMatchObject({ rc: 0, ev: { A: ['None Expired'] } })
  })
})

describe('what is no case', () => {
  const broken: readonly [what: string, doctor: (r: Recorded) => void, message: string][] = [
    [
      'an unknown step',
      (r) => (r.script[1]!.op = 'explode'),
      'script[1].op: unknown step "explode"; known are connect, dup, close, cut, nobarrier, barrier, whoami, heal, await, sleep, create, delete, set, exists, get, ls, ls2, getacl, count, sync, setacl, ephs, multi, multiread, auth, watch, unwatch, raw',
    ],
    ['no session', (r) => delete r.script[1]!.s, 'script[1].s: is missing'],
    ['a session that nobody opened', (r) => (r.script[4]!.s = 'Q'), 'script[4].s: there is no session Q yet'],
    [
      'a session opened twice',
      (r) => r.script.push(r.script[0]!) && r.result.push({ rc: 0 }),
      'script[14].s: there is a session A already',
    ],
    ['no path', (r) => delete r.script[2]!.p, 'script[2].p: is missing'],
    ['a mode of servers', (r) => (r.modes = ['e5']), 'modes[0]: unknown mode "e5"; known are sa, e3'],
    ['no mode', (r) => (r.modes = []), 'modes: no mode'],
    [
      'a profile',
      (r) => (r.profile = 'fast'),
      'profile: unknown profile "fast"; known are default, ttl, noext, quota',
    ],
    ['a result too few', (r) => r.result.pop(), 'result: 13 results of 14 steps'],
    ['a result of nothing', (r) => (r.result[0] = {}), 'result[0]: neither rc nor ex'],
    ['a code that is no number', (r) => (r.result[0]!.rc = '0'), 'result[0].rc: not a whole number'],
    ['events that are no texts', (r) => (r.result[0]!.ev = { A: [1] }), 'result[0].ev.A[0]: not a string'],
    [
      'a stat of eight fields',
      (r) => (r.result[3]!.st = [1, 2, 3, 4, 5, 6, 7, 8]),
      'result[3].st: not the 9 fields of a stat',
    ],
    [
      'a create mode',
      (r) => Object.assign(r.script[3]!, { op: 'create', p: '/', m: 'CUBE' }),
      'script[3].m: unknown create mode "CUBE"; known are PERSISTENT, EPHEMERAL, PERSISTENT_SEQUENTIAL, EPHEMERAL_SEQUENTIAL, CONTAINER, PERSISTENT_WITH_TTL, PERSISTENT_SEQUENTIAL_WITH_TTL',
    ],
    [
      'an access control list',
      (r) => Object.assign(r.script[3]!, { op: 'create', p: '/', acl: 'shut' }),
      'script[3].acl: unknown access control list "shut"; known are open, read, creator',
    ],
    [
      'half a byte',
      (r) => Object.assign(r.script[3]!, { op: 'raw', t: 4, hexreq: '0' }),
      'script[3].hexreq: not bytes in hexadecimal',
    ],
    [
      'a part of a multi',
      (r) => Object.assign(r.script[3]!, { op: 'multi', ops: [['burn', '/']] }),
      'script[3].ops[0]: unknown operation "burn"',
    ],
    ['a node of a tree', (r) => (r.final = [['/'] as never]), 'final[0]: a node is [path, data, stat, acl]'],
  ]
  it.each(broken)('is told where there is %s', (_what, doctor, message) => {
    const changed = recorded('session-move-server')
    changed.result[3]!.st = [0, 0, 0, 0, 0, 0, 0, 0, 0]
    doctor(changed)
    const report = play(`\n${JSON.stringify(changed)}`)
    expect(report.errors).toEqual([`some.jsonl:2: ${message}`])
    expect(report.conforms).toBe(false)
  })

  it('and no release', () => {
    expect(() => play('', { asOf: '2.0' })).toThrow('there is no release 2.0 to behave as, only 3.8.0')
  })
})

describe('the command', () => {
  const zksim = (...argv: string[]) => {
    const io = new FakeIo({ 'all.jsonl': handwritten })
    return { exit: main(['conform', ...argv], io), io }
  }

  it('plays the cases and the mode asked for, and sums up last', () => {
    const { exit, io } = zksim(
      'all.jsonl',
      '--as-of',
      '3.8.0',
      '--mode',
      'e3',
      '--only',
      'reconnect-*',
      'reconfig-errors',
    )
    expect(exit).toBe(0)
    expect(io.lines.filter((line) => line.startsWith('equal'))).toHaveLength(5)
    expect(io.lines.filter((line) => / e3$/.test(line))).toHaveLength(5)
    expect(io.lines.at(-1)).toBe('CONFORMS  5 equal, 0 differ for a known reason, 0 differ, 97 skipped')
  })

  it('names what is known to differ', () => {
    const { exit, io } = zksim('all.jsonl', '--only', 'watch-get')
    expect(exit).toBe(0)
    expect(io.stdout).toContain('(known: ZOOKEEPER-4655)')
    expect(io.lines.at(-1)).toContain('1 differ for a known reason')
  })

  it('exits with 1 where something differs, with 2 where something cannot be read', () => {
    const changed = recorded('ops-after-close')
    changed.result[3]!.rc = -1
    const io = new FakeIo({ a: `${JSON.stringify(changed)}\n`, b: '{"script":[]}\n' })
    expect(main(['conform', 'a', '--as-of', '3.8.0'], io)).toBe(1)
    expect(io.lines.at(-1)).toMatch(/^DIFFERS {2}0 equal, .* 1 differ/)
    expect(main(['conform', 'b'], io)).toBe(2)
    expect(io.stderr).toContain('b:1: name: is missing')
    expect(main(['conform', 'a', '--mode', 'e4'], io)).toBe(2)
    expect(io.stderr).toContain('Allowed choices are sa, e3')
  })

  it('gives objects', () => {
    const { io } = zksim('all.jsonl', '--only', 'watch-get', '--mode', 'sa', '--json')
    const cases = io.objects.filter(({ type }) => type === 'case')
    expect(cases).toMatchObject([
      {
        place: 'all.jsonl:27',
        name: 'watch-get',
        status: 'known',
        modes: [{ mode: 'sa', status: 'known', difference: { step: 9 }, reasons: ['ZOOKEEPER-4655'] }],
      },
    ])
    expect(io.objects.at(-1)).toMatchObject({ type: 'verdict', verdict: 'conforms', exitCode: 0 })
  })
})
