/** Texts of scenarios: made of the language's own sentences, sensible, absurd or damaged. */
import fc from 'fast-check'
import { declarations } from '../../src/sim/scenario/declarations.ts'
import { factForms } from '../../src/sim/scenario/facts.ts'
import { steps } from '../../src/sim/scenario/steps.ts'
import type { Sentence } from '../../src/sim/sentence.ts'
import { damaged } from './damage.ts'
import { type Sense, sentenceText } from './fillings.ts'

const declarationSentences = declarations.map((one) => one.sentence)
const stepSentences = [...steps.values()].map((one) => one.sentence)

function oneOf(sentences: readonly Sentence[], sense: Sense): fc.Arbitrary<string> {
  return fc.oneof(...sentences.map((sentence) => sentenceText(sentence, sense)))
}

/** What is seldom said well by chance. */
const usualDeclarations = fc.constantFrom(
  'three peers',
  'one peer',
  'five peers',
  'three peers and 2 observers',
)
const usualSteps = fc.constantFrom(
  'settle',
  'settle within 5 s',
  'ann connects to 1, 2 and 3',
  'bob connects to 1',
  'ann creates /x "v1"',
  'ann closes',
  'load of 3 users for 50 ms',
  'start load of 2 clients',
  'stop load',
  'restart all',
  'crash the leader',
  'start all',
  'until somebody leads',
  'after 100 ms',
  'show logs',
  'normal',
)

const PROSE = fc.constantFrom('', '', '', '# prose', '#', '   # more', '\t')
const RECORDED = fc.constantFrom(
  '',
  '',
  '',
  '',
  '----\n',
  '----\nann  create /x "v1" → /x\n',
  '----\n1  nothing\n2  nothing\n',
)

interface Makings {
  readonly declarations: fc.Arbitrary<string>
  readonly steps: fc.Arbitrary<string>
}

function textOf({ declarations, steps }: Makings): fc.Arbitrary<string> {
  const head = fc.array(
    fc.array(declarations, { minLength: 1, maxLength: 3 }).map((line) => line.join(', ')),
    { maxLength: 3 },
  )
  const body = fc.array(
    fc.tuple(PROSE, steps, RECORDED).map((parts) => parts.filter((part) => part !== '').join('\n')),
    { minLength: 1, maxLength: 9 },
  )
  return fc.tuple(head, body).map(([first, then]) => `${[...first, '', ...then].join('\n')}\n`)
}

function makings(sense: Sense): Makings {
  return {
    declarations: fc.oneof(
      { weight: 2, arbitrary: usualDeclarations },
      { weight: 5, arbitrary: oneOf(declarationSentences, sense) },
    ),
    steps: fc.oneof(
      { weight: 4, arbitrary: usualSteps },
      { weight: 5, arbitrary: oneOf(stepSentences, sense) },
    ),
  }
}

/** Mostly reads; much of it cannot be, or should not. */
export const absurdTexts = fc.oneof(
  textOf(makings({ extreme: 25, nonsense: 0 })),
  textOf(makings({ extreme: 8, nonsense: 0 })),
)
/** Reads, and can be played. */
export const sensibleTexts = textOf(makings({ extreme: 2, nonsense: 0 }))
/** Almost reads. */
export const nearTexts = textOf(makings({ extreme: 10, nonsense: 8 }))
export const damagedTexts = damaged(fc.oneof(sensibleTexts, nearTexts))

/** Words of the language in no order at all. */
const words = [...declarationSentences, ...stepSentences, ...factForms.map((form) => form.sentence)].flatMap(
  (sentence) => sentence.example.split(' '),
)
export const wordSalads: fc.Arbitrary<string> = fc
  .array(fc.constantFrom(...words, '\n', '\n', '\n', '----', ',', '#'), { maxLength: 60 })
  .map((list) => list.join(' '))

export const randomTexts: fc.Arbitrary<string> = fc.string({ unit: 'binary', maxLength: 300 })

/** Repeated until it is long: what takes a moment for a line must not take minutes for a file. */
const SIZES = [100_000, 400_000]
const pieces = fc.oneof(
  fc.constantFrom(
    'a ',
    'settle\n',
    '"',
    '\\',
    '1, ',
    '1 | ',
    ',',
    '[a ',
    '# ',
    '----\n',
    ' ',
    '\t\n',
    '/',
    ':',
    'a:b:c,',
  ),
  fc.constantFrom(
    '1=1 ',
    'create /a "1"; ',
    'seed 1, ',
    '1 had logged 1:1, ',
    'expect ',
    'until 1 ',
    'crsh 2\n',
    '0',
  ),
  fc.constantFrom(
    'normal\n----\nx\n',
    'expect somebody leads\n',
    'the ',
    'x:y:r,',
    '0x00',
    'A-',
    '1.',
    '\u0301',
    '\r\n',
  ),
)
const beginnings = fc.oneof(
  fc.constantFrom('', '', 'three peers\n', 'settle\n', 'crash ', 'partition ', 'weights ', 'expect ann got '),
  fc.constantFrom(
    'ann creates /x ',
    'ann does all of ',
    'ann sets acl of /x to ',
    'ann reads all of ',
    'until ',
    'groups ',
  ),
  fc.constantFrom('ann sends opcode 1 with ', 'with ', 'as of ', 'settle\n----\n', '1 had logged 1:1 to '),
)
export const longTexts: fc.Arbitrary<string> = fc
  .tuple(beginnings, pieces, fc.constantFrom(...SIZES), fc.constantFrom('', '\nsettle\n', '"', ']'))
  .map(([begin, piece, size, end]) => begin + piece.repeat(Math.ceil(size / piece.length)) + end)
