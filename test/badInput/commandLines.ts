/** What may be typed behind `zksim`, right, wrong, doubled or missing. */
import fc from 'fast-check'

/** Files that are there: what is in them is drawn apart. */
export const FILES = ['a.scenario', 'b.scenario', 'c.jsonl', 'd.bin'] as const

const COMMANDS = [
  'run',
  'replay',
  'fuzz',
  'explore',
  'shell',
  'steps',
  'faults',
  'invariants',
  'conform',
  'help',
] as const

const FLAGS = [
  '--seed',
  '--trace',
  '--json',
  '--once',
  '--rewrite',
  '--until',
  '--from',
  '--with',
  '--only',
  '--mode',
  '--seeds',
  '--every-seed',
  '--as-of',
  '--no-color',
  '--max-events',
  '--runs',
  '--for',
  '--jobs',
  '--profile',
  '--recheck',
  '--until-failure',
  '--seed-timeout',
  '--out',
  '--no-shrink',
  '--shrink-runs',
  '--expect-coverage',
  '--print',
  '--verbose',
  '--junit',
  '--turns',
  '--crashes',
  '--at',
  '--states',
  '--path',
  '--help',
  '--version',
  '-V',
  '-h',
] as const

const VALUES = [
  '0',
  '1',
  '7',
  '40',
  '-1',
  '1.5',
  '1e3',
  '0x10',
  '999999999999999',
  '9999999999999999',
  'NaN',
  'sa',
  'e3',
  '3.8.0',
  '3.8.0-upstream',
  'plain',
  'p*',
  '*',
  'three peers',
  'one peer, seed 3',
  'three pers',
  'settle',
  'trace.txt',
  'a.scenario',
  './a.scenario',
  '/',
  '..',
  '',
  ' ',
  '-',
  '--',
  'crash',
  'Agreement',
  '1s',
  '1 s',
  '99999999h',
  '-1s',
  'swarm',
  'ZOOKEEPER-4643',
  'HEAD',
  'deadbeef',
  'found',
  '0.2.c3.1',
  '0.0',
  'c',
  '2 acked NEWLEADER',
  'somebody leads',
  'x'.repeat(10_000),
] as const

const word: fc.Arbitrary<string> = fc.oneof(
  { weight: 4, arbitrary: fc.constantFrom(...FLAGS) },
  { weight: 4, arbitrary: fc.constantFrom(...VALUES) },
  { weight: 3, arbitrary: fc.constantFrom(...FILES) },
  { weight: 1, arbitrary: fc.constantFrom(...COMMANDS) },
  { weight: 1, arbitrary: fc.string({ unit: 'binary', maxLength: 8 }) },
  {
    weight: 1,
    arbitrary: fc
      .tuple(fc.constantFrom(...FLAGS), fc.constantFrom(...VALUES))
      .map(([flag, value]) => `${flag}=${value}`),
  },
  {
    weight: 1,
    arbitrary: fc.constantFrom(
      '--sed',
      '--tracé',
      '--SEED',
      '-s',
      '-seed',
      '--no-json',
      '—seed',
      '--__proto__',
      'rnu',
    ),
  },
)

/** What would do without bounds, and need not here. Of a flag that stands there twice, the last counts. */
function bounded(argv: readonly string[]): readonly string[] {
  switch (argv[0]) {
    case 'run':
    case 'replay':
      return [...argv, '--max-events', '400']
    case 'fuzz':
      return [...argv, '--runs', '4', '--shrink-runs', '10']
    case 'explore':
      return [...argv, '--turns', '2', '--crashes', '0', '--states', '20']
    default:
      return argv
  }
}

export const commandLines: fc.Arbitrary<readonly string[]> = fc.oneof(
  {
    weight: 6,
    arbitrary: fc
      .tuple(fc.constantFrom(...COMMANDS), fc.array(word, { maxLength: 5 }))
      .map(([command, words]) => bounded([command, ...words])),
  },
  { weight: 1, arbitrary: fc.array(word, { maxLength: 4 }) },
)

/** Lines for the shell. */
export const typedLines: fc.Arbitrary<readonly string[]> = fc.array(
  fc.oneof(
    fc.constantFrom(
      'ls /',
      'create /a "x"',
      'get /a',
      'set /a y',
      'delete /a',
      'stat /',
      'help',
      'quit',
      'redo 0',
    ),
    fc.constantFrom(
      'create',
      'get',
      'addWatch /',
      'reconfig',
      'redo',
      'redo 99',
      'history',
      'help nothing',
      'ls -R -s',
    ),
    fc.constantFrom(
      'crash the leader',
      'settle',
      'crsh',
      'until nobody leads within 1 s',
      '----',
      '#',
      'three peers',
    ),
    fc.constantFrom(
      'create "',
      "get '",
      'ls --nothing',
      'create -e -s -c -t 5 /x',
      'setAcl / x',
      'addauth',
      'setquota',
    ),
    fc.string({ unit: 'binary', maxLength: 12 }),
  ),
  { maxLength: 5 },
)
