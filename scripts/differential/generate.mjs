/** Random steps, from a seed. Names are few, so that they meet often; much is refused, and much is malformed. */
import seedrandom from 'seedrandom'
import { base64 } from '../../dist/nodes/auth/base64.js'
import { sha1 } from '../../dist/nodes/auth/sha1.js'
import { createFlags } from '../../dist/nodes/createFlags.js'
import { encodeRequest } from '../../dist/nodes/jute/encodeRequest.js'
import { opcodeOf } from '../../dist/nodes/jute/requestOpcodes.js'
import { OpCode } from '../../dist/nodes/opcodes.js'
import { SUPER } from '../../dist/sim/conform/cases/servers.js'
import { EPOCH } from './replies.mjs'

const PATIENCE = 5000
/** Milliseconds that a server gets which may not answer at all. */
const SHORT_PATIENCE = 400
const LONG_TIMEOUT = 60_000
const MAX_SESSIONS = 4

const users = ['ann:a', 'bob:b']
const digestOf = (user) => `${user.split(':')[0]}:${base64(sha1(user))}`

const usual = ['/a', '/b', '/a/a', '/a/b', '/b/a', '/a/a/a', '/c', '/d', '/d/a', '/b/q']
const special = [
  '/',
  '/zookeeper',
  '/zookeeper/quota',
  '/zookeeper/quota/a',
  '/zookeeper/quota/b',
  '/a/s0000000000',
  '/a/s0000000001',
  '/s0000000002',
  '/a/0000000001',
  '/é',
  '/a/\ud834\udd1e',
  '/a b',
  '/.a',
  '/a/...',
]
const invalid = [
  '',
  'a',
  '/a/',
  '//a',
  '/a//b',
  '/a/./b',
  '/a/..',
  '/.',
  '/a\0b',
  '/\x01',
  '/\x1f',
  '/\x7f',
  '/\x9f',
  '/\ud800',
  '/\ue000',
  '/\uf8ff',
  '/\ufff0',
  '/\uffff',
  '/a/\ufffd',
]
const prefixes = ['/a/s', '/s', '/a/', '/', '/b/s', '/a/a/s']
const quotaNodes = ['/zookeeper/quota/a/zookeeper_limits', '/zookeeper/quota/a/zookeeper_stats']

export class Generator {
  /** @param count how many servers there are. */
  constructor(seed, count) {
    this.random = seedrandom(String(seed))
    this.count = count
    this.sessions = 0
    this.xid = 0
    this.made = 0
    this.created = []
  }

  /** A path that has been created: most of what comes is about the latest of them. */
  hear(path) {
    this.created = [...this.created.filter((other) => other !== path), path].slice(-12)
  }

  /** @param open the names of the sessions that are connected, @param lost those that were and may come back. */
  next(open, lost) {
    this.made += 1
    if (open.length === 0 || (open.length < 2 && this.chance(0.5))) return this.connect(open, lost)
    if (open.length < MAX_SESSIONS && this.chance(0.03)) return this.connect(open, lost)
    const session = this.pick(open)
    if (this.chance(0.012)) return { do: 'hangUp', session }
    if (this.chance(0.012)) return this.reconnect(session, session)
    if (this.chance(0.02)) return this.ask(session, { type: 'closeSession' })
    if (this.chance(0.05)) return this.malformed(session)
    return this.ask(session, this.operation())
  }

  connect(open, lost) {
    if (lost.length > 0 && this.chance(0.5)) {
      const of = this.pick(lost)
      return this.reconnect(of, of)
    }
    this.sessions += 1
    const session = `s${this.sessions}`
    if (open.length > 0 && this.chance(0.1)) return this.reconnect(session, this.pick(open))
    return this.connectStep(session, null, false)
  }

  reconnect(session, of) {
    return this.connectStep(session, of, this.chance(0.15))
  }

  connectStep(session, of, wrongPassword) {
    return {
      do: 'connect',
      session,
      of,
      wrongPassword,
      timeout: this.chance(0.9) ? LONG_TIMEOUT : this.pick([60_001, 1_000_000, 2_147_483_647]),
      lastZxidSeen: this.chance(0.95) ? 0 : this.pick([1, 3, 1_000_000]),
      readOnly: this.chance(0.2),
      server: this.integer(0, this.count - 1),
      address: `127.0.0.${this.integer(1, 3)}`,
      patience: PATIENCE,
    }
  }

  ask(session, op) {
    this.xid += 1
    const xid =
      op.type === 'auth' ? -4 : op.type === 'ping' ? -2 : op.type.startsWith('setWatches') ? -8 : this.xid
    const patience = op.type === 'closeSession' || op.type === 'auth' ? 2000 : PATIENCE
    const said = { do: 'request', session, xid, opcode: opcodeOf(op), body: encodeRequest(op), patience }
    return { ...said, text: JSON.stringify(op) }
  }

  // ── operations ──

  /** A path that is null stands by itself, in no multi: see docs/differential.md. */
  operation() {
    const op = this.anyOperation()
    return MAY_BE_NULL.test(op.type) && this.chance(0.02) ? { ...op, path: null } : op
  }

  anyOperation() {
    return this.weighted([
      [22, () => this.create()],
      [9, () => this.delete()],
      [9, () => this.setData()],
      [6, () => ({ type: 'setACL', path: this.path(), acl: this.acl(), version: this.version() })],
      [3, () => ({ type: 'getACL', path: this.path() })],
      [18, () => this.read()],
      [
        7,
        () => ({
          type: 'addWatch',
          path: this.path(),
          mode: this.rarely(() => this.integer(-1, 3), this.integer(0, 1)),
        }),
      ],
      [7, () => this.unwatch()],
      [4, () => this.setWatches()],
      [13, () => ({ type: 'multi', ops: this.several(() => this.multiPart()) })],
      [4, () => ({ type: 'multiRead', ops: this.several(() => this.readPart()) })],
      [6, () => this.auth()],
      [2, () => ({ type: 'getEphemerals', prefixPath: this.path() })],
      [2, () => ({ type: 'getAllChildrenNumber', path: this.path() })],
      [1, () => ({ type: 'sync', path: this.rarely(() => null, this.path()) })],
      [2, () => ({ type: 'whoAmI' })],
      [1, () => ({ type: 'ping' })],
      [1, () => this.sasl()],
      [1, () => ({ type: 'deleteContainer', path: this.path() })],
      [1, () => ({ type: 'check', path: this.path(), version: 123_456 })],
      // An ensemble might do it.
      [this.count > 1 ? 0 : 1, () => this.reconfig()],
      [4, () => this.quota()],
    ])
  }

  create() {
    const sequential = this.chance(0.25)
    const path = sequential && this.chance(0.8) ? this.pick(prefixes) : this.path()
    const base = { path, data: this.data(), acl: this.acl() }
    const odd = this.chance(0.04)
    const flags = odd ? this.integer(-1, 8) : null
    const kind = this.weighted([
      [6, () => 'create'],
      [5, () => 'create2'],
      [2, () => 'createContainer'],
      [2, () => 'createTTL'],
    ])
    if (kind === 'createTTL') {
      const mode = sequential ? 'persistentSequentialTTL' : 'persistentTTL'
      return { type: kind, ...base, flags: flags ?? createFlags[mode], ttl: this.ttl() }
    }
    if (kind === 'createContainer') return { type: kind, ...base, flags: flags ?? createFlags.container }
    const ephemeral = this.chance(0.35)
    return { type: kind, ...base, flags: flags ?? (ephemeral ? 1 : 0) + (sequential ? 2 : 0) }
  }

  delete() {
    return { type: 'delete', path: this.path(), version: this.version() }
  }

  setData() {
    return { type: 'setData', path: this.path(), data: this.data(), version: this.version() }
  }

  read() {
    const type = this.pick(['exists', 'exists', 'getData', 'getData', 'getChildren', 'getChildren2'])
    return { type, path: this.path(), watch: this.chance(0.6) }
  }

  unwatch() {
    const type = this.pick(['checkWatches', 'removeWatches', 'removeWatches'])
    return {
      type,
      path: this.path(),
      watcherType: this.rarely(() => this.integer(-1, 7), this.integer(1, 3)),
    }
  }

  setWatches() {
    const paths = () => Array.from({ length: this.pick([0, 0, 1, 2]) }, () => this.path())
    const lists = { relativeZxid: this.zxid(), data: paths(), exist: paths(), child: paths() }
    if (this.chance(0.4)) return { type: 'setWatches', ...lists }
    return { type: 'setWatches2', ...lists, persistent: paths(), persistentRecursive: paths() }
  }

  auth() {
    const [scheme, auth] = this.weighted([
      [5, () => ['digest', this.pick(users)]],
      [2, () => ['digest', SUPER]],
      [1, () => ['digest', this.pick(['super:wrong', 'x', '', ':', 'a:b:c', 'ann:', ':a', '\xff\xfe:x'])]],
      [1, () => ['ip', this.pick(['127.0.0.1', '', '10.0.0.1'])]],
      [1, () => [this.pick(['foo', '', 'world', 'auth', 'sasl', 'x509', 'super', 'DIGEST']), 'x']],
    ])
    return { type: 'auth', scheme, auth }
  }

  sasl() {
    return {
      type: 'raw',
      opcode: OpCode.sasl,
      body: this.pick(['\0\0\0\x01x', '\0\0\0\0', '\xff\xff\xff\xff', '', '\0\0\0\x02x']),
    }
  }

  reconfig() {
    const text = () => this.pick([null, '', 'server.2=127.0.0.1:1:2:participant;3', '2', 'x', 'server.1=a'])
    const version = this.pick([-1, 0, 1, 1_000])
    return {
      type: 'reconfig',
      joiningServers: text(),
      leavingServers: text(),
      newMembers: text(),
      curConfigId: version,
    }
  }

  /** Never a limit of everything, and never a limit that is none: they stop a real server for good. */
  quota() {
    const data = this.pick([
      'count=2,bytes=100',
      'count=1,bytes=-1',
      'count=-1,bytes=5',
      'count=1,bytes=5;count=9,bytes=9',
    ])
    const path = this.pick(quotaNodes)
    return this.weighted([
      [2, () => ({ type: 'create', path: '/zookeeper/quota/a', data: null, acl: OPEN, flags: 0 })],
      [4, () => ({ type: 'create', path, data, acl: OPEN, flags: 0 })],
      [1, () => ({ type: 'setData', path, data, version: -1 })],
      [3, () => ({ type: 'getData', path, watch: this.chance(0.5) })],
      [1, () => ({ type: 'delete', path, version: -1 })],
    ])
  }

  multiPart() {
    return this.weighted([
      [5, () => this.create()],
      [3, () => this.delete()],
      [3, () => this.setData()],
      [3, () => ({ type: 'check', path: this.path(), version: this.version() })],
    ])
  }

  readPart() {
    return { type: this.pick(['getData', 'getChildren']), path: this.path() }
  }

  /** A request cut short, or with a byte changed, or of an operation that there is not. */
  malformed(session) {
    const step = this.ask(session, this.safe())
    const { body } = step
    const at = this.integer(0, Math.max(0, body.length - 1))
    const [how, altered, opcode] = this.weighted([
      [4, () => ['cut', body.slice(0, at), step.opcode]],
      [4, () => ['changed', this.change(body, at), step.opcode]],
      [1, () => ['longer', `${body}\0\xff`, step.opcode]],
      [3, () => ['as another', body, this.pick(otherOpcodes)]],
      [1, () => ['of no kind', body, this.pick([-2, 0, 10, 23, 99, 108, 200, 1000, -12])]],
    ])
    const text = `${how}: ${step.text}`
    return { ...step, body: altered, opcode, text, patience: SHORT_PATIENCE }
  }

  change(body, at) {
    const byte = this.pick([0, 1, 2, 47, 0x7f, 0x80, 0xff, this.integer(0, 255)])
    return body.slice(0, at) + String.fromCharCode(byte) + body.slice(at + 1)
  }

  /** What stops no server, whatever becomes of its bytes. And no reconfig: see docs/differential.md. */
  safe() {
    for (;;) {
      const op = this.operation()
      if (op.type !== 'check' && op.type !== 'reconfig' && !JSON.stringify(op).includes('quota')) return op
    }
  }

  // ── fields ──

  path() {
    return this.weighted([
      [this.created.length > 0 ? 16 : 0, () => this.pick(this.created)],
      [12, () => this.pick(usual)],
      [3, () => this.pick(special)],
      [1, () => this.pick(invalid)],
    ])
  }

  data() {
    return this.weighted([
      [2, () => null],
      [1, () => ''],
      [5, () => this.pick(['x', 'yy', '\xff\0\x80'])],
      [1, () => 'z'.repeat(this.integer(1, 40))],
    ])
  }

  version() {
    return this.weighted([
      [6, () => -1],
      [4, () => this.integer(0, 2)],
      [1, () => this.pick([-2, 2_147_483_647, -2_147_483_648, 10])],
    ])
  }

  ttl() {
    return this.rarely(
      () => this.pick([0, -1, 1_099_511_627_775, 1_099_511_627_776, 2 ** 52]),
      this.pick([1, 3_600_000]),
    )
  }

  zxid() {
    return this.rarely(
      () => this.pick([-1, 2 ** 33, 2 ** 52]),
      this.epoch + this.integer(0, Math.max(1, this.made)),
    )
  }

  get epoch() {
    return this.count > 1 ? EPOCH : 0
  }

  acl() {
    if (this.chance(0.55)) return OPEN
    if (this.chance(0.05)) return null
    const count = this.pick([0, 1, 1, 1, 2, 3])
    return Array.from({ length: count }, () => this.aclEntry())
  }

  aclEntry() {
    const perms = this.weighted([
      [4, () => 31],
      [4, () => this.integer(0, 31)],
      [1, () => this.pick([-1, 32, 63, 256])],
    ])
    const [scheme, id] = this.weighted([
      [6, () => ['world', 'anyone']],
      [4, () => ['auth', this.pick(['', 'x'])]],
      [4, () => ['digest', digestOf(this.pick(users))]],
      [
        3,
        () => [
          'ip',
          this.pick(['127.0.0.1', '127.0.0.2', '127.0.0.0/8', '127.0.0.3/31', '10.0.0.0/8', '127.0.0.1/0']),
        ],
      ],
      [
        1,
        () => [
          'ip',
          this.pick(['', 'x', '127.0.0.1/33', '127.0.0.1/-1', '1.2.3', '256.1.1.1', '::1', '127.0.0.1/']),
        ],
      ],
      [1, () => ['digest', this.pick(['', 'a', 'a:b:c', ':', 'a:', ':b', 'a:b:'])]],
      [
        1,
        () => [
          this.pick(['world', 'WORLD', 'x509', 'sasl', 'super', '', 'foo']),
          this.pick(['anyone', '', 'x']),
        ],
      ],
    ])
    return { perms, scheme, id }
  }

  // ── chance ──

  chance(probability) {
    return this.random() < probability
  }

  integer(from, to) {
    return from + Math.floor(this.random() * (to - from + 1))
  }

  pick(list) {
    return list[this.integer(0, list.length - 1)]
  }

  rarely(seldom, mostly) {
    return this.chance(0.12) ? seldom() : mostly
  }

  several(one) {
    return Array.from({ length: this.pick([0, 1, 2, 2, 3, 4]) }, () => one())
  }

  weighted(choices) {
    let left = this.random() * choices.reduce((sum, [weight]) => sum + weight, 0)
    for (const [weight, make] of choices) if ((left -= weight) < 0) return make()
    return choices[0][1]()
  }
}

const MAY_BE_NULL = /^(create|delete|setData|setACL|exists|get|sync|removeWatches)/

const OPEN = [{ perms: 31, scheme: 'world', id: 'anyone' }]

/** Not createSession, which is answered by no reply, nor those that one body or another makes an end of. */
const otherOpcodes = Object.entries(OpCode)
  .filter(([name]) => !['createSession', 'closeSession', 'check', 'reconfig', 'auth'].includes(name))
  .map(([, opcode]) => opcode)
