/** Looks for inputs that zksim is not equal to. */
import fc from 'fast-check'
import { type BadInput, badInputs } from './inputs.ts'
import { type Judged, judge as judgeZksim } from './judge.ts'

export interface HuntOptions {
  readonly seed: number
  readonly count: number
  /** Milliseconds that one input may take. */
  readonly budget: number
  /** Of a failure that is to be seen again. */
  readonly path?: string
  readonly inputs?: fc.Arbitrary<BadInput>
  /** Another one finds other things. @throws Error where an input is not dealt with as it must be. */
  readonly judge?: (input: BadInput) => Promise<Judged>
  /** Hears of an input before it is judged: one that never ends is known by this. */
  readonly begin?: (input: BadInput) => void
  readonly end?: (input: BadInput, judged: Judged, took: number) => void
}

export interface Found {
  readonly input: BadInput
  readonly error: string
  readonly seed: number
  /** Of fast-check: where the smallest one was. */
  readonly path: string
  readonly shrinks: number
}

/** The first input that is not dealt with as it must be, made as small as it gets; null: there was none. */
export async function hunt(options: HuntOptions): Promise<Found | null> {
  const { seed, count, budget, path, inputs = badInputs, judge = judgeZksim, begin, end } = options
  const property = fc.asyncProperty(inputs, async (input) => {
    begin?.(input)
    const began = performance.now()
    const judged = await judge(input)
    const took = performance.now() - began
    if (took > budget) throw new Error(`it took ${Math.round(took)} ms`)
    end?.(input, judged, took)
  })
  const again = path === undefined ? {} : { path, endOnFailure: true }
  const result = await fc.check(property, { seed, numRuns: count, ...again })
  if (result.counterexample === null) return null
  const [input] = result.counterexample
  const { errorInstance } = result
  return {
    input,
    error:
      errorInstance instanceof Error ? (errorInstance.stack ?? errorInstance.message) : String(errorInstance),
    seed,
    path: result.counterexamplePath ?? '',
    shrinks: result.numShrinks,
  }
}

/** As it can be pasted into a file, or a message. */
export function describeInput({ kind, argv, files, typed }: BadInput): string {
  const parts = [`${kind}: zksim ${argv.map((word) => JSON.stringify(word)).join(' ')}`]
  for (const [path, text] of Object.entries(files)) {
    const shown = typeof text === 'string' ? text : `bytes ${[...text].join(' ')}`
    parts.push(`── ${path}\n${shown}`)
  }
  if (typed.length > 0) parts.push(`── typed\n${typed.join('\n')}`)
  return parts.join('\n')
}
