/** What clients ask for. */
import type { Play } from '../scenario/Scenario.ts'
import type { Filled } from '../sentence.ts'
import { deed } from './assemble.ts'
import type { Draw } from './Draw.ts'

const KINDS = Object.freeze({ users: 5, writers: 3, watchers: 3, visitors: 3, clients: 2, readers: 1 })
const RATE =
  'start load of {clients:count} {kind:load} with {operations:count} operations each, {pause:span} apart'

/** Loads, and how many clients they have together. */
export function drawLoads(draw: Draw): Play[] {
  const { random } = draw
  const plays: Play[] = []
  let clients = 0
  for (let left = random.pick([1, 1, 1, 2, 2, 3]); left > 0; left -= 1) {
    const load = drawLoad(draw)
    clients += load.filled.clients as number
    plays.push(load)
  }
  draw.loads = Object.freeze(Array.from({ length: clients }, (_, i) => `load${i + 1}`))
  return plays
}

export function drawLoad(draw: Draw): Play {
  const { random } = draw
  const most = random.pick([1, 5, 20, 100, 300])
  const span = Object.freeze({ least: random.chance(0.5) ? 0 : (most * 1_000) / 2, most: most * 1_000 })
  return deed(RATE, {
    clients: random.int(1, 3),
    kind: draw.weighted(KINDS),
    operations: draw.scaled(draw.profile.operations),
    pause: span,
  })
}

const NAMES: readonly string[] = Object.freeze(['ann', 'bob'])
const PATHS: readonly string[] = Object.freeze(['/a', '/b', '/a/c', '/load-0', '/load-1', '/'])

interface Ask {
  readonly sentence: string
  readonly filled: (draw: Draw) => Filled
}

const path = ({ random }: Draw): string => random.pick(PATHS)
const data = ({ random }: Draw): string => `v${random.int(1, 99)}`
const version = ({ random }: Draw): number => random.int(0, 3)

const ASKS: readonly Ask[] = Object.freeze([
  {
    sentence: 'creates {path:path} {data:data}',
    filled: (draw: Draw) => ({ path: path(draw), data: data(draw) }),
  },
  {
    sentence: 'creates ephemeral {path:path} {data:data}',
    filled: (draw: Draw) => ({ path: path(draw), data: data(draw) }),
  },
  {
    sentence: 'creates sequential {path:path} {data:data}',
    filled: (draw: Draw) => ({ path: path(draw), data: data(draw) }),
  },
  {
    sentence: 'sets {path:path} {data:data}',
    filled: (draw: Draw) => ({ path: path(draw), data: data(draw) }),
  },
  {
    sentence: 'sets {path:path} {data:data} at version {version:count}',
    filled: (draw: Draw) => ({ path: path(draw), data: data(draw), version: version(draw) }),
  },
  { sentence: 'deletes {path:path}', filled: (draw: Draw) => ({ path: path(draw) }) },
  { sentence: 'reads {path:path} and watches', filled: (draw: Draw) => ({ path: path(draw) }) },
  { sentence: 'lists {path:path} and watches', filled: (draw: Draw) => ({ path: path(draw) }) },
  { sentence: 'watches {path:path} and all below', filled: (draw: Draw) => ({ path: path(draw) }) },
  { sentence: 'syncs {path:path}', filled: (draw: Draw) => ({ path: path(draw) }) },
  { sentence: 'reads {path:path}', filled: (draw: Draw) => ({ path: path(draw) }) },
])

/** Something that one of two clients does, who are there besides the loads; it may have to wait for no answer. */
export function drawAsk(draw: Draw): Play[] {
  const { random } = draw
  const client = random.pick(NAMES)
  const kind = random.int(0, 9)
  if (kind < 3) {
    // Its first session, or the session that it has moves.
    const servers = random.chance(0.5) ? ('all' as const) : draw.group()
    return [deed('{client:client} connects to {servers:peers} without waiting', { client, servers })]
  }
  if (kind === 3 && draw.profile.reconfig) return [drawReconfig(draw, client)]
  const { sentence, filled } = random.pick(ASKS)
  return [deed(`{client:client} ${sentence} without waiting`, { client, ...filled(draw) })]
}

function drawReconfig(draw: Draw, client: string): Play {
  const { random } = draw
  const one = Object.freeze([random.pick(draw.sids)])
  switch (random.int(0, 3)) {
    case 0:
      return deed('{client:client} reconfigures adding {joining:sids} without waiting', {
        client,
        joining: one,
      })
    case 1:
      return deed('{client:client} reconfigures removing {leaving:sids} without waiting', {
        client,
        leaving: one,
      })
    case 2:
      return deed('{client:client} reconfigures adding observers {joining:sids} without waiting', {
        client,
        joining: one,
      })
    default:
      return deed('{client:client} reconfigures to voters {voters:sids} without waiting', {
        client,
        voters: draw.group(),
      })
  }
}
