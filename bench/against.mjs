/** The same load on this checkout and on another one, in turns in one process. */
import { resolve } from 'node:path'
import { pathToFileURL } from 'node:url'
import * as own from './rig.mjs'
import { figure } from './timing.mjs'

const CHUNK = 100_000
const WARM_UP = 300_000

/** @param directory a checkout of zksim that is built. Its own rig says what the load is there. */
export async function measureAgainst(directory, rounds) {
  const other = await import(pathToFileURL(resolve(directory, 'bench/rig.mjs')).href)
  const here = new Side(own)
  const there = new Side(other)
  here.warmUp()
  there.warmUp()
  const events = []
  const transactions = []
  for (let i = 0; i < rounds; i += 1) {
    // Whoever comes second may find the machine otherwise.
    const sides = i % 2 === 0 ? [here, there] : [there, here]
    for (const side of sides) side.run()
    events.push(here.eventRate / there.eventRate)
    transactions.push(here.transactionRate / there.transactionRate)
  }
  return { directory, events: figure(events), transactions: figure(transactions) }
}

class Side {
  constructor(rig) {
    this.rig = rig
    this.ensemble = rig.loadedEnsemble()
  }

  warmUp() {
    this.ensemble.world.runEvents(WARM_UP)
  }

  run() {
    const before = this.rig.transactions(this.ensemble)
    const start = process.hrtime.bigint()
    this.ensemble.world.runEvents(CHUNK)
    const seconds = Number(process.hrtime.bigint() - start) / 1e9
    this.eventRate = CHUNK / seconds
    this.transactionRate = (this.rig.transactions(this.ensemble) - before) / seconds
  }
}
