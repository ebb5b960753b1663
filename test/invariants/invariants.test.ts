import { expect, describe as group, test } from 'vitest'
import { describe } from '../../src/invariants/describe.ts'
import { findInvariant, invariants, nearestInvariants } from '../../src/invariants/index.ts'
import { cases } from './cases.ts'
import { create, Story, z } from './Story.ts'

group('every invariant', () => {
  test('has a story that breaks it and one that almost does', () => {
    expect(invariants.map(({ code }) => code)).toEqual(Object.keys(cases))
  })

  test('has a code, a name and a sentence of its own', () => {
    for (const part of ['code', 'name', 'says'] as const) {
      expect(new Set(invariants.map((invariant) => invariant[part])).size).toBe(invariants.length)
    }
    for (const { says } of invariants) expect(says).toMatch(/^[A-Z].*\.$/)
  })
})

for (const { code, name } of invariants) {
  group(`${code} ${name}`, () => {
    test('is broken', () => {
      const story = new Story()
      cases[code]?.breaks(story)
      story.checker.finish()
      expect(story.checker.violations.map((violation) => violation.code)).toContain(code)
    })

    test('is broken though nobody else listens', () => {
      const story = new Story(invariants.filter((invariant) => invariant.code === code))
      cases[code]?.breaks(story)
      story.checker.finish()
      expect(story.checker.verdict()).toBe('broken')
    })

    test('is put to the test and holds', () => {
      const story = new Story()
      cases[code]?.nearMiss(story)
      story.checker.finish()
      expect(story.checker.violations.map(describe)).toEqual([])
      if (code !== 'A6') expect(story.checker.exercised.get(code)).toBeGreaterThan(0)
    })
  })
}

test('the first violation is kept, the others are counted', () => {
  const story = new Story().standing()
  story.deliver(1, create(1, 7)).deliver(1, create(1, 8))
  const integrity = story.checker.checks.find((check) => check.invariant.code === 'P4')
  expect(integrity?.violation?.zxids).toEqual([z(1, 7)])
  expect(integrity?.further).toBe(1)
})

test('a violation is described with all its facts', () => {
  const story = new Story().standing(1)
  story.accept(create(1, 2, '/y'), [3, 1, 2]).commit(3, create(1, 2, '/y'), [3, 1, 2])
  story.deliver(1, create(1, 2, '/y')).deliver(2, create(1, 2, '/x'))
  const violation = story.checker.violations.find(({ code }) => code === 'P3')
  expect(violation && describe(violation)).toMatchInlineSnapshot(`
    "PrefixConsistency (P3) is broken at event 67, t=0.000670 s
      must hold: Of what two peers have delivered, one is a prefix of the other, zxid and content, and all of it is committed.
      but: 2 delivered 1:2 (create /x) where 1 had delivered 1:2 (create /y)
      peers=2,1 zxids=1:2,1:2"
  `)
})

test('invariants are found by name and code', () => {
  expect(findInvariant('p13')?.name).toBe('CommitCompleteness')
  expect(findInvariant('commitcompleteness')?.code).toBe('P13')
  expect(findInvariant('CommitCompletness')).toBeUndefined()
  expect(nearestInvariants('CommitCompletness')[0]).toBe('CommitCompleteness')
})

group('a wiped disk', () => {
  test('voids the promises of its peer', () => {
    const story = new Story().standing()
    story.checker.diskWiped(1)
    story.restart(1, { logged: [] }).join(1, 3, 1)
    expect(story.checker.violations.map(describe)).toEqual([])
  })

  test('does not excuse the loss of what was committed', () => {
    const story = new Story().standing().write(create(1, 3), [3, 1])
    story.checker.diskWiped(1)
    story.restart(1, { logged: [] }).look(2).fastForward(2).lead(2, 2, [1])
    expect(story.checker.violations.map(({ code }) => code)).toContain('P13')
  })
})

group('a whole life', () => {
  test('many epochs, restarts and truncations break nothing', () => {
    const story = new Story().standing(5)
    const trios = [
      [3, 1, 2],
      [3, 2, 1],
      [2, 1, 3],
    ]
    for (let epoch = 2; epoch < 40; epoch += 1) {
      const [leader, follower, late] = trios[epoch % 3] as [number, number, number]
      for (const peer of [1, 2, 3]) epoch % 2 === 0 ? story.restart(peer) : story.look(peer).fastForward(peer)
      story.lead(leader, epoch, [follower])
      for (let counter = 1; counter <= 3; counter += 1)
        story.write(create(epoch, counter), [leader, follower])
      story.join(late, leader, epoch)
      story.write(create(epoch, 4), [leader, late, follower])
    }
    story.checker.finish()
    expect(story.checker.violations.map(describe)).toEqual([])
  })
})
