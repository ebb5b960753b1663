/** Beats → sentences, in the order of time. */
import type { SyncMode } from '../../../nodes/facts.ts'
import { printZxid, type Sid, type Zxid } from '../../../nodes/zxid.ts'
import { printSeconds } from '../../scenario/transcript.ts'
import type { Beat } from './Chronicle.ts'
import { clauseOfFact } from './factClause.ts'
import { clauseOf } from './stepSentence.ts'
import { counted, listed, peers, sentence } from './words.ts'

/** Sentences of a story that somebody still reads. */
const MOST = 12
/** How many of the first are kept where there are too many. */
const FIRST = 3

export function story(beats: readonly Beat[]): readonly string[] {
  const sentences: string[] = []
  let clauses: string[] = []
  let since = 0
  const endClauses = (): void => {
    if (clauses.length > 0) sentences.push(sentence(`${when(since)}${joined(clauses)}`))
    clauses = []
  }
  for (const [i, beat] of beats.entries()) {
    if (beat.type === 'step') {
      const clause = clauseOf(beat.step, beat.meant)
      if (clause === null) continue
      if (clauses.length > 0 && beat.time !== since) endClauses()
      since = beat.time
      clauses.push(clause)
      continue
    }
    endClauses()
    const told = tellBeat(beat, beats.slice(i + 1))
    if (told !== null) sentences.push(sentence(told))
  }
  endClauses()
  if (sentences.length <= MOST) return sentences
  const left = sentences.length - MOST
  return [...sentences.slice(0, FIRST), `[${counted(left, 'more turns')}.]`, ...sentences.slice(FIRST + left)]
}

/** Null where a later one says it better. */
function tellBeat(beat: Exclude<Beat, { readonly type: 'step' }>, later: readonly Beat[]): string | null {
  switch (beat.type) {
    case 'leads':
      return `${when(beat.time)}peer ${beat.leader} leads epoch ${beat.epoch}, which ${listed(beat.by)} acknowledged`
    case 'follows':
      return followers(beat.learners, beat.leader)
    case 'commits':
      return beat.first === beat.last
        ? `${printZxid(beat.first)} is committed`
        : `${printZxid(beat.first)} to ${printZxid(beat.last)} are committed`
    case 'looks':
      return `${peers(beat.sids)} ${beat.sids.length === 1 ? 'looks' : 'look'} for a leader again${because(beat.reasons)}`
    case 'starts':
      return starts(beat.peers)
    case 'elects': {
      const leads = later.some((one) => one.type === 'leads' && one.leader === beat.leader)
      if (leads) return null
      return `${when(beat.time)}${peers(beat.sids)} ${beat.sids.length === 1 ? 'elects' : 'elect'} ${beat.leader}`
    }
    case 'dies':
      return `${when(beat.time)}peer ${beat.who} exits: ${beat.why}`
    case 'expires': {
      const [first, ...rest] = beat.sessions
      const others = rest.length === 0 ? '' : `, and ${counted(rest.length, 'others')} later`
      return `${when(beat.time)}peer ${beat.peer} expires session ${first}${others}`
    }
    case 'notable':
      return `${when(beat.time)}${clauseOfFact(beat.fact)}`
  }
}

/** `Peers 1 and 2 follow by SNAP, 3 by DIFF` */
function followers(learners: ReadonlyMap<Sid, SyncMode | null>, leader: Sid): string {
  const byMode = new Map<SyncMode | null, Sid[]>()
  for (const [sid, mode] of learners) byMode.set(mode, [...(byMode.get(mode) ?? []), sid])
  const groups = [...byMode].map(([mode, sids], i) => {
    const who = i === 0 ? peers(sids) : listed(sids)
    const follow = i === 0 ? ` ${sids.length === 1 ? 'follows' : 'follow'} ${leader}, brought up to date` : ''
    return `${who}${follow}${mode === null ? '' : ` by ${mode}`}`
  })
  return groups.join(', ')
}

/** `Peers 1 and 2 start from their disks at 1:5, 3 at 1:6` */
function starts(started: ReadonlyMap<Sid, Zxid>): string {
  const byEnd = new Map<Zxid, Sid[]>()
  for (const [sid, end] of started) byEnd.set(end, [...(byEnd.get(end) ?? []), sid])
  const groups = [...byEnd].map(([end, sids], i) => {
    const own = sids.length === 1 ? 'starts from its disk' : 'start from their disks'
    return `${i === 0 ? `${peers(sids)} ${own}` : listed(sids)} at ${printZxid(end)}`
  })
  return groups.join(', ')
}

function because(reasons: ReadonlySet<string>): string {
  return reasons.size === 1 ? ` (${[...reasons][0]})` : ''
}

/** `At 0.412 s `, and nothing at the very beginning. */
export function when(time: number): string {
  if (time === 0) return ''
  return `at ${printSeconds(time)} `
}

function joined(clauses: readonly string[]): string {
  if (clauses.length < 3) return clauses.join(', and ')
  return `${clauses.slice(0, -1).join(', ')}, and ${clauses.at(-1)}`
}
