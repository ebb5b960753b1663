import { describe, expect, test } from 'vitest'
import { main } from '../../src/sim/cli/main.ts'
import { FakeIo } from './fakeIo.ts'
import { FakeSurroundings, trialOf } from './fuzz/FakeSurroundings.ts'

const onItsWay = `three peers, seed 3, tickTime 500 ms

settle
ann connects to the leader
ann creates /x "v1" without waiting
until the leader proposed 1:2
`
/** A follower claims an epoch before it has the history of it. */
const claims = `three peers, with ZOOKEEPER-4643, start only 2 and 3
2 and 3 had logged 1:1 to 1:2, 1 had logged 1:1

settle
start 1
settle
`
const AT = ['--at', '1 began DIFF']

interface Explored {
  readonly exit: number
  readonly io: FakeIo
}

const surroundings = () => new FakeSurroundings((scenario) => trialOf(scenario, null))

async function explore(
  text: string,
  argv: readonly string[],
  from = surroundings(),
  io = new FakeIo(),
): Promise<Explored> {
  io.files.set('a.scenario', text)
  return { exit: await main(['explore', 'a.scenario', ...argv], io, { surroundings: from }), io }
}

describe('an exploration', () => {
  test('that holds says what was looked at, and that it was all', async () => {
    const { exit, io } = await explore(onItsWay, ['--turns', '3', '--crashes', '0'])
    expect(exit).toBe(0)
    expect(io.stdout).toMatch(/^begins {4}the end of the scenario: after event \d+, t=0\.\d+ s$/m)
    expect(io.stdout).toMatch(/^explored {2}every order of 3 events, nobody crashes$/m)
    expect(io.stdout).toMatch(/\d+ states visited, \d+ ways led to one that was known, \d+ events left out/)
    expect(io.stdout).toContain('All of it was explored, and held.\n')
    expect(io.lines.at(-1)).toBe('HELD  a.scenario  seed=3')
  })

  test('that finds something shows the order, what broke, and a line to paste that shows it again', async () => {
    const { exit, io } = await explore(claims, [...AT, '--turns', '6'])
    expect(exit).toBe(1)
    expect(io.stdout).toContain('E5 PositionHonesty\n1 claims epoch 2 without 1:2')
    expect(io.stdout).toMatch(/^c1 {8}1 crashes$/m)
    expect(io.lines.at(-1)).toBe('BROKEN  a.scenario  seed=1')
    const paste = /^ {2}npx zksim explore a\.scenario (.*)$/m.exec(io.stdout)?.[1]
    expect(paste).toMatch(/^--seed 1 --at '1 began DIFF' --path [0-9.]+\.c1$/)

    const path = paste!.split(' ').at(-1)!
    const again = await explore(claims, ['--seed', '1', ...AT, '--path', path])
    expect(again.exit).toBe(1)
    expect(again.io.stdout).toContain('E5 PositionHonesty\n1 claims epoch 2 without 1:2')
    expect(again.io.stdout).toContain('» heal everybody')
  })

  test('that comes to its bound is unknown', async () => {
    for (const bound of [
      ['--states', '5'],
      ['--for', '1s'],
    ]) {
      const { exit, io } = await explore(onItsWay, ['--turns', '9', '--crashes', '2', ...bound])
      expect(exit).toBe(3)
      expect(io.stdout).toContain('Not all was explored: it came to its bound. What was explored held.\n')
    }
  })

  test('ends with a summary at Ctrl-C', async () => {
    const from = surroundings()
    const explored = explore(onItsWay, ['--turns', '9', '--crashes', '2'], from)
    from.interrupt?.()
    const { exit, io } = await explored
    expect(exit).toBe(3)
    expect(io.stdout).toContain('Not all was explored: it was interrupted.')
    expect([from.interrupt, from.left]).toEqual([null, false])
  })

  test('with --json prints objects, the verdict last', async () => {
    const { exit, io } = await explore(claims, [...AT, '--turns', '6', '--json'])
    const types = io.objects.map(({ type }) => type)
    expect([...new Set(types)]).toEqual(['begin', 'exploration', 'finding', 'choice', 'explored', 'verdict'])
    const last = io.objects.at(-1)!
    expect(last).toMatchObject({ verdict: 'broken', exitCode: exit, seed: 1 })
    const finding = io.objects.find(({ type }) => type === 'finding')!
    expect(last.again).toBe(
      `npx zksim explore a.scenario --seed 1 --at '1 began DIFF' --path ${finding.path as string}`,
    )
    const choices = io.objects.filter(({ type }) => type === 'choice').map(({ choice }) => choice)
    expect(choices.join('.')).toBe(finding.path)
  })
})

describe('bad input', () => {
  const refused = async (argv: readonly string[], text = onItsWay): Promise<string> => {
    const { exit, io } = await explore(text, argv)
    expect(exit).toBe(2)
    return io.stderr
  }

  test.each([
    [['--at', '2 ackd'], /'2 ackd' is invalid. At column 3 it has to be .*`zksim steps` lists facts/],
    [['--at', 'nobody leads whatever'], /At column 13 it has to be the end of the fact/],
    [['--path', '0.x.1'], /'x' is neither the number of an event, nor c or p and a peer, such as c3/],
    [['--turns', 'many'], /It has to be a whole number/],
    [['--from', '3', '--at', 'nobody leads'], /--from and --at both say where it begins/],
    [['--from', '100000'], /the scenario is over, after event \d+, before event 100000/],
    [
      ['--path', '0.17'],
      /no path of this exploration: choice 2 is event 17, and there are \d to choose from/,
    ],
    [['--path', 'c2.c2'], /choice 2 is the end of 2, which does not run there/],
  ])('%j is refused with a reason', async (argv, reason) => {
    expect(await refused(argv)).toMatch(reason)
  })

  test('a scenario that cannot be read is refused at its place', async () => {
    expect(await refused([], 'three peers\nsetle\n')).toMatch(/^a\.scenario:2:/)
  })

  test('a scenario that does not hold itself is to be played first', async () => {
    expect(await refused([], 'three peers\nsettle\nexpect 1 leads\n')).toContain(
      'the scenario itself does not hold',
    )
  })

  test('with --json there is a verdict all the same', async () => {
    const { exit, io } = await explore(onItsWay, ['--from', '100000', '--json'])
    expect(exit).toBe(2)
    expect(io.objects.at(-1)).toMatchObject({ type: 'verdict', verdict: 'badInput', exitCode: 2 })
  })
})
