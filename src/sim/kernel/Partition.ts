/** Shapes of partitions. Each is a list of directions in which nothing gets through. */
import { assert } from '../../base/assert.ts'
import type { HostName } from '../../nodes/Host.ts'

/** All machines, those added later included. */
export const ANY = '*'

/** From the first to the second nothing arrives. Either may be `ANY`. */
export type Direction = readonly [from: HostName, to: HostName]

export interface Partition {
  /** For people. */
  readonly name: string
  readonly blocked: readonly Direction[]
}

export function isBlocked({ blocked }: Partition, from: HostName, to: HostName): boolean {
  for (const [a, b] of blocked) if ((a === ANY || a === from) && (b === ANY || b === to)) return true
  return false
}

/** One machine alone, from everybody. */
export function isolated(name: HostName): Partition {
  return partitionOf(`${name} isolated`, [
    [name, ANY],
    [ANY, name],
  ])
}

/** What one says does not reach the other; the way back is open. */
export function oneWay(from: HostName, to: HostName): Partition {
  return partitionOf(`${from} to ${to} blocked`, [[from, to]])
}

/** Machines of different groups do not reach each other; machines in no group reach all. */
export function groups(...groups: readonly (readonly HostName[])[]): Partition {
  const names = groups.flat()
  const groupOf = new Map(groups.flatMap((group, i) => group.map((name) => [name, i] as const)))
  assert(groupOf.size === names.length, 'a machine is in one group of a partition')
  return blocking(
    groups.map((group) => group.join(',')).join(' | '),
    names,
    (a, b) => groupOf.get(a) === groupOf.get(b),
  )
}

/** Two groups; the first has the smaller half of the machines. */
export function halves(names: readonly HostName[]): Partition {
  const half = names.length >> 1
  return groups(names.slice(0, half), names.slice(half))
}

/** Two halves that only one machine can reach both of. */
export function bridge(names: readonly HostName[], over: HostName): Partition {
  const others = names.filter((name) => name !== over)
  return { ...halves(others), name: `bridge over ${over}` }
}

/** Every machine reaches a majority, and no two the same one: its nearest neighbours around a ring. */
export function majorityRing(names: readonly HostName[]): Partition {
  const size = names.length
  const place = new Map(names.map((name, i) => [name, i]))
  // A majority, oneself counted, half of it on either side; an odd rest falls to the next on both.
  const reach = Math.ceil((size >> 1) / 2)
  return blocking('majority ring', names, (a, b) => {
    const distance = Math.abs(place.get(a)! - place.get(b)!)
    return Math.min(distance, size - distance) <= reach
  })
}

function blocking(
  name: string,
  names: readonly HostName[],
  reaches: (from: HostName, to: HostName) => boolean,
): Partition {
  return partitionOf(
    name,
    names.flatMap((a) => names.filter((b) => a !== b && !reaches(a, b)).map((b): Direction => [a, b])),
  )
}

function partitionOf(name: string, blocked: readonly Direction[]): Partition {
  return Object.freeze({
    name,
    blocked: Object.freeze(blocked.map((pair) => Object.freeze([...pair] as const))),
  })
}
