import type { Cast } from '../cast.ts'
import { idealClient } from '../client/Client.ts'
import type { ClientCast } from '../client/ClientCast.ts'
import { ideal } from '../ideal.ts'

/** A way in which earlier releases behaved: whoever plays the part now can step aside for it. Frozen. */
export interface Understudy {
  /** Where it is told of: `ZOOKEEPER-4026`, `CVE-2024-23944`; `UNFILED-` and a word where nobody has. */
  readonly issue: string
  /** The first release that behaved so, as far as is known. */
  readonly since: string
  /** The first release of each branch that did not any more; the newest still does where there is none. */
  readonly mendedIn: readonly string[]
  /** What they did, in a sentence or two. */
  readonly story: string
  /** Servers that behave so. */
  readonly recast?: (cast: Cast) => Cast
  /** Clients that behave so. */
  readonly recastClient?: (cast: ClientCast) => ClientCast
}

export function understudy(what: Understudy): Understudy {
  return Object.freeze(what)
}

/** The parts of servers and clients. Frozen. */
export interface Troupe {
  readonly cast: Cast
  readonly clientCast: ClientCast
}

/** The default parts, with these understudies in the order given. */
export function troupeOf(understudies: Iterable<Understudy>): Troupe {
  let cast = ideal
  let clientCast = idealClient
  for (const { recast, recastClient } of understudies) {
    if (recast !== undefined) cast = recast(cast)
    if (recastClient !== undefined) clientCast = recastClient(clientCast)
  }
  return Object.freeze({ cast, clientCast })
}
