/** What stands behind `--at` and `--path`. */
import { InvalidArgumentError } from 'commander'
import { type PathStep, parsePath } from '../explore/path.ts'
import type { Play } from '../scenario/Scenario.ts'
import { stepKinds } from '../scenario/step.ts'
import { isMiss } from '../sentence.ts'

/** @throws InvalidArgumentError */
export function factNamed(text: string): Play {
  const read = stepKinds.fact.read(text, 0)
  if (!isMiss(read) && read.end === text.length) return read.value
  const [at, expected] = isMiss(read) ? [read.missAt, read.expected] : [read.end, 'the end of the fact']
  throw new InvalidArgumentError(`At column ${at + 1} it has to be ${expected}. \`zksim steps\` lists facts.`)
}

/** @throws InvalidArgumentError */
export function exploredPath(text: string): readonly PathStep[] {
  const path = parsePath(text)
  if (typeof path === 'string') throw new InvalidArgumentError(`${path}.`)
  return path
}
