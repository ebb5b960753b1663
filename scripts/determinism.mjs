/**
 * Plays scenarios with several seeds in two processes that differ in all that must not matter (time zone, language,
 * hash seed, optimisation), and compares the hashes. Stops at the first pair of runs that part, and says where.
 *
 *     node scripts/determinism.mjs [FILE...] [--seeds N]
 */
import { spawnSync } from 'node:child_process'
import { readdirSync, readFileSync } from 'node:fs'
import { join, relative, resolve } from 'node:path'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'
import { parseScenario, printEntry, runScenario, specOf, startScenario } from '../dist/index.js'

const self = fileURLToPath(import.meta.url)
const root = resolve(self, '../..')
const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    seeds: { type: 'string', default: '3' },
    // For the processes that this one starts.
    worker: { type: 'boolean', default: false },
    events: { type: 'string' },
  },
})
if (!/^[1-9][0-9]*$/.test(values.seeds)) {
  console.error('--seeds has to be a whole number, 1 or more')
  process.exit(2)
}

/** Unlike each other in what a run may not depend on. */
const surroundings = [
  { flags: ['--hash-seed=1'], env: { TZ: 'UTC', LC_ALL: 'C' } },
  {
    flags: ['--hash-seed=271828', '--no-maglev', '--max-semi-space-size=2'],
    env: { TZ: 'Pacific/Chatham', LC_ALL: 'tr_TR.UTF-8' },
  },
]

const files = positionals.length > 0 ? positionals : scenariosIn(join(root, 'scenarios'))

if (values.worker) {
  for (const { file, seed } of plan()) {
    const { hash, events, verdict } = runScenario(parseScenario(file, readFileSync(file, 'utf8')), { seed })
    console.log(JSON.stringify({ file, seed, hash, events, verdict }))
  }
} else if (values.events !== undefined) {
  printEvents(files[0], Number(values.events))
} else {
  process.exitCode = compare()
}

/** Every scenario with its own seed, and with others. */
function plan() {
  return files.flatMap((file) => {
    const { seed } = specOf(parseScenario(file, readFileSync(file, 'utf8')))
    return Array.from({ length: Number(values.seeds) }, (_, i) => ({ file, seed: seed + i }))
  })
}

function compare() {
  if (files.length === 0) {
    console.error('there is no scenario to play')
    return 2
  }
  const [one, other] = surroundings.map(play)
  const at = one.findIndex((run, i) => JSON.stringify(run) !== JSON.stringify(other[i]))
  if (at < 0 && one.length === other.length) {
    const events = one.reduce((sum, run) => sum + run.events, 0)
    console.log(
      `the same in two processes: ${one.length} runs of ${files.length} scenarios, ${events} events`,
    )
    return 0
  }
  const { file, seed } = one[at]
  console.error(`not deterministic: ${file} with seed ${seed}`)
  console.error(`  one process:   ${JSON.stringify(one[at])}\n  another:       ${JSON.stringify(other[at])}`)
  console.error(firstDifference(file, seed))
  console.error(`\nTo play it twice in one process:\n  npx zksim run ${file} --seed ${seed}`)
  return 4
}

function play({ flags, env }) {
  const args = [...flags, self, '--worker', '--seeds', values.seeds, ...files]
  const { stdout } = spawn(args, env)
  return stdout
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line))
}

/** The first event after which two processes are not alike. */
function firstDifference(file, seed) {
  const [one, other] = surroundings.map(({ flags, env }) => {
    const { stdout } = spawn([...flags, self, '--events', `${seed}`, file], env)
    return stdout.trim().split('\n')
  })
  const at = one.findIndex((line, i) => line !== other[i])
  if (at < 0) return 'a run alone is the same in both: what differs depends on what was played before it'
  const show = (line) => (line === undefined ? '(the run is over)' : JSON.parse(line).text)
  return `the runs part at this event:\none:   ${show(one[at])}\nother: ${show(other[at])}`
}

/** One run, a line for each event: the hash up to it, and what it was. */
function printEvents(file, seed) {
  const { run, ensemble } = startScenario(parseScenario(file, readFileSync(file, 'utf8')), { seed })
  const { trace } = ensemble.world
  trace.record(1)
  let seen = 0
  const print = () => {
    if (ensemble.world.events === seen) return
    seen = ensemble.world.events
    console.log(JSON.stringify({ hash: trace.hash, text: printEntry(trace.entries().at(-1)) }))
  }
  while (run.advance()) print()
  print()
}

function spawn(args, env) {
  const child = spawnSync(process.execPath, args, {
    encoding: 'utf8',
    env: { ...process.env, ...env },
    maxBuffer: 1 << 30,
  })
  if (child.error !== undefined) throw child.error
  if (child.status !== 0) {
    throw new Error(`node ${args.join(' ')} ended with ${child.status}\n${child.stderr}`)
  }
  return child
}

function scenariosIn(folder) {
  return readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.scenario'))
    .sort()
    .map((name) => relative(process.cwd(), join(folder, name)).replaceAll('\\', '/'))
}
