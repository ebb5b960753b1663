/** `zksim steps`, `faults`, `invariants`: what can be written in a scenario; `zksim profiles`: what seeds may draw. */
import { faults } from '../../faults/index.ts'
import { invariants, nearestInvariants } from '../../invariants/index.ts'
import { profiles } from '../fuzz/Profile.ts'
import { declarationGroups } from '../scenario/declarations.ts'
import { factGroups } from '../scenario/facts.ts'
import { stepGroups } from '../scenario/steps.ts'
import type { Sentence } from '../sentence.ts'
import type { Io } from './io.ts'
import { type Style, visible, wrap } from './layout.ts'

/** Readable on a narrower terminal than the rest. */
const WIDTH = 100
/** The column of the sentences. */
const LEFT = 42

/** One thing that can be written. */
interface Entry {
  /** In `--json`. */
  readonly type: 'declaration' | 'step' | 'fact' | 'fault' | 'invariant' | 'profile'
  readonly group: string
  /** What is printed to the left. */
  readonly left: string
  readonly means: string
  /** A line below; null where it would say nothing new. */
  readonly below: string | null
  readonly object: Readonly<Record<string, unknown>>
}

type Listed = { readonly sentence: Sentence; readonly means: string }

function entry(type: Entry['type'], group: string, { sentence, means }: Listed): Entry {
  const { shape, example } = sentence
  return {
    type,
    group,
    left: shape,
    means,
    below: shape === example ? null : `e.g. ${example}`,
    object: { group, sentence: shape, means, example },
  }
}

const faultEntries = faults.flatMap(({ name, deeds }) => deeds.map((deed) => entry('fault', name, deed)))

function stepEntries(): Entry[] {
  return [
    ...declarationGroups.flatMap(([group, list]) =>
      list.map((one) => entry('declaration', `Declarations: ${group}`, one)),
    ),
    ...stepGroups
      .filter(([group]) => group !== 'Faults')
      .flatMap(([group, list]) => list.map((one) => entry('step', `Steps: ${group}`, one))),
    ...factGroups.flatMap(([group, list]) =>
      list.map((one) => entry('fact', `Facts, behind until and expect: ${group}`, one)),
    ),
  ]
}

const invariantEntries = invariants.map(
  ({ code, name, says, source }): Entry => ({
    type: 'invariant',
    group: 'Judged in every run; expect Agreement held, expect P1 broken',
    left: `${code.padEnd(3)} ${name}`,
    means: says,
    below: source,
    object: { code, name, says, source },
  }),
)

const profileEntries = [...profiles.values()].map(
  ({ name, means }): Entry => ({
    type: 'profile',
    group: 'What seeds may draw: zksim fuzz --profile NAME',
    left: name,
    means,
    below: null,
    object: { name, means },
  }),
)

export type Topic = 'steps' | 'faults' | 'invariants' | 'profiles'

/** @returns the exit code. */
export function listCommand(
  topic: Topic,
  words: readonly string[],
  json: boolean,
  io: Io,
  style: Style,
): number {
  const all = entriesOf(topic, words.length > 0)
  const found = all.filter((one) => words.every((word) => textOf(one).includes(word.toLowerCase())))
  if (found.length === 0) {
    const near = topic === 'invariants' ? nearestInvariants(words.join(' ')) : []
    const hint = near.length > 0 ? `did you mean ${near.join(' or ')}?` : `zksim ${topic} shows all`
    io.err(`zksim: nothing in ${topic} has ${visible(words.join(' '))}; ${hint}\n`)
    return 2
  }
  if (json) for (const one of found) io.out(`${JSON.stringify({ type: one.type, ...one.object })}\n`)
  else io.out(print(found, topic, words.length > 0, { ...style, width: Math.min(style.width, WIDTH) }))
  return 0
}

function entriesOf(topic: Topic, searching: boolean): readonly Entry[] {
  if (topic === 'invariants') return invariantEntries
  if (topic === 'faults') return faultEntries
  if (topic === 'profiles') return profileEntries
  return searching ? [...stepEntries(), ...faultEntries] : stepEntries()
}

function textOf({ group, left, means, below }: Entry): string {
  return `${group} ${left} ${means} ${below ?? ''}`.toLowerCase()
}

function print(
  entries: readonly Entry[],
  topic: Topic,
  searched: boolean,
  { colours, width }: Style,
): string {
  const lines: string[] = []
  let group = ''
  for (const one of entries) {
    if (one.group !== group) {
      group = one.group
      lines.push('', colours.bold(group))
    }
    const means = wrap(one.means, width - LEFT)
    const lefts =
      one.left.length + 4 <= LEFT ? [`  ${one.left}`] : wrap(one.left, width - 4).map((text) => `  ${text}`)
    const short = lefts.length === 1 && one.left.length + 4 <= LEFT
    if (!short) lines.push(...lefts.map(colours.cyan))
    for (const [i, text] of means.entries()) {
      const left = short && i === 0 ? lefts[0]! : ''
      lines.push(colours.cyan(left) + ' '.repeat(LEFT - left.length) + text)
    }
    if (one.below !== null) {
      for (const text of wrap(one.below, width - LEFT)) lines.push(' '.repeat(LEFT) + colours.dim(text))
    }
  }
  if (topic === 'steps' && !searched) {
    lines.push('', 'Faults are steps too: zksim faults. To search: zksim steps WORD…')
  }
  return `${lines.slice(1).join('\n')}\n`
}
