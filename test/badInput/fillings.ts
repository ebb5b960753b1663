/** What may be written into the holes of sentences: by kind, what is right, what is nearly right, and what is absurd. */
import fc from 'fast-check'
import { factForms } from '../../src/sim/scenario/facts.ts'
import { stepKinds } from '../../src/sim/scenario/step.ts'
import type { Kind, Sentence } from '../../src/sim/sentence.ts'

type Texts = readonly [right: readonly string[], extreme: readonly string[]]

const COUNTS = ['0', '1', '2', '3', '5', '20', '100']
const HUGE = [
  '100000',
  '2147483647',
  '2147483648',
  '4294967295',
  '4294967296',
  '999999999999',
  '999999999999999',
]
const TIMES = ['0 s', '1 ms', '20 ms', '300 ms', '2 s', '5 s']
const LONG = [
  '1 us',
  '60 s',
  '90 min',
  '525600 min',
  '999999999999 ms',
  '150000000 min',
  '9007199254740991 us',
]

/** Beside the kinds' own examples. `extreme` still reads. */
const texts: Readonly<Record<string, Texts>> = {
  sid: [
    ['1', '2', '3'],
    ['4', '7', '99', '100', '999'],
  ],
  sids: [
    ['1', '1 and 2', '2, 3', '1, 2 and 3'],
    ['1 and 1', '99', '3, 2, 1, 3 and 2', '998 and 999'],
  ],
  peer: [
    ['1', '2', '3', 'the leader', 'a follower'],
    ['an observer', '99', '999'],
  ],
  peers: [
    ['1', '2 and 3', 'all', 'the leader', 'the followers', 'a follower'],
    ['the observers', 'an observer', '1 and 1', '99'],
  ],
  groups: [
    ['1 and 2 | 3', '1 | 2 | 3'],
    ['1 | 1', '1, 2 and 3 | 3 | 4', '99 | 98', '1 | 2'],
  ],
  weights: [
    ['1=2', '1=1 2=1 3=1'],
    ['1=0 2=0 3=0', '1=999999', '1=1 1=2', '99=1', '2=0'],
  ],
  client: [
    ['ann', 'bob', 'cat'],
    ['load1', 'load2', 'constructor', 'a-', 'x'.repeat(300)],
  ],
  machine: [
    ['1', '2', '3', 'the leader', 'a follower', 'ann'],
    ['an observer', 'nobody-yet', '99', 'load1', 'toString'],
  ],
  duration: [TIMES, LONG],
  millis: [TIMES, LONG.slice(1, -1)],
  span: [
    ['1 ms', '1 to 20 ms', '2 to 5 s'],
    ['0 s', '0 to 999999999999 ms', '150000000 min', '0 us to 1 min'],
  ],
  count: [COUNTS, HUGE],
  some: [
    ['one', 'three', '5', 'five'],
    ['zero', '0', '99', '100', '999', 'twelve'],
  ],
  ordinal: [
    ['1st', '2nd', '3rd'],
    ['1th', '999999999th', '21st'],
  ],
  decimal: [
    ['0.33', '-1', '0'],
    ['999999999', '-0', '0.000001', '-999999999.999999'],
  ],
  percent: [
    ['5 %', '50 %'],
    ['0 %', '100 %', '0.01 %', '99.99 %'],
  ],
  zxid: [
    ['1:1', '1:9', '2:1'],
    ['0:0', '0:1', '1:0', '2097151:1', '1:4294967295', '2097151:4294967295', '0:4294967295'],
  ],
  data: [
    ['"v1"', '""'],
    ['"\\u0000\\u00ff"', `"${'x'.repeat(5_000)}"`, '"\\"\\\\\\n"', '"ann:secret"'],
  ],
  text: [
    ['"v1"', '"looks again"', '""'],
    ['"\\ud800"', '"\u{1f600}"', '"server.4=4:2888:3888;2181"', '"server.1=;;::"', '"1,2,,"', '"-1"'],
  ],
  path: [
    ['/x', '/', '/a/b'],
    [
      '/zookeeper',
      '/zookeeper/config',
      '/zookeeper/quota',
      `/${'x'.repeat(3_000)}`,
      '/a'.repeat(300),
      '/\u0000',
      '/\ufeff',
      '/\u{1f600}',
      '/\ud800',
      '/é',
    ],
  ],
  paths: [
    ['/a /b', '/x'],
    [Array(200).fill('/x').join(' '), '/ / /'],
  ],
  deeds: [
    ['create /a "1"', 'set /x "2"; check /x', 'delete /x at version 0; create sequential /s ""'],
    [
      Array(100).fill('check /').join('; '),
      'create ephemeral sequential / ""',
      'delete /',
      'set /x "" at version 999999999',
      'create container /c ""; create /c/d ""; delete /c',
    ],
  ],
  acl: [
    ['world:anyone:r', 'auth::cdrwa'],
    [
      'digest:ann:x:r',
      'a::::::r',
      'ip:1.2.3.4/33:r',
      'x:y:cdrwacdrwa',
      `${'world:anyone:r,'.repeat(50)}world:anyone:r`,
    ],
  ],
  scheme: [
    ['digest', 'ip', 'sasl'],
    ['x509', 'super', 'nonsense', 'constructor'],
  ],
  opcode: [
    ['999', '1', '-11'],
    ['-0', '0', '101', '104', '107', '999999999', '-999999999'],
  ],
  hex: [
    ['0x', '0x00ff'],
    [`0x${'00'.repeat(500)}`, '0xffffffff', '0x000000027878', `0x${'7f'.repeat(40)}`],
  ],
  answer: [
    ['OK', 'NONODE', '"v1"', '0', '[a b]'],
    ['[]', '999999999999999', '"\\u2028"', 'NONSENSE'],
  ],
  thread: [
    ['sync', 'main', 'learner/2'],
    ['nonsense', 'learner/999'],
  ],
  file: [
    ['currentEpoch', 'acceptedEpoch', 'log.100000001', 'snapshot.0'],
    ['log', 'constructor', 'log.ffffffffffffffffffff', 'snapshot.100000000', 'version'],
  ],
  invariant: [
    ['Agreement', 'P1'],
    ['A6', 'Nonsense', 'P99'],
  ],
  release: [
    ['3.8.0', '3.9.5'],
    ['3.8.0-upstream', '0.0.0', '3.8.0-11+deb12u2'],
  ],
  issue: [
    ['ZOOKEEPER-4643', 'ZOOKEEPER-2332'],
    ['ZOOKEEPER-0', 'A-b-c'],
  ],
  seed: [
    ['7', '1', '42'],
    ['0', '999999999999999'],
  ],
}

const nameOf = new Map(Object.entries(stepKinds).map(([name, kind]) => [kind as Kind<unknown>, name]))

/** Filled so that it would read. */
function right(kind: Kind<unknown>, hole: string): fc.Arbitrary<string> {
  const own = kind.examples?.[hole] ?? kind.example
  const known = texts[nameOf.get(kind) ?? '']
  return known === undefined ? fc.constant(own) : fc.constantFrom(own, ...known[0])
}

function extreme(kind: Kind<unknown>, hole: string): fc.Arbitrary<string> {
  const known = texts[nameOf.get(kind) ?? '']
  return known === undefined ? right(kind, hole) : fc.constantFrom(...known[1])
}

const NONSENSE: fc.Arbitrary<string> = fc.oneof(
  fc.constantFrom(
    '',
    '-1',
    '0',
    '1e9',
    '1.5',
    'NaN',
    '9'.repeat(400),
    '０１',
    '²',
    "'x'",
    '/x/',
    '//',
    '"',
    '"x',
  ),
  fc.constantFrom('"\\', '"\\u12"', '[', '[a', '0x0', '1:', ':1', '1=', '|', '1 |', ',', '1,', 'and', ';'),
  fc.constantFrom(...Object.values(stepKinds).map((kind) => kind.example)),
  fc.string({ unit: 'binary', maxLength: 8 }),
)

/** How often holes are filled with what reads, and what reads with what is extreme. */
export interface Sense {
  readonly extreme: number
  readonly nonsense: number
}

function holeText(kind: Kind<unknown>, hole: string, sense: Sense): fc.Arbitrary<string> {
  const weight = 100 - sense.extreme - sense.nonsense
  if (kind.isSentence === true) {
    const facts = factForms.map((form) => sentenceText(form.sentence, sense))
    return fc.oneof({ weight: 100 - sense.nonsense, arbitrary: fc.oneof(...facts) }, none(sense))
  }
  return fc.oneof(
    { weight, arbitrary: right(kind, hole) },
    { weight: sense.extreme, arbitrary: extreme(kind, hole) },
    none(sense),
  )
}

function none({ nonsense }: Sense) {
  return { weight: nonsense, arbitrary: NONSENSE }
}

/** A sentence with its holes filled, more or less. */
export function sentenceText(sentence: Sentence, sense: Sense): fc.Arbitrary<string> {
  const parts = sentence.parts.map((part) =>
    'words' in part ? fc.constant(part.words) : holeText(part.kind, part.hole, sense),
  )
  return fc.tuple(...parts).map((filled) => filled.join(''))
}
