import { readFileSync } from 'node:fs'
import { beforeAll, describe, expect, test } from 'vitest'
import { readEnvironment } from '../../src/vitest/environment.ts'
import { Seeds } from '../../src/vitest/Seeds.ts'
import { type PlantResult, pasted, runPlants } from './runPlants.ts'

const counted = (first: number, count: number) => Array.from({ length: count }, (_, i) => first + i)

let found: ReadonlyMap<string, PlantResult>
let ran: Record<string, number[]>
const messageOf = (title: string): string => found.get(title)?.message ?? ''

beforeAll(async () => {
  found = await runPlants(['manners', 'only', 'recipes', 'readme'])
  ran = JSON.parse(/\{.*\}/.exec(messageOf('what ran'))?.[0] ?? '{}')
})

describe('as usual', () => {
  test('a test runs 100 seeds, or so many, or these, and the first of them once more', () => {
    expect(ran['as usual']).toEqual([...counted(1, 100), 1])
    expect(ran['3']).toEqual([1, 2, 3, 1])
    expect(ran['named']).toEqual([7, 9, 7])
    expect(ran['on top']).toEqual([1, 2, 1])
  })

  test('tests are skipped, chosen and multiplied as those of vitest are', () => {
    const status = (title: string) => found.get(title)?.status
    expect(['skipped', 'skipped if', 'not run'].map(status)).toEqual(['skipped', 'skipped', 'skipped'])
    expect(status('to do')).toBe('todo')
    expect(['this alone', 'not this'].map(status)).toEqual(['passed', 'skipped'])
    expect(['run', 'fails', 'for a,b', 'for c', 'each a 1', 'each b 2'].map(status)).not.toContain('failed')
    expect(ran).toMatchObject({ run: [1, 2, 1], 'for ab': [], 'for c': [], 'each a2': [], 'each b3': [] })
    expect(ran).not.toHaveProperty('skipped')
  })

  test('ensembles are drawn, by seed', () => {
    expect(found.get('an ensemble of its own')?.status).toBe('passed')
    expect(Object.keys(ran)).toEqual(expect.arrayContaining(['peers 3', 'peers 5']))
  })

  test('what fails says seed, reason, place and what to paste', () => {
    const message = messageOf("it's $1 or [more]?")
    expect(message).toMatch(/^SeedFailed: seed 3 of 2 to 3, after 1 that held\n/)
    expect(message).toMatch(/main threw Error: found, at .*manners\.plant\.ts:\d+/)
    expect(pasted(message)).toEqual({
      env: { ZKSIM_SEED: '3' },
      args: ['manners.plant.ts', '-t', "names \\(a\\+b\\) (> )?it's \\$1 or \\[more\\]\\?$"],
    })
  })

  test('nothing is retried', () => {
    // The second run is there to see whether it is the same.
    expect(ran['retried']).toEqual([1, 1])
  })

  test('a program that is another each time is told so, also where it seems to hold', () => {
    const held = messageOf('keeps something')
    expect(held).toMatch(/^NotDeterministic: with seed 1 the program was another when it ran again/)
    expect(held).toMatch(/ {2}one: .*\n {2}other: .*create \/kept-1/)
    const failed = messageOf('keeps something and fails')
    expect(failed).toMatch(/^SeedFailed: seed 1 of 1 to 2\n/)
    expect(failed).toContain('with seed 1 the program was another when it ran again')
  })

  test('what cannot be asked for is refused, with what can', () => {
    expect(messageOf('has no such profile')).toMatch(/RangeError: there is no profile "swarn", only swarm, /)
    expect(messageOf('has a step that is none')).toMatch(/RangeError: faults:2:1: expected .*\n {2}crush 1\n/)
    expect(messageOf('plays steps until one cannot be')).toMatch(/no machine 5; there are 1, 2, 3/)
    expect(ran).not.toHaveProperty('none')
  })

  test('steps are played as they stand', () => {
    expect(found.get('plays steps')).toEqual({ status: 'passed', message: '' })
  })

  test('what does not end says what it waits for', () => {
    expect(messageOf('never ends')).toMatch(
      /unknown: .*\n {4}it had not ended after 5\.000 s .*\n {6}main waits for/,
    )
  })

  test('time is up when vitest says so', () => {
    expect(found.get('takes too long')?.status).toBe('failed')
    expect(messageOf('takes too long')).not.toContain('SeedFailed')
    expect(found.get('and is not run on')).toEqual({ status: 'passed', message: '' })
  })
})

describe('a recipe', () => {
  test('that is right holds, whatever goes wrong', () => {
    const title = 'what is written in the session of the lock is never torn apart'
    expect(found.get(title)).toEqual({ status: 'passed', message: '' })
  })

  test.each([
    ['the lock is held by one', /expected \[ 'ann', 'bob' \]|expected \[ 'bob', 'ann' \]/],
    ['one leads at a time', /expected 2 to be 1/],
  ])('that does not notice the end of its session is found out: %s', (title, what) => {
    const message = messageOf(title)
    expect(message).toMatch(/^SeedFailed: seed \d+ of 1 to 100/)
    expect(message).toMatch(what)
    // The little that is left of what went wrong, as it stands in the options.
    const faults = /\n {4}faults: \[\n([\s\S]*?) {4}\],\n/.exec(message)?.[1]?.split('\n').slice(0, -1) ?? []
    expect(faults.length).toBeLessThanOrEqual(6)
    expect(faults.join('\n')).toMatch(/(pause client|isolate) (ann|bob)/)
  })
})

test('what the README shows of a find is what this one says', () => {
  const readme = readFileSync(new URL('../../README.md', import.meta.url), 'utf8')
  const shown = /```\n(SeedFailed: [\s\S]*?)\n```/.exec(readme)?.[1] ?? ''
  const said = messageOf('one leads at a time')
    .replace(/\/\S*\/readme\.plant\.ts/g, '/home/ann/election.test.ts')
    .replaceAll('readme.plant.ts', 'election.test.ts')
    .split('\n')
  const lines = shown.split('\n').filter((line) => line !== '  …')
  expect(lines.length).toBeGreaterThan(5)
  expect(lines.filter((line) => !said.includes(line))).toEqual([])
})

test('the line to paste runs that test with that seed, and no other', async () => {
  const { args } = pasted(messageOf("it's $1 or [more]?"))
  const pastedRun = await runPlants(args, { ZKSIM_SEED: '2', ZKSIM_RUNS: '1000' })
  const played = [...pastedRun].filter(([, { status }]) => status !== 'skipped' && status !== 'todo')
  expect(played).toEqual([["it's $1 or [more]?", { status: 'passed', message: '' }]])
})

describe('asked from outside', () => {
  const seedsWith = (wanted: number | number[] | undefined, env: Record<string, string>): Seeds =>
    new Seeds(wanted, readEnvironment(env))

  test('ZKSIM_SEED is exactly that seed, whatever else is said', () => {
    const env = { ZKSIM_SEED: '42', ZKSIM_RUNS: '1000', ZKSIM_FIRST_SEED: '7' }
    for (const wanted of [undefined, 5, [1, 2]]) expect(seedsWith(wanted, env).list).toEqual([42])
  })

  test('ZKSIM_RUNS is how many, or how many times as many, from ZKSIM_FIRST_SEED on', () => {
    expect(seedsWith(5, { ZKSIM_RUNS: '1000' }).list).toEqual(counted(1, 1_000))
    expect(seedsWith(5, { ZKSIM_RUNS: '2x', ZKSIM_FIRST_SEED: '500' }).list).toEqual(counted(500, 10))
    expect(seedsWith(5, { ZKSIM_FIRST_SEED: '500' }).list).toEqual(counted(500, 5))
    expect(seedsWith(5, { ZKSIM_RUNS: '' }).list).toEqual(counted(1, 5))
  })

  test('seeds that a test names are no sample that could be larger', () => {
    expect(seedsWith([7, 9], { ZKSIM_RUNS: '1000' }).list).toEqual([7, 9])
  })

  test.each([
    [{ ZKSIM_SEED: 'seven' }, 'ZKSIM_SEED=seven is not a seed, a whole number'],
    [{ ZKSIM_RUNS: '0' }, 'ZKSIM_RUNS=0 is not a number of seeds, such as 1000 or 10x'],
    [{ ZKSIM_RUNS: 'x' }, 'ZKSIM_RUNS=x is not a number of seeds, such as 1000 or 10x'],
    [{ ZKSIM_RUNS: '1e3' }, 'ZKSIM_RUNS=1e3 is not a number of seeds'],
    [{ ZKSIM_FIRST_SEED: '-1' }, 'ZKSIM_FIRST_SEED=-1 is not a seed'],
  ])('%o is refused', (env, message) => {
    expect(() => readEnvironment(env as Record<string, string>)).toThrow(message)
  })

  test.each([[0], [-1], [1.5], [Number.NaN], [[]], [[-1]], [[1.5]]])('%o are no seeds', (wanted) => {
    expect(() => seedsWith(wanted, {})).toThrow(/are neither a number of seeds nor a list of them/)
  })

  test('seeds print as a range where they are one', () => {
    expect(seedsWith(100, {}).print()).toBe('1 to 100')
    expect(seedsWith([4], {}).print()).toBe('4')
    expect(seedsWith([4, 9, 2], {}).print()).toBe('4, 9, 2')
  })
})
