import { stripVTControlCharacters } from 'node:util'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { invariants } from '../../src/invariants/index.ts'
import { type MainOptions, main } from '../../src/sim/cli/main.ts'
import type { World } from '../../src/sim/kernel/World.ts'
import type { StartedScenario } from '../../src/sim/runScenario.ts'
import { FakeIo, failed, held, misrecorded, misspelt, stuck } from './fakeIo.ts'

function zksim(
  argv: readonly string[],
  files: Record<string, string | Uint8Array> = {},
  options?: MainOptions,
) {
  const io = new FakeIo(files)
  const exit = main(argv, io, options)
  return { exit, io, out: io.stdout, err: io.stderr, last: io.lines.at(-1) ?? '' }
}

/** Breaks an invariant out of the blue. */
class Accusation {
  private readonly ensemble: StartedScenario['ensemble']

  constructor(ensemble: StartedScenario['ensemble']) {
    this.ensemble = ensemble
  }

  act(): void {
    const check = this.ensemble.checker.checks[0]!
    check.broken([1, 2], [0x1_0000_0003], '1 and 2 were seen to lead')
  }
}

const accuse = ({ ensemble }: StartedScenario): void => ensemble.world.at(1_000, new Accusation(ensemble))

/** Does something else in every run. */
class Restlessness {
  private readonly micros: number

  constructor(micros: number) {
    this.micros = micros
  }

  act(world: World): void {
    world.at(world.now + this.micros, { act: () => {} })
  }
}

function restless(): MainOptions {
  let runs = 0
  return {
    beforeRun: ({ ensemble: { world } }) => {
      runs += 1
      world.at(100_000, new Restlessness(runs))
    },
  }
}

describe('run', () => {
  test('0: held', () => {
    const { exit, out, err, last } = zksim(['run', 'a.scenario'], { 'a.scenario': held })
    expect(err).toBe('')
    expect(exit).toBe(0)
    expect(out).toMatch(/^scenario {2}a\.scenario\nseed {6}7\nensemble {2}3 voters \(1 2 3\), quorums of 2\n/)
    expect(out).toContain('» ann creates /x "v1"')
    expect(out).toMatch(/ann create \/x "v1" → \/x/)
    expect(out).toMatch(
      new RegExp(
        `\\n\\d\\.\\d{3} s of virtual time, played twice, the same; \\d\\d of ${invariants.length} invariants held; never put to the test: `,
      ),
    )
    expect(last).toMatch(/^HELD {2}a\.scenario {2}seed=7 events=\d+ hash=[0-9a-f]{16}$/)
  })

  test('1: an expectation is not met', () => {
    const { exit, out, last } = zksim(['run', 'a b.scenario'], { 'a b.scenario': failed })
    expect(exit).toBe(1)
    expect(out).toContain('FAILED at line 3: expect 1 leads\nit is not so that 1 leads\n')
    expect(out).toContain("\n  npx zksim replay 'a b.scenario' --seed 1\n")
    expect(last).toMatch(/^FAILED {2}a b\.scenario/)
  })

  test('1: an invariant is broken', () => {
    const { exit, out, last } = zksim(['run', 'a'], { a: held }, { beforeRun: accuse })
    expect(exit).toBe(1)
    expect(out).toMatch(
      /\nBROKEN at line 3: ann connects to 3\n.* \(P1\) is broken at event \d+, t=0\.001000 s/,
    )
    expect(out).toContain('  must hold: ')
    expect(out).toContain('  but: 1 and 2 were seen to lead\n  peers=1,2 zxids=1:3\n')
    expect(out).toMatch(
      new RegExp(` \\d+ of ${invariants.length} invariants held; broken: P1; never put to the test: `),
    )
    expect(last).toMatch(/^BROKEN/)
  })

  test('1: a recording differs', () => {
    const { exit, out } = zksim(['run', 'a'], { a: misrecorded })
    expect(exit).toBe(1)
    expect(out).toContain(
      'FAILED a recording is not what happened\n\nunder line 4, - was recorded and + happened:\n',
    )
    expect(out).toContain('  - ann  create /x "v1" → /y\n  + ann  create /x "v1" → /x\n')
  })

  test('3: stuck, with who waits for what', () => {
    const { exit, out, last } = zksim(['run', 'a'], { a: stuck })
    expect(exit).toBe(3)
    expect(out).toMatch(/UNKNOWN at line 2: until 1 leads within 5 s\nwaited 5\.\d+ s for 1 leads/)
    expect(out).toMatch(/\npeer {2}state {2}waits for\n1 {5}Look {3}a quorum/)
    expect(last).toMatch(/^UNKNOWN {2}a {2}seed=1 /)
  })

  test('4: not the same twice, with the event where two runs part', () => {
    const { exit, out, last } = zksim(['run', 'a'], { a: held }, restless())
    expect(exit).toBe(4)
    expect(out).toContain('NOT DETERMINISTIC The same scenario and seed gave two different runs')
    expect(out).toMatch(
      /Of two further runs, the runs part at event \d+\n(one|both): +#\d+ at 100000 µs +- +action Restlessness/,
    )
    expect(out).toContain('npx zksim run a --seed 7')
    expect(last).toMatch(/^NOT DETERMINISTIC {2}a /)
    expect(zksim(['run', 'a', '--once'], { a: held }, restless()).exit).toBe(0)
  })

  test('3: a run without an end has one', () => {
    const { exit, out } = zksim(['run', 'a', '--max-events', '2000'], { a: 'settle\nafter 99999 min\n' })
    expect(exit).toBe(3)
    expect(out).toMatch(/for 5999940 s to pass; it took more than 2,000 events\n/)
    expect(out).toContain('`--max-events N` lets a run take more.')
    expect(zksim(['replay', 'a', '--max-events', '40'], { a: held })).toMatchObject({ exit: 3 })
    expect(zksim(['run', 'a', '--max-events', '0'], { a: held })).toMatchObject({ exit: 2 })
  })

  test('another seed is another run', () => {
    const { exit, out, last } = zksim(['run', 'a', '--seed', '8'], { a: 'seed 7\nsettle\n' })
    expect(exit).toBe(0)
    expect(out).toContain('seed      8 (--seed; the scenario has 7)')
    const hashOf = (text: string) => /hash=(.*)/.exec(text)?.[1]
    expect(hashOf(last)).not.toBe(hashOf(zksim(['run', 'a'], { a: 'seed 7\nsettle\n' }).last))
    expect(hashOf(last)).toBe(hashOf(zksim(['run', 'a'], { a: 'seed 8\nsettle\n' }).last))
  })

  test('several files: all that is wrong is shown, the others are played, the worst decides', () => {
    const { exit, io, err, last } = zksim(['run', 'a', 'bad', 'none', 'empty', 'c'], {
      a: failed,
      bad: misspelt,
      empty: ' \n',
      c: held,
    })
    expect(exit).toBe(2)
    expect(err).toContain('bad:2:1: expected `crash`\n  crsh 2\n  ^\n  nearest step: crash ‹peers›\n')
    expect(err).toContain('bad:3:1: expected `settle`\n')
    expect(err).toContain('none: there is no such file')
    expect(err).toContain('empty: is empty')
    expect(io.lines.slice(-6, -1).map((line) => line.slice(0, 18).trimEnd())).toEqual([
      'FAILED     a',
      'BAD INPUT  bad',
      'BAD INPUT  none',
      'BAD INPUT  empty',
      'HELD       c',
    ])
    expect(last).toMatch(/^5 scenarios: 1 FAILED, 3 BAD INPUT, 1 HELD, [\d,]+ events$/)
  })

  test('--trace has a line an event, the same run', () => {
    const { exit, io, last } = zksim(['run', 'a', '--trace', 't'], { a: held })
    expect(exit).toBe(0)
    expect(last).toBe(zksim(['run', 'a'], { a: held }).last)
    const [head, columns, ...lines] = `${io.files.get('t')}`.trimEnd().split('\n')
    expect(head).toBe('# a seed=7')
    expect(columns).toMatch(/^ +time\/s +event +where +event +facts$/)
    const events = Number(/events=(\d+)/.exec(last)?.[1])
    expect(lines.map((line) => Number(line.trim().split(/ +/)[1]))).toEqual(
      Array.from({ length: events }, (_, i) => i + 1),
    )
    expect(lines.some((line) => /3 +turn of .* 3 leads epoch 1 from 0:0/.test(line))).toBe(true)
  })

  test('--rewrite records what happened, but only of a run that held', () => {
    const { exit, io } = zksim(['run', 'a', '--rewrite'], { a: misrecorded })
    expect(exit).toBe(0)
    expect(io.files.get('a')).toBe(held)
    const bad = zksim(['run', 'a', '--rewrite'], { a: failed })
    expect(bad.io.files.get('a')).toBe(failed)
    expect(bad.err).toContain('recordings are not rewritten, since the run did not hold')
    expect(zksim(['run', 'a', '--rewrite', '--seed', '2'], { a: held })).toMatchObject({ exit: 2 })
  })

  test('--rewrite leaves line ends and a byte order mark as they are', () => {
    for (const manner of [
      (text: string) => text.replaceAll('\n', '\r\n'),
      (text: string) => `\u{feff}${text}`,
      (text: string) => `\u{feff}${text.replaceAll('\n', '\r\n')}`,
    ]) {
      const { exit, io } = zksim(['run', 'a', '--rewrite'], { a: manner(misrecorded) })
      expect(exit).toBe(0)
      expect(io.files.get('a')).toBe(manner(held))
    }
  })

  test('--rewrite says where there is nothing to rewrite, and fails where it cannot', () => {
    const { exit, err, io } = zksim(['run', 'a', '--rewrite'], { a: 'settle\n' })
    expect({ exit, text: io.files.get('a') }).toEqual({ exit: 0, text: 'settle\n' })
    expect(err).toContain('a: has no recordings to rewrite; a line `----` below a step')
    const full = new FakeIo({ a: misrecorded })
    full.writeFile = () => {
      throw Object.assign(new Error('ENOSPC'), { code: 'ENOSPC' })
    }
    expect(main(['run', 'a', '--rewrite'], full)).toBe(2)
    expect(full.stderr).toContain('a: recordings cannot be rewritten: no space is left there')
  })

  test('--trace never overwrites a scenario, and a full disk costs only the trace', () => {
    const { exit, err, io, out } = zksim(['run', 'a', 'b', '--trace', 'b'], { a: held, b: held })
    expect({ exit, out, text: io.files.get('b') }).toEqual({ exit: 2, out: '', text: held })
    expect(err).toBe(
      'zksim: the trace cannot be written to b: it is one of the scenarios, and would be overwritten\n',
    )
    const full = new FakeIo({ a: held })
    full.createFile = () => ({
      write: () => {
        throw Object.assign(new Error('ENOSPC'), { code: 'ENOSPC' })
      },
      close: () => {},
    })
    expect(main(['run', 'a', '--trace', 't'], full)).toBe(2)
    expect(full.stderr).toBe('zksim: the trace cannot be written to t: no space is left there\n')
    expect(full.lines.at(-1)).toBe(zksim(['run', 'a'], { a: held }).last)
  })

  test('of a file that is no scenario the first problems are enough', () => {
    const { exit, err } = zksim(['run', 'a'], { a: 'Lorem ipsum\n'.repeat(1_000) })
    expect(exit).toBe(2)
    expect(err.match(/^a:\d+:1: /gm)).toHaveLength(20)
    expect(err).toMatch(/\na: 980 more of its lines cannot be read; is it a scenario\?\n\n$/)
  })
})

describe('replay', () => {
  test('is one run, said so, with the state at its end', () => {
    let runs = 0
    const count = { beforeRun: () => void (runs += 1) }
    const { exit, out, last } = zksim(['replay', 'a', '--seed', '9'], { a: held }, count)
    expect(runs).toBe(1)
    expect(out).toMatch(/^Exactly one run, with seed 9\.\n/)
    expect(out).toContain('\nthe last 12 events\n')
    expect(out).toMatch(/\npeer {2}state +epochs {2}delivered\/logged {2}tree: nodes, digest +waits for\n/)
    expect(out).toMatch(/\nclient {2}state +server {2}unanswered operations\nann +CONNECTED +\d +0\n/)
    expect(last).toBe(zksim(['run', 'a', '--seed', '9'], { a: held }).last)
    expect(exit).toBe(0)
  })

  test('--until stops there, --from shows from there', () => {
    const { exit, out, last } = zksim(['replay', 'a', '--from', '40', '--until', '50'], { a: held })
    expect(exit).toBe(0)
    expect(out).toContain('the state after event 50, ')
    const shown = [...out.matchAll(/^ +\d\.\d{6} +(\d+) /gm)].map((match) => Number(match[1]))
    expect(shown).toEqual([40, 41, 42, 43, 44, 45, 46, 47, 48, 49, 50])
    expect(last).toMatch(/^STOPPED {2}a {2}seed=7 events=50 /)
  })

  test('fails as the run does, and says so where an event is none', () => {
    expect(zksim(['replay', 'a'], { a: failed })).toMatchObject({ exit: 1 })
    expect(zksim(['replay', 'a'], { a: stuck })).toMatchObject({ exit: 3 })
    const beyond = zksim(['replay', 'a', '--until', '99999'], { a: held })
    expect(beyond.exit).toBe(2)
    expect(beyond.err).toMatch(/^zksim: this run ends with event \d+; there is no event 99999\n$/)
    expect(zksim(['replay', 'a', '--from', '9', '--until', '8'], { a: held }).exit).toBe(2)
  })
})

describe('steps, faults, invariants', () => {
  test('list everything, readable on 100 columns', () => {
    for (const topic of ['steps', 'faults', 'invariants']) {
      const { exit, io } = zksim([topic])
      expect(exit).toBe(0)
      expect(Math.max(...io.lines.map((line) => line.length))).toBeLessThanOrEqual(100)
    }
    expect(zksim(['steps']).out).toMatch(/ {2}crash|settle/)
  })

  test('can be searched', () => {
    const { out, exit } = zksim(['steps', 'crash', 'CLIENT'])
    expect(exit).toBe(0)
    expect(out).toContain('crash client ‹client›')
    expect(out).not.toContain('partition')
    expect(zksim(['steps', 'flurble'])).toMatchObject({ exit: 2, out: '' })
    expect(zksim(['invariants', 'agrement']).err).toContain('did you mean Agreement')
  })
})

describe('conform', () => {
  test('says what cannot be read, and what could not be compared', () => {
    expect(zksim(['conform', 'none'])).toMatchObject({ exit: 2 })
    const { exit, err, last } = zksim(['conform', 'a'], { a: 'hello\n' })
    expect(exit).toBe(2)
    expect(err).toContain('a:1: ')
    expect(last).toMatch(/^BAD INPUT/)
    expect(zksim(['conform', 'a'], { a: '\n' })).toMatchObject({ exit: 3 })
  })
})

describe('the command line', () => {
  test.each([
    [['rnu', 'a'], "unknown command 'rnu'\n(Did you mean run?)"],
    [['run', 'a', '--sed', '3'], "unknown option '--sed'\n(Did you mean --seed?)"],
    [['run'], "missing required argument 'file'"],
    [['run', 'a', '--seed', 'x'], 'It has to be a whole number of at most 15 digits, such as 7.'],
    [['replay', 'a', 'b'], 'too many arguments'],
    [['replay', 'a', '--until', '0'], 'the number of an event'],
    [['conform', 'a', '--as-of', '1'], 'Allowed choices are 3.8.0'],
    [['conform', 'a', '--seeds', '0'], '--seeds has to be 1 or more'],
    [[], 'Usage: zksim'],
  ])('%j is refused', (argv, message) => {
    const { exit, err, out } = zksim(argv, { a: held })
    expect(exit).toBe(2)
    expect(err).toContain(message)
    expect(out).toBe('')
  })

  test('explains itself', () => {
    expect(zksim(['--version'])).toMatchObject({ exit: 0, out: expect.stringMatching(/^\d+\.\d+\.\d+\n$/) })
    for (const argv of [['--help'], ['help', 'run'], ['replay', '--help']]) {
      const { exit, out } = zksim(argv)
      expect(exit).toBe(0)
      expect(out).toContain('Usage: zksim')
    }
  })

  test('colours on terminals only, and not where they are forbidden', () => {
    const play = (change: Partial<FakeIo>, ...flags: string[]): string => {
      const io = Object.assign(new FakeIo({ a: held }), change)
      main(['run', 'a', ...flags], io)
      return io.stdout
    }
    const plain = play({})
    const escapes = '\u001b['
    expect(plain).not.toContain(escapes)
    expect(play({ isTTY: true })).toContain(escapes)
    expect(play({ isTTY: true }, '--no-color')).toBe(plain)
    expect(play({ isTTY: true, env: { NO_COLOR: '1' } })).toBe(plain)
    expect(play({ isTTY: true, env: { TERM: 'dumb' } })).toBe(plain)
    expect(stripVTControlCharacters(play({ isTTY: true }))).toBe(plain)
  })

  test('everything but paths fits 80 columns', () => {
    for (const argv of [
      ['--help'],
      ['run', '--help'],
      ['conform', '--help'],
      ['steps'],
      ['faults'],
      ['invariants'],
      ['run', 'a'],
      ['replay', 'a', '--from', '200'],
    ]) {
      const io = Object.assign(new FakeIo({ a: held }), { isTTY: true, columns: 80 })
      main(argv, io)
      const wide = io.lines.map(stripVTControlCharacters).filter((line) => line.length > 80)
      expect(wide, argv.join(' ')).toEqual([])
    }
  })

  test('no line is wider than 120, however many peers there are', () => {
    for (const peers of [
      'one peer',
      '5 peers',
      '7 peers and 2 observers',
      '21 peers',
      '60 peers, start none',
    ]) {
      for (const argv of [
        ['run', 'a'],
        ['replay', 'a'],
      ]) {
        const { io } = zksim(argv, { a: `${peers}\nsettle\nshow votes\nexpect 1 leads\nexpect 2 leads\n` })
        expect(Math.max(...io.lines.map((line) => line.length))).toBeLessThanOrEqual(120)
      }
    }
  })

  test('files that are no text, or would steer the terminal, are named and shown harmlessly', () => {
    expect(zksim(['run', 'a'], { a: new Uint8Array([0xff, 0xfe, 0x00]) }).err).toContain('a: is not text')
    const { err } = zksim(['run', 'a'], { a: `settle\n\u001b[2Jcrash ${'x'.repeat(500)} \u0007\n` })
    expect(err).toMatch(/^a:2:\d+: expected /)
    for (const control of ['\u001b', '\u0007']) expect(err).not.toContain(control)
    expect(Math.max(...err.split('\n').map((line) => line.length))).toBeLessThanOrEqual(120)
    expect(zksim(['run', 'a'], { a: 'three peers\n# nothing\n' }).err).toContain('a: has no steps')
  })

  test('whatever is typed, it ends with a code and, unless that is 0, a message', () => {
    const word = fc.oneof(
      fc.constantFrom(
        'run',
        'replay',
        'steps',
        'faults',
        'invariants',
        'conform',
        'help',
        'a',
        'b',
        '--seed',
        '--json',
      ),
      fc.constantFrom(
        '--until',
        '--from',
        '--once',
        '--trace',
        '--rewrite',
        '--no-color',
        '--',
        '-',
        '7',
        '--seeds',
      ),
      fc.string({ unit: 'binary', maxLength: 8 }),
    )
    fc.assert(
      fc.property(fc.array(word, { maxLength: 5 }), (argv) => {
        const { exit, err, out } = zksim(argv, { a: 'one peer\nsettle\n', b: misspelt })
        expect([0, 1, 2, 3]).toContain(exit)
        if (exit !== 0) expect(err + out).not.toBe('')
      }),
      { numRuns: 120 },
    )
  })

  test('whatever a file holds, it is played or refused with its place', () => {
    const line = fc.oneof(
      fc.constantFrom(
        'three peers',
        'settle',
        'crash 2',
        'ann connects to 1',
        '----',
        '',
        '# prose',
        'show peers',
      ),
      fc.string({ unit: 'binary', maxLength: 30 }),
      fc.string({
        unit: fc.constantFrom('crash', ' ', 'until', '2', 'leads', 'hold', '/x', '"', '1:2'),
        maxLength: 8,
      }),
    )
    const file = fc.oneof(
      fc.array(line, { maxLength: 6 }).map((lines) => lines.join('\n')),
      fc.uint8Array({ maxLength: 40 }),
    )
    fc.assert(
      fc.property(file, (a) => {
        const { exit, err, last } = zksim(['run', 'a', '--once'], { a })
        if (exit === 2) expect(err).toMatch(/^a:(\d+:\d+:)? /)
        else expect(last).toMatch(/^(HELD|FAILED|UNKNOWN|BROKEN) /)
      }),
      { numRuns: 150 },
    )
  })
})
