/** What generated input once brought down, or made wait, is refused where it stands. */
import { Readable } from 'node:stream'
import { describe, expect, test } from 'vitest'
import { main } from '../../src/sim/cli/main.ts'
import { conform } from '../../src/sim/conform/conform.ts'
import { tryParse } from '../../src/sim/scenario/parse.ts'
import { printScenario } from '../../src/sim/scenario/print.ts'
import { FakeIo } from '../cli/fakeIo.ts'

function problems(text: string): string[] {
  return tryParse('x', text).problems.map(({ line, column, expected }) => `${line}:${column}: ${expected}`)
}

function run(text: string, ...flags: readonly string[]) {
  const io = new FakeIo({ x: text })
  const exit = main(['run', 'x', '--once', '--max-events', '3000', ...flags], io)
  return { exit, out: io.stdout, err: io.stderr }
}

describe('a scenario that could not be played', () => {
  test.each([
    ['three peers, tickTime 0 s', '1:14: 1 ms to 2147483647 ms for tickTime'],
    ['three peers\nseed 7, snapshotChunk 0', '2:9: 1 to 2147483647 for snapshotChunk'],
    ['minNotificationInterval 0 s', '1:1: 1 ms to 2147483647 ms for minNotificationInterval'],
    ['maxCounter 4294967296', '1:1: 1 to 4294967295 for maxCounter'],
    ['juteMaxBuffer 2147483648', '1:1: 1 to 2147483647 for juteMaxBuffer'],
    [
      'minSessionTimeout 41 s',
      '1:1: a minSessionTimeout (41 s) that is not larger than the maxSessionTimeout (40 s)',
    ],
    [
      'tickTime 2000000 s, initLimit 1, syncLimit 1',
      '1:1: initLimit and syncLimit of together at most 1 ticks of 2000000 s',
    ],
    ['start only 1 and 1', '1:1: each peer once: 1 stands there twice'],
    ['normal\ncrash 1, 2 and 1', '2:1: each peer once: 1 stands there twice'],
    ['normal\npartition 1 and 2 | 2', '2:1: each peer once: 2 stands there twice'],
    ['normal\nconfigure 1 with voters 1 and 2 with observers 2', '2:1: each peer once: 2 stands there twice'],
    ['groups 1 | 2', '1:1: a hierarchy that can be: server.3 is a participant and in no group'],
    [
      'weights 1=0 2=0 3=0',
      '1:1: a hierarchy that can be: a hierarchy needs a server whose weight is not 0; this one has none',
    ],
    ['seed 1, scheduled by priority with 1001 changes', '1:9: at most 1000 changes'],
    ['1 had accepted epoch 1000001', '1:1: an epoch of at most 1000000'],
    ['1 had logged 2097151:1', '1:1: an epoch of at most 1000000'],
    [
      '1 had logged 1:1 to 1:60000, 2 had logged 1:1 to 1:60000',
      '1:30: at most 100000 transactions on all disks',
    ],
    ['normal\nann creates /x of 16777217 bytes', '2:1: at most 16777216 bytes'],
    ['load of 9000 users for 1 s\nload of 1001 users for 1 s', '2:1: at most 10000 clients of loads in all'],
    ['after 52000000 min\nafter 600000 min', '2:1: less than a hundred years in all'],
    ['slow all links by 1 to 525601 min', '1:1: a delay of at most a year'],
  ])('%s', (text, problem) => {
    expect(problems(text)).toEqual([problem])
  })

  test('at the bounds it is played', () => {
    for (const text of [
      'tickTime 1 ms, initLimit 1, syncLimit 1\nafter 300 ms\n',
      'weights 1=2\nsettle\n',
      'snapshotChunk 1, snapCount 1, maxBatchSize 1\nann connects to 1\nann creates /x of 16777216 bytes without waiting\n',
      'start none\nafter 52000000 min\nstart all\nuntil somebody leads\n',
      '1 had logged 1000000:1\nsettle\n',
      'jump clock of all back by 52000000 min\nann connects to 1\n',
    ]) {
      expect({ text, ...run(text) }).toMatchObject({ exit: 0, err: '' })
    }
  })

  test('nobody connects to nobody', () => {
    const { exit, out } = run('ann connects to the observers\n')
    expect({ exit, out }).toMatchObject({ exit: 3, out: expect.stringContaining('nobody has that role') })
  })

  test('a client may be called as a load would call its own', () => {
    expect(run('load2 connects to 1\nload of 2 users for 5 ms\n').exit).toBe(0)
  })
})

describe('long files', () => {
  test('100,000 bad lines are all told of, the first with what was meant', () => {
    const { problems } = tryParse('x', 'crsh 2\n'.repeat(100_000))
    expect(problems).toHaveLength(100_000)
    expect(problems[0]?.nearest?.shape).toBe('crash ‹peers›')
    expect(problems[99_999]).toMatchObject({ line: 100_000, column: 1, nearest: null })
  })

  test('100,000 lines print as they were written', () => {
    const text = 'settle\n'.repeat(50_000) + 'normal\n----\n1  nothing\n\n'.repeat(12_500)
    const { scenario } = tryParse('x', text)
    expect(scenario === null ? '' : printScenario(scenario)).toBe(text.slice(0, -1))
  })

  test('half a megabyte of bytes in one line', () => {
    const text = `ann sends opcode 1 with 0x${'0f'.repeat(250_000)}\n`
    const { scenario } = tryParse('x', text)
    expect(scenario === null ? '' : printScenario(scenario)).toBe(text)
  })
})

describe('what a terminal is shown', () => {
  test('nor of what was typed', async () => {
    const io = new FakeIo()
    io.input = Readable.from(['get \u001b[2J\n', 'history\n'])
    expect(await main(['shell'], io)).toBe(1)
    expect(io.stdout).toContain('0 - get \ufffd[2J')
    expect(io.stdout).not.toContain('\u001b')
  })

  test('names that leave no room beside them', () => {
    const name = 'x'.repeat(200)
    const { exit, out } = run(`${name} connects to 1\n${name} creates /x "1"\n`)
    expect({ exit, out }).toMatchObject({ exit: 0, out: expect.stringContaining(`${name}  create`) })
  })

  test.each([[''], ['--trace']])('holds no control characters of paths and texts %s', (flag) => {
    const text =
      'saslSuperUser "\u202e", seed 3\nann connects to 1\nann creates /\u001b[2J "\\u001b"\nexpect 2 leads\n'
    const io = new FakeIo({ x: text })
    expect(main(['run', 'x', '--once', ...(flag === '' ? [] : [flag, 't'])], io)).not.toBe(2)
    main(['replay', 'x'], io)
    main(['run', '\u001b'], io)
    main(['\u001b[2J'], io)
    const shown = io.stdout + io.stderr + (io.files.get('t') ?? '')
    expect(shown).toContain('/\ufffd[2J')
    expect(shown).not.toMatch(/[^\P{Cc}\n]|\u202e/u)
  })
})

test('a file without a name is named all the same', () => {
  for (const argv of [
    ['run', ''],
    ['replay', ' '],
    ['conform', ''],
  ]) {
    const io = new FakeIo()
    expect(main(argv, io)).toBe(2)
    expect(io.stderr).toMatch(/^' ?': there is no such file\n/)
  }
})

describe('a recording that could not be played', () => {
  const errors = (json: unknown) =>
    conform([{ name: 'x', text: typeof json === 'string' ? json : JSON.stringify(json) }], { seeds: 1 })
      .errors
  const situation = (ensemble: object, actions: unknown[] = []) => ({
    situation: 's',
    ensemble,
    phases: [{ actions }],
  })
  const step = (deed: object) => ({
    name: 'c',
    modes: ['sa'],
    script: [
      { op: 'connect', s: 'A', srv: 0 },
      { s: 'A', ...deed },
    ],
    result: [{ rc: 0 }, { rc: 0 }],
  })

  test.each([
    [situation({ voters: 100 }), 'x:1: ensemble.voters: more than 99'],
    [situation({ voters: 90, observers: 10 }), 'x:1: ensemble.observers: more than 9'],
    [situation({ voters: 1, tickTime: 60_001 }), 'x:1: ensemble.tickTime: more than 60000'],
    [
      situation({ voters: 1, props: '-Dzookeeper.snapCount=1e300' }),
      'x:1: ensemble.props: the property zookeeper.snapCount is not a number',
    ],
    [
      situation({ voters: 1, props: '-Dzookeeper.snapCount=-1' }),
      'x:1: ensemble.props: the property zookeeper.snapCount is negative',
    ],
    [
      situation({ voters: 1 }, [
        ['start', 1],
        ['start', 1],
      ]),
      'x:1: phases: of 1: start 1, which is up',
    ],
    [situation({ voters: 1 }, [['cont', 1]]), 'x:1: phases: of 1: cont 1, which is down'],
    [situation({ voters: 1 }, [['write', 1, 1e9, 1]]), 'x:1: phases[0].actions[0][2]: more than 100000'],
    [step({ op: 'sleep', ms: 3_600_001 }), 'x:1: script[1].ms: more than 3600000'],
    [step({ op: 'create', p: '/a', d: { n: 1e10, c: 'x' } }), 'x:1: script[1].d.n: more than 4194304'],
    [`{"script":${'['.repeat(101)}${']'.repeat(101)}}`, 'x:1: nested deeper than 100'],
  ])('%j', (json, error) => {
    expect(errors(json)).toEqual([error])
  })

  test('what stands in strings is not nested', () => {
    expect(errors({ name: 'x', script: '[{"\\"'.repeat(200) })).toEqual(['x:1: script: not a list'])
  })
})
