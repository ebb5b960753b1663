import { XMLParser, XMLValidator } from 'fast-xml-parser'
import { describe, expect, test } from 'vitest'
import { invariants } from '../../../src/invariants/index.ts'
import { isExpectedOf } from '../../../src/sim/cli/fuzz/coverage.ts'
import type { TryOut } from '../../../src/sim/cli/fuzz/tryOut.ts'
import { main } from '../../../src/sim/cli/main.ts'
import { properties } from '../../../src/sim/coverage/properties.ts'
import type { Feature } from '../../../src/sim/coverage/property.ts'
import { drawScenario } from '../../../src/sim/fuzz/drawScenario.ts'
import { profiles } from '../../../src/sim/fuzz/Profile.ts'
import { foundName } from '../../../src/sim/fuzz/tell/foundName.ts'
import { parseScenario } from '../../../src/sim/scenario/parse.ts'
import { printScenario } from '../../../src/sim/scenario/print.ts'
import { type Scenario, stepsOf } from '../../../src/sim/scenario/Scenario.ts'
import { FakeIo } from '../fakeIo.ts'
import { FakeSurroundings, failure, seedOf, trialOf } from './FakeSurroundings.ts'

const allHold: TryOut = (scenario) => trialOf(scenario, null)

/** Breaks P1 with the seeds that `divisor` divides, as long as there is a step in which somebody is healed. */
function brokenBy(divisor: number, what = '2 and 3 lead epoch 4'): TryOut {
  return (scenario) => {
    const fails = seedOf(scenario) % divisor === 0 && stepsOf(scenario).some(isCalm)
    return trialOf(scenario, fails ? failure('P1', 'OneLeaderPerEpoch', what) : null)
  }
}

function isCalm({ play }: ReturnType<typeof stepsOf>[number]): boolean {
  return play.sentence.startsWith('calm')
}

/** What files with what `brokenBy` breaks are called. */
const NAME = foundName(failure('P1', 'OneLeaderPerEpoch', ''))

async function fuzz(argv: string, tryOut: TryOut = allHold, io = new FakeIo()) {
  const surroundings = new FakeSurroundings(tryOut)
  const exit = await main(['fuzz', ...argv.split(' ').filter((word) => word !== '')], io, { surroundings })
  return { exit, io, out: io.stdout, err: io.stderr, surroundings, last: io.lines.at(-1) ?? '' }
}

describe('exit codes', () => {
  test('0: all held', async () => {
    const { exit, out, err, last, io } = await fuzz('--runs 30 --seed 7')
    expect(exit).toBe(0)
    expect(err).toBe('')
    expect(out).toMatch(/^seeds {4}30, from 7 on; 3 jobs\nprofile {2}swarm: /)
    expect(out).toContain('\nseeds      7 to 36: 30 held\nsimulated  0.0 s in 300 events\n')
    expect(out).toMatch(
      /\nspeed {6}[\d,.]+ seeds\/s and [\d,.]+ events\/s; of a core [\d,.]+ seeds\/s and [\d,.]+ events\/s\n/,
    )
    expect(last).toMatch(/^HELD {2}swarm {2}seeds=7\.\.36 events=300 hash=[0-9a-f]{16}$/)
    expect(io.files.size).toBe(0)
  })

  test('1: an invariant is broken', async () => {
    const { exit, last } = await fuzz('--runs 30 --seed 7', brokenBy(10))
    expect(exit).toBe(1)
    expect(last).toMatch(/^BROKEN {2}swarm/)
  })

  test('3: unknown is not held, whatever the others are', async () => {
    const stuck = (scenario: Scenario) =>
      seedOf(scenario) === 9
        ? trialOf(scenario, failure('stuck', 'until 1 leads', 'in vain'), { verdict: 'unknown' })
        : trialOf(scenario, null)
    const { exit, out } = await fuzz('--runs 5 --seed 7', stuck)
    expect(exit).toBe(3)
    expect(out).toContain('seeds      7 to 11: 4 held, 1 unknown\n')
  })

  test('3: an error of the simulator is a defect, and costs one seed', async () => {
    const throws: TryOut = (scenario) => {
      if (seedOf(scenario) === 9) throw new Error('no such thing')
      return trialOf(scenario, null)
    }
    const { exit, out } = await fuzz('--runs 5 --seed 7 --no-shrink', throws)
    expect(exit).toBe(3)
    expect(out).toMatch(/UNKNOWN {2}DefectOfZksim \(defect\)\n {2}what {6}no such thing\n/)
    expect(out).toContain('seeds      7 to 11: 4 held, 1 unknown\n')
  })

  test('4: not the same twice; what lies behind it is not told', async () => {
    let runs = 0
    const restless: TryOut = (scenario) => {
      runs += 1
      return trialOf(scenario, null, seedOf(scenario) === 12 ? { hash: `${runs}` } : {})
    }
    const { exit, out, last } = await fuzz('--runs 30 --seed 7 --recheck 4 --profile quick', restless)
    expect(exit).toBe(4)
    expect(out).toContain('NOT DETERMINISTIC  seed 12, played twice, gave two different runs')
    expect(out).toMatch(/\nfirst: {2}held events=10 hash=\d+\nsecond: held events=10 hash=\d+\n/)
    expect(out).toContain('\n    npx zksim fuzz --seed 12 --runs 1 --profile quick --recheck 1\n')
    expect(out).toContain('seeds      7 to 12: 5 held, 1 not the same twice, 2 played twice; ended')
    expect(last).toMatch(/^NOT DETERMINISTIC {2}quick {2}seeds=7\.\.12 /)
    // None is played twice where none is to be.
    expect((await fuzz('--runs 30 --seed 7 --recheck 0', restless)).exit).toBe(0)
  })
})

describe('finds', () => {
  const argv = '--runs 30 --seed 7 --out found --profile quick'

  test('of one fingerprint are one, with its lowest seed', async () => {
    const { out, err } = await fuzz(argv, brokenBy(10))
    expect(out.match(/OneLeaderPerEpoch \(P1\)/g)).toHaveLength(1)
    expect(out).toMatch(/\n {2}but +2 and 3 lead epoch 4\n {2}seed +10, event 7; so do 2 more: 20 30\n/)
    expect(err).toMatch(/^BROKEN {3}seed 10 {2}OneLeaderPerEpoch \(P1\): 2 and 3 lead epoch 4\n/)
  })

  test('are made small, within a bound that is said before; the original is beside', async () => {
    const { out, err, io } = await fuzz(argv, brokenBy(10))
    expect(err).toContain('making what was found small, within 2,000 runs and 10,000,000 events\n')
    const [small, original] = ['', '.original'].map((kind) => {
      const path = `found/${NAME}${kind}.scenario`
      return parseScenario(path, `${io.files.get(path)}`)
    })
    expect(stepsOf(small!)).toHaveLength(1)
    expect(stepsOf(small!).every(isCalm)).toBe(true)
    expect(printScenario(original!)).toBe(printScenario(drawScenario(10, profiles.get('quick')!)))
    expect(out).toMatch(
      new RegExp(
        `\\n  shrunk +from ${stepsOf(original!).length} steps to 1, from 10 events to 10; \\d+ runs`,
      ),
    )
    expect(out).toContain(`\n  To see it again:\n    npx zksim run found/${NAME}.scenario\n`)
  })

  test('may be left as they are, or be given less', async () => {
    const { out, io } = await fuzz(`${argv} --no-shrink`, brokenBy(10))
    expect(out).toContain('  shrunk     not: as asked\n')
    expect([...io.files.keys()]).toEqual([`found/${NAME}.scenario`])
    const { err, out: few } = await fuzz(`${argv} --shrink-runs 3`, brokenBy(10))
    expect(err).toContain('within 3 runs and')
    expect(few).toMatch(/; 3 runs, up to the bound/)
  })

  test('can be had as tests', async () => {
    const { out, io } = await fuzz(`${argv} --test`, brokenBy(10))
    const test = `${io.files.get(`found/${NAME}.test.ts`)}`
    expect(out).toContain(`\n  test       found/${NAME}.test.ts\n`)
    expect(test).toContain("test('OneLeaderPerEpoch (P1) holds'")
    expect(test).toMatch(/\ncalm\n/)
    expect(test).not.toContain('heal')
    const { io: asDrawn } = await fuzz(`${argv} --test --no-shrink`, brokenBy(10))
    expect(asDrawn.files.get(`found/${NAME}.test.ts`)).toMatch(/heal/)
  })

  test('of many shapes are not all made small', async () => {
    const many: TryOut = (scenario) => {
      const seed = seedOf(scenario)
      return trialOf(scenario, failure('P1', `Promise${seed % 15}`, 'x'))
    }
    const { out } = await fuzz(`${argv} --shrink-runs 2`, many)
    expect(out.match(/shrunk {5}not: only the first 10 finds are/g)).toHaveLength(5)
    expect(out.match(/To see it again/g)).toHaveLength(15)
  })

  test('do not take the place of what is there', async () => {
    const io = new FakeIo({ [`found/${NAME}.scenario`]: 'precious' })
    await fuzz(argv, brokenBy(10), io)
    expect(io.files.get(`found/${NAME}.scenario`)).toBe('precious')
    const written = [...io.files.keys()].slice(1)
    expect(written).toEqual([`found/${NAME}-2.scenario`, `found/${NAME}-2.original.scenario`])
    // The same again is the same file.
    await fuzz(argv, brokenBy(10), io)
    expect([...io.files.keys()].slice(1)).toEqual(written)
  })

  test('that cannot be written after all are printed', async () => {
    const io = new FakeIo()
    io.writeFile = () => {
      throw Object.assign(new Error('full'), { code: 'ENOSPC' })
    }
    const { exit, err, out } = await fuzz(argv, brokenBy(10), io)
    expect(exit).toBe(2)
    expect(err).toContain(`${NAME}.scenario cannot be written: no space is left there`)
    expect(err).toContain(printScenario(drawScenario(10, profiles.get('quick')!)))
    expect(out).toContain('\n    npx zksim fuzz --seed 10 --runs 1 --profile quick\n')
  })

  test('end the hunt, where asked', async () => {
    const { out } = await fuzz(`${argv} --until-failure`, brokenBy(10))
    expect(out).toContain(
      'seeds      7 to 10: 3 held, 1 broken; ended with the first that failed, as asked\n',
    )
  })

  test('cannot steer a terminal', async () => {
    const { out, err } = await fuzz(argv, brokenBy(10, 'red \u001b[31m'))
    expect(out + err).not.toContain('\u001b')
    expect(out).toContain('red \ufffd[31m')
  })
})

test('stuck runs say who waits for what', async () => {
  const stuck = {
    waitedFor: '1 leads',
    waited: 5,
    peers: [{ sid: 1, state: 'Look', waitingFor: 'a quorum' }],
  }
  const tryOut: TryOut = (scenario) =>
    trialOf(scenario, { ...failure('stuck', 'until 1 leads', 'in vain'), stuck }, { verdict: 'unknown' })
  const { out } = await fuzz('--runs 1 --seed 7 --no-shrink', tryOut)
  expect(out).toContain('\n  peer  state  waits for\n  1     Look   a quorum\n')
})

describe('the drawn plan', () => {
  const quick = profiles.get('quick')!

  test('of one seed prints before it is played', async () => {
    let before = ''
    const io = new FakeIo()
    const looks: TryOut = (scenario) => {
      before = io.stdout
      return trialOf(scenario, null)
    }
    await fuzz('--runs 1 --seed 7 --profile quick', looks, io)
    expect(before).toContain(printScenario(drawScenario(7, quick)))
  })

  test('prints alone, to be kept in a file', async () => {
    let played = 0
    const { exit, out } = await fuzz('--seed 7 --profile quick --print --with ZOOKEEPER-4643', (scenario) => {
      played += 1
      return trialOf(scenario, null)
    })
    expect(exit).toBe(0)
    expect(played).toBe(0)
    expect(out).toBe(printScenario(drawScenario(7, quick, { bugs: ['ZOOKEEPER-4643'] })))
    expect(printScenario(parseScenario('x', out))).toBe(out)
  })

  test('of many prints where asked, each with what it came to', async () => {
    const { out } = await fuzz('--runs 3 --seed 7 --profile quick --verbose', brokenBy(8))
    for (const seed of [7, 8, 9]) expect(out).toContain(printScenario(drawScenario(seed, quick)))
    expect(out).toMatch(/\nBROKEN {3}seed=8 events=10 hash=[0-9]{16}\n/)
    expect((await fuzz('--runs 3 --seed 7')).out).not.toContain('seed 7\n')
  })
})

describe('the end', () => {
  test('Ctrl-C: a prefix, with all that is known of it', async () => {
    const io = new FakeIo()
    const surroundings = new FakeSurroundings((scenario) => {
      if (seedOf(scenario) === 11) surroundings.interrupt?.()
      return brokenBy(10)(scenario)
    })
    const exit = await main(['fuzz', '--seed', '7', '--runs', '1000', '--json'], io, { surroundings })
    expect(exit).toBe(1)
    expect(surroundings.left).toBe(false)
    expect(surroundings.interrupt).toBeNull()
    const seeds = io.objects.filter(({ type }) => type === 'seed').map(({ seed }) => seed)
    expect(seeds).toEqual(seeds.map((_, i) => 7 + i))
    expect(seeds.length).toBeLessThan(100)
    expect(io.objects.at(-1)).toMatchObject({ type: 'summary', end: 'interrupted', seeds: seeds.length })
    expect(io.objects.at(-2)).toMatchObject({ type: 'failure', seed: 10, notShrunk: 'interrupted' })
    expect(io.stderr).toBe('zksim: ending with what there is; Ctrl-C again leaves at once\n')
  })

  test('Ctrl-C while shrinking: with what is small so far', async () => {
    const io = new FakeIo()
    let shrinking = 0
    const surroundings = new FakeSurroundings((scenario) => {
      // The scenarios of the hunt have more than this.
      if (io.stderr.includes('making') && ++shrinking === 8) surroundings.interrupt?.()
      return brokenBy(10)(scenario)
    })
    const argv = ['fuzz', '--seed', '7', '--runs', '20', '--profile', 'quick']
    expect(await main(argv, io, { surroundings })).toBe(1)
    expect(shrinking).toBe(8)
    expect(io.stdout).toMatch(/, from 10 events to 10; 8 runs, interrupted\n/)
  })

  test('Ctrl-C twice leaves at once', async () => {
    const surroundings = new FakeSurroundings((scenario) => {
      surroundings.interrupt?.()
      surroundings.interrupt?.()
      return trialOf(scenario, null)
    })
    await main(['fuzz', '--runs', '1'], new FakeIo(), { surroundings })
    expect(surroundings.left).toBe(true)
  })

  test('--for: the range that was played is printed', async () => {
    const { out, last } = await fuzz('--for 1s --seed 7')
    expect(out).toContain('seeds    as many as 1.0 s allow, from 7 on')
    expect(out).toMatch(/\nseeds {6}7 to \d+: \d+ held, \d+ played twice, the same; the time was up\n/)
    expect(last).toMatch(/seeds=7\.\.\d+ /)
  })
})

describe('coverage', () => {
  const [first, second] = properties
  const seesOne: TryOut = (scenario) => trialOf(scenario, null, { hits: new Map([[first!.name, 2]]) })
  const seesAll: TryOut = (scenario) =>
    trialOf(scenario, null, {
      hits: new Map(properties.map(({ name }) => [name, 1])),
      exercised: new Map(invariants.map(({ code }) => [code, 1])),
    })

  test('of a short hunt is said, and fails nothing', async () => {
    const { exit, out } = await fuzz('--runs 3 --seed 7', seesOne)
    expect(exit).toBe(0)
    expect(out).toMatch(
      new RegExp(`\\ncoverage   1 of \\d+ properties seen; the rarest: ${first!.name} \\(6\\)\\n`),
    )
    const others =
      /\n--expect-coverage names (\d+) properties that no run had, and (\d+) invariants that none put to the test\n/
    expect(out).toMatch(others)
    expect(Number(others.exec(out)?.[2])).toBe(invariants.length - 1)
    expect(out).not.toContain('MISS')
  })

  test('of a long one fails it', async () => {
    const { exit, out } = await fuzz('--runs 3 --seed 7 --expect-coverage', seesOne)
    expect(exit).toBe(1)
    expect(out).toContain(`\nMISS  ${second!.name}: ${second!.says}\n`)
    expect(out).toMatch(/\nMISS {2}\w+ \(P2\) was never put to the test\n/)
    expect(out).not.toMatch(/MISS.*\(P1\)/)
    expect(out).not.toContain(`MISS  ${first!.name}:`)
    expect((await fuzz('--runs 3 --seed 7 --expect-coverage', seesAll)).exit).toBe(0)
  })

  test('asks for no more than a profile can show', async () => {
    const missed = async (profile: string) => {
      const { io } = await fuzz(`--runs 1 --seed 7 --json --profile ${profile}`, seesOne)
      const { coverage } = io.objects.at(-1) as { coverage: { never: { name: string }[] } }
      return coverage.never.map(({ name }) => name)
    }
    const needs = (feature: Feature) =>
      properties.filter((one) => one.needs.includes(feature)).map(({ name }) => name)
    const [calm, quick, reconfig] = await Promise.all(['calm', 'quick', 'reconfig'].map(missed))
    expect(calm).not.toEqual(expect.arrayContaining([needs('faults')[0]]))
    expect(quick).toEqual(expect.arrayContaining([needs('faults')[0]]))
    expect(quick).not.toEqual(expect.arrayContaining([needs('observers')[0]]))
    expect(reconfig).toEqual(expect.arrayContaining([needs('reconfig')[0]]))
    expect(quick).not.toEqual(expect.arrayContaining([needs('reconfig')[0]]))
  })

  test('is expected of a long hunt that draws everything, without being asked for', () => {
    const quarry = { profile: 'swarm', release: null, bugs: [] }
    expect(isExpectedOf(quarry, 19_999, 20_000)).toBe(false)
    expect(isExpectedOf(quarry, 20_000, 20_000)).toBe(true)
    expect(isExpectedOf({ ...quarry, profile: 'quick' }, 20_000, 20_000)).toBe(false)
  })
})

describe('seeds', () => {
  test('that nobody gives are drawn, and said', async () => {
    const { out } = await fuzz('--runs 2')
    expect(out).toContain('seeds    2, from 4711 on, drawn now; 3 jobs\n')
  })

  test('can be made of a commit', async () => {
    const { out } = await fuzz('--runs 2 --seed cea0da9')
    expect(out).toContain(`from ${0xcea0da9}000000 on, made of commit cea0da9;`)
  })
})

describe('bad input', () => {
  test.each([
    ['--profile swram', /Allowed choices are swarm, /],
    ['--as-of 3.7.0', /Allowed choices are 3\.8\.0, /],
    ['--with ZOOKEEPER-1', /Allowed choices are ZOOKEEPER-2332, /],
    ['--runs 0', /number of runs from 1/],
    ['--for 5', /a time such as 90s/],
    ['--seed xyz', /a whole number of at most 15 digits, such as 7, or the id of a git commit/],
    ['--jobs many', /a whole number/],
    ['--runs 5 --for 10m', /leave one out/],
    ['--print --json', /leave --json and --junit out/],
    ['--print --runs 5', /plays none/],
    ['--verbose --json', /leave it or --json out/],
    ['--seed 999999999999999 --runs 2', /begin with a smaller one/],
    ['--nonsense', /unknown option/],
  ])('%s', async (argv, says) => {
    let played = 0
    const { exit, err, out } = await fuzz(argv, (scenario) => {
      played += 1
      return trialOf(scenario, null)
    })
    expect(exit).toBe(2)
    expect(err).toMatch(says)
    expect(out).toBe('')
    expect(played).toBe(0)
  })

  test('what cannot be written is found before anything is played', async () => {
    const io = new FakeIo()
    const refuse = (code: string) => () => {
      throw Object.assign(new Error(code), { code })
    }
    io.checkFolder = refuse('EROFS')
    const { exit, err, out } = await fuzz('--runs 5 --out x', allHold, io)
    expect({ exit, err, out }).toEqual({
      exit: 2,
      err: 'zksim: finds cannot be written to x: it lies on a file system that is read-only; nothing was played\n',
      out: '',
    })
    // Whether a folder can be made shows when it is made; one that nobody asked for is made when it is needed.
    const full = new FakeIo()
    full.makeFolder = refuse('ENOSPC')
    expect((await fuzz('--runs 5 --out x', allHold, full)).err).toMatch(
      /to x: no space is left there; nothing/,
    )
    expect((await fuzz('--runs 5', allHold, full)).exit).toBe(0)
    const other = new FakeIo()
    other.checkFile = refuse('EISDIR')
    expect((await fuzz('--runs 5 --junit y', allHold, other)).err).toBe(
      'zksim: the report cannot be written to y: it is a directory; name a file in it; nothing was played\n',
    )
  })
})

describe('for machines', () => {
  test('--json: seeds in order, finds, a summary; one line is one object', async () => {
    const { io, err } = await fuzz('--runs 12 --seed 7 --json --recheck 3 --no-shrink', brokenBy(10))
    expect(err).toBe('')
    expect(io.objects.map(({ type }) => type)).toEqual([
      'hunt',
      ...Array.from({ length: 12 }, () => 'seed'),
      'failure',
      'summary',
    ])
    expect(io.objects[4]).toEqual({
      type: 'seed',
      seed: 10,
      verdict: 'broken',
      hash: expect.stringMatching(/^[0-9]{16}$/),
      events: 10,
      time: 1_000,
      twice: false,
      failure: 'P1 OneLeaderPerEpoch',
    })
    expect(io.objects.at(-1)).toMatchObject({
      held: 11,
      broken: 1,
      unknown: 0,
      twice: 4,
      exitCode: 1,
      range: '7 to 18',
    })
  })

  test('--junit: a case for what held, one a find, one for coverage', async () => {
    const what = '<2> & "3" lead \u001b]'
    const { io } = await fuzz('--runs 30 --seed 7 --junit r.xml --no-shrink', brokenBy(10, what))
    const xml = `${io.files.get('r.xml')}`
    expect(XMLValidator.validate(xml)).toBe(true)
    const parsed = new XMLParser({ ignoreAttributes: false }).parse(xml)
    const { testsuite } = parsed.testsuites
    expect(testsuite).toMatchObject({ '@_tests': '3', '@_failures': '1', '@_errors': '0' })
    const [held, find, coverage] = testsuite.testcase
    expect(held).toMatchObject({
      '@_classname': 'zksim.fuzz.swarm',
      '@_name': 'seeds 7 to 36: 27 of 30 held',
    })
    expect(find['@_name']).toBe('P1 OneLeaderPerEpoch: seed 10 and 2 more')
    expect(find.failure['@_message']).toBe('<2> & "3" lead \ufffd]')
    expect(find.failure['#text']).toContain('npx zksim run zksim-found')
    expect(coverage).not.toHaveProperty('failure')
  })

  test('in GitHub Actions: annotations, and a summary of the job', async () => {
    const io = new FakeIo({ summary: 'before\n' })
    io.env = { GITHUB_ACTIONS: 'true', GITHUB_STEP_SUMMARY: 'summary' }
    const { err } = await fuzz('--runs 30 --seed 7 --json', brokenBy(10, '100 % of 2,\n3: lead | *'), io)
    expect(err.split('\n').filter((line) => line.startsWith('::'))).toEqual([
      `::error title=OneLeaderPerEpoch (P1)::100 %25 of 2,%0A3: lead | *%0Aseed 10 and 2 more%0Anpx zksim run zksim-found/${NAME}.scenario`,
    ])
    const summary = `${io.files.get('summary')}`
    expect(summary).toMatch(
      /^before\n## zksim fuzz, profile swarm: broken\n\n27 of 30 seeds held \(7 to 36\), /,
    )
    expect(summary).toContain(
      '| OneLeaderPerEpoch (P1) | 100 % of 2,\ufffd3: lead \\| \\* | 10 and 2 more | `npx',
    )
    const other = new FakeIo()
    other.env = { GITHUB_ACTIONS: 'true' }
    expect((await fuzz('--runs 3 --seed 7', allHold, other)).err).toMatch(
      /^::notice title=zksim fuzz::3 of 3 seeds held/,
    )
    expect((await fuzz('--runs 3 --seed 7')).err).toBe('')
  })
})

test('orders reach who plays', async () => {
  const { surroundings } = await fuzz(
    '--runs 1 --profile calm --as-of 3.8.0 --with ZOOKEEPER-4643 ZOOKEEPER-2332 --seed-timeout 5s',
  )
  expect(surroundings.orders).toEqual({
    quarry: { profile: 'calm', release: '3.8.0', bugs: ['ZOOKEEPER-4643', 'ZOOKEEPER-2332'] },
    recheck: 50,
    patience: 5_000,
  })
})
