import { type AclList, OPEN_ACL_UNSAFE } from '../../../nodes/acl.ts'
import { encodeUtf8 } from '../../../nodes/jute/utf8.ts'
import type { Fields, Value } from '../reading.ts'
import { createModes, type Deed, type MultiPart, type Step, type WatcherName } from './Case.ts'
import { parseRaw } from './rawBody.ts'
import { parseAcl, parseData } from './values.ts'

/** Milliseconds; what the recorder's client asked for. */
const SESSION_TIMEOUT = 30_000
/** How long the recorder waited where nothing else is said, in milliseconds. */
const PATIENCE = 30_000
/** An hour; of anything that a script waits for. */
const LONGEST = 3_600_000

/** @throws RecordingError */
export function parseStep(value: Value): Step {
  const step = value.object()
  const op = step.field('op')
  const read =
    readers.get(op.string()) ??
    op.fail(`unknown step ${JSON.stringify(op.string())}; known are ${[...readers.keys()].join(', ')}`)
  return Object.freeze({
    text: JSON.stringify(value.value),
    session: step.field('s').string(),
    deed: Object.freeze(read(step)),
    settle: step.mentions('settle') ? step.field('settle').whole(0, LONGEST) : null,
  })
}

type Reader = (step: Fields) => Deed

const pathOf = (step: Fields): string | null => step.field('p').stringOrNull()
const dataOf = (step: Fields) => (step.mentions('d') ? parseData(step.field('d')) : null)
const versionOf = (step: Fields): number => (step.has('v') ? step.field('v').integer() : -1)
const flag = (step: Fields, name: string): boolean => step.has(name) && step.field(name).boolean()
const patienceOf = (step: Fields): number => (step.has('ms') ? step.field('ms').whole(0, LONGEST) : PATIENCE)

function aclOf(step: Fields): AclList | null {
  return step.mentions('acl') ? parseAcl(step.field('acl')) : OPEN_ACL_UNSAFE
}

function watcherOf(step: Fields): WatcherName {
  if (!step.has('w')) return null
  const value = step.field('w')
  if (value.isString) return value.string()
  return value.boolean() ? true : null
}

const connect =
  (op: 'connect' | 'dup'): Reader =>
  (step) => ({
    op,
    server: step.field('srv').whole(0),
    timeout: step.has('to') ? step.field('to').integer() : SESSION_TIMEOUT,
    chroot: step.has('chroot') ? step.field('chroot').string() : null,
    readOnly: flag(step, 'ro'),
    nobarrier: flag(step, 'nobarrier'),
    patience: patienceOf(step),
    of: op === 'dup' ? step.field('of').string() : null,
    wrongPassword: flag(step, 'badpw'),
  })

const bare =
  (op: 'close' | 'cut' | 'nobarrier' | 'barrier' | 'whoami'): Reader =>
  () => ({ op })

const read =
  (op: 'exists' | 'get' | 'ls' | 'ls2'): Reader =>
  (step) => ({ op, path: pathOf(step), watcher: watcherOf(step) })

const ask =
  (op: 'getacl' | 'count' | 'sync'): Reader =>
  (step) => ({ op, path: pathOf(step) })

const readers: ReadonlyMap<string, Reader> = new Map<string, Reader>([
  ['connect', connect('connect')],
  ['dup', connect('dup')],
  ['close', bare('close')],
  ['cut', bare('cut')],
  ['nobarrier', bare('nobarrier')],
  ['barrier', bare('barrier')],
  ['whoami', bare('whoami')],
  ['heal', (step) => ({ op: 'heal', server: step.has('srv') ? step.field('srv').whole(0) : null })],
  ['await', (step) => ({ op: 'await', count: step.field('n').whole(0), patience: patienceOf(step) })],
  ['sleep', (step) => ({ op: 'sleep', time: step.field('ms').whole(0, LONGEST) })],
  [
    'create',
    (step) => ({
      op: 'create',
      path: pathOf(step),
      data: dataOf(step),
      acl: aclOf(step),
      mode: step.has('m') ? step.field('m').oneOf(createModes, 'create mode') : 'PERSISTENT',
      ttl: step.has('ttl') ? step.field('ttl').integer() : null,
      wantsStat: flag(step, 'st'),
    }),
  ],
  ['delete', (step) => ({ op: 'delete', path: pathOf(step), version: versionOf(step) })],
  ['set', (step) => ({ op: 'set', path: pathOf(step), data: dataOf(step), version: versionOf(step) })],
  ['exists', read('exists')],
  ['get', read('get')],
  ['ls', read('ls')],
  ['ls2', read('ls2')],
  ['getacl', ask('getacl')],
  ['count', ask('count')],
  ['sync', ask('sync')],
  ['setacl', (step) => ({ op: 'setacl', path: pathOf(step), acl: aclOf(step), version: versionOf(step) })],
  ['ephs', (step) => ({ op: 'ephs', path: step.has('p') ? pathOf(step) : '/' })],
  ['multi', (step) => ({ op: 'multi', parts: partsOf(step), unchecked: flag(step, 'raw') })],
  ['multiread', (step) => ({ op: 'multiread', parts: partsOf(step) })],
  [
    'auth',
    (step) => ({
      op: 'auth',
      scheme: step.field('scheme').string(),
      auth: encodeUtf8(step.field('id').string()),
    }),
  ],
  [
    'watch',
    (step) => ({
      op: 'watch',
      path: pathOf(step),
      mode: step.field('m').oneOf(['PERSISTENT', 'PERSISTENT_RECURSIVE'], 'watch mode'),
      watcher: watcherOf(step),
    }),
  ],
  [
    'unwatch',
    (step) => ({
      op: 'unwatch',
      path: pathOf(step),
      type: step.field('t').oneOf(['Any', 'Data', 'Children'], 'watcher type'),
      local: flag(step, 'local'),
      watcher: watcherOf(step),
    }),
  ],
  ['raw', (step) => ({ op: 'raw', opcode: step.field('t').integer(), body: parseRaw(step) })],
])

// ── the operations of a multi ──

function partsOf(step: Fields): readonly MultiPart[] {
  return Object.freeze(step.field('ops').array().map(parsePart))
}

function parsePart(value: Value): MultiPart {
  const parts = value.array()
  const word = (parts[0] ?? value.fail('an operation is empty')).string()
  const argument = (index: number): Value =>
    parts[index] ?? value.fail(`the operation ${word} has too few arguments`)
  const version = (index: number): number => parts[index]?.integer() ?? -1
  switch (word) {
    case 'create': {
      const mode =
        parts[4] === undefined || parts[4].isNull ? 'PERSISTENT' : parts[4].oneOf(createModes, 'create mode')
      return createPart(argument(1), argument(2), parts[3], createModes.indexOf(mode), parts[5])
    }
    case 'createflags':
      return createPart(argument(1), argument(2), argument(3), argument(4).integer(), undefined)
    case 'delete':
      return Object.freeze({ type: 'delete', path: argument(1).stringOrNull(), version: version(2) })
    case 'check':
      return Object.freeze({
        type: 'check',
        path: argument(1).stringOrNull(),
        version: argument(2).integer(),
      })
    case 'set':
      return Object.freeze({
        type: 'setData',
        path: argument(1).stringOrNull(),
        data: parseData(argument(2)),
        version: version(3),
      })
    case 'get':
      return Object.freeze({ type: 'getData', path: argument(1).stringOrNull() })
    case 'ls':
      return Object.freeze({ type: 'getChildren', path: argument(1).stringOrNull() })
  }
  return value.fail(`unknown operation ${JSON.stringify(word)}`)
}

function createPart(
  path: Value,
  data: Value,
  acl: Value | undefined,
  flags: number,
  ttl: Value | undefined,
): MultiPart {
  return Object.freeze({
    type: 'create',
    path: path.stringOrNull(),
    data: parseData(data),
    acl: acl === undefined ? OPEN_ACL_UNSAFE : parseAcl(acl),
    flags,
    ttl: ttl === undefined || ttl.isNull ? null : ttl.integer(),
  })
}
