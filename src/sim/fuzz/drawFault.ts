/** What goes wrong. One entry a kind of fault, with what would end it; which of them a run has is drawn once for all of it. */
import type { PacketType } from '../../nodes/packets.ts'
import type { Span } from '../kinds.ts'
import type { Play } from '../scenario/Scenario.ts'
import { deed } from './assemble.ts'
import type { Draw } from './Draw.ts'

interface Kind {
  readonly name: string
  /** How often beside the others, where it happens at all. */
  readonly weight: number
  readonly draw: (draw: Draw) => Drawn
}

interface Drawn {
  readonly begin: Play
  /** Null where it does not last. */
  readonly end: Play | null
}

function kind(name: string, weight: number, draw: (draw: Draw) => Drawn): Kind {
  return Object.freeze({ name, weight, draw })
}

const THREADS: readonly string[] = Object.freeze([
  'main',
  'election',
  'prep',
  'sync',
  'commit',
  'learner',
  'snapshot',
])
const HELD: readonly PacketType[] = Object.freeze([
  'NOTIFICATION',
  'FOLLOWERINFO',
  'LEADERINFO',
  'ACKEPOCH',
  'NEWLEADER',
  'UPTODATE',
  'PROPOSAL',
  'ACK',
  'COMMIT',
  'INFORM',
  'PING',
  'SYNC',
  'REQUEST',
  'REVALIDATE',
  'DATABASE',
])
const CUT_AFTER: readonly PacketType[] = Object.freeze([
  'PROPOSAL',
  'COMMIT',
  'ACK',
  'DATABASE',
  'NEWLEADER',
  'UPTODATE',
  'LEADERINFO',
  'ACKEPOCH',
  'FOLLOWERINFO',
  'NOTIFICATION',
])

const START_ALL = deed('start {peers:peers}', { peers: 'all' })
const RESUME_ALL = deed('resume {peers:peers}', { peers: 'all' })
const HEAL = deed('heal')

function slowness(draw: Draw, most: number): Span {
  const top = draw.time(2, most)
  return Object.freeze({ least: draw.random.chance(0.5) ? 0 : Math.floor(top / 2_000) * 1_000, most: top })
}

const kinds: readonly Kind[] = Object.freeze([
  kind('crash', 8, (draw) => ({
    begin: deed('crash {peers:peers}', { peers: draw.peers() }),
    end: START_ALL,
  })),
  kind('restart', 4, (draw) => ({
    begin: deed('restart {peers:peers}', { peers: draw.peers() }),
    end: null,
  })),
  kind('crash in mid-step', 5, (draw) => {
    const sentence = draw.random.chance(0.5)
      ? 'crash {peer:peer} at its {call:ordinal} call from now'
      : 'cut power to {peer:peer} at its {call:ordinal} call from now'
    return { begin: deed(sentence, { peer: draw.peer(), call: draw.scaled(60) }), end: START_ALL }
  }),
  kind('power cut', 8, (draw) => {
    const torn = draw.random.chance(0.3)
    const sentence = torn
      ? 'cut power to {peers:peers} in the middle of a write'
      : 'cut power to {peers:peers}'
    return { begin: deed(sentence, { peers: draw.peers() }), end: START_ALL }
  }),
  kind('power cut of all', 2, () => ({
    begin: deed('cut power to {peers:peers}', { peers: 'all' }),
    end: START_ALL,
  })),
  kind('pause', 5, (draw) => ({
    begin: deed('pause {peers:peers}', { peers: draw.peers() }),
    end: RESUME_ALL,
  })),
  kind('wipe', 2, (draw) => ({
    begin: deed('wipe {peers:peers}', { peers: onePeer(draw) }),
    end: START_ALL,
  })),
  kind('partition', 6, (draw) => ({
    begin: drawPartition(draw),
    end: draw.random.chance(0.5) ? HEAL : deed('heal partitions'),
  })),
  kind('held packets', 4, (draw) => {
    const packet = draw.random.pick(HELD)
    const { from, to } = draw.wire()
    switch (draw.random.int(0, 2)) {
      case 0:
        return { begin: deed('hold {packet:packet}', { packet }), end: deed('release everything') }
      case 1:
        return {
          begin: deed('hold {packet:packet} from {from:machine}', { packet, from }),
          end: deed('release everything'),
        }
      default:
        return {
          begin: deed('hold {packet:packet} from {from:machine} to {to:machine}', { packet, from, to }),
          end: deed('release everything'),
        }
    }
  }),
  kind('cut connections', 6, (draw) => ({ begin: drawCut(draw), end: null })),
  kind('slow links', 4, (draw) => {
    const time = slowness(draw, 400)
    if (draw.random.chance(0.5)) {
      return {
        begin: deed('slow all links by {time:span}', { time: slowness(draw, 50) }),
        end: deed('restore all links'),
      }
    }
    const wire = draw.wire()
    return {
      begin: deed('slow link from {from:machine} to {to:machine} by {time:span}', { ...wire, time }),
      end: deed('restore link from {from:machine} to {to:machine}', wire),
    }
  }),
  kind('lossy links', 3, (draw) => {
    const share = draw.share()
    if (draw.random.chance(0.5))
      return { begin: deed('lose {share:percent} of all packets', { share }), end: deed('restore all links') }
    const wire = draw.wire()
    return {
      begin: deed('lose {share:percent} of packets from {from:machine} to {to:machine}', { ...wire, share }),
      end: deed('restore link from {from:machine} to {to:machine}', wire),
    }
  }),
  kind('stalled links', 3, (draw) => {
    const wire = draw.wire()
    return {
      begin: deed('stall link from {from:machine} to {to:machine}', wire),
      end: deed('unstall link from {from:machine} to {to:machine}', wire),
    }
  }),
  kind('slow disks', 4, (draw) => {
    const peers = draw.peers()
    return {
      begin: deed('slow disk of {peers:peers} by {time:span}', { peers, time: slowness(draw, 1_000) }),
      end: deed('restore disk of {peers:peers}', { peers: 'all' }),
    }
  }),
  kind('stalled disks', 3, (draw) => ({
    begin: deed('stall disk of {peers:peers}', { peers: draw.peers() }),
    end: deed('unstall disk of {peers:peers}', { peers: 'all' }),
  })),
  kind('disk errors', 3, (draw) => {
    const peers = onePeer(draw)
    const mend = deed('mend disk of {peers:peers}', { peers: 'all' })
    switch (draw.random.int(0, 3)) {
      case 0:
        return { begin: deed('fail next force of {peers:peers}', { peers }), end: null }
      case 1:
        return { begin: deed('fail forces of {peers:peers}', { peers }), end: mend }
      case 2: {
        const file = draw.random.pick(['acceptedEpoch', 'currentEpoch'])
        return { begin: deed('fail next write of {file:file} of {peers:peers}', { file, peers }), end: mend }
      }
      default:
        return { begin: deed('fill disk of {peers:peers}', { peers }), end: mend }
    }
  }),
  kind('bit rot', 2, (draw) => {
    const peer = draw.peer()
    switch (draw.random.int(0, 3)) {
      case 0:
        return { begin: deed('rot the last record of the log of {peer:peer}', { peer }), end: null }
      case 1:
        return { begin: deed('rot the last snapshot of {peer:peer}', { peer }), end: null }
      default: {
        const file = draw.random.pick(['acceptedEpoch', 'currentEpoch'])
        return {
          begin: deed('rot {record:ordinal} record of {file:file} on {peer:peer}', { record: 1, file, peer }),
          end: null,
        }
      }
    }
  }),
  kind('slow threads', 6, (draw) => {
    const thread = draw.random.pick(THREADS)
    return {
      begin: deed('slow thread {thread:thread} of {peers:peers} by {time:span}', {
        thread,
        peers: draw.peers(),
        time: slowness(draw, 500),
      }),
      end: deed('restore thread {thread:thread} of {peers:peers}', { thread, peers: 'all' }),
    }
  }),
  kind('stalled threads', 4, (draw) => {
    const thread = draw.random.pick(THREADS)
    return {
      begin: deed('stall thread {thread:thread} of {peers:peers}', { thread, peers: draw.peers() }),
      end: deed('unstall thread {thread:thread} of {peers:peers}', { thread, peers: 'all' }),
    }
  }),
  kind('clocks', 3, (draw) => ({
    begin: drawClock(draw),
    end: deed('run clock of {peers:peers} right', { peers: 'all' }),
  })),
  kind('clients', 5, (draw) => drawClientFault(draw)),
])

/** Damage is done to one disk at a time, or hardly ever would a quorum be left to spare it. */
function onePeer(draw: Draw) {
  const peer = draw.peer()
  return typeof peer === 'number' ? Object.freeze([peer]) : peer
}

function drawPartition(draw: Draw): Play {
  const { random } = draw
  switch (random.int(0, 8)) {
    case 0:
    case 1:
    case 2: {
      const groups = draw.groups()
      return groups.length > 1
        ? deed('partition {groups:groups}', { groups })
        : deed('isolate {machine:machine}', { machine: draw.machine() })
    }
    case 3:
      return deed('split {peers:peers} from the rest', { peers: draw.peers() })
    case 4:
    case 5:
      return deed('isolate {machine:machine}', { machine: draw.machine() })
    case 6:
      return deed('block the way from {from:machine} to {to:machine}', draw.wire())
    case 7:
      return deed('partition into a ring')
    default:
      return deed('partition but for the bridge {peer:peer}', { peer: draw.peer() })
  }
}

function drawCut(draw: Draw): Play {
  const { random } = draw
  const { from, to } = draw.wire()
  switch (random.int(0, 6)) {
    case 0:
    case 1:
      return deed('cut connections between {a:machine} and {b:machine}', { a: from, b: to })
    case 2:
      return deed('cut connections between {a:machine} and {b:machine} noticed by {end:machine}', {
        a: from,
        b: to,
        end: from,
      })
    case 3:
      return deed('cut connections from {from:machine} to {to:machine} keeping {count:count} packets', {
        from,
        to,
        count: draw.scaled(5),
      })
    case 4:
      return deed('cut connections from {from:machine} to {to:machine} losing a suffix', { from, to })
    default:
      return deed('cut connections from {from:machine} to {to:machine} after {count:count} {packet:packet}', {
        from,
        to,
        count: draw.scaled(4),
        packet: random.pick(CUT_AFTER),
      })
  }
}

function drawClock(draw: Draw): Play {
  const { random } = draw
  const peers = draw.peers()
  switch (random.int(0, 4)) {
    case 0:
      return deed('run clock of {peers:peers} {share:percent} fast', {
        peers,
        share: random.pick([0.01, 0.1, 0.5]),
      })
    case 1:
      return deed('run clock of {peers:peers} {share:percent} slow', {
        peers,
        share: random.pick([0.01, 0.1, 0.5]),
      })
    case 2:
      return deed('skew clock of {peers:peers} by {time:duration}', { peers, time: draw.time(10, 5_000) })
    case 3:
      return deed('jump clock of {peers:peers} ahead by {time:duration}', {
        peers,
        time: draw.time(10, 60_000),
      })
    default:
      return deed('jump clock of {peers:peers} back by {time:duration}', {
        peers,
        time: draw.time(10, 60_000),
      })
  }
}

function drawClientFault(draw: Draw): Drawn {
  const { random } = draw
  const client = draw.loads.length === 0 ? 'ann' : random.pick(draw.loads)
  switch (random.int(0, 3)) {
    case 0:
      return {
        begin: deed('crash client {client:client}', { client }),
        end: deed('start client {client:client}', { client }),
      }
    case 1:
      return {
        begin: deed('pause client {client:client}', { client }),
        end: deed('resume client {client:client}', { client }),
      }
    case 2:
      return { begin: deed('isolate {machine:machine}', { machine: client }), end: deed('heal partitions') }
    default: {
      const wire = { from: client, to: `${random.pick(draw.sids)}` }
      return {
        begin: deed('slow link from {from:machine} to {to:machine} by {time:span}', {
          ...wire,
          time: slowness(draw, 2_000),
        }),
        end: deed('restore link from {from:machine} to {to:machine}', wire),
      }
    }
  }
}

/** The kinds of one run, and how often each beside the others: about half of all that there are. */
export function drawKinds(draw: Draw): readonly (readonly [Kind, number])[] {
  const drawn = kinds
    .filter(() => draw.random.chance(0.5))
    .map((one) => [one, one.weight * draw.random.int(1, 4)] as const)
  return drawn.length === 0 ? [[draw.random.pick(kinds), 1]] : drawn
}

/** One fault of these kinds. What lasts is remembered, to be ended later. */
export function drawFault(draw: Draw, from: readonly (readonly [Kind, number])[]): Play {
  const { begin, end } = draw.pickWeighted(from).draw(draw)
  if (end !== null) draw.lasting.push(end)
  return begin
}
