/** What clients ask for and are answered. */
import type { AclList } from '../../nodes/acl.ts'
import type { LoadKind } from '../../nodes/client/mixes.ts'
import { type CreateMode, createFlags } from '../../nodes/createFlags.ts'
import { createOperation } from '../../nodes/operations.ts'
import type { MultiWrite, WatchEventType } from '../../nodes/packets.ts'
import { printAcl, readAcl } from '../aclText.ts'
import { goodPath, isBytes, matching, oneOf, unquote } from './matching.ts'

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
  (m) => m[0].slice(2).replace(/../g, (pair) => String.fromCharCode(Number.parseInt(pair, 16))),
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

export const clientKinds = Object.freeze({
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
