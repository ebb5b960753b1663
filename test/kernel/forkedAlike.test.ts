/**
 * Some classes copy themselves by hand, for speed, and a field may be forgotten there. So copies of whole ensembles are
 * held against their originals, object by object.
 */
import { expect, test } from 'vitest'
import { AppendOnlyLog } from '../../src/base/AppendOnlyLog.ts'
import { begin, type Forkable, fork as forkMethod } from '../../src/base/forkable.ts'
import { Queue } from '../../src/base/Queue.ts'
import { SharedApply } from '../../src/nodes/database/SharedApply.ts'
import { fork } from '../../src/sim/kernel/fork.ts'
import { EVENTS, SEEDS, troubledEnsemble } from '../determinism/turmoil.ts'

type Part = readonly [where: string, value: unknown]

function partsOf(value: object): Part[] {
  if (value instanceof Queue || value instanceof AppendOnlyLog) {
    return value.toArray().map((item, i) => [String(i), item])
  }
  if (value instanceof Map) {
    return [...value].flatMap(([key, item], i): Part[] => [
      [`key ${i}`, key],
      [`value ${i}`, item],
    ])
  }
  // A cache; copies leave the older part behind.
  if (value instanceof SharedApply) return []
  if (value instanceof Set) return [...value].map((item, i) => [`item ${i}`, item])
  return Object.entries(value)
}

function isOwned(value: unknown): value is object {
  return typeof value === 'object' && value !== null && !Object.isFrozen(value)
}

/** The first difference between a copy and its original; null: the two are one and the same graph, twice. */
function difference(original: object, copy: object): string | null {
  const copies = new Map<object, object>([[original, copy]])
  const taken = new Set([copy])
  for (const [one, other] of copies) {
    const name = one.constructor.name
    if (Object.getPrototypeOf(one) !== Object.getPrototypeOf(other)) return `${name}: another class`
    const parts = partsOf(one)
    const others = partsOf(other)
    if (parts.length !== others.length) return `${name}: ${parts.length} parts, ${others.length} in the copy`
    for (const [i, [where, part]] of parts.entries()) {
      const [there, its] = others[i]!
      if (where !== there) return `${name}.${where}: ${there} in the copy`
      if (!isOwned(part) || !isOwned(its)) {
        if (!Object.is(part, its)) return `${name}.${where}: ${String(part)}, ${String(its)} in the copy`
        continue
      }
      // Some say themselves that copies share them.
      if (part === its) {
        if (typeof (part as Partial<Forkable>)[forkMethod] === 'function') continue
        return `${name}.${where}: shared`
      }
      const known = copies.get(part)
      if (known === undefined ? taken.has(its) : known !== its) return `${name}.${where}: another identity`
      copies.set(part, its)
      taken.add(its)
    }
  }
  return null
}

/** Gives every field of those that copy themselves a value that no other has. No world could run on. */
function makeDistinct(root: object): Set<string> {
  const seen = new Set([root])
  const classes = new Set<string>()
  let count = 0
  for (const one of seen) {
    for (const [, part] of partsOf(one)) if (isOwned(part)) seen.add(part)
    const prototype = Object.getPrototypeOf(one)
    if (!Object.hasOwn(prototype, begin) && !Object.hasOwn(prototype, forkMethod)) continue
    if (one instanceof Queue || one instanceof AppendOnlyLog) continue
    classes.add(prototype.constructor.name)
    const fields = one as Record<string, unknown>
    for (const [field, value] of Object.entries(one)) {
      count += 1
      if (typeof value === 'number') fields[field] = count
      else if (typeof value === 'boolean') fields[field] = !value
      else if (typeof value === 'string' || value === null) fields[field] = `value ${count}`
      else if (Array.isArray(value) && value.length === 0) fields[field] = Object.freeze([`value ${count}`])
    }
  }
  return classes
}

test.each(SEEDS)(
  'a copy has all that its original has, and shares nothing that can change, seed %i',
  (seed) => {
    const ensemble = troubledEnsemble(seed)
    for (let events = 0; events <= EVENTS; events += EVENTS / 10) {
      expect(difference(ensemble, ensemble.fork())).toBeNull()
      ensemble.world.runEvents(EVENTS / 10)
    }
  },
)

test.each(SEEDS)('no field of a class that copies itself is forgotten, seed %i', (seed) => {
  const ensemble = troubledEnsemble(seed)
  ensemble.world.runEvents(EVENTS / 2)
  const classes = makeDistinct(ensemble)
  const those = ['Client', 'ClosedLoop', 'Event', 'Machine', 'Pipe', 'SimHost', 'Socket', 'Timer']
  expect([...classes]).toEqual(expect.arrayContaining(those))
  expect(difference(ensemble, fork(ensemble))).toBeNull()
})
