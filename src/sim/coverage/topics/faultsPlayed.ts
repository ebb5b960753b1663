import { everyFault } from '../../../faults/index.ts'
import { each, topic } from '../property.ts'

const TOPIC = 'faults'

/** `crash {peers:peers}` as `crash {peers}`. */
function nameOf(sentence: string): string {
  return sentence.replace(/\{(\w+):\w+\}/g, '{$1}')
}

/** Ends of faults are no places to come to. */
const ENDS = /^(heal|release|restore|resume|unstall|mend|run clock of \{peers:peers\} right)/

const deeds = everyFault
  .flatMap((fault) => [...fault.deeds])
  .filter(({ sentence }) => !ENDS.test(sentence.text))

/** What was done to worlds: told by the steps of a run, not by a fact. */
export const faultsPlayed = topic(
  TOPIC,
  each(
    nameOf,
    Object.fromEntries(
      deeds.map(({ sentence, means }) => [sentence.text, { says: means, needs: ['faults'] }]),
    ),
    {},
  ),
)

/** As hits, by the sentences of the steps that were played and how often. */
export function playedFaults(played: ReadonlyMap<string, number>): Map<string, number> {
  const hits = new Map<string, number>()
  for (const { sentence } of deeds) {
    const times = played.get(sentence.text) ?? 0
    if (times > 0) hits.set(`${TOPIC}: ${nameOf(sentence.text)}`, times)
  }
  return hits
}
