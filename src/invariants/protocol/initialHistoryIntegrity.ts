import type { EpochGhost } from '../EpochGhost.ts'
import { always, type Check } from '../invariant.ts'
import { commonLength, isPrefix } from '../sequences.ts'
import { printTxn } from '../words.ts'

export const initialHistoryIntegrity = always({
  code: 'P10',
  name: 'InitialHistoryIntegrity',
  says: 'The initial history of an established epoch is a prefix of that of every later established epoch.',
  source: 'Zab (DSN 2011); Remix I-8',
  on: {
    established({ epoch }, history, check) {
      const { epochs } = history
      const at = epochs.findIndex((ghost) => ghost.epoch === epoch)
      const earlier = epochs.slice(0, at).findLast((ghost) => ghost.established)
      const later = epochs.slice(at + 1).find((ghost) => ghost.established)
      const ghost = epochs[at] as EpochGhost
      if (earlier !== undefined) compare(earlier, ghost, check)
      if (later !== undefined) compare(ghost, later, check)
    },
  },
})

function compare(earlier: EpochGhost, later: EpochGhost, check: Check): void {
  if (earlier.initial === null || later.initial === null) return
  check.exercised += 1
  if (isPrefix(earlier.initial, later.initial)) return
  const common = commonLength(earlier.initial, later.initial)
  const lost = earlier.initial.at(common)
  const instead = common < later.initial.length ? later.initial.at(common) : undefined
  check.broken(
    [earlier.leader, later.leader],
    [lost.zxid],
    `the initial history of epoch ${earlier.epoch} (leader ${earlier.leader}) has ${printTxn(lost)} ` +
      `where that of epoch ${later.epoch} (leader ${later.leader}) has ${printTxn(instead)}`,
  )
}
