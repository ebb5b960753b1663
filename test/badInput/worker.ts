/** A thread that hunts, and says what it is about to do before it does it: who waits in vain for more knows what hung. */
import { parentPort, workerData } from 'node:worker_threads'
import { describeInput, hunt } from './hunt.ts'
import { badInputs, longInputs } from './inputs.ts'

export interface Order {
  readonly seed: number
  readonly count: number
  /** Of a failure that is to be seen again. */
  readonly path: string | null
}

export interface Report {
  readonly type: 'begin' | 'end' | 'found' | 'done'
  /** Of `begin` and `found`: the input, to be read. */
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

const { budget, long } = workerData as { readonly budget: number; readonly long: boolean }
const port = parentPort
if (port === null) throw new Error('this is for a thread')
const tell = (report: Report): void => port.postMessage(report)

port.on('message', async ({ seed, count, path }: Order) => {
  const found = await hunt({
    seed,
    count,
    budget,
    ...(path === null ? {} : { path }),
    inputs: long ? longInputs : badInputs,
    begin: (input) => tell({ type: 'begin', kind: input.kind, input: describeInput(input) }),
    end: ({ kind }, { came, problems, crashes }, took) =>
      tell({ type: 'end', kind, came, problems, crashes, took }),
  })
  if (found !== null) {
    const { input, error, path, shrinks } = found
    tell({ type: 'found', input: describeInput(input), error, seed, path, shrinks })
  }
  tell({ type: 'done' })
})
