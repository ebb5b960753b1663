/**
 * `npm run bench`: how fast the simulator is on this machine, each figure beside its target.
 *
 *     npm run bench -- [--rounds n] [--memory] [--json]
 *     npm run bench -- --against DIR [--rounds n] [--json]
 *
 * Ten million events for `--memory` take a while, so they are asked for. `--against` measures this and nothing else: how
 * fast this checkout is beside another one, which is built.
 */
import { cpus } from 'node:os'
import { parseArgs } from 'node:util'
import { measureAgainst } from './against.mjs'
import { CHILDREN, LOG_GROWTH, measureCreates } from './children.mjs'
import { measureHistories, OPERATIONS } from './histories.mjs'
import { measureBoot, measureMemory, measureMixed, measureSpeed } from './measure.mjs'
import { measureExpiry, measureWatches, SESSIONS, WATCHES } from './sessions.mjs'

const { values: options } = parseArgs({
  options: {
    rounds: { type: 'string', default: '15' },
    memory: { type: 'boolean', default: false },
    against: { type: 'string' },
    json: { type: 'boolean', default: false },
  },
})

const MIB = 1_048_576
const rounds = Number(options.rounds)
const { report, rows } = options.against === undefined ? measureAll() : await compare(options.against)

if (options.json) {
  process.stdout.write(
    `${JSON.stringify({ node: process.version, cpu: cpus()[0]?.model, ...report }, null, 2)}\n`,
  )
} else {
  process.stdout.write(
    `node ${process.version}, ${cpus()[0]?.model}; medians, ± half the interquartile range\n\n`,
  )
  for (const line of rows) process.stdout.write(`${line}\n`)
}

async function compare(directory) {
  const against = await measureAgainst(directory, rounds)
  const rate = (what, { median, spread }) =>
    row(`${what}, times those of ${directory}`, median, spread, hundredths, 'at least', 2 / 3)
  return {
    report: { against },
    rows: [rate('events/s', against.events), rate('transactions/s', against.transactions)],
  }
}

function measureAll() {
  // First, while nothing else is in the heap.
  const speed = measureSpeed(rounds)
  const boot = measureBoot(1_000)
  const mixed = measureMixed(rounds)
  const expiry = measureExpiry(rounds)
  const watches = measureWatches(rounds)
  const creates = measureCreates(rounds)
  const histories = measureHistories(rounds)
  const memory = options.memory ? measureMemory() : null
  const rows = [
    ...speedRows(speed, boot),
    ...serviceRows(mixed, expiry, watches),
    ...createRows('through a server', creates.pipeline),
    ...createRows('with invariants', creates.checked),
    ...createRows('apply alone', creates.apply),
    row(
      `judging ${thousands(OPERATIONS)} operations (${histories.verdict}), ms`,
      histories.millis.median,
      histories.millis.spread,
      tenths,
      'at most',
      1_000,
    ),
    row(
      'growth an operation, four times as many',
      histories.growth.median,
      histories.growth.spread,
      hundredths,
      'at most',
      2,
    ),
    row(
      'contradictions of invariants',
      speed.violations + mixed.violations + watches.violations + creates.violations,
      null,
      thousands,
      'at most',
      0,
    ),
    ...(memory === null ? [] : memoryRows(memory)),
  ]
  return { report: { speed, boot, mixed, expiry, watches, creates, histories, memory }, rows }
}

function speedRows(speed, boot) {
  return [
    row(
      'events/s, invariants on',
      speed.eventsPerSecond.median,
      speed.eventsPerSecond.spread,
      thousands,
      'at least',
      500_000,
      1_000_000,
    ),
    row('ns/event', speed.nanosPerEvent.median, speed.nanosPerEvent.spread, tenths),
    row('bare event queue, ns/event', speed.bareNanosPerEvent.median, speed.bareNanosPerEvent.spread, tenths),
    row(
      'times the bare event queue',
      speed.ratioToBare.median,
      speed.ratioToBare.spread,
      tenths,
      'at most',
      10,
      6,
    ),
    row('events per transaction', speed.eventsPerTransaction, null, tenths),
    row('transactions/s', speed.transactionsPerSecond, null, thousands),
    row('transactions applied once for all', speed.sharingRate, null, percent, 'at least', 0.7),
    row('share of the invariants', speed.invariantsShare, null, percent),
    row('cost of checkpoints every 10,000 events', speed.checkpointsCost, null, percent, 'at most', 0.1),
    row(
      'boot of 3 peers to the first write, µs',
      boot.micros.median,
      boot.micros.spread,
      tenths,
      'at most',
      1_000,
    ),
    row('contradictions of invariants', speed.violations, null, thousands, 'at most', 0),
  ]
}

function serviceRows(mixed, expiry, watches) {
  const { eventsPerSecond } = mixed
  const crowd = `${thousands(SESSIONS)} sessions`
  return [
    row(
      'events/s, the whole service, invariants on',
      eventsPerSecond.median,
      eventsPerSecond.spread,
      thousands,
    ),
    row(`events/s, ${crowd} come and watch`, watches.eventsPerSecond, null, thousands),
    row('their watches', watches.watches, null, thousands, 'at least', WATCHES),
    row('watches that fired in the end', watches.fired, null, thousands, 'at least', WATCHES),
    row('heap of all that, MiB', watches.heapMiB, null, tenths),
    micros('setData that fires none of them, µs', watches.noneMicros),
    micros('setData that fires one, µs', watches.oneMicros),
    micros('setData where there are none, µs', watches.bareMicros),
    row(
      'what watches that do not fire cost, times',
      watches.slowdown.median,
      watches.slowdown.spread,
      hundredths,
      'at most',
      1.5,
    ),
    micros('expiry of a session among 1,000, µs', expiry.few),
    micros(`expiry of a session among ${thousands(SESSIONS)}, µs`, expiry.many),
    row('growth of that', expiry.growth.median, expiry.growth.spread, hundredths, 'at most', 2),
  ]
}

function createRows(how, { micros: byChildren, growth }) {
  return [
    ...CHILDREN.map((children, i) =>
      micros(`create, ${how}, ${thousands(children)} children, µs`, byChildren[i]),
    ),
    row('growth of that', growth.median, growth.spread, hundredths, 'at most', LOG_GROWTH),
  ]
}

function memoryRows(memory) {
  return [
    row('10 million events: resident, MiB', memory.residentBytes / MIB, null, tenths, 'at most', 300),
    row('the most it was, MiB', memory.peakResidentBytes / MIB, null, tenths, 'at most', 300),
    row('heap used, MiB', memory.heapUsedBytes / MIB, null, tenths),
  ]
}

function micros(what, { median, spread }) {
  return row(what, median, spread, tenths)
}

function row(what, value, spreadOfValue, print, relation, target, aim) {
  const figure = print(value) + (spreadOfValue === null ? '' : ` ± ${percent(spreadOfValue)}`)
  let verdict = ''
  if (target !== undefined) {
    const met = (limit) => (relation === 'at least' ? value >= limit : value <= limit)
    verdict = `${met(target) ? 'ok  ' : 'MISS'}  ${relation} ${print(target)}`
    if (aim !== undefined) verdict += `, aim ${print(aim)}${met(aim) ? ' reached' : ''}`
  }
  return `${what.padEnd(52)}${figure.padStart(20)}   ${verdict}`.trimEnd()
}

function thousands(value) {
  return String(Math.round(value)).replace(/\B(?=(\d{3})+$)/g, ',')
}

function hundredths(value) {
  return value.toFixed(2)
}

function tenths(value) {
  return value.toFixed(1)
}

function percent(value) {
  return `${(100 * value).toFixed(1)} %`
}
