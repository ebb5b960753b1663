/**
 * Plays scenarios with several seeds in two processes that differ in all that must not matter (time zone, language,
 * hash seed, optimisation), and compares the hashes. Stops at the first pair of runs that part, and says where.
 *
 *     node scripts/determinism.mjs [FILE...] [--seeds N]
 */
import { spawnSync } from 'node:child_process'
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, relative, resolve } from 'node:path'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'
import { parseScenario, runScenario, specOf } from '../dist/index.js'

const self = fileURLToPath(import.meta.url)
const root = resolve(self, '../..')
const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: { seeds: { type: 'string', default: '3' }, worker: { type: 'boolean', default: false } },
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

/** The first event that is not the same in two processes. */
function firstDifference(file, seed) {
  const folder = mkdtempSync(join(tmpdir(), 'zksim-'))
  try {
    const traces = surroundings.map(({ flags, env }, i) => {
      const trace = join(folder, `${i}.trace`)
      const args = ['run', file, '--seed', `${seed}`, '--once', '--json', '--trace', trace]
      spawn([...flags, join(root, 'bin/zksim.js'), ...args], env, [0, 1, 3])
      return readFileSync(trace, 'utf8').split('\n')
    })
    const [a, b] = traces
    const at = a.findIndex((line, i) => line !== b[i])
    if (at < 0) return 'their traces are the same: what differs is in no event'
    return `the runs part at this event:\n  one:   ${a[at]}\n  other: ${b[at] ?? '(the run is over)'}`
  } finally {
    rmSync(folder, { recursive: true })
  }
}

function spawn(args, env, allowed = [0]) {
  const child = spawnSync(process.execPath, args, {
    encoding: 'utf8',
    env: { ...process.env, ...env },
    maxBuffer: 1 << 30,
  })
  if (child.error !== undefined) throw child.error
  if (!allowed.includes(child.status)) {
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
