import { describe, expect, it } from 'vitest'
import { invariants } from '../../src/invariants/index.ts'
import { ideal } from '../../src/nodes/ideal.ts'
import { type Catch, catches, mutants } from './catches.ts'
import { chaos, ensembleOf } from './chaos.ts'
import * as directed from './directed.ts'

const { direct, ...runs } = directed

/** Plays until every invariant that the mutant is to break is broken. @returns those that are not. */
function survivors({ mutant, run }: Catch): string[] {
  const cast = mutant.recast(ideal)
  let left = [...mutant.breaks]
  const strike = (broken: readonly string[]) => {
    left = left.filter((code) => !broken.includes(code))
  }
  if (typeof run === 'string') strike(direct(runs[run], cast, mutant.breaks).broken)
  else {
    for (let seed = 1; seed <= run && left.length > 0; seed += 1) {
      strike(chaos({ ...ensembleOf(seed), cast, until: left }).broken)
    }
  }
  return left
}

describe('each invariant can be broken', () => {
  it('and has a mutant that does', () => {
    const broken = new Set(mutants.flatMap((mutant) => mutant.breaks))
    expect(invariants.map(({ code }) => code).filter((code) => !broken.has(code))).toEqual([])
  })

  for (const one of catches) {
    const { name, breaks } = one.mutant
    it(`by ${name}: ${breaks.join(', ')}`, { timeout: 60_000 }, () => {
      expect(survivors(one)).toEqual([])
    })
  }
})

describe('a peer without a defect holds in the same runs', () => {
  for (const [name, text] of Object.entries(runs)) {
    it(name, () => {
      const { outcome } = direct(text)
      expect([outcome.verdict, outcome.reason, outcome.violations]).toEqual(['held', null, []])
    })
  }
})
