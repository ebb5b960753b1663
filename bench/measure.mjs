/** Measures, and nothing else; `run.mjs` prints. */
import { spawnSync } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import {
  BareLoop,
  bootAndWrite,
  loadedEnsemble,
  loadedTimeline,
  mixedEnsemble,
  transactions,
} from './rig.mjs'
import { figure, median, micros, nanosPer, spread } from './timing.mjs'

/** Events in one repetition, of an ensemble and of the bare loop. */
const CHUNK = 100_000
const BARE_CHUNK = 300_000
/** Events before anything is timed: elections are over, and the compiler has seen everything. */
const WARM_UP = 300_000

/**
 * All that is compared is run in turns, in one process: whatever else the machine does then meets all alike. Ratios are
 * taken within a round, and are steadier than speeds.
 */
export function measureSpeed(rounds) {
  const checked = loadedEnsemble()
  const unchecked = loadedEnsemble({ check: false })
  const { ensemble: kept, timeline } = loadedTimeline()
  const bare = new BareLoop()
  checked.world.runEvents(WARM_UP)
  unchecked.world.runEvents(WARM_UP)
  timeline.runTo(WARM_UP)
  bare.run(WARM_UP)

  const from = counters(checked)
  const simulated = { full: [], unchecked: [], checkpoints: [], bare: [], ratio: [] }
  const cost = { invariants: [], checkpoints: [] }
  for (let i = 0; i < rounds; i += 1) {
    const bareBefore = nanosPer(BARE_CHUNK, () => bare.run(BARE_CHUNK))
    const full = nanosPer(CHUNK, () => checked.world.runEvents(CHUNK))
    const light = nanosPer(CHUNK, () => unchecked.world.runEvents(CHUNK))
    const withCheckpoints = nanosPer(CHUNK, () => timeline.runTo(timeline.end + CHUNK))
    const bareAfter = nanosPer(BARE_CHUNK, () => bare.run(BARE_CHUNK))
    const alone = (bareBefore + bareAfter) / 2
    simulated.full.push(full)
    simulated.unchecked.push(light)
    simulated.checkpoints.push(withCheckpoints)
    simulated.bare.push(alone)
    simulated.ratio.push(full / alone)
    cost.invariants.push(1 - light / full)
    cost.checkpoints.push(withCheckpoints / full - 1)
  }
  const to = counters(checked)
  const events = to.events - from.events
  const done = to.transactions - from.transactions
  const shared = to.hits - from.hits
  const nanos = median(simulated.full)
  const perTransaction = events / done
  return {
    eventsPerSecond: { median: 1e9 / nanos, spread: spread(simulated.full) },
    nanosPerEvent: { median: nanos, spread: spread(simulated.full) },
    bareNanosPerEvent: { median: median(simulated.bare), spread: spread(simulated.bare) },
    ratioToBare: { median: median(simulated.ratio), spread: spread(simulated.ratio) },
    eventsPerTransaction: perTransaction,
    transactionsPerSecond: 1e9 / nanos / perTransaction,
    sharingRate: shared / (shared + to.misses - from.misses),
    invariantsShare: median(cost.invariants),
    checkpointsCost: median(cost.checkpoints),
    violations: checked.checker.violations.length + kept.checker.violations.length,
  }
}

/** Clients that ask for everything there is, with the invariants. */
export function measureMixed(rounds) {
  const ensemble = mixedEnsemble()
  ensemble.world.runEvents(WARM_UP)
  const taken = []
  for (let i = 0; i < rounds; i += 1) taken.push(nanosPer(CHUNK, () => ensemble.world.runEvents(CHUNK)))
  ensemble.checker.finish()
  const { median: nanos, spread: varied } = figure(taken)
  return {
    eventsPerSecond: { median: 1e9 / nanos, spread: varied },
    violations: ensemble.checker.violations.length,
  }
}

/** From nothing to the answer to the first write, three peers; microseconds, in a process that has done so often. */
export function measureBoot(times) {
  const taken = []
  for (let i = 0; i < times; i += 1) {
    const start = micros()
    bootAndWrite(i + 1)
    taken.push(micros() - start)
  }
  // The first half warms up.
  const warm = taken.slice(times >> 1)
  return { micros: { median: median(warm), spread: spread(warm) } }
}

/** Ten million events in a process of their own, with the heap that Node gives to anybody. */
export function measureMemory(events = 10_000_000) {
  const child = spawnSync(process.execPath, [fileURLToPath(import.meta.url), String(events)], {
    encoding: 'utf8',
  })
  if (child.status !== 0) throw new Error(child.stderr)
  return JSON.parse(child.stdout)
}

function runForMemory(events) {
  const ensemble = loadedEnsemble()
  let peakHeap = 0
  let peakResident = 0
  for (let done = 0; done < events; done += CHUNK) {
    ensemble.world.runEvents(Math.min(CHUNK, events - done))
    const { heapUsed, rss } = process.memoryUsage()
    peakHeap = Math.max(peakHeap, heapUsed)
    peakResident = Math.max(peakResident, rss)
  }
  const { heapUsed, rss } = process.memoryUsage()
  const report = {
    events: ensemble.world.events,
    transactions: transactions(ensemble),
    residentBytes: rss,
    peakResidentBytes: peakResident,
    heapUsedBytes: heapUsed,
    peakHeapUsedBytes: peakHeap,
    violations: ensemble.checker.violations.length,
  }
  process.stdout.write(JSON.stringify(report))
}

function counters(ensemble) {
  const { hits, misses } = ensemble.peer(1).zkDb.shared
  return { events: ensemble.world.events, transactions: transactions(ensemble), hits, misses }
}

if (process.argv[1] === fileURLToPath(import.meta.url)) runForMemory(Number(process.argv[2]))
