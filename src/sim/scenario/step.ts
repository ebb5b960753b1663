import type { Fact } from '../../nodes/facts.ts'
import type { HostName, Micros } from '../../nodes/Host.ts'
import type { Sid } from '../../nodes/zxid.ts'
import { kinds } from '../kinds.ts'
import { type Holes, isMiss, type Kind, Sentence } from '../sentence.ts'
import type { ClusterView } from './ClusterView.ts'
import type { Damage } from './Damage.ts'
import type { EnsembleApi } from './EnsembleApi.ts'
import { factForms } from './facts.ts'
import type { Load } from './Load.ts'
import { missOf, nearestTo, readOne } from './reading.ts'
import type { Play } from './Scenario.ts'
import type { Transcript } from './transcript.ts'

/** What a step may do to the run. */
export interface Stage {
  readonly ensemble: EnsembleApi
  readonly view: ClusterView
  readonly transcript: Transcript
  /** What faults have done to disks. */
  readonly damage: Damage
  /** Who told the fact that the last `until` waited for; null where nobody did. */
  thatPeer: Sid | null
  /** Every load that was begun. */
  readonly loads: Load[]
  /** The last answer that a client got. */
  answerTo(client: HostName): string | undefined
  /** How often a fact that a step of the file expects was told so far. */
  timesTold(play: Play): number
  /** Whether the peers that a sentence of a condition speaks of exist now, and the condition holds. */
  holds(play: Play): boolean
  /** An expectation was not met. */
  fail(why: string): void
}

/** A step that takes time. Forked with the run: plain fields, no closures. */
export interface Waiting {
  /** Virtual time from the step's beginning after which the run ends as unknown; null: it is sure to come. */
  readonly limit: Micros | null
  over(stage: Stage): boolean
  hear(fact: Fact, stage: Stage): void
  /** After "waited for". */
  describe(): string
}

/** One kind of step. */
export interface Step {
  readonly sentence: Sentence
  readonly means: string
  /** Returns what to wait for, or null where it is done at once. */
  readonly begin: (stage: Stage, holes: never) => Waiting | null
}

const factList = factForms.map((form) => form.sentence)
const factSentences = new Map(factList.map((sentence) => [sentence.text, sentence]))

/** A hole for a whole sentence about facts. */
const fact: Kind<Play> = Object.freeze({
  expects: 'a fact, such as `2 acked NEWLEADER` or `nobody leads`',
  example: '2 acked NEWLEADER',
  isSentence: true,
  read: (text: string, at: number) => {
    const read = readOne(factList, text, at)
    if (!isMiss(read)) return read
    const miss = missOf(nearestTo(factList, text.slice(at)), text, at) ?? read
    return miss.missAt === at ? { missAt: at, expected: fact.expects } : miss
  },
  print: (play: Play) => sentenceOf(play).print(play.filled),
  // Who `the leader` is has to be asked whenever a fact is told, not when the step begins.
  resolve: (play: Play) => play,
})

function sentenceOf(play: Play): Sentence {
  const found = factSentences.get(play.sentence)
  if (found === undefined) throw new Error(`no fact reads '${play.sentence}'`)
  return found
}

export const stepKinds = Object.freeze({ ...kinds, fact })

export function step<const S extends string>(
  text: S,
  means: string,
  begin: (stage: Stage, holes: Holes<S, typeof stepKinds>) => Waiting | null,
  example?: string,
): Step {
  return Object.freeze({ sentence: new Sentence(text, stepKinds, example), means, begin })
}

/** A step that is done at once. */
export function deedStep<const S extends string>(
  text: S,
  means: string,
  act: (stage: Stage, holes: Holes<S, typeof stepKinds>) => void,
  example?: string,
): Step {
  const begin = (stage: Stage, holes: Holes<S, typeof stepKinds>): null => {
    act(stage, holes)
    return null
  }
  return step(text, means, begin, example)
}
