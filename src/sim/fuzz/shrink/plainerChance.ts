import { type Parts, said } from '../assemble.ts'
import { type Pass, type Search, withPlays } from './Pass.ts'

const LOCKSTEP = 'lockstep'
export const SEED = 'seed {seed:seed}'

/** Every thread runs at once, in place of when chance lets it. */
export function* lockstep(parts: Parts): Search {
  const { declarations } = parts
  if (declarations.some(({ sentence }) => sentence === LOCKSTEP)) return parts
  const candidate = withPlays(parts, 'declarations', [...declarations, said(LOCKSTEP)])
  return (yield candidate) ? candidate : parts
}

/** Seeds that are easier to remember than the one that was drawn. */
export const SMALL_SEEDS = 20

export function seedOf({ declarations }: Parts): number {
  return (declarations.find(({ sentence }) => sentence === SEED)?.filled.seed as number | undefined) ?? 1
}

export function withSeed(parts: Parts, seed: number): Parts {
  const { declarations } = parts
  const at = declarations.findIndex(({ sentence }) => sentence === SEED)
  const play = said(SEED, { seed })
  return withPlays(parts, 'declarations', at === -1 ? [...declarations, play] : declarations.with(at, play))
}

/** As many as are tried where the seed at hand does not do. */
const OTHER_SEEDS = 5

/**
 * The same pass, with some seeds for each candidate: what is left out moves everything else in time, and what chance then
 * does need not be what it takes.
 */
export function withOtherSeeds(pass: Pass): Pass {
  return function* search(parts: Parts): Search {
    let seed = seedOf(parts)
    const inner = pass(parts)
    let next = inner.next()
    while (next.done !== true) {
      let fails = yield withSeed(next.value, seed)
      for (let other = 1; other <= OTHER_SEEDS && !fails; other += 1) {
        fails = yield withSeed(next.value, other)
        if (fails) seed = other
      }
      next = inner.next(fails)
    }
    return withSeed(next.value, seed)
  }
}
