/** Properties that fail: what they say, and that they say the same again. */
import { test as withFastCheck } from '@fast-check/vitest'
import fc from 'fast-check'
import { beforeAll, describe, expect, test } from 'vitest'
import {
  holds,
  NotDeterministic,
  ScenarioFailed,
  SimulationBroken,
  scenarioProperty,
  scenarios,
  simulations,
} from '../../src/fast-check/index.ts'
import { type Environment, parseScenario, type Scenario, specOf } from '../../src/index.ts'
import { ideal } from '../../src/nodes/ideal.ts'
import { tryScenario } from '../../src/sim/fuzz/Trial.ts'
import { stepsOf } from '../../src/sim/scenario/Scenario.ts'
import { minorityCommits } from '../mutants/broadcast.ts'

const SHRINK = { trials: 60, events: 200_000 }
const defect = { cast: minorityCommits.recast(ideal), shrink: SHRINK }
const quick = { profile: 'quick' } as const

describe('a planted defect', () => {
  let details: fc.RunDetails<[Scenario]>
  let failed: ScenarioFailed
  let counterexample: Scenario

  beforeAll(() => {
    details = fc.check(scenarioProperty(scenarios(quick), defect))
    failed = details.errorInstance as ScenarioFailed
    ;[counterexample] = details.counterexample as [Scenario]
  })

  test('is found within as many runs as fast-check does, and shrunk', () => {
    expect(details.failed).toBe(true)
    expect(failed).toBeInstanceOf(ScenarioFailed)
    expect(details.numShrinks).toBeGreaterThan(0)
    const drawn = fc.sample(scenarios(quick), { seed: details.seed, numRuns: details.numRuns })
    const first = drawn.at(-1) as Scenario
    expect(stepsOf(counterexample).length).toBeLessThan(stepsOf(first).length)
  })

  test('is the same again by seed and path, and by the path of what failed first', () => {
    const { seed, counterexamplePath } = details
    for (let i = 0; i < 2; i += 1) {
      const params = { seed, path: counterexamplePath as string, endOnFailure: true }
      const again = fc.check(scenarioProperty(scenarios(quick), defect), params)
      expect(again.counterexample).toEqual([counterexample])
      expect((again.errorInstance as ScenarioFailed).trial.hash).toBe(failed.trial.hash)
    }
    const first = `${counterexamplePath}`.split(':')[0] as string
    const fromThere = fc.check(scenarioProperty(scenarios(quick), defect), { seed, path: first })
    expect(fromThere.counterexample).toEqual([counterexample])
  })

  test('is told with a smaller scenario to paste, which fails in the same way', () => {
    const { message } = failed
    expect(message).toMatch(new RegExp(`^${failed.failure.code} ${failed.failure.name}: `))
    const [, text = ''] = /<<'END'\n([\s\S]*?)\nEND\nnpx zksim run [\w-]+\.scenario\n/.exec(message) ?? []
    const small = parseScenario('small', text)
    expect(tryScenario(small, { cast: defect.cast }).failure?.fingerprint).toBe(failed.failure.fingerprint)
    expect(stepsOf(small).length).toBeLessThanOrEqual(stepsOf(counterexample).length)
    expect(failed.smallest?.trials).toBeGreaterThan(0)
    expect(failed.stack).toContain(message)
  })

  test('is in the report of fc.assert, with seed, path and what it shrank to', () => {
    const { seed, counterexamplePath } = details
    const params = { seed, path: counterexamplePath as string, endOnFailure: true }
    const report = (): void => fc.assert(scenarioProperty(scenarios(quick), defect), params)
    expect(report).toThrow(`{ seed: ${seed}, path: "${counterexamplePath}", endOnFailure: true }`)
    expect(report).toThrow(`seed ${specOf(counterexample).seed}`)
    const whole = (): void =>
      fc.assert(scenarioProperty(scenarios(quick), defect), {
        ...params,
        includeErrorInReport: true,
        verbose: 2,
      })
    expect(whole).toThrow(/Got ScenarioFailed: .*[\s\S]*npx zksim run/)
  })

  test('is handed to the reporter of the user', () => {
    const told: fc.RunDetails<[Scenario]>[] = []
    const reporter = (run: fc.RunDetails<[Scenario]>): void => void told.push(run)
    const params = { seed: details.seed, reporter, endOnFailure: true }
    fc.assert(scenarioProperty(scenarios(quick), defect), params)
    expect(told.map(({ failed: isFailed, numShrinks }) => ({ isFailed, numShrinks }))).toEqual([
      { isFailed: true, numShrinks: 0 },
    ])
  })

  test('is not looked for again where that is not wanted', () => {
    const { shrink: _, ...cast } = defect
    expect(() => holds(counterexample, { ...cast, shrink: null })).toThrow(/^(?![\s\S]*The smallest of)/)
  })
})

test('what fails in another way is no smaller form of it', () => {
  const fails = (what: string): Scenario => parseScenario('fails', `one peer, seed 1\n\nexpect ${what}\n`)
  // Shrinks to the other.
  const drawn = fc
    .integer({ min: 0, max: 1_000 })
    .map((n) => (n === 0 ? fails('1 leads') : fails('1 is down')))
  const details = fc.check(scenarioProperty(drawn, { shrink: null }), { seed: 1 })
  expect((details.errorInstance as ScenarioFailed).failure.name).toBe('expect 1 is down')
  // With `holds` in a property of one's own nobody can tell.
  const own = fc.check(
    fc.property(drawn, (scenario) => holds(scenario, { shrink: null })),
    { seed: 1 },
  )
  expect((own.errorInstance as ScenarioFailed).failure.name).toBe('expect 1 leads')
})

test('settings of fast-check count', () => {
  let runs = 0
  const counted = scenarios({ ...quick, calm: 1 }).map((scenario) => {
    runs += 1
    return scenario
  })
  fc.assert(scenarioProperty(counted), { numRuns: 7 })
  expect(runs).toBe(7)
  const example = parseScenario('example', 'one peer, seed 1\n\nexpect 1 leads\n')
  const { counterexample } = fc.check(scenarioProperty(scenarios(quick)), {
    examples: [[example]],
    numRuns: 1,
  })
  // What is as always is left out of it.
  expect(`${counterexample?.[0]}`).toBe('seed 1\n\nexpect 1 leads\n')
})

withFastCheck.prop([scenarios({ ...quick, calm: 1 })], { numRuns: 10 })(
  'a calm ensemble holds',
  (scenario) => {
    expect(holds(scenario)).toBe(true)
  },
)

withFastCheck.prop({ world: simulations({ faults: 'quick' }), n: fc.nat(3) }, { numRuns: 10 })(
  'worlds are drawn beside other things',
  async ({ world, n }) => {
    const { value } = await world.resultOf(({ seed }) => `${seed} ${n}`)
    expect(value).toBe(`${world.seed} ${n}`)
  },
)

describe('worlds for programs', () => {
  /** Holds as long as nobody is paused for long while she sleeps. */
  const careless = async ({ spawn }: Environment): Promise<void> => {
    const worker = spawn('ann', async ({ connect, sleep }) => {
      const zk = await connect({ sessionTimeout: 4_000 })
      for (let i = 0; i < 20; i += 1) {
        await sleep(500)
        await zk.sync('/')
      }
    })
    await worker.done
  }
  const property = fc.asyncProperty(
    simulations({ ensemble: 'quick', faults: 'quick', clients: ['ann'], limit: 60_000 }),
    (world) => world.run(careless),
  )

  test('find out a careless one, and shrink to little, the same again by seed and path', async () => {
    const details = await fc.check(property, { seed: 7 })
    expect(details.failed).toBe(true)
    const error = details.errorInstance as SimulationBroken
    expect(error).toBeInstanceOf(SimulationBroken)
    expect(error.message).toMatch(/main threw|ann threw/)
    const [world] = details.counterexample ?? []
    expect(world?.faults.length).toBeLessThanOrEqual(8)
    expect(fc.stringify(world)).toBe(`${world}`)
    expect(`${world}`).toContain(`seed ${world?.seed}\n${world?.faults.join('\n')}`)
    const again = await fc.check(property, { seed: details.seed, path: details.counterexamplePath as string })
    expect(`${again.counterexample?.[0]}`).toBe(`${world}`)
    expect((again.errorInstance as SimulationBroken).result.hash).toBe(error.result.hash)
  })

  test('are calm and as always where that is asked for', () => {
    const calm = fc.property(
      simulations({ ensemble: null, faults: null, peers: 5 }),
      ({ seed, options, faults }) => {
        expect(options).toEqual({ seed, peers: 5, settings: {}, sparing: false })
        expect(faults).toEqual([])
      },
    )
    fc.assert(calm)
  })

  test('what the options say stays as it is', () => {
    const given = { peers: 3, observers: 1, settings: { tickTime: 1_000 } }
    const kept = fc.property(simulations(given), ({ options }) => {
      expect(options).toMatchObject(given)
      expect(options.hierarchy).toBeUndefined()
    })
    fc.assert(kept)
  })

  test('a program that is another each time is told so', async () => {
    let runs = 0
    const [world] = fc.sample(simulations({ faults: null }), { seed: 1, numRuns: 1 })
    const changing = async ({ connect }: Environment): Promise<void> => {
      runs += 1
      const zk = await connect()
      await zk.create(`/run-${runs}`)
      throw new Error('found')
    }
    await expect(world?.run(changing)).rejects.toThrow(NotDeterministic)
  })

  test('there is no such profile', () => {
    expect(() => simulations({ faults: 'swarn' })).toThrow('there is no profile "swarn"')
    expect(() => simulations({ ensemble: 'swarn' })).toThrow('there is no profile "swarn"')
  })
})
