import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { main } from '../../src/sim/cli/main.ts'
import { FakeIo, failed, held, misrecorded, misspelt, stuck } from './fakeIo.ts'
import { FakeSurroundings, failure, seedOf, trialOf } from './fuzz/FakeSurroundings.ts'

const golden = readFileSync(new URL('../golden/failover.jsonl', import.meta.url), 'utf8')
const cases = readFileSync(new URL('../golden/handwritten.jsonl', import.meta.url), 'utf8')

/** A follower claims an epoch before it has the history of it. */
const claims = `three peers, with ZOOKEEPER-4643, start only 2 and 3
2 and 3 had logged 1:1 to 1:2, 1 had logged 1:1

settle
start 1
settle
`

/** What docs/json.md says: fields by type, in their order. The verdict of `conform` is a type of its own. */
function documented(): Map<string, string[]> {
  const text = readFileSync(new URL('../../docs/json.md', import.meta.url), 'utf8')
  const fields = new Map<string, string[]>()
  let types: string[] = []
  for (const line of text.split(/\r?\n/)) {
    const heading = /^### (.*)/.exec(line)?.[1]
    if (heading !== undefined) {
      const suffix = heading.includes('(of `zksim conform`)') ? ' of conform' : ''
      types = [...heading.replaceAll(/\(.*?\)/g, '').matchAll(/`(\w+)`/g)].map((match) => match[1] + suffix)
      // A step in the list of steps is not a step of a transcript.
      if (heading.startsWith('`declaration`'))
        types = types.map((type) => (type === 'step' ? 'step of steps' : type))
    }
    const field = /^\| `(\w+)` \|/.exec(line)?.[1]
    if (field !== undefined) for (const type of types) fields.set(type, [...(fields.get(type) ?? []), field])
  }
  return fields
}

function objects(argv: readonly string[], files: Record<string, string>): Record<string, unknown>[] {
  const io = new FakeIo(files)
  const exit = main([...argv, '--json'], io, {
    beforeRun: ({ ensemble }) => {
      if (files.accused !== undefined)
        ensemble.world.at(9, { act: () => ensemble.checker.checks[0]!.broken([1], [1], 'x') })
    },
  })
  expect(io.stderr).toBe('')
  const found = io.objects
  if (found.at(-1)?.type === 'verdict' && argv.length === 2) expect(found.at(-1)?.exitCode).toBe(exit)
  return found
}

/** What a hunt tells that finds something. */
async function hunted(): Promise<Record<string, unknown>[]> {
  const io = new FakeIo()
  const broken = failure('P1', 'OneLeaderPerEpoch', '1 and 2 lead')
  const surroundings = new FakeSurroundings((scenario) =>
    trialOf(scenario, seedOf(scenario) === 3 ? broken : null),
  )
  const argv = ['fuzz', '--seed', '1', '--runs', '4', '--shrink-runs', '2', '--json']
  const exit = await main(argv, io, { surroundings })
  expect(io.objects.at(-1)?.exitCode).toBe(exit)
  return io.objects
}

/** What an exploration tells that finds something. */
async function explored(): Promise<Record<string, unknown>[]> {
  const io = new FakeIo({ a: claims })
  const surroundings = new FakeSurroundings((scenario) => trialOf(scenario, null))
  const exit = await main(['explore', 'a', '--at', '1 began DIFF', '--json'], io, { surroundings })
  expect(io.objects.at(-1)).toMatchObject({ type: 'verdict', verdict: 'broken', exitCode: exit })
  return io.objects
}

test('is what docs/json.md says, field by field', async () => {
  const conforming = objects(['conform', 'g'], { g: golden.split('\n').slice(0, 2).join('\n') })
  const listed = objects(['steps'], {})
  const plain = [
    ...objects(['run', 'a'], { a: held }),
    ...objects(['run', 'a'], { a: misrecorded }),
    ...objects(['run', 'a'], { a: stuck }),
    ...objects(['run', 'a', 'b', 'none'], { a: misspelt, b: failed }),
    ...objects(['run', 'a'], { a: failed, accused: '' }),
    ...objects(['replay', 'a'], { a: held }),
    ...objects(['replay', 'a'], { a: misspelt }),
    ...objects(['conform', 'a'], { a: 'hello' }).slice(0, -1),
    ...conforming.slice(0, -1),
    ...objects(['conform', 'c', '--only', 'create-flags-raw'], { c: cases }).slice(0, -1),
    ...listed.filter(({ type }) => type !== 'step'),
    ...objects(['faults'], {}),
    ...objects(['invariants'], {}),
    ...objects(['profiles'], {}),
    ...(await hunted()),
    ...(await explored()),
  ]
  const all = [
    ...plain,
    ...listed.filter(({ type }) => type === 'step').map((one) => ({ ...one, type: 'step of steps' })),
    { ...conforming.at(-1), type: 'verdict of conform' },
  ]
  const said = documented()
  const seen = new Set<string>()
  for (const { type, ...fields } of all) {
    seen.add(`${type}`)
    expect([type, ...Object.keys(fields)]).toEqual([type, ...(said.get(`${type}`) ?? ['(not documented)'])])
  }
  expect([...said.keys()].sort()).toEqual([...seen].sort())
})

test('tells of what was made small', async () => {
  const found = (await hunted()).find(({ type }) => type === 'failure')
  expect(Object.keys(found?.shrunk ?? {})).toEqual(['steps', 'events', 'trials', 'ended', 'failsWith'])
  expect(found).toMatchObject({ seed: 3, count: 1, seeds: [3], shrunk: { trials: 2, ended: 'bound' } })
})

test('ends in verdict, seed, events and hash, the same as the run that people read', () => {
  const last = objects(['run', 'a'], { a: held }).at(-1)
  const io = new FakeIo({ a: held })
  main(['run', 'a'], io)
  const [, seed, events, hash] = /seed=(\d+) events=(\d+) .*hash=(\w+)/.exec(io.lines.at(-1)!)!
  expect(last).toMatchObject({
    type: 'verdict',
    verdict: 'held',
    seed: Number(seed),
    events: Number(events),
    hash,
  })
})

test('tells the whole transcript, and the same state as the tables', () => {
  const found = objects(['replay', 'a', '--from', '10', '--until', '30'], { a: held })
  expect(found.filter(({ type }) => type === 'event').map(({ event }) => event)).toEqual(
    Array.from({ length: 21 }, (_, i) => i + 10),
  )
  expect(found.filter(({ type }) => type === 'peer').map(({ sid, machine }) => [sid, machine])).toEqual([
    [1, 'up'],
    [2, 'up'],
    [3, 'up'],
  ])
  expect(found.at(-1)).toMatchObject({ verdict: 'stopped', exitCode: 0, events: 30 })
})
