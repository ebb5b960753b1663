import type { Sid } from '../../../nodes/zxid.ts'
import { factKinds, kinds } from '../../kinds.ts'
import { specOf } from '../../scenario/declarations.ts'
import { sidsOf } from '../../scenario/EnsembleSpec.ts'
import type { Play } from '../../scenario/Scenario.ts'
import { assemble, type Parts, said } from '../assemble.ts'
import { ddmin } from './ddmin.ts'
import { type Hole, withHoles } from './mapHoles.ts'
import { type Place, type Search, sentenceAt } from './Pass.ts'

/** What says how many there are. */
export function isSize({ sentence }: Play): boolean {
  return /^(?:\{peers:some\}|\{joiners:some\}|one) (?:peer|joiner)/.test(sentence)
}

/** Takes peers out of the ensemble. Those that stay are numbered anew, and what is said of the others is left out. */
export function* fewerPeers(parts: Parts): Search {
  const spec = specOf(assemble(parts))
  const build = (kept: readonly Sid[]): Parts => {
    const size = (from: number, to: number): number => kept.filter((sid) => sid > from && sid <= to).length
    const peers = size(0, spec.peers)
    const observers = size(spec.peers, spec.peers + spec.observers)
    const renumbered = (place: Place, plays: readonly Play[]): Play[] =>
      plays.flatMap((play) => {
        const changed = withHoles(sentenceAt(place, play), play, (hole) => amongThese(hole, kept))
        return changed === null ? [] : [changed]
      })
    return {
      ...parts,
      declarations: [
        ...sayingSize(peers, observers, kept.length - peers - observers),
        ...renumbered(
          'declarations',
          parts.declarations.filter((play) => !isSize(play)),
        ),
      ],
      steps: renumbered('steps', parts.steps),
    }
  }
  const all = sidsOf(spec)
  const kept = yield* ddmin(all, build, 1)
  if (kept.length < all.length) return build(kept)
  const saidPlainly = build(all)
  return (yield saidPlainly) ? saidPlainly : parts
}

function sayingSize(peers: number, observers: number, joiners: number): Play[] {
  const plays = [sayingMembers(peers, observers)]
  if (joiners === 1) plays.push(said('one joiner'))
  if (joiners > 1) plays.push(said('{joiners:some} joiners', { joiners }))
  return plays
}

function sayingMembers(peers: number, observers: number): Play {
  if (observers > 1) return said('{peers:some} peers and {observers:some} observers', { peers, observers })
  if (observers === 1) return said('{peers:some} peers and one observer', { peers })
  return peers === 1 ? said('one peer') : said('{peers:some} peers', { peers })
}

/** What stands in a hole when only these peers are left; null where nothing does. */
function amongThese({ kind, value }: Hole, kept: readonly Sid[]): unknown {
  const numberOf = (sid: Sid): Sid => kept.indexOf(sid) + 1
  const those = (sids: readonly Sid[]): readonly Sid[] | null => {
    const left = sids.filter((sid) => kept.includes(sid)).map(numberOf)
    return left.length === 0 ? null : Object.freeze(left)
  }
  if (kind === kinds.sid || kind === kinds.peer || kind === factKinds.peer) {
    return typeof value === 'number' ? numberOf(value) || null : value
  }
  if (kind === kinds.machine) {
    return /^[0-9]+$/.test(value as string) ? nameOf(numberOf(Number(value))) : value
  }
  if (kind === kinds.sids || kind === kinds.peers) {
    return Array.isArray(value) ? those(value as readonly Sid[]) : value
  }
  if (kind === kinds.groups) {
    const left = (value as readonly (readonly Sid[])[]).flatMap((group) =>
      [those(group) ?? []].filter(isFilled),
    )
    return left.length < 2 ? null : Object.freeze(left)
  }
  if (kind === kinds.weights) {
    const left = (value as readonly (readonly [Sid, number])[]).filter(([sid]) => kept.includes(sid))
    return left.length === 0
      ? null
      : Object.freeze(left.map(([sid, weight]) => Object.freeze([numberOf(sid), weight])))
  }
  return value
}

function nameOf(number: number): string | null {
  return number === 0 ? null : `${number}`
}

function isFilled(group: readonly Sid[]): boolean {
  return group.length > 0
}
