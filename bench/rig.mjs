/** What is measured: ensembles under load, and the event queue alone. Plain scripts on the built package. */
import { closedLoop } from '../dist/nodes/client/ClosedLoop.js'
import { mixes } from '../dist/nodes/client/mixes.js'
import { createOperation } from '../dist/nodes/operations.js'
import { Ensemble } from '../dist/sim/ensemble.js'
import { Event, EventQueue, TURN } from '../dist/sim/kernel/EventQueue.js'
import { Timeline } from '../dist/sim/kernel/Timeline.js'

export const PEERS = 5
export const CLIENTS = 50
/** Events between two checkpoints. */
export const EVERY = 10_000

/**
 * Peers and closed-loop clients that only write, each to four nodes of its own: no event is cheapened by a read.
 * Clients are spread over the peers.
 */
export function loadedEnsemble({ seed = 1, check = true } = {}) {
  const ensemble = new Ensemble({ seed, peers: PEERS }, { check, onNodeError: 'throw' })
  for (let i = 0; i < CLIENTS; i += 1) {
    const first = i % PEERS
    const servers = [...ensemble.sids.slice(first), ...ensemble.sids.slice(0, first)]
    const program = closedLoop({ prefix: `/c${i}-`, keys: 4, mix: { setData: 1 }, outstanding: 1 })
    ensemble.addClient(`client-${i}`, servers, program)
  }
  return ensemble
}

/** Clients that ask for everything, all of the same ten nodes. */
export function mixedEnsemble({ seed = 1, check = true } = {}) {
  const settings = Object.freeze({ extendedTypesEnabled: true })
  const ensemble = new Ensemble({ seed, peers: PEERS, settings }, { check, onNodeError: 'throw' })
  const program = closedLoop({ prefix: '/mixed-', keys: 10, mix: mixes.users, outstanding: 1 })
  for (let i = 0; i < CLIENTS; i += 1) ensemble.addClient(`client-${i}`, ensemble.sids, program)
  return ensemble
}

/** `loadedEnsemble` with checkpoints: the timeline runs it. */
export function loadedTimeline(options) {
  const ensemble = loadedEnsemble(options)
  // Never thinned out: the distance would double after 64 of them.
  return { ensemble, timeline: new Timeline(ensemble.world, { every: EVERY, atMost: 10_000 }) }
}

/** Transactions that the leader has committed. The first counter of an epoch is 1, so this is the counter. */
export function transactions(ensemble) {
  const leader = ensemble.peer(ensemble.leader())
  return leader.leader.lastCommitted % 0x1_0000_0000
}

/** How many events of the queue alone: the earliest is taken out and put back a little later, ~500 pending. */
export class BareLoop {
  constructor(pending = 500) {
    this.queue = new EventQueue()
    this.sequence = 0
    this.state = 12_345
    for (let i = 0; i < pending; i += 1) this.push(i)
  }

  push(from) {
    this.state = (Math.imul(this.state, 1_103_515_245) + 12_345) & 0x7fff_ffff
    this.sequence += 1
    this.queue.push(new Event(from + ((this.state >>> 16) % 1_000), this.sequence, TURN, null, 'bare', null))
  }

  run(events) {
    for (let i = 0; i < events; i += 1) this.push(this.queue.pop().time)
  }
}

/** Three peers from nothing to the answer to the first write. */
export function bootAndWrite(seed) {
  const ensemble = new Ensemble({ seed, peers: 3 }, { onNodeError: 'throw' })
  const first = new FirstWrite()
  ensemble.world.listeners.push(first)
  ensemble.addClient('client', [1, 2, 3], null)
  while (!first.done && ensemble.world.step()) first.offer(ensemble)
  if (!first.done) throw new Error('nothing was committed')
  return ensemble
}

class FirstWrite {
  connected = false
  asked = false
  done = false

  hear(fact) {
    if (fact.type === 'clientConnected') this.connected = true
    else if (fact.type === 'completed') this.done = true
  }

  offer(ensemble) {
    if (!this.connected || this.asked) return
    this.asked = true
    ensemble.client('client').submit(createOperation('/first', ''))
  }
}
