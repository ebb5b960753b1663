/** Hunts for planted defects, and tells what it took. */
import { appendFileSync, existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { Command, InvalidArgumentError } from 'commander'
import { Tinypool } from 'tinypool'
import { keyOf, type Quarry, quarries } from './quarries.ts'
import type { Result } from './Result.ts'
import { document, lineOf } from './report.ts'
import type { Order } from './work.ts'

interface Options {
  readonly hunts: number
  readonly only?: readonly string[]
  readonly jobs: number
  readonly maxSeconds: number
  readonly maxEvents: number
  readonly shrink: boolean
  readonly log: string
  readonly resume: boolean
  readonly write: boolean
}

const TABLES = 'docs/mutants.md'
const LOG = 'node_modules/.cache/mutants.jsonl'

const options = new Command('mutants')
  .description('Hunts for planted defects by blind fuzzing with default settings, and tells what it took.')
  .option('--hunts <number>', 'hunts for each, from seeds far apart', positive, 20)
  .option('--only <names...>', 'these alone: mutants, codes of invariants, or issues of historic bugs')
  .option('--jobs <number>', 'processes at a time', positive, 2)
  .option('--max-seconds <number>', 'a hunt gives up after so many seconds of one core', positive, 120)
  .option('--max-events <number>', 'a hunt gives up after so many events', positive, Number.MAX_SAFE_INTEGER)
  .option('--no-shrink', 'leave failures as they were found')
  .option('--log <file>', 'where results are written as they come, one a line', LOG)
  .option('--resume', 'take what that file has, and go on from there', false)
  .option('--write', `write ${TABLES}`, false)
  .parse()
  .opts<Options>()

const results = new Map<string, Result>()
if (!options.resume) rmSync(options.log, { force: true })
else for (const result of logged()) results.set(result.key, result)

const wanted = chosen(options.only)
await huntAll(wanted.filter((quarry) => !results.has(keyOf(quarry))))

const missed = wanted.filter((quarry) => !wasFound(quarry))
if (options.write) write()
if (missed.length > 0) {
  console.error(`not found in every hunt: ${missed.map(keyOf).join(', ')}`)
  process.exitCode = 1
}

function positive(text: string): number {
  const value = Number(text)
  if (!Number.isFinite(value) || value <= 0) throw new InvalidArgumentError('It has to be a number above 0.')
  return value
}

function chosen(names: readonly string[] | undefined): readonly Quarry[] {
  if (names === undefined) return quarries
  const found = quarries.filter((one) => names.some((name) => name === one.name || name === one.code))
  const unknown = names.filter((name) => !found.some((one) => name === one.name || name === one.code))
  if (unknown.length === 0) return found
  console.error(`there is no ${unknown.join(', ')} to hunt for, only ${quarries.map(keyOf).join(', ')}`)
  process.exit(2)
}

function logged(): Result[] {
  if (!existsSync(options.log)) return []
  const lines = readFileSync(options.log, 'utf8').split('\n')
  return lines.filter((line) => line !== '').map((line) => JSON.parse(line) as Result)
}

async function huntAll(these: readonly Quarry[]): Promise<void> {
  const pool = new Tinypool({
    filename: new URL('./work.js', import.meta.url).href,
    // Processes: what a thread costs of a core cannot be told.
    runtime: 'child_process',
    isolateWorkers: true,
    minThreads: options.jobs,
    maxThreads: options.jobs,
  })
  await Promise.all(
    these.map(async (quarry) => {
      const { hunts, maxEvents: events, maxSeconds: seconds, shrink } = options
      const order: Order = { key: keyOf(quarry), hunts, events, seconds, shrink }
      const result = (await pool.run(order)) as Result
      results.set(result.key, result)
      appendFileSync(options.log, `${JSON.stringify(result)}\n`)
      console.log(lineOf(result))
    }),
  )
  await pool.destroy()
}

/** Bugs of releases are looked for as well, and not demanded. */
function wasFound(quarry: Quarry): boolean {
  const result = results.get(keyOf(quarry))
  return !quarry.demanded || (result?.hunts.every((hunt) => hunt.found) ?? false)
}

function write(): void {
  const absent = quarries.filter((quarry) => !results.has(keyOf(quarry)))
  if (absent.length > 0) {
    console.error(`${TABLES} needs all of them, and lacks ${absent.map(keyOf).join(', ')}: try --resume`)
    process.exit(2)
  }
  writeFileSync(TABLES, document(results))
  console.log(`${TABLES} written`)
}
