/**
 * Gives zksim generated scenarios, command lines and recordings, most of them bad, and looks whether each ends with an
 * exit code and a message that says where and what. One that throws, takes too long or says nothing is made smaller and
 * shown, with what plays it again.
 *
 *     npm run badinput -- [--count N] [--seed N] [--jobs N] [--long] [--path PATH]
 *
 * `--long`: texts of a hundred thousand characters and more. A thread that hangs is ended, and its input written to a file.
 */
import { mkdtempSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'
import { Worker } from 'node:worker_threads'
import { build } from 'vite'

/** Inputs of one order to a thread: fast-check forgets none of an order before it ends. */
const ORDER = 500
/** Milliseconds until the thread is ended. */
const HANG = 30_000

const { values } = parseArgs({
  options: {
    count: { type: 'string', default: '100000' },
    seed: { type: 'string', default: '1' },
    jobs: { type: 'string', default: '1' },
    long: { type: 'boolean', default: false },
    path: { type: 'string' },
  },
})
const [count, firstSeed, jobs] = [values.count, values.seed, values.jobs].map(Number)
if (
  ![count, jobs].every((number) => Number.isSafeInteger(number) && number > 0) ||
  !Number.isInteger(firstSeed)
) {
  console.error('usage: npm run badinput -- [--count N] [--seed N] [--jobs N] [--long] [--path PATH]')
  process.exit(2)
}

/** Milliseconds that an input may take; one that takes more is made smaller. Long ones are read four times. */
const budget = values.long ? 15_000 : 3_000

const root = fileURLToPath(new URL('..', import.meta.url))
const bundled = join(root, 'node_modules/.cache/badInput')
await build({
  configFile: false,
  logLevel: 'error',
  root,
  build: {
    ssr: join(root, 'test/badInput/worker.ts'),
    outDir: bundled,
    sourcemap: 'inline',
    minify: false,
    target: 'node20',
    rollupOptions: { output: { entryFileNames: 'worker.mjs' } },
  },
})

const began = Date.now()
const orders = []
for (let done = 0; done < count; done += ORDER) {
  orders.push({
    seed: firstSeed + done / ORDER,
    count: Math.min(ORDER, count - done),
    path: values.path ?? null,
  })
  if (values.path !== undefined) break
}
let judged = 0
let failures = 0
/** By kind of input and what came of it. */
const outcomes = new Map()
const problems = new Map()
const crashes = new Map()
let slowest = { took: 0, kind: '' }

const add = (map, key, by = 1) => map.set(key, (map.get(key) ?? 0) + by)

await Promise.all(Array.from({ length: Math.min(jobs, orders.length) }, work))
summarise()
process.exitCode = failures > 0 ? 1 : 0

/** Gives orders to a thread until there are none. */
async function work() {
  while (orders.length > 0) {
    const worker = new Worker(join(bundled, 'worker.mjs'), {
      workerData: { budget, long: values.long },
      execArgv: ['--enable-source-maps'],
      // More is a failure too: it ends the thread, and not all of them.
      resourceLimits: { maxOldGenerationSizeMb: 1_500 },
    })
    await serve(worker)
    await worker.terminate()
  }
}

/** @returns once there are no more orders, or the thread is lost. */
function serve(worker) {
  return new Promise((resolve) => {
    let current = null
    let order = null
    const next = () => {
      order = orders.shift()
      current = null
      if (order === undefined) finish()
      else worker.postMessage(order)
    }
    const finish = () => {
      clearInterval(watch)
      resolve()
    }
    const watch = setInterval(() => {
      if (current === null || Date.now() - current.at < HANG) return
      lost(`no end after ${HANG / 1000} s`, current.input, order)
      finish()
    }, 1_000)
    worker.on('error', (error) => {
      lost(String(error.stack ?? error), current?.input ?? '', order)
      finish()
    })
    worker.on('message', (report) => {
      if (report.type === 'begin') current = { at: Date.now(), input: report.input }
      else if (report.type === 'end') countIn(report)
      else if (report.type === 'found') tell(report)
      else next()
    })
    next()
  })
}

function countIn({ kind, came, problems: told, crashes: died, took }) {
  judged += 1
  if (took > slowest.took) slowest = { took, kind }
  add(outcomes, `${kind}: ${came}`)
  for (const problem of new Set(told)) add(problems, problem)
  for (const crash of new Set(died)) add(crashes, crash)
  if (judged % 5_000 === 0) console.error(`${judged} of ${count}, ${rate()} a second, ${failures} failures`)
}

function rate() {
  return Math.round((judged * 1_000) / (Date.now() - began))
}

/** A failure that was made smaller. */
function tell({ input, error, seed, path, shrinks }) {
  failures += 1
  const again = `npm run badinput -- --seed ${seed} --path ${path}${values.long ? ' --long' : ''}`
  console.log(`FOUND after ${shrinks} times made smaller; again: ${again}`)
  console.log(`${readable(input)}\n${error}\n`)
}

/** A thread that did not come back, or died. */
function lost(why, input, { seed }) {
  failures += 1
  const file = join(mkdtempSync(join(tmpdir(), 'zksim-badinput-')), 'input.txt')
  writeFileSync(file, input)
  console.log(`LOST (${why}), among those of seed ${seed}; the input is in ${file}\n${readable(input)}\n`)
}

/** The beginning, with what would steer a terminal made visible. */
function readable(text) {
  return text.slice(0, 3_000).replace(/[^\n\x20-\x7e]/gu, (c) => `\\u{${c.codePointAt(0).toString(16)}}`)
}

function summarise() {
  const table = (title, map, most) => {
    console.log(title)
    const rows = [...map].sort(([, a], [, b]) => b - a)
    for (const [what, times] of rows.slice(0, most))
      console.log(`${String(times).padStart(8)}  ${readable(what)}`)
    if (rows.length > most) console.log(`${' '.repeat(10)}and ${rows.length - most} kinds more`)
  }
  table('What came of them', outcomes, 60)
  table('Inputs that were refused because', problems, 40)
  if (crashes.size > 0) table('Simulated processes that died of', crashes, 20)
  const seconds = Math.round((Date.now() - began) / 1_000)
  console.log(`the slowest took ${Math.round(slowest.took)} ms (${slowest.kind})`)
  console.log(
    `${judged} inputs in ${seconds} s, ${rate()} a second: ${failures === 0 ? 'none' : failures} went wrong`,
  )
}
