/** What else the test function does, and what it says to wrong input. */
import { describe, expect, test } from 'vitest'
import type { Environment } from '../../../src/index.ts'
import { simulationTest, simulationTestOn } from '../../../src/vitest/index.ts'

const runs: Record<string, number[]> = {}

const counted =
  (name: string) =>
  ({ seed }: Environment): void => {
    const seeds = runs[name] ?? []
    runs[name] = [...seeds, Number(seed)]
  }

simulationTest('counted, as usual', counted('as usual'))
simulationTest('counted, 3', { seeds: 3, timeout: 10_000 }, counted('3'))
simulationTest('counted, named', { seeds: [7, 9] }, counted('named'))
simulationTest.skip('skipped', counted('skipped'))
simulationTest.skipIf(true)('skipped if', counted('skipped'))
simulationTest.runIf(false)('not run', counted('skipped'))
simulationTest.runIf(true).skipIf(false)('run', { seeds: 2 }, counted('run'))
simulationTest.todo('to do')
simulationTest.fails('fails', { seeds: 1 }, () => {
  throw new Error('as it should')
})

simulationTest.for([['a', 'b'], ['c']])('for %s', { seeds: 2 }, (_, letters) => {
  runs[`for ${letters.join('')}`] = []
})
simulationTest.each([
  ['a', 1],
  ['b', 2],
] as const)('each %s %i', { seeds: 2 }, (_, letter, number) => {
  runs[`each ${letter}${number + 1}`] = []
})
simulationTestOn(test)('on top of another', { seeds: 2 }, counted('on top'))

describe('names (a+b)', () => {
  simulationTest("it's $1 or [more]?", { seeds: [2, 3] }, ({ seed }) => {
    if (seed === '3') throw new Error('found')
  })
})

simulationTest('an ensemble of its own', { seeds: 30, ensemble: 'swarm' }, ({ ensemble }) => {
  counted(`peers ${ensemble.spec.peers}`)
  runs[`peers ${ensemble.spec.peers}`] = []
})

simulationTest('retried', { seeds: 1 }, (environment) => {
  counted('retried')(environment)
  throw new Error('never again')
})

let kept = 0
simulationTest('keeps something', { seeds: 2 }, async ({ connect }) => {
  kept += 1
  const zk = await connect()
  for (let i = 0; i < kept; i += 1) await zk.create(`/kept-${i}`)
})

simulationTest('keeps something and fails', { seeds: 2 }, async ({ connect }) => {
  kept += 1
  const zk = await connect()
  await zk.create(`/kept-${kept}`)
  throw new Error('found')
})

simulationTest('has no such profile', { faults: 'swarn' }, counted('none'))
simulationTest('has a step that is none', { faults: ['after 2 s', 'crush 1'] }, counted('none'))
simulationTest('plays steps', { seeds: 2, faults: ['after 1 s', 'crash all'] }, async ({ peers, sleep }) => {
  const up = (): number => peers().filter(({ machine }) => machine === 'up').length
  await sleep(999)
  expect(up()).toBe(3)
  await sleep(2)
  expect(up()).toBe(0)
})
simulationTest('plays steps until one cannot be', { seeds: 2, faults: ['crash 5'] }, ({ sleep }) =>
  sleep(1_000),
)
simulationTest('never ends', { seeds: 1, limit: 5_000 }, ({ until }) => until(() => false, 60_000))

simulationTest('takes too long', { seeds: 100_000, timeout: 300 }, counted('too long'))
test('and is not run on', async () => {
  const wait = () => new Promise((resolve) => setTimeout(resolve, 100))
  // The run that was under way.
  await wait()
  const before = runs['too long']?.length
  await wait()
  expect(runs['too long']).toHaveLength(before as number)
})

test('what ran', () => {
  delete runs['too long']
  throw new Error(JSON.stringify(runs))
})
