/**
 * `npm run bench`: how fast the simulator is on this machine, each figure beside its target.
 *
 *     npm run bench -- [--rounds n] [--memory] [--json]
 *
 * Ten million events for `--memory` take a while, so they are asked for.
 */
import { cpus } from 'node:os'
import { parseArgs } from 'node:util'
import { measureBoot, measureMemory, measureSpeed } from './measure.mjs'

const { values: options } = parseArgs({
  options: {
    rounds: { type: 'string', default: '15' },
    memory: { type: 'boolean', default: false },
    json: { type: 'boolean', default: false },
  },
})

const speed = measureSpeed(Number(options.rounds))
const boot = measureBoot(1_000)
const memory = options.memory ? measureMemory() : null

const MIB = 1_048_576
const rows = [
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
if (memory !== null) {
  rows.push(
    row('10 million events: resident, MiB', memory.residentBytes / MIB, null, tenths, 'at most', 300),
    row('the most it was, MiB', memory.peakResidentBytes / MIB, null, tenths, 'at most', 300),
    row('heap used, MiB', memory.heapUsedBytes / MIB, null, tenths),
  )
}

if (options.json) {
  process.stdout.write(
    `${JSON.stringify({ node: process.version, cpu: cpus()[0]?.model, speed, boot, memory }, null, 2)}\n`,
  )
} else {
  process.stdout.write(
    `node ${process.version}, ${cpus()[0]?.model}; medians, ± half the interquartile range\n\n`,
  )
  for (const line of rows) process.stdout.write(`${line}\n`)
}

function row(what, value, spreadOfValue, print, relation, target, aim) {
  const figure = print(value) + (spreadOfValue === null ? '' : ` ± ${percent(spreadOfValue)}`)
  let verdict = ''
  if (target !== undefined) {
    const met = (limit) => (relation === 'at least' ? value >= limit : value <= limit)
    verdict = `${met(target) ? 'ok  ' : 'MISS'}  ${relation} ${print(target)}`
    if (aim !== undefined) verdict += `, aim ${print(aim)}${met(aim) ? ' reached' : ''}`
  }
  return `${what.padEnd(46)}${figure.padStart(20)}   ${verdict}`.trimEnd()
}

function thousands(value) {
  return String(Math.round(value)).replace(/\B(?=(\d{3})+$)/g, ',')
}

function tenths(value) {
  return value.toFixed(1)
}

function percent(value) {
  return `${(100 * value).toFixed(1)} %`
}
