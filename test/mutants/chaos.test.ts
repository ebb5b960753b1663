import { describe, expect, it } from 'vitest'
import { unlikeTheirLogs } from '../service/replay.ts'
import { chaos, ensembleOf } from './chaos.ts'

const SEEDS = 40

describe('chaos', () => {
  it('an ideal ensemble holds, and comes back', { timeout: 120_000 }, () => {
    const exercised = new Map<string, number>()
    for (let seed = 1; seed <= SEEDS; seed += 1) {
      const { ensemble, live, log } = chaos(ensembleOf(seed))
      const { checker, world } = ensemble
      const found = { violations: checker.violations, crashes: world.crashes, live }
      expect(unlikeTheirLogs(ensemble), `seed ${seed}`).toEqual([])
      expect(found, `seed ${seed}:\n${log.join('\n')}`).toEqual({ violations: [], crashes: [], live: true })
      for (const [code, count] of checker.exercised) exercised.set(code, (exercised.get(code) ?? 0) + count)
    }
    expect([...exercised].filter(([, count]) => count === 0)).toEqual([])
  })

  it('is decided by its seed', () => {
    const hashes = [1, 1, 2].map(
      (seed) => chaos({ ...ensembleOf(seed), rounds: 5 }).ensemble.world.trace.hash,
    )
    expect(hashes[0]).toBe(hashes[1])
    expect(hashes[0]).not.toBe(hashes[2])
  })
})
