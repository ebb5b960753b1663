import { describe, expect, test } from 'vitest'
import { faults } from '../../src/faults/index.ts'
import { invariants } from '../../src/invariants/index.ts'
import { declarations } from '../../src/sim/scenario/declarations.ts'
import { factForms } from '../../src/sim/scenario/facts.ts'
import { reference } from '../../src/sim/scenario/reference.ts'
import { steps } from '../../src/sim/scenario/steps.ts'
import { play } from './play.ts'

const start =
  'three peers, seed 7\nann connects to 1 with timeout 6 s\nann creates /x "v1"\nbob connects to 2\nsettle\n'

describe('clients', () => {
  const said: readonly (readonly [string, string])[] = [
    ['ann creates /y "1"\nann reads /y', '"1"'],
    ['ann creates /x "2"', 'NODEEXISTS'],
    ['ann creates ephemeral /e "1"\nann creates /e/f "1"', 'NOCHILDRENFOREPHEMERALS'],
    [
      'ann creates sequential /x/n "1"\nann creates ephemeral sequential /x/n "1"\nann lists /x',
      '[n0000000000 n0000000001]',
    ],
    ['ann sets /x "v2"\nann sets /x "v3" at version 1\nann reads /x', '"v3"'],
    ['ann sets /x "v3" at version 5', 'BADVERSION'],
    ['ann deletes /x at version 5', 'BADVERSION'],
    ['ann deletes /x\nann checks /x', 'NONODE'],
    ['bob sets /x "v2"\nann syncs /\nann reads /x', '"v2"'],
    ['ann creates /y "1" without waiting\nann reads /y without waiting\nsettle', '"1"'],
    ['ann closes\nann connects to 3\nann reads /x', '"v1"'],
  ]
  test.each(said)('%s', (lines, answer) => {
    const outcome = play(`${start}${lines}\nexpect ann got ${answer}\n`)
    expect(outcome.reason).toBeNull()
    expect(play(`${start}${lines}\nexpect ann got MARSHALLINGERROR\n`)).toMatchObject({ verdict: 'failed' })
  })

  test('lose their ephemerals when their session ends', () => {
    const outcome = play(`${start}ann creates ephemeral /e "1"
expect /e exists on 1
crash client ann
until the leader expired a session within 20 s
settle
expect /e does not exist on 1
`)
    expect(outcome.reason).toBeNull()
  })
})

describe('what is expected', () => {
  const met = [
    '/x is "v1" on 1',
    '/x exists on the leader',
    '/y does not exist on a follower',
    'log of 1 ends at 1:3',
    'all peers agree',
    'bob is connected to 2',
    'ann is connected',
    'somebody leads',
    'to see "create /x"',
    'Agreement held',
  ]
  const missed = [
    '/x is "v2" on 1',
    '/y exists on the leader',
    '/x does not exist on 2',
    'log of 1 ends at 1:9',
    'nothing acknowledged',
    'ann is connected to 2',
    'bob is not connected',
    'nobody leads',
    'leader of epoch 2',
    '1 synced by TRUNC',
    'to see "delete /x"',
    'Agreement broken',
  ]
  test.each(met)('%s', (one) => expect(play(`${start}expect ${one}\n`).reason).toBeNull())
  test.each(missed)('not %s', (one) => expect(play(`${start}expect ${one}\n`).verdict).toBe('failed'))
})

describe('what is shown', () => {
  test.each(['peers', 'logs', 'votes', 'trees', 'tree of 2', 'disks'])(
    '%s, even in a quiet transcript',
    (what) => {
      const outcome = play(`${start}quiet\nann sets /x "v2"\nshow ${what}\n`)
      expect(outcome.recordings.get(7)).toEqual([])
      const lines = outcome.recordings.get(8) ?? []
      expect(lines.map((line) => line[0])).toEqual(what === 'tree of 2' ? ['2'] : ['1', '2', '3'])
    },
  )

  test('more when it is loud', () => {
    const outcome = play(`${start}ann sets /x "v2"\nloud\nann sets /x "v3"\nnormal\nann sets /x "v4"\n`)
    const [first, loud, last] = [6, 8, 10].map((line) => outcome.recordings.get(line)?.length ?? 0)
    expect(loud).toBeGreaterThan(10 * (first ?? 0))
    expect(last).toBe(first)
  })
})

test('time passes exactly', () => {
  expect(play('three peers\nafter 1234 ms\n').time).toBe(1_234_000)
  expect(play('three peers\nstart only 1\nuntil somebody leads within 2 s\n').stuck?.waited).toBeGreaterThan(
    2_000_000,
  )
  expect(play('three peers\nisolate 1\nsettle 2 and 3\nexpect 1 is LOOKING\n').verdict).toBe('held')
  expect(play('three peers\nisolate 1\nsettle within 5 s\n').verdict).toBe('unknown')
})

test('the reference names everything there is', () => {
  const page = reference(invariants)
  const bare = page.replaceAll('\\|', '|')
  const sentences = [
    ...declarations,
    ...steps.values(),
    ...factForms,
    ...faults.flatMap((fault) => fault.deeds),
  ]
  for (const { sentence, means } of sentences) {
    expect(bare).toContain(`\`${sentence.shape}\``)
    expect(bare).toContain(means)
  }
  for (const { name, says } of invariants) {
    expect(page).toContain(name)
    expect(bare).toContain(says)
  }
  expect(page).not.toContain('undefined')
})
