import { expect, it } from 'vitest'
import { ideal } from '../../src/nodes/ideal.ts'
import * as r from './directed.ts'
import * as b from './discovery.ts'
import * as e from './disk.ts'
import * as a from './election.ts'

it.each([
  ['sameEpochAgain', b.equalEpochsDoNotCount],
  ['onlyTheObserverAnswers', b.observersCount],
  ['voteOfAnotherRound', a.oldRoundsCount],
  ['crashBeforeTheClaim', b.bootRefusesUnclaimedEpoch],
  ['snapshotOfWhatIsTruncated', e.keepsTruncatedSnapshots],
] as const)('%s', (n, m) => {
  const i = r.direct(r[n]),
    x = r.direct(r[n], m.recast(ideal))
  console.log(
    n,
    i.outcome.verdict,
    i.outcome.reason,
    JSON.stringify(i.outcome.at),
    '||',
    x.broken,
    x.outcome.verdict,
    x.outcome.reason,
    JSON.stringify(x.outcome.at),
  )
  if (process.env.V)
    console.log(
      i.outcome.transcript
        .map((l) => JSON.stringify(l))
        .join('\n')
        .slice(0, 6000),
    )
})
