/** What is asked of tests from outside. */

export interface Asked {
  /** `ZKSIM_SEED`: exactly this one; null where nothing is said. */
  readonly seed: number | null
  /** `ZKSIM_RUNS`: so many seeds a test, or (`10x`) so many times as many as it says; null where nothing is said. */
  readonly runs: { readonly count: number; readonly times: boolean } | null
  /** `ZKSIM_FIRST_SEED`: where tests that count their seeds begin. */
  readonly first: number
}

/** @throws RangeError where a variable is set to what it cannot be. */
export function readEnvironment(variables: Readonly<Record<string, string | undefined>>): Asked {
  const said = (name: string): string | null => variables[name] || null
  const seed = said('ZKSIM_SEED')
  const runs = said('ZKSIM_RUNS')
  const first = said('ZKSIM_FIRST_SEED')
  return Object.freeze({
    seed: seed === null ? null : whole('ZKSIM_SEED', seed, /^([0-9]+)$/, 'a seed, a whole number'),
    runs: runs === null ? null : runsIn(runs),
    first: first === null ? 1 : whole('ZKSIM_FIRST_SEED', first, /^([0-9]+)$/, 'a seed, a whole number'),
  })
}

function runsIn(text: string): Asked['runs'] {
  const count = whole('ZKSIM_RUNS', text, /^0*([1-9][0-9]*)x?$/, 'a number of seeds, such as 1000 or 10x')
  return Object.freeze({ count, times: text.endsWith('x') })
}

function whole(name: string, text: string, pattern: RegExp, expected: string): number {
  const value = Number(pattern.exec(text)?.[1] ?? Number.NaN)
  if (Number.isSafeInteger(value)) return value
  throw new RangeError(`${name}=${text} is not ${expected}`)
}
