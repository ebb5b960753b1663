/**
 * Gives zksim generated scenarios, command lines and recordings, most of them bad, and looks whether each ends with an
 * exit code and a message that says where and what. One that throws, takes too long or says nothing is made smaller and
 * shown, with what plays it again.
 *
 *     npm run badinput -- [--count N] [--seed N] [--jobs N] [--long] [--path PATH]
 *
 * `--long`: texts of a hundred thousand characters and more. A process that hangs is ended; what it was at stands in a
 * file.
 */
import { fork } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'
import { build } from 'vite'

/** Inputs of one order to a process: fast-check forgets none of an order before it ends. */
const ORDER = 500
/** Milliseconds until the process is ended. */
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

/** Gives orders to a process until there are none. */
async function work() {
  while (orders.length > 0) await serve()
}

/** @returns once there are no more orders, or the process is lost. */
function serve() {
  const folder = mkdtempSync(join(tmpdir(), 'zksim-badinput-'))
  // What is about to be judged, written before it is: a process that is out of memory says nothing any more.
  const current = join(folder, 'input.txt')
  const hunter = fork(join(bundled, 'worker.mjs'), [current, `${budget}`, `${values.long}`], {
    execArgv: ['--enable-source-maps', '--max-old-space-size=1500'],
    stdio: ['ignore', 'ignore', 'pipe', 'ipc'],
  })
  let said = ''
  hunter.stderr.on('data', (text) => {
    said = `${said}${text}`.slice(0, 2_000)
  })
  return new Promise((resolve) => {
    let order = null
    /** Of the order. */
    let ended = 0
    let heard = Date.now()
    let why = null
    const next = () => {
      order = orders.shift() ?? null
      ended = 0
      if (order === null) hunter.disconnect()
      else hunter.send(order)
    }
    const watch = setInterval(() => {
      if (Date.now() - heard < HANG) return
      why = `no end after ${HANG / 1_000} s`
      hunter.kill('SIGKILL')
    }, 1_000)
    hunter.on('exit', (code, signal) => {
      clearInterval(watch)
      if (order === null) rmSync(folder, { recursive: true })
      else
        lost(
          why ?? `it died of ${signal ?? code}: ${/FATAL.*/.exec(said)?.[0] ?? said}`,
          current,
          order,
          ended,
        )
      resolve()
    })
    hunter.on('message', (report) => {
      heard = Date.now()
      if (report.type === 'end') {
        ended += 1
        countIn(report)
      } else if (report.type === 'found') tell(report)
      else if (report.type === 'done') next()
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
  console.log(`FOUND after ${shrinks} times made smaller; again: ${again(seed, path)}`)
  console.log(`${readable(input)}\n${error}\n`)
}

/** A process that did not come back, or died. What it was at is in the file, and drawn again by its place. */
function lost(why, file, { seed }, place) {
  failures += 1
  console.log(`LOST, ${why.trim()}\nthe input is in ${file}; again: ${again(seed, place)}`)
  console.log(`${readable(readFileSync(file, 'utf8'))}\n`)
}

function again(seed, path) {
  return `npm run badinput -- --seed ${seed} --path ${path}${values.long ? ' --long' : ''}`
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
