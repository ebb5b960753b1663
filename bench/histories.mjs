/** How long it takes to judge what clients saw, from the words of the clients alone. */
import { checkHistory } from '../dist/invariants/model/checkHistory.js'
import { HistoryRecorder } from '../dist/invariants/model/HistoryRecorder.js'
import { mixedEnsemble } from './rig.mjs'
import { figure, micros } from './timing.mjs'

export const OPERATIONS = 10_000
/** A history so many times as long, to see how the time grows. */
const LONGER = 4

export function measureHistories(rounds) {
  const short = record(OPERATIONS)
  const long = record(LONGER * OPERATIONS)
  const taken = { short: [], growth: [] }
  let verdict = ''
  for (let i = 0; i < rounds; i += 1) {
    const one = timeOf(short)
    const other = timeOf(long)
    verdict = one.verdict
    taken.short.push(one.micros)
    taken.growth.push(other.micros / one.micros / LONGER)
  }
  return { verdict, millis: figure(taken.short.map((each) => each / 1_000)), growth: figure(taken.growth) }
}

function record(operations) {
  const ensemble = mixedEnsemble()
  const recorder = new HistoryRecorder(ensemble.world)
  ensemble.world.listeners.push(recorder)
  while (recorder.operations.length < operations && ensemble.world.step()) {
    // Until there are enough.
  }
  return recorder.operations.slice(0, operations)
}

function timeOf(history) {
  const start = micros()
  const { verdict } = checkHistory(history)
  return { verdict, micros: micros() - start }
}
