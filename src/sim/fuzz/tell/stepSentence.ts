/** What a step does, as a clause of a story; most have no words but their own. */
import type { Sid } from '../../../nodes/zxid.ts'
import { printStep } from '../../scenario/print.ts'
import type { StepLine } from '../../scenario/Scenario.ts'
import { stepOf } from '../../scenario/steps.ts'
import type { Filled } from '../../sentence.ts'
import { counted, peers } from './words.ts'

/** Clauses with the peers meant as their subject, for one and for several. */
const ofPeers: ReadonlyMap<string, readonly [string, string]> = new Map([
  ['crash {peers:peers}', ['crashes', 'crash']],
  ['restart {peers:peers}', ['is restarted', 'are restarted']],
  ['start {peers:peers}', ['is started', 'are started']],
  ['cut power to {peers:peers}', ['loses its power', 'lose their power']],
  [
    'cut power to {peers:peers} in the middle of a write',
    ['loses its power in the middle of a write', 'lose their power in the middle of a write'],
  ],
  ['pause {peers:peers}', ['is paused', 'are paused']],
  ['resume {peers:peers}', ['runs on', 'run on']],
  ['wipe {peers:peers}', ['loses its disk', 'lose their disks']],
  ['split {peers:peers} from the rest', ['is cut off from the others', 'are cut off from the others']],
])

const others: ReadonlyMap<string, string> = new Map([
  ['heal', 'the network is healed'],
  ['heal partitions', 'partitions are healed'],
  ['heal a quorum', 'a quorum is healed'],
  ['heal everybody', 'everybody is healed'],
  ['calm until all is well', 'nothing disturbs the run from here on'],
  ['calm', 'nothing disturbs the run from here on'],
  ['stop load', 'the loads stop'],
])

/** Null where it only lets time pass, looks or expects. */
export function clauseOf({ play }: StepLine, meant: Filled): string | null {
  const { sentence, filled } = play
  if (/^(?:after|until|settle|show|expect|do not expect|quiet|normal|loud)\b/.test(sentence)) return null
  const load = /^(?:start )?load of /.exec(sentence)
  if (load !== null) {
    const who = counted(meant.clients as number, meant.kind as string)
    return `${who} ${meant.clients === 1 ? 'is' : 'are'} at work`
  }
  const words = ofPeers.get(sentence)
  if (words !== undefined) {
    const sids = meant.peers as readonly Sid[]
    const subject =
      typeof filled.peers === 'string' && !Array.isArray(filled.peers)
        ? withRole(filled.peers, sids)
        : peers(sids)
    return `${subject} ${words[sids.length === 1 ? 0 : 1]}`
  }
  return others.get(sentence) ?? quoted(play.sentence, filled, meant, printStep(play))
}

function withRole(role: string, sids: readonly Sid[]): string {
  if (role === 'all') return sids.length === 1 ? peers(sids) : 'all peers'
  return `${role} (${peers(sids)})`
}

/** In its own words; who is meant by a role stands behind it. */
function quoted(sentence: string, filled: Filled, meant: Filled, said: string): string {
  if (sentence.startsWith('{client:client} ')) return said
  const roles = stepOf({ sentence, filled }).sentence.parts.flatMap((part) => {
    if ('words' in part || typeof filled[part.hole] !== 'string' || filled[part.hole] === meant[part.hole])
      return []
    const one = meant[part.hole]
    return [peers(Array.isArray(one) ? one : [one as Sid])]
  })
  return `\`${said}\` is played${roles.length === 0 ? '' : ` (${roles.join(', ')})`}`
}
