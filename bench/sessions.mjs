/** What thousands of sessions and watches cost: to have, to trigger, and to let expire. */
import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import { createOperation, readOperation } from '../dist/nodes/operations.js'
import { AddWatchMode } from '../dist/nodes/watch/watcherTypes.js'
import { Ensemble } from '../dist/sim/ensemble.js'
import { Errands, errandClient } from './Errands.mjs'
import { figure, nanosPer } from './timing.mjs'

setFlagsFromString('--expose-gc')
const collectGarbage = runInNewContext('gc')

const MIB = 1_048_576
export const SESSIONS = 10_000
const WATCHES_EACH = 10
export const WATCHES = SESSIONS * WATCHES_EACH
/** Each is watched by a hundred sessions. */
const NODES = WATCHES / 100
/** Milliseconds. Idle sessions hardly ever ping, so that what is timed is not their pings. */
const IDLE = 10_000_000
const settings = Object.freeze({ maxSessionTimeout: IDLE, maxClientCnxns: 0 })
/** Writes in a round. */
const WRITES = 1_000

/** Three peers with so many sessions that do nothing. */
class Crowd {
  constructor(sessions, check) {
    this.ensemble = new Ensemble({ seed: 1, peers: 3, settings }, { check, onNodeError: 'throw' })
    this.writer = errandClient(this.ensemble, 'writer', { outstanding: 1, timeout: IDLE })
    this.members = Array.from({ length: sessions }, (_, i) => this.join(`member-${i}`, i, IDLE))
    this.letAllConnect(this.members)
  }

  join(name, i, timeout) {
    const errands = new Errands(WATCHES_EACH)
    const first = i % 3
    const { sids } = this.ensemble
    const servers = [...sids.slice(first), ...sids.slice(0, first)]
    this.ensemble.addClient(name, servers, { create: () => errands }, timeout)
    return { name, errands }
  }

  letAllConnect(members) {
    for (const { name } of members) {
      while (!this.ensemble.client(name).isConnected && this.ensemble.world.step());
    }
  }

  /** Microseconds a write of a node. */
  write(path) {
    const write = Object.freeze({ type: 'setData', path, data: 'v', version: -1 })
    const writes = Array.from({ length: WRITES }, () => write)
    return nanosPer(WRITES, () => this.writer.run(writes)) / 1_000
  }
}

/** Writes that fire one watch and that fire none, beside the same where there are no watches. */
export function measureWatches(rounds) {
  const heapBefore = heap()
  const start = process.hrtime.bigint()
  const crowd = new Crowd(SESSIONS, true)
  const { world, checker } = crowd.ensemble
  crowd.writer.run(['/one', '/none', ...nodes()].map((path) => createOperation(path, '')))
  for (const [i, { name, errands }] of crowd.members.entries()) {
    errands.given = Array.from({ length: WATCHES_EACH }, (_, k) =>
      readOperation('getData', nodeOf(i * WATCHES_EACH + k), true),
    )
    errands.fill(crowd.ensemble.client(name))
  }
  // It stays, and so fires at every write.
  const [one] = crowd.members
  one.errands.given.push(Object.freeze({ type: 'addWatch', path: '/one', mode: AddWatchMode.persistent }))
  while (!crowd.members.every(({ errands }) => errands.done) && world.step());
  const eventsPerSecond = (world.events / Number(process.hrtime.bigint() - start)) * 1e9
  const watched = countWatches(crowd.ensemble)
  const heapBytes = heap() - heapBefore
  const bare = new Crowd(SESSIONS, true)
  bare.writer.run([createOperation('/none', '')])

  const taken = { one: [], none: [], bare: [] }
  for (let round = -3; round < rounds; round += 1) {
    const figures = { one: crowd.write('/one'), none: crowd.write('/none'), bare: bare.write('/none') }
    if (round >= 0) for (const [what, micros] of Object.entries(figures)) taken[what].push(micros)
  }
  // All that is left fires.
  const told = new Told()
  world.listeners.push(told)
  crowd.writer.run(nodes().map((path) => Object.freeze({ type: 'setData', path, data: 'v', version: -1 })))
  const over = world.now + 1_000_000
  world.runUntil(over)
  checker.finish()
  return {
    watches: watched,
    fired: told.events,
    events: world.events,
    eventsPerSecond,
    heapMiB: heapBytes / MIB,
    oneMicros: figure(taken.one),
    noneMicros: figure(taken.none),
    bareMicros: figure(taken.bare),
    slowdown: figure(taken.none.map((micros, i) => micros / taken.bare[i])),
    violations: checker.violations.length,
  }
}

class Told {
  events = 0

  hear(fact) {
    if (fact.type === 'watchEvent' && fact.event.path !== null) this.events += 1
  }
}

const DUE = 200
/** Milliseconds. */
const SHORT = 4_000
const FEW = 1_000

/** Sessions that expire, among a thousand and among ten thousand that do not. Microseconds a session. */
export function measureExpiry(rounds) {
  const crowds = [new Crowd(FEW, false), new Crowd(SESSIONS, false)]
  const taken = [[], []]
  for (let round = -3; round < rounds; round += 1) {
    for (const [i, crowd] of crowds.entries()) {
      const micros = letExpire(crowd, round)
      if (round >= 0) taken[i].push(micros)
    }
  }
  const [few, many] = taken
  return { few: figure(few), many: figure(many), growth: figure(many.map((one, i) => one / few[i])) }
}

function letExpire(crowd, round) {
  const { ensemble } = crowd
  const { world } = ensemble
  const due = Array.from({ length: DUE }, (_, i) => crowd.join(`due-${round}-${i}`, i, SHORT))
  crowd.letAllConnect(due)
  for (const { name } of due) world.machine(name).crash()
  const { sessions } = ensemble.peer(ensemble.leader()).zkDb
  const before = sessions.size
  const nanos = nanosPer(DUE, () => world.runUntil(world.now + 2 * SHORT * 1_000))
  if (before - sessions.size !== DUE) throw new Error(`${before - sessions.size} sessions expired`)
  return nanos / 1_000
}

function countWatches(ensemble) {
  return ensemble.sids.reduce((count, sid) => count + ensemble.peer(sid).cnxnFactory.server.watches.count, 0)
}

function nodes() {
  return Array.from({ length: NODES }, (_, i) => nodeOf(i))
}

function nodeOf(i) {
  return `/node-${i % NODES}`
}

/** What is reachable. */
function heap() {
  collectGarbage()
  return process.memoryUsage().heapUsed
}
