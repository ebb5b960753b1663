import type { Micros } from '../../../nodes/Host.ts'
import type { Sid } from '../../../nodes/zxid.ts'
import { factKinds, kinds, type Span } from '../../kinds.ts'
import type { Kind } from '../../sentence.ts'
import type { Hole } from './mapHoles.ts'

/**
 * What could stand in a hole instead, the most daring first. Each is simpler than what stands there, so that taking one
 * after the other comes to an end. A kind that is not named here is left alone.
 */
export function simpler({ kind, value }: Hole, sids: readonly Sid[]): readonly unknown[] {
  const of = ways.get(kind)
  return of === undefined ? [] : of(value as never, sids)
}

type Way = (value: never, sids: readonly Sid[]) => readonly unknown[]

const MILLI: Micros = 1_000
/** One less makes a difference only among few. */
const FEW = 10

const loads = ['clients', 'writers', 'readers', 'watchers', 'visitors', 'users'] as const

const ways: ReadonlyMap<Kind<unknown>, Way> = new Map<unknown, Way>([
  [kinds.peer, simplerPeer],
  [factKinds.peer, simplerPeer],
  [kinds.machine, (value: string) => (/^[0-9]+$/.test(value) ? ['the leader'] : [])],
  [kinds.peers, simplerPeers],
  [kinds.sids, fewer],
  [kinds.groups, simplerGroups],
  [kinds.duration, shorter],
  [
    kinds.millis,
    (value: number) =>
      shorter(value * MILLI)
        .filter(isMillis)
        .map(inMillis),
  ],
  [kinds.span, simplerSpan],
  [kinds.count, smaller],
  [kinds.ordinal, smaller],
  [kinds.load, (value: (typeof loads)[number]) => loads.slice(0, loads.indexOf(value))],
  [kinds.data, (value: string) => (value.length > 2 ? ['v1'] : [])],
  [kinds.deeds, fewer],
  [kinds.paths, fewer],
]) as ReadonlyMap<Kind<unknown>, Way>

/** All but one, for each of them. */
function fewer<T>(list: readonly T[]): (readonly T[])[] {
  if (list.length < 2) return []
  return list.map((_, i) => Object.freeze(list.toSpliced(i, 1))).reverse()
}

/** Roles that read better than a number; others depend on what happened before. */
const plainRoles: readonly unknown[] = [
  'the leader',
  'a follower',
  'an observer',
  'the followers',
  'the observers',
  'all',
]

function simplerPeer(value: Sid | string, sids: readonly Sid[]): readonly unknown[] {
  // Whoever it is: nothing is plainer.
  if (value === 'the leader' || value === 'somebody') return []
  return typeof value === 'number' || plainRoles.includes(value) ? ['the leader'] : ['the leader', ...sids]
}

function simplerPeers(value: readonly Sid[] | string, sids: readonly Sid[]): readonly unknown[] {
  if (value === 'the leader') return []
  if (typeof value !== 'string') return value.length === 1 ? ['the leader'] : fewer(value)
  const one = ['the leader', 'a follower'].filter((role) => role !== value)
  return plainRoles.includes(value) ? one : [...one, ...sids.map((sid) => Object.freeze([sid]))]
}

/** A peer less in one of the groups. */
function simplerGroups(groups: readonly (readonly number[])[]): readonly unknown[] {
  const without = groups.flatMap((group, i) =>
    fewer(group).map((left) => Object.freeze(groups.with(i, left))),
  )
  return groups.length > 2 ? [...fewer(groups), ...without] : without
}

function smaller(value: number): number[] {
  const oneLess = value <= FEW ? [value - 1] : []
  return unique([1, value >> 1, value - (value >> 2), ...oneLess]).filter((one) => one >= 1 && one < value)
}

/** Less time, or about as much that reads better: a second, a hundred milliseconds, one digit or two. */
function shorter(value: Micros): Micros[] {
  const less = [100 * MILLI, 1_000 * MILLI, 10 * MILLI, MILLI, rounded(value >> 1, 1)].filter(
    (one) => one < value && one >= MILLI,
  )
  const rounder = [rounded(value, 1), roundedUp(value, 1), rounded(value, 2)].filter(
    (one) => digits(one) < digits(value),
  )
  return unique([...less, ...rounder]).filter((one) => one > 0 && one !== value)
}

function simplerSpan({ least, most }: Span): Span[] {
  const spans =
    least === most
      ? []
      : [
          { least, most: least },
          { least: most, most },
        ].filter((one) => one.most > 0)
  for (const time of shorter(most)) {
    if (time < most) spans.push({ least: least === most ? time : Math.min(least, time), most: time })
  }
  return spans.map((span) => Object.freeze(span))
}

/** The place of the first digit, as a power of ten. */
function magnitude(value: number): number {
  let power = 1
  while (power * 10 <= value) power *= 10
  return power
}

/** To so many digits, downwards. */
function rounded(value: number, count: 1 | 2): number {
  const unit = Math.max(1, count === 1 ? magnitude(value) : magnitude(value) / 10)
  return Math.floor(value / unit) * unit
}

function roundedUp(value: number, count: 1 | 2): number {
  const down = rounded(value, count)
  return down === value ? value : down + magnitude(value) / (count === 1 ? 1 : 10)
}

/** How many digits it takes to write it, without zeros at the end. */
function digits(value: number): number {
  let rest = value
  while (rest > 0 && rest % 10 === 0) rest /= 10
  return String(rest).length
}

function isMillis(value: Micros): boolean {
  return value % MILLI === 0
}

function inMillis(value: Micros): number {
  return value / MILLI
}

function unique(values: readonly number[]): number[] {
  return [...new Set(values)]
}
