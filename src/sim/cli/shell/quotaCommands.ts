import { LIMITS, limitsPath, QUOTA, STATS, statsPath } from '../../../nodes/database/quotas.ts'
import { StatsTrack } from '../../../nodes/database/StatsTrack.ts'
import { createOperation } from '../../../nodes/operations.ts'
import { askFor, askIfThere } from './answers.ts'
import type { Command } from './commands.ts'
import { ShellError } from './ShellError.ts'
import type { ShellSession } from './ShellSession.ts'

/** Quotas of a subtree, as nodes below /zookeeper/quota. Java: SetQuotaCommand, ListQuotaCommand, DelQuotaCommand, Quotas */

const ANY = -1

/** The options, and the fields of a limit that they set. */
const fields = Object.freeze([
  ['n', 'count'],
  ['b', 'bytes'],
  ['N', 'countHardLimit'],
  ['B', 'byteHardLimit'],
] as const)
type Limit = readonly [field: (typeof fields)[number][1], value: number]

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
      const limits = wanted.map(
        ([option, field]) => [field, limitOf(option, values.get(option) ?? '')] as const,
      )
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
      const limits = dataOf(session, limitsPath(path))
      const stats = dataOf(session, statsPath(path))
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
      const file = limitsPath(path)
      const data = dataOf(session, file)
      if (data === null) return `Quota does not exist for ${path}`
      const wanted = fields.filter(([option]) => flags.has(option))
      if (wanted.length === 0) {
        removeQuota(session, path)
        return ''
      }
      writeLimits(
        session,
        file,
        trackOf(file, data),
        wanted.map(([, field]) => [field, ANY] as const),
      )
      return ''
    },
  },
] satisfies readonly Command[])

function setQuota(session: ShellSession, path: string, wanted: readonly Limit[]): void {
  if (askIfThere(session, Object.freeze({ type: 'exists', path, watch: false })) === null) {
    throw new ShellError(`${path} does not exist`)
  }
  const names = path === '/' ? [] : path.slice(1).split('/')
  refuseNested(session, path, names)
  let at = QUOTA
  for (const name of names) {
    at += `/${name}`
    if (!isThere(session, at)) askFor(session, createOperation(at, null))
  }
  const file = `${at}/${LIMITS}`
  const known = dataOf(session, file)
  if (known !== null) return writeLimits(session, file, trackOf(file, known), wanted)
  askFor(session, createOperation(file, limited(StatsTrack.of(ANY, ANY), wanted).toBytes()))
  askFor(session, createOperation(`${at}/${STATS}`, StatsTrack.of(0, 0).toBytes()))
}

function writeLimits(session: ShellSession, path: string, track: StatsTrack, wanted: readonly Limit[]): void {
  const data = limited(track, wanted).toBytes()
  askFor(session, Object.freeze({ type: 'setData', path, data, version: ANY }))
}

function limited(track: StatsTrack, wanted: readonly Limit[]): StatsTrack {
  return wanted.reduce((changed, [field, value]) => changed.with(field, value), track)
}

function trackOf(path: string, data: string): StatsTrack {
  const track = StatsTrack.parse(data)
  if (track === null) throw new ShellError(`${path} does not say what a quota says: '${data}'`)
  return track
}

/** A subtree with a quota has none above and none below. */
function refuseNested(session: ShellSession, path: string, names: readonly string[]): void {
  for (let depth = 1; depth < names.length; depth++) {
    const above = `/${names.slice(0, depth).join('/')}`
    if (isThere(session, `${QUOTA}${above}/${LIMITS}`)) {
      throw new ShellError(`${path} has a parent ${above} which has a quota`)
    }
  }
  const below = limitedBelow(session, path === '/' ? QUOTA : `${QUOTA}${path}`, true)
  if (below !== null)
    throw new ShellError(`${path} has a child ${below.slice(QUOTA.length)} which has a quota`)
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
  let at = `${QUOTA}${path}`
  for (const name of childrenOf(session, at)) {
    askFor(session, Object.freeze({ type: 'delete', path: `${at}/${name}`, version: ANY }))
  }
  while (at !== QUOTA && childrenOf(session, at).length === 0) {
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
  const least = option.toLowerCase() === 'n' ? 1 : 0
  if (/^[0-9]{1,15}$/.test(text) && Number(text) >= least) return Number(text)
  throw new ShellError(`-${option} has to be a whole number of at least ${least}, not '${text}'`, true)
}
