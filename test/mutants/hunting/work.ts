/** What one process does: all hunts for one quarry. */
import { type Bounds, type Hunt, hunt } from './hunt.ts'
import { keyOf, quarries } from './quarries.ts'
import { medianHunt, type Result } from './Result.ts'
import { shrinkFound } from './shrinkFound.ts'

export interface Order extends Bounds {
  /** Of the quarry. */
  readonly key: string
  readonly hunts: number
  readonly shrink: boolean
}

export default function work({ key, hunts, shrink, ...bounds }: Order): Result {
  const quarry = quarries.find((one) => keyOf(one) === key)
  if (quarry === undefined) throw new Error(`there is no ${key} to hunt for`)
  const done: Hunt[] = []
  for (let which = 1; which <= hunts; which += 1) done.push(hunt(quarry, which, bounds))
  const found = done.filter((one) => one.found)
  const small = shrink && found.length > 0 ? shrinkFound(quarry, medianHunt(found)) : null
  return { key, hunts: done, small }
}
