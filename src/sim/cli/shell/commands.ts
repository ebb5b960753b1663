import type { ParseArgsConfig } from 'node:util'
import { OPEN_ACL_UNSAFE } from '../../../nodes/acl.ts'
import type { CreateMode } from '../../../nodes/createFlags.ts'
import { createOperation } from '../../../nodes/operations.ts'
import { readAcl } from '../../aclText.ts'
import { askFor, askIfThere, printAclLines, printStat } from './answers.ts'
import { quotaCommands } from './quotaCommands.ts'
import { ShellError } from './ShellError.ts'
import type { ShellSession } from './ShellSession.ts'

/** What was typed behind a command's name. */
export interface Arguments {
  readonly flags: ReadonlySet<string>
  /** Options with a value. */
  readonly values: ReadonlyMap<string, string>
  readonly words: readonly string[]
}

export interface Command {
  readonly name: string
  readonly usage: string
  readonly means: string
  readonly options: NonNullable<ParseArgsConfig['options']>
  /** How many words it takes, at least and at most. */
  readonly words: readonly [least: number, most: number]
  /** @returns what is printed. @throws ShellError */
  readonly run: (session: ShellSession, args: Arguments) => string
}

const flag = { type: 'boolean' } as const
const value = { type: 'string' } as const
const s = { s: { ...flag, short: 's' } }
const w = { w: { ...flag, short: 'w' } }
const v = { v: { ...value, short: 'v' } }
const ANY = -1

/** The commands of ZooKeeper's own command line, by their names, options and ways to print. Java: ZooKeeperMain, package cli */
export const commands: readonly Command[] = Object.freeze([
  {
    name: 'ls',
    usage: '[-s] [-w] [-R] path',
    means: 'the children of a node; -s with its stat, -w with a watch, -R with all below',
    options: { ...s, ...w, R: { ...flag, short: 'R' } },
    words: [1, 1],
    run: (session, { flags, words: [path = ''] }) => {
      if (flags.has('R')) return pathsBelow(session, path).join('\n')
      const op = Object.freeze({ type: 'getChildren2', path, watch: flags.has('w') } as const)
      const { children, stat } = askFor(session, op)
      return `[${children.join(', ')}]${flags.has('s') ? `\n${printStat(stat)}` : ''}`
    },
  },
  {
    name: 'get',
    usage: '[-s] [-w] path',
    means: 'the data of a node; -s with its stat, -w with a watch',
    options: { ...s, ...w },
    words: [1, 1],
    run: (session, { flags, words: [path = ''] }) => {
      const op = Object.freeze({ type: 'getData', path, watch: flags.has('w') } as const)
      const { data, stat } = askFor(session, op)
      return `${data === null ? 'null' : textOf(data)}${flags.has('s') ? `\n${printStat(stat)}` : ''}`
    },
  },
  {
    name: 'stat',
    usage: '[-w] path',
    means: 'the stat of a node; -w with a watch',
    options: w,
    words: [1, 1],
    run: (session, { flags, words: [path = ''] }) =>
      printStat(
        askFor(session, Object.freeze({ type: 'exists', path, watch: flags.has('w') } as const)).stat,
      ),
  },
  {
    name: 'create',
    usage: '[-s] [-e] [-c] [-t ttl] path [data] [acl]',
    means: 'a new node; -s sequential, -e ephemeral, -c container, -t with a time to live in milliseconds',
    options: { ...s, e: { ...flag, short: 'e' }, c: { ...flag, short: 'c' }, t: { ...value, short: 't' } },
    words: [1, 3],
    run: (session, { flags, values, words: [path = '', data = '', acl] }) => {
      const mode = modeOf(flags, values.has('t'))
      const ttl = values.has('t') ? wholeNumber('-t', values.get('t') ?? '') : 0
      const list = acl === undefined ? OPEN_ACL_UNSAFE : aclOf(acl)
      const result = askFor(session, createOperation(path, bytesOf(data), mode, list, ttl))
      return `Created ${result.path}`
    },
  },
  {
    name: 'set',
    usage: '[-s] [-v version] path data',
    means: 'the data of a node; -v if it has this version, -s with its new stat',
    options: { ...s, ...v },
    words: [2, 2],
    run: (session, { flags, values, words: [path = '', data = ''] }) => {
      const op = { type: 'setData', path, data: bytesOf(data), version: versionOf(values) } as const
      const { stat } = askFor(session, Object.freeze(op))
      return flags.has('s') ? printStat(stat) : ''
    },
  },
  {
    name: 'delete',
    usage: '[-v version] path',
    means: 'a node without children; -v if it has this version',
    options: v,
    words: [1, 1],
    run: (session, { values, words: [path = ''] }) => {
      askFor(session, Object.freeze({ type: 'delete', path, version: versionOf(values) } as const))
      return ''
    },
  },
  {
    name: 'deleteall',
    usage: 'path',
    means: 'a node and all below it',
    options: {},
    words: [1, 1],
    run: (session, { words: [path = ''] }) => {
      for (const below of pathsBelow(session, path).reverse()) {
        askIfThere(session, Object.freeze({ type: 'delete', path: below, version: ANY } as const))
      }
      return ''
    },
  },
  {
    name: 'getAcl',
    usage: '[-s] path',
    means: 'who may do what with a node; -s with its stat',
    options: s,
    words: [1, 1],
    run: (session, { flags, words: [path = ''] }) => {
      const { acl, stat } = askFor(session, Object.freeze({ type: 'getACL', path } as const))
      return `${printAclLines(acl)}${flags.has('s') ? `\n${printStat(stat)}` : ''}`
    },
  },
  {
    name: 'setAcl',
    usage: '[-s] [-v version] [-R] path acl',
    means: 'the same to be set, such as world:anyone:r,auth::cdrwa; -R on all below too',
    options: { ...s, ...v, R: { ...flag, short: 'R' } },
    words: [2, 2],
    run: (session, { flags, values, words: [path = '', text = ''] }) => {
      const acl = aclOf(text)
      const version = versionOf(values)
      const paths = flags.has('R') ? pathsBelow(session, path) : [path]
      const stats = paths.map(
        (one) => askFor(session, Object.freeze({ type: 'setACL', path: one, acl, version } as const)).stat,
      )
      return flags.has('s') ? stats.map(printStat).join('\n') : ''
    },
  },
  {
    name: 'addauth',
    usage: 'scheme auth',
    means: 'prove an identity, such as digest ann:secret',
    options: {},
    words: [1, 2],
    run: (session, { words: [scheme = '', auth = ''] }) => {
      askFor(session, Object.freeze({ type: 'auth', scheme, auth: bytesOf(auth) } as const))
      return ''
    },
  },
  {
    name: 'whoami',
    usage: '',
    means: 'the identities that the server knows',
    options: {},
    words: [0, 0],
    run: (session) => {
      const { clientInfo } = askFor(session, Object.freeze({ type: 'whoAmI' } as const))
      return ['Auth scheme: User', ...clientInfo.map(({ scheme, id }) => `${scheme}: ${id}`)].join('\n')
    },
  },
  {
    name: 'addWatch',
    usage: '[-m mode] path',
    means: 'a watch that stays; -m PERSISTENT, or PERSISTENT_RECURSIVE (unless said)',
    options: { m: { ...value, short: 'm' } },
    words: [1, 1],
    run: (session, { values, words: [path = ''] }) => {
      const mode = ['PERSISTENT', 'PERSISTENT_RECURSIVE'].indexOf(values.get('m') ?? 'PERSISTENT_RECURSIVE')
      if (mode < 0) throw new ShellError('-m has to be PERSISTENT or PERSISTENT_RECURSIVE', true)
      askFor(session, Object.freeze({ type: 'addWatch', path, mode } as const))
      return ''
    },
  },
  {
    name: 'removewatches',
    usage: 'path [-c|-d|-a]',
    means: 'watches that are removed: of children, of data, or all (unless said)',
    options: { c: { ...flag, short: 'c' }, d: { ...flag, short: 'd' }, a: { ...flag, short: 'a' } },
    words: [1, 1],
    run: (session, { flags, words: [path = ''] }) => {
      const watcherType = flags.has('c') ? 1 : flags.has('d') ? 2 : 3
      askFor(session, Object.freeze({ type: 'removeWatches', path, watcherType } as const))
      return ''
    },
  },
  {
    name: 'sync',
    usage: 'path',
    means: 'have the server catch up with the leader',
    options: {},
    words: [1, 1],
    run: (session, { words: [path = ''] }) => {
      askFor(session, Object.freeze({ type: 'sync', path } as const))
      return 'Sync is OK'
    },
  },
  {
    name: 'getAllChildrenNumber',
    usage: 'path',
    means: 'how many nodes are below a node',
    options: {},
    words: [1, 1],
    run: (session, { words: [path = ''] }) =>
      `${askFor(session, Object.freeze({ type: 'getAllChildrenNumber', path } as const)).totalNumber}`,
  },
  {
    name: 'getEphemerals',
    usage: '[path]',
    means: 'the ephemeral nodes of this session',
    options: {},
    words: [0, 1],
    run: (session, { words: [prefixPath = '/'] }) =>
      `[${askFor(session, Object.freeze({ type: 'getEphemerals', prefixPath } as const)).ephemerals.join(', ')}]`,
  },
  ...quotaCommands,
  {
    name: 'config',
    usage: '[-w] [-s]',
    means: 'the members of the ensemble; -s with the stat, -w with a watch',
    options: { ...s, ...w },
    words: [0, 0],
    run: (session, { flags }) => {
      const op = { type: 'getData', path: '/zookeeper/config', watch: flags.has('w') } as const
      const { data, stat } = askFor(session, Object.freeze(op))
      return `${textOf(data ?? '')}${flags.has('s') ? `\n${printStat(stat)}` : ''}`
    },
  },
  {
    name: 'reconfig',
    usage: '[-s] [-v version] [-members members] | [-add servers] [-remove ids]',
    means: 'change the members: server.4=4:2888:3888:participant;2181, several with commas between them',
    options: { ...s, ...v, members: value, add: value, remove: value },
    words: [0, 0],
    run: (session, { flags, values }) => {
      const [members, add, remove] = ['members', 'add', 'remove'].map((name) => values.get(name) ?? null)
      if (members === null && add === null && remove === null) {
        throw new ShellError('one of -members, -add and -remove is needed', true)
      }
      if (members !== null && (add !== null || remove !== null)) {
        throw new ShellError('-members does not go together with -add or -remove', true)
      }
      const op = {
        type: 'reconfig',
        joiningServers: add ?? null,
        leavingServers: remove ?? null,
        newMembers: members ?? null,
        curConfigId: values.has('v') ? hexNumber('-v', values.get('v') ?? '') : ANY,
      } as const
      const { data, stat } = askFor(session, Object.freeze(op))
      return `Committed new configuration:\n${textOf(data ?? '')}${flags.has('s') ? `\n${printStat(stat)}` : ''}`
    },
  },
  {
    name: 'connect',
    usage: '[-t timeout] [server…]',
    means:
      'a new session at one of these servers (at any, unless said); -t asks for a timeout in milliseconds',
    options: { t: { ...value, short: 't' } },
    words: [0, 99],
    run: (session, { values, words }) => {
      const known = session.ensemble.sids.map(String)
      const servers = words.length === 0 ? known : words
      const stranger = servers.find((server) => !known.includes(server))
      if (stranger !== undefined)
        throw new ShellError(`there is no server ${stranger}, only ${known.join(', ')}`, true)
      const timeout = values.has('t') ? wholeNumber('-t', values.get('t') ?? '') : undefined
      session.zk.connect(servers, timeout)
      if (!session.letPass(() => session.zk.state === 'CONNECTED')) {
        throw new ShellError('no server answered within 60 s of virtual time; the client goes on trying')
      }
      return `Connected to ${session.zk.server}, session ${session.zk.sessionId}`
    },
  },
  {
    name: 'close',
    usage: '',
    means: 'end the session',
    options: {},
    words: [0, 0],
    run: (session) => {
      session.zk.close()
      session.letPass(() => session.zk.state === 'CLOSED')
      return ''
    },
  },
  {
    name: 'use',
    usage: 'client',
    means: 'speak for another client from now on; one that is new has to connect first',
    options: {},
    words: [1, 1],
    run: (session, { words: [name = ''] }) => {
      if (!/^[a-z][a-zA-Z0-9-]*$/.test(name)) {
        throw new ShellError(
          'a client has a name of letters and digits that begins with a small letter, such as ann',
          true,
        )
      }
      session.client = name
      return ''
    },
  },
] satisfies readonly Command[])

/** A node's path and those of all below it, parents first. */
function pathsBelow(session: ShellSession, path: string): string[] {
  const { children } = askFor(session, Object.freeze({ type: 'getChildren', path, watch: false } as const))
  const below = children.flatMap((name) => pathsBelow(session, path === '/' ? `/${name}` : `${path}/${name}`))
  return [path, ...below]
}

function modeOf(flags: ReadonlySet<string>, hasTtl: boolean): CreateMode {
  const [sequential, ephemeral, container] = ['s', 'e', 'c'].map((name) => flags.has(name))
  if (container && (sequential || ephemeral))
    throw new ShellError('-c does not go together with -s or -e', true)
  if (hasTtl && (ephemeral || container)) throw new ShellError('-t does not go together with -e or -c', true)
  if (container) return 'container'
  if (hasTtl) return sequential ? 'persistentSequentialTTL' : 'persistentTTL'
  if (ephemeral) return sequential ? 'ephemeralSequential' : 'ephemeral'
  return sequential ? 'persistentSequential' : 'persistent'
}

function aclOf(text: string) {
  const acl = readAcl(text)
  if (acl === null)
    throw new ShellError(`'${text}' is no access control list, such as world:anyone:r,auth::cdrwa`, true)
  return acl
}

function versionOf(values: ReadonlyMap<string, string>): number {
  return values.has('v') ? wholeNumber('-v', values.get('v') ?? '') : ANY
}

export function wholeNumber(option: string, text: string): number {
  if (!/^-?[0-9]{1,15}$/.test(text))
    throw new ShellError(`${option} has to be a whole number, not '${text}'`, true)
  return Number(text)
}

function hexNumber(option: string, text: string): number {
  if (!/^[0-9a-f]{1,13}$/i.test(text))
    throw new ShellError(`${option} has to be a version in hexadecimal, not '${text}'`, true)
  return Number.parseInt(text, 16)
}

/** UTF-8, a character a byte. */
export function bytesOf(text: string): string {
  return Buffer.from(text, 'utf8').toString('latin1')
}

function textOf(bytes: string): string {
  return Buffer.from(bytes, 'latin1').toString('utf8')
}
