/**
 * The reference page of the scenario language: every declaration, step, fault, fact, invariant and setting, from the
 * same declarations that the parser reads. Nothing in it is written by hand.
 */
import { faults } from '../../faults/index.ts'
import { kinds } from '../kinds.ts'
import type { Sentence } from '../sentence.ts'
import { declarationGroups } from './declarations.ts'
import { factGroups } from './facts.ts'
import { stepGroups } from './steps.ts'

/** What the page needs to know of an invariant. */
export interface DocumentedInvariant {
  readonly code: string
  readonly name: string
  readonly says: string
  readonly source: string
}

interface Entry {
  readonly sentence: Sentence
  readonly means: string
}

/** The text of docs/reference.md. */
export function reference(invariants: readonly DocumentedInvariant[]): string {
  return [
    '# Reference of the scenario language',
    'Generated from the declarations in `src/sim/scenario`, `src/faults` and `src/invariants`; do not edit.',
    '`‹…›` is a hole. Where a step names a peer it may say `the leader`, `a follower` (the one with the highest number), ' +
      '`an observer` or `that peer` (who told the fact that the last `until` waited for); where it names several, also ' +
      '`all`, `the followers`, `the observers`, `a quorum` (the fewest running voters that decide, the leader among them) ' +
      'and `a minority` (the most running voters that can be lost without losing the quorum, the leader not among them). ' +
      'A fact may be one of `somebody`.',
    '## Declarations',
    'What the ensemble is. They stand before the first step, several on a line with commas between them.',
    ...declarationGroups.flatMap(([title, group]) => section(title, group)),
    '## Steps',
    'One a line, played in order.',
    ...stepGroups.filter(([title]) => title !== 'Faults').flatMap(([title, group]) => section(title, group)),
    '## Faults',
    'Every fault is a step, or several: the first begins it, others end it.',
    ...faults.flatMap((fault) => section(capital(fault.name), fault.deeds)),
    '## Facts',
    'What can stand behind `until`, `expect` and `do not expect`. An *event* is told once: `until` waits for it from its ' +
      'own beginning on, `expect` asks whether it ever was told. A *condition* holds or not: `until` waits for the ' +
      'moment when it holds, `expect` asks about now. Where it says *both*, it is an event to `until` and a condition ' +
      'to `expect`.',
    ...factGroups.flatMap(([title, forms]) => [
      `### ${title}`,
      ...table(
        ['fact', 'kind', 'means', 'example'],
        forms.map((form) => [
          code(form.sentence.shape),
          form.matches === null ? 'condition' : form.holds === null ? 'event' : 'both',
          form.means,
          code(form.sentence.example),
        ]),
      ),
    ]),
    '## Invariants',
    'Judged in every run, by name or by code: `expect Agreement held`, `expect P1 broken`.',
    ...table(
      ['code', 'name', 'says', 'source'],
      invariants.map((one) => [one.code, code(one.name), one.says, one.source]),
    ),
    '## Holes',
    ...table(
      ['kind', 'what stands there', 'example'],
      [...new Map(Object.entries(kinds))].map(([name, kind]) => [name, kind.expects, code(kind.example)]),
    ),
  ]
    .join('\n\n')
    .concat('\n')
}

function section(title: string, entries: readonly Entry[]): string[] {
  const rows = entries.map(({ sentence, means }) => [code(sentence.shape), means, code(sentence.example)])
  return [`### ${title}`, ...table(['sentence', 'means', 'example'], rows)]
}

/** One block of lines. */
function table(head: readonly string[], rows: readonly (readonly string[])[]): string[] {
  const line = (cells: readonly string[]): string =>
    `| ${cells.map((cell) => cell.replaceAll('|', '\\|')).join(' | ')} |`
  return [[line(head), line(head.map(() => '---')), ...rows.map(line)].join('\n')]
}

function code(text: string): string {
  return `\`${text}\``
}

function capital(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1)
}
