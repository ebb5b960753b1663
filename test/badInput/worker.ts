/** A process that hunts, and writes down what it is about to do before it does it: who waits in vain for more reads it. */
import { writeFileSync } from 'node:fs'
import { describeInput, hunt } from './hunt.ts'
import { badInputs, longInputs } from './inputs.ts'

export interface Order {
  readonly seed: number
  readonly count: number
  /** Of a failure that is to be seen again. */
  readonly path: string | null
}

export interface Report {
  readonly type: 'end' | 'found' | 'done'
  /** Of `found`: to be read. */
  readonly input?: string
  readonly kind?: string
  readonly came?: string
  readonly problems?: readonly string[]
  readonly crashes?: readonly string[]
  readonly took?: number
  readonly error?: string
  readonly seed?: number
  readonly path?: string
  readonly shrinks?: number
}

const [, , current = '', budget = '', long = ''] = process.argv
const tell = (report: Report): void => void process.send?.(report)

process.on('message', async ({ seed, count, path }: Order) => {
  const found = await hunt({
    seed,
    count,
    budget: Number(budget),
    ...(path === null ? {} : { path }),
    inputs: long === 'true' ? longInputs : badInputs,
    begin: (input) => writeFileSync(current, describeInput(input)),
    end: ({ kind }, { came, problems, crashes }, took) =>
      tell({ type: 'end', kind, came, problems, crashes, took }),
  })
  if (found !== null) {
    const { input, error, path, shrinks } = found
    tell({ type: 'found', input: describeInput(input), error, seed, path, shrinks })
  }
  tell({ type: 'done' })
})
