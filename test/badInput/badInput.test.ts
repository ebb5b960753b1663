import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { describeInput, type HuntOptions, hunt } from './hunt.ts'
import { badInputs, longInputs } from './inputs.ts'
import { judge } from './judge.ts'

/** Milliseconds; the machine may be slow and busy. */
const BUDGET = 20_000

const seed = fc.readConfigureGlobal()?.seed ?? Math.floor(Math.random() * 2 ** 31)

async function nothingFound(options: Partial<HuntOptions>): Promise<void> {
  const found = await hunt({ seed, count: 1, budget: BUDGET, ...options })
  if (found === null) return
  const { input, error, path } = found
  throw new Error(`seed ${found.seed}, path ${path}\n${describeInput(input)}\n${error}`)
}

describe('whatever the input is, it ends with an exit code, and a message that has a place', () => {
  test('400 inputs of all kinds', () => nothingFound({ count: 400 }))

  test('texts of hundreds of kilobytes', () => nothingFound({ count: 3, inputs: longInputs }))
})

describe('a hunt', () => {
  test('finds a reader that throws, and makes the input small', async () => {
    const found = await hunt({
      seed: 7,
      count: 2_000,
      budget: BUDGET,
      judge: async (input) => {
        if (`${input.files['a.scenario']}`.includes('stall')) throw new RangeError('planted')
        return { came: 'held', problems: [], crashes: [] }
      },
    })
    expect(found?.error).toContain('planted')
    const text = `${found?.input.files['a.scenario']}`
    expect(text).toContain('stall')
    expect(text.split('\n').filter((line) => line.trim() !== '').length).toBeLessThanOrEqual(2)
  })

  test('finds one that takes too long', async () => {
    const found = await hunt({ seed: 7, count: 50, budget: -1 })
    expect(found?.error).toMatch(/it took \d+ ms/)
  })

  test('comes upon the same again', async () => {
    const kinds = async () => {
      const seen: string[] = []
      await hunt({
        seed: 11,
        count: 30,
        budget: BUDGET,
        begin: (input) => void seen.push(describeInput(input)),
      })
      return seen
    }
    expect(await kinds()).toEqual(await kinds())
  })

  test('draws every kind of input', () => {
    const kinds = new Set(fc.sample(badInputs, { seed: 3, numRuns: 1_500 }).map(({ kind }) => kind))
    expect(kinds.size).toBe(12)
  })
})

test('an exit code without a word is noticed', async () => {
  const input = { kind: 'x', argv: ['run', 'a.scenario'], files: { 'a.scenario': 'crsh 2\n' }, typed: [] }
  expect(await judge(input)).toMatchObject({ came: 'bad input', problems: ['`crash`'] })
  const mute = { ...input, argv: ['steps', '\u0000'] }
  expect((await judge(mute)).came).toBe('bad input')
})
