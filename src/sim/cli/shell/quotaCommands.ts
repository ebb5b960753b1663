import { createOperation } from '../../../nodes/operations.ts'
import { askFor, askIfThere } from './answers.ts'
import type { Command } from './commands.ts'
import { ShellError } from './ShellError.ts'
import type { ShellSession } from './ShellSession.ts'

/** Quotas of a subtree, as nodes below /zookeeper/quota. Java: SetQuotaCommand, ListQuotaCommand, DelQuotaCommand, Quotas */

const ROOT = '/zookeeper/quota'
const LIMITS = 'zookeeper_limits'
const STATS = 'zookeeper_stats'
const ANY = -1

/** The options, and the fields of a limit that they set. */
const fields = Object.freeze([
  ['n', 'count'],
  ['b', 'bytes'],
  ['N', 'countHardLimit'],
  ['B', 'byteHardLimit'],
] as const)
type Field = (typeof fields)[number][1]
type Limits = Record<Field, number>

const limitOptions = Object.freeze({
  n: { type: 'string', short: 'n' },
  b: { type: 'string', short: 'b' },
  N: { type: 'string', short: 'N' },
  B: { type: 'string', short: 'B' },
} as const)

export const quotaCommands: readonly Command[] = Object.freeze([
  {
    name: 'setquota',
    usage: '-n|-b|-N|-B val path',
    means:
      'limit a subtree: -n nodes, -b bytes (a warning), -N and -B the same (a refusal, with enforceQuota)',
    options: limitOptions,
    words: [1, 1],
    run: (session, { values, words: [path = ''] }) => {
      const wanted = fields.filter(([option]) => values.has(option))
      if (wanted.length === 0) throw new ShellError('one of -n, -b, -N and -B is needed', true)
      const limits: Limits = { count: ANY, bytes: ANY, countHardLimit: ANY, byteHardLimit: ANY }
      for (const [option, field] of wanted) limits[field] = limitOf(option, values.get(option) ?? '')
      setQuota(session, path, limits)
      return ''
    },
  },
  {
    name: 'listquota',
    usage: 'path',
    means: 'the limits of a subtree, and what it holds',
    options: {},
    words: [1, 1],
    run: (session, { words: [path = ''] }) => {
      const limits = dataOf(session, `${ROOT}${path}/${LIMITS}`)
      const stats = dataOf(session, `${ROOT}${path}/${STATS}`)
      if (limits === null || stats === null) throw new ShellError(`quota for ${path} does not exist`)
      return `Output quota for ${path} ${limits}\nOutput stat for ${path} ${stats}`
    },
  },
  {
    name: 'delquota',
    usage: '[-n|-b|-N|-B] path',
    means: 'remove one limit of a subtree, or all',
    options: {
      n: { type: 'boolean', short: 'n' },
      b: { type: 'boolean', short: 'b' },
      N: { type: 'boolean', short: 'N' },
      B: { type: 'boolean', short: 'B' },
    },
    words: [1, 1],
    run: (session, { flags, words: [path = ''] }) => {
      const file = `${ROOT}${path}/${LIMITS}`
      const data = dataOf(session, file)
      if (data === null) return `Quota does not exist for ${path}`
      const wanted = fields.filter(([option]) => flags.has(option))
      if (wanted.length === 0) {
        removeQuota(session, path)
        return ''
      }
      const limits = readLimits(data)
      for (const [, field] of wanted) limits[field] = ANY
      askFor(session, Object.freeze({ type: 'setData', path: file, data: printLimits(limits), version: ANY }))
      return ''
    },
  },
] satisfies readonly Command[])

function setQuota(session: ShellSession, path: string, wanted: Limits): void {
  if (askIfThere(session, Object.freeze({ type: 'exists', path, watch: false })) === null) {
    throw new ShellError(`${path} does not exist`)
  }
  const names = path === '/' ? [] : path.slice(1).split('/')
  refuseNested(session, path, names)
  let at = ROOT
  for (const name of names) {
    at += `/${name}`
    if (!isThere(session, at)) askFor(session, createOperation(at, null))
  }
  const known = dataOf(session, `${at}/${LIMITS}`)
  if (known === null) {
    askFor(session, createOperation(`${at}/${LIMITS}`, printLimits(wanted)))
    askFor(session, createOperation(`${at}/${STATS}`, 'count=0,bytes=0'))
    return
  }
  const limits = readLimits(known)
  for (const [, field] of fields) if (wanted[field] > ANY) limits[field] = wanted[field]
  const data = printLimits(limits)
  askFor(session, Object.freeze({ type: 'setData', path: `${at}/${LIMITS}`, data, version: ANY }))
}

/** A subtree with a quota has none above and none below. */
function refuseNested(session: ShellSession, path: string, names: readonly string[]): void {
  for (let depth = 1; depth < names.length; depth++) {
    const above = `/${names.slice(0, depth).join('/')}`
    if (isThere(session, `${ROOT}${above}/${LIMITS}`)) {
      throw new ShellError(`${path} has a parent ${above} which has a quota`)
    }
  }
  const below = limitedBelow(session, path === '/' ? ROOT : `${ROOT}${path}`, true)
  if (below !== null)
    throw new ShellError(`${path} has a child ${below.slice(ROOT.length)} which has a quota`)
}

function limitedBelow(session: ShellSession, at: string, isTop: boolean): string | null {
  const result = askIfThere(session, Object.freeze({ type: 'getChildren', path: at, watch: false }))
  if (result?.type !== 'getChildren') return null
  if (!isTop && result.children.includes(LIMITS)) return at
  for (const name of result.children) {
    const found = name === LIMITS || name === STATS ? null : limitedBelow(session, `${at}/${name}`, false)
    if (found !== null) return found
  }
  return null
}

/** The nodes of a quota, and what is empty above them. */
function removeQuota(session: ShellSession, path: string): void {
  let at = `${ROOT}${path}`
  for (const name of childrenOf(session, at)) {
    askFor(session, Object.freeze({ type: 'delete', path: `${at}/${name}`, version: ANY }))
  }
  while (at !== ROOT && childrenOf(session, at).length === 0) {
    askFor(session, Object.freeze({ type: 'delete', path: at, version: ANY }))
    at = at.slice(0, at.lastIndexOf('/'))
  }
}

function childrenOf(session: ShellSession, path: string): readonly string[] {
  return askFor(session, Object.freeze({ type: 'getChildren', path, watch: false } as const)).children
}

function isThere(session: ShellSession, path: string): boolean {
  return askIfThere(session, Object.freeze({ type: 'exists', path, watch: false })) !== null
}

function dataOf(session: ShellSession, path: string): string | null {
  const result = askIfThere(session, Object.freeze({ type: 'getData', path, watch: false }))
  return result?.type === 'getData' ? (result.data ?? '') : null
}

function limitOf(option: string, text: string): number {
  if (!/^[0-9]{1,15}$/.test(text) || (option.toLowerCase() === 'n' && Number(text) === 0)) {
    throw new ShellError(`-${option} has to be a number above 0, not '${text}'`, true)
  }
  return Number(text)
}

function readLimits(data: string): Limits {
  const limits: Limits = { count: ANY, bytes: ANY, countHardLimit: ANY, byteHardLimit: ANY }
  for (const part of data.split(/[,;=]+(?=[a-z])/i)) {
    const [name, text] = part.split('=')
    const field = fields.find(([, known]) => known === name)?.[1]
    if (field !== undefined) limits[field] = Number(text)
  }
  return limits
}

/** Java: StatsTrack.toString */
function printLimits(limits: Limits): string {
  const hard = [
    limits.byteHardLimit > ANY ? `;byteHardLimit=${limits.byteHardLimit}` : '',
    limits.countHardLimit > ANY ? `;countHardLimit=${limits.countHardLimit}` : '',
  ].join('')
  return `count=${limits.count},bytes=${limits.bytes}${hard === '' ? '' : `=${hard}`}`
}
