/** What is drawn is what it is said to be, prints as it reads, and shrinks to less of the same kind. */
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import {
  acls,
  createModes,
  ensembles,
  faultPlans,
  histories,
  nodeNames,
  operations,
  paths,
  perform,
  scenarios,
  versions,
  workloads,
} from '../../src/fast-check/index.ts'
import {
  checkHistory,
  type EnsembleSpec,
  isKeeperException,
  parseScenario,
  type Scenario,
  simulate,
  specOf,
} from '../../src/index.ts'
import { isValidPath } from '../../src/nodes/server/paths.ts'
import { drawScenario } from '../../src/sim/fuzz/drawScenario.ts'
import { profiles } from '../../src/sim/fuzz/Profile.ts'
import { problemsOf } from '../../src/sim/scenario/check.ts'
import { stepsOf } from '../../src/sim/scenario/Scenario.ts'

const SEED = fc.integer()

/** A drawn value, and what fast-check shrinks it to on the way down that `choices` makes it take. */
function wayDown<T>(arbitrary: fc.Arbitrary<T>, seed: number, choices: readonly boolean[]): T[] {
  const way: T[] = []
  let at = 0
  const fails = (value: T): boolean => {
    const isTaken = at === 0 || choices[at % choices.length] === true
    at += 1
    if (isTaken) way.push(value)
    return !isTaken || at > 200
  }
  fc.check(fc.property(arbitrary, fails), { seed, numRuns: 1 })
  return way
}

const CHOICES = fc.array(fc.boolean(), { minLength: 1, maxLength: 40 })

describe('scenarios', () => {
  const someProfile = fc.constantFrom(...profiles.keys())

  test('print as the text of a file that reads as they are, also when they are made smaller', () => {
    const reads = fc.property(someProfile, SEED, CHOICES, (profile, seed, choices) => {
      for (const scenario of wayDown(scenarios({ profile }), seed, choices)) {
        const text = fc.stringify(scenario)
        expect(`${scenario}`).toBe(text)
        const read = parseScenario(scenario.file, text)
        expect(stepsOf(read)).toEqual(stepsOf(scenario))
        expect(specOf(read)).toEqual(specOf(scenario))
        expect(problemsOf(scenario, [])).toEqual([])
      }
    })
    fc.assert(reads, { numRuns: 25 })
  })

  test('become smaller with every shrink, and stay who they are', () => {
    const shrinks = fc.property(SEED, CHOICES, (seed, choices) => {
      const way = wayDown(scenarios(), seed, choices)
      for (const [i, scenario] of way.entries()) {
        const before = way[i - 1]
        if (before === undefined) continue
        expect(specOf(scenario).seed).toBe(specOf(before).seed)
        expect(`${scenario}`).not.toBe(`${before}`)
        expect(stepsOf(scenario).length).toBeLessThanOrEqual(stepsOf(before).length)
        expect(healsOf(scenario)).toEqual(healsOf(before))
      }
    })
    fc.assert(shrinks, { numRuns: 20 })
  })

  test('are those that zksim fuzz draws', () => {
    const same = fc.property(someProfile, SEED, (name, seed) => {
      const [scenario] = fc.sample(scenarios({ profile: name }), { seed, numRuns: 1 }) as [Scenario]
      const profile = profiles.get(name)
      expect(scenario).toEqual(drawScenario(specOf(scenario).seed, profile as NonNullable<typeof profile>))
    })
    fc.assert(same, { numRuns: 20 })
  })

  test('keep to what is said beside the profile', () => {
    const small = fc.property(scenarios({ voters: 1, observers: 0, faults: 1 }), (scenario) => {
      expect(specOf(scenario)).toMatchObject({ peers: 1, observers: 0 })
    })
    fc.assert(small, { numRuns: 20 })
    expect(() => scenarios({ profile: 'swarn' })).toThrow('there is no profile "swarn", only swarm, ')
  })
})

function healsOf(scenario: Scenario): string[] {
  return stepsOf(scenario)
    .map(({ play }) => play.sentence)
    .filter((sentence) => /^heal (a quorum|everybody)$/.test(sentence))
}

describe('parts of scenarios', () => {
  test('make one together', () => {
    const together = fc.property(ensembles({ disks: true }), workloads(), (ensemble, workload) => {
      const text = [`${ensemble}`, '', ...workload, 'after 1 s', 'stop load'].join('\n')
      const { peers, settings } = specOf(parseScenario('together', text))
      expect({ peers, settings }).toEqual({ peers: ensemble.peers, settings: ensemble.settings ?? {} })
    })
    fc.assert(together, { numRuns: 25 })
  })

  test('fault plans speak of who there is, and end with all healed', () => {
    const plans = fc.property(fc.integer({ min: 1, max: 7 }), SEED, CHOICES, (peers, seed, choices) => {
      for (const plan of wayDown(faultPlans({ peers, clients: ['ann'], calm: 0 }), seed, choices)) {
        parseScenario('plan', [`${peers} peers`, 'ann connects to 1 without waiting', ...plan].join('\n'))
        expect(plan.at(-1)).toBe('heal everybody')
      }
    })
    fc.assert(plans, { numRuns: 25 })
    expect(fc.sample(faultPlans({ calm: 1 }), 5)).toEqual([[], [], [], [], []])
  })

  test('any ensemble serves a client', async () => {
    const serves = fc.asyncProperty(ensembles(), async (ensemble: Partial<EnsembleSpec>) => {
      const run = await simulate({ ...ensemble, print: null, limit: 60_000 }, async ({ connect }) => {
        const zk = await connect()
        await zk.create('/a', 'here')
        return (await zk.getData('/a')).text
      })
      expect(run.orThrow().value).toBe('here')
    })
    await fc.assert(serves, { numRuns: 25 })
  })
})

describe('what clients ask for', () => {
  test('paths and names are such as a node may have', () => {
    const names = nodeNames()
    const good = fc.property(
      fc.oneof(
        paths(),
        paths({ names, depth: 4 }),
        names.map((name) => `/${name}`),
      ),
      isValidPath,
    )
    fc.assert(good)
  })

  test('any operation is performed, or refused as ZooKeeper refuses', async () => {
    const types = new Set<string>()
    const done = new Set<string>()
    const performed = fc.asyncProperty(
      fc.array(operations(), { minLength: 20, maxLength: 40 }),
      async (all) => {
        const run = await simulate(
          { print: null, settings: { extendedTypesEnabled: true } },
          async ({ connect }) => {
            const zk = await connect()
            for (const op of all) {
              types.add(op.type)
              try {
                await perform(zk, op)
                done.add(op.type)
              } catch (error) {
                if (!isKeeperException(error)) throw error
              }
            }
          },
        )
        run.orThrow()
      },
    )
    // So many that each kind, the rarest too (a multi of which all parts can be done), is sure to be done once.
    await fc.assert(performed, { numRuns: 200 })
    expect([...done].sort()).toEqual([...types].sort())
    expect(types.size).toBe(16)
  })

  test('only what is asked for is drawn', () => {
    const some = operations({ types: ['setData', 'delete'], paths: fc.constant('/x') })
    const kept = fc.property(some, (op) => {
      expect(['setData', 'delete']).toContain(op.type)
      expect(op.path).toBe('/x')
      expect(`${op}`).toMatch(/^(setData|delete) \/x/)
    })
    fc.assert(kept)
  })

  test('values are frozen', () => {
    const frozen = fc.property(fc.oneof(operations(), acls(), ensembles(), scenarios()), Object.isFrozen)
    fc.assert(frozen)
    expect(fc.sample(fc.tuple(createModes(), versions()), 20)).toHaveLength(20)
  })
})

test('histories are such as a single tree could have answered', () => {
  let judged = 0
  const hold = fc.property(histories({ profile: 'quick' }), ({ operations: all, txns }) => {
    const verdict = checkHistory(all, { txns })
    judged += verdict.judged
    expect(verdict).toMatchObject({ verdict: 'held', what: null })
  })
  fc.assert(hold, { numRuns: 15 })
  expect(judged).toBeGreaterThan(0)
})
