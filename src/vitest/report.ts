/** What a test says when a seed fails. */
import { HEALED } from '../testing/drawTrouble.ts'
import type { Finding } from '../testing/investigate.ts'
import { NotDeterministic } from '../testing/NotDeterministic.ts'
import { printFaults, printHappened, printResult } from '../testing/report.ts'
import type { Course } from './runSeeds.ts'

export function printSeedFailed(seed: number, held: number, finding: Finding, course: Course): string {
  const { first, least, parted } = finding
  const before = held === 0 ? '' : `, after ${held} that held`
  return [
    `seed ${seed}${course.seeds.list.length === 1 ? '' : ` of ${course.seeds.print()}`}${before}`,
    ...printResult(first.result).map((line) => `  ${line}`),
    ...printLeast(finding),
    ...printHappened(least.result),
    ...(parted === null ? [] : [new NotDeterministic(seed, parted).message]),
    `  again: ${course.again(seed)}`,
  ].join('\n')
}

function printLeast({ first, least, parted, runs }: Finding): string[] {
  const all = first.played.length
  const few = least.played.filter((step) => step !== HEALED).length
  if (all === 0) return []
  if (parted !== null) return ['  what went wrong around it:', ...printFaults(first.played)]
  if (few === 0) return ['  it fails so when nothing goes wrong around it, too']
  const of = least.played.length === all ? '' : `, ${least.played.length} of ${all} steps by ${runs} runs`
  return [`  what it takes to go wrong for it to fail so${of}:`, ...printFaults(least.played)]
}
