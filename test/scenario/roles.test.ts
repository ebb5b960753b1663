import { describe, expect, test } from 'vitest'
import { rolesOf } from '../../src/sim/scenario/roles.ts'
import { play, runOf } from './play.ts'

/** Who is who when these steps have been played. */
function rolesAfter(text: string) {
  const run = runOf(text)
  expect(run.run().reason).toBeNull()
  const roles = rolesOf(run)
  return {
    leader: roles.leader(),
    quorum: roles.quorum(),
    minority: roles.minority(),
    that: roles.thatPeer(),
  }
}

describe('a quorum, a minority', () => {
  test('have and have not the leader', () => {
    const five = 'five peers and two observers, seed 2\nsettle\n'
    expect(rolesAfter(five)).toMatchObject({ leader: 5, quorum: [1, 2, 5], minority: [3, 4] })
    expect(rolesAfter(`${five}crash 1\n`)).toMatchObject({ leader: 5, quorum: [2, 3, 5], minority: [4] })
    expect(rolesAfter(`${five}crash 1\npause 4\n`)).toMatchObject({ quorum: [2, 3, 5], minority: null })
    expect(rolesAfter(`${five}crash 1, 2 and 3\n`)).toMatchObject({ quorum: null, minority: null })
  })

  test('are of voters that run, whoever leads or nobody', () => {
    expect(rolesAfter('four peers, start none\nstart 1, 2 and 4\n')).toMatchObject({
      leader: null,
      quorum: [1, 2, 4],
      minority: null,
    })
    expect(rolesAfter('one peer\nsettle\n')).toMatchObject({ quorum: [1], minority: null })
  })

  test('go by weights', () => {
    const text = 'five peers, groups 1, 2 and 3 | 4 and 5, weights 1=3 4=2 5=0\nsettle\n'
    expect(rolesAfter(text)).toMatchObject({ leader: 4, quorum: [1, 4], minority: [2, 3, 5] })
  })

  test('go by the configuration in force', () => {
    const text = `five peers, reconfigEnabled on, skipACL on
ann connects to 1
settle
ann reconfigures removing 4 and 5
settle 1, 2 and 3
`
    expect(rolesAfter(text)).toMatchObject({ leader: 1, quorum: [1, 2], minority: [3] })
  })
})

describe('somebody, and that peer', () => {
  test('is whoever told it', () => {
    const began = 'three peers, start only 1 and 2\nsettle\n'
    expect(rolesAfter(began).that).toBeNull()
    expect(rolesAfter(`${began}start 3\nuntil somebody began to synchronise\n`).that).toBe(3)
    expect(rolesAfter(`${began}start 3\nuntil somebody decided how to synchronise somebody\n`).that).toBe(2)
    expect(rolesAfter(`${began}start 3\nuntil somebody elected 2\n`).that).toBe(3)
    expect(rolesAfter(`${began}ann connects to 1\nuntil ann is connected\n`).that).toBeNull()
  })

  test('is whoever it is so for', () => {
    const began = 'three peers, start only 1 and 2\n'
    expect(rolesAfter(`${began}until somebody leads\n`).that).toBe(2)
    expect(rolesAfter(`${began}settle\nuntil somebody is FOLLOWING\n`).that).toBe(1)
    expect(rolesAfter(`${began}settle\nuntil somebody follows somebody\n`).that).toBe(1)
    expect(rolesAfter(`${began}until nobody leads\n`).that).toBeNull()
  })

  test('is nobody behind a wait in vain', () => {
    const text = 'three peers, lenient\nuntil somebody leads\nuntil somebody refused to start within 1 s\n'
    expect(rolesAfter(text).that).toBeNull()
    const outcome = play(`${text}crash that peer\nexpect somebody is up\ndo not expect somebody is down\n`)
    expect(outcome.verdict).toBe('held')
    expect(outcome.transcript.map(({ what }) => what)).toContain('passed over: nobody has that role now')
  })

  test('can be told to do things, also where machines are meant', () => {
    const text = `three peers
settle
ann connects to 1
ann sets / "v" without waiting
until somebody acked something
crash that peer
isolate a follower
until a session expired within 30 s
`
    const run = runOf(text.replace('until a session expired within 30 s\n', ''))
    run.run()
    const down = run.ensemble.sids.filter((sid) => run.ensemble.machineOf(sid).state === 'down')
    expect(down).toEqual([run.thatPeer])
  })

  test('counts in what is expected', () => {
    const text = 'three peers\nsettle\n'
    expect(
      play(`${text}expect somebody established itself\nexpect somebody proposed an epoch\n`).verdict,
    ).toBe('held')
    expect(play(`${text}expect somebody refused to start\n`).reason).toBe(
      'it is not so that somebody refused to start',
    )
  })
})

describe('a moment to aim at', () => {
  const elections = [
    'somebody voted',
    'somebody proposed an epoch',
    'somebody accepted an epoch',
    'somebody acked an epoch',
    'somebody began to synchronise',
    'somebody wrote a current epoch',
    'somebody acked NEWLEADER',
    'somebody established itself',
    'somebody was brought up to date',
  ]
  const broadcasts = [
    'somebody proposed something',
    'somebody logged something',
    'somebody forced something',
    'somebody acked something',
    'somebody committed something',
    'somebody heard of a commit',
    'somebody delivered something',
  ]
  test.each(elections)('while electing: %s', (fact) => {
    const outcome = play(`three peers\nuntil ${fact}\ncrash that peer\n`)
    expect([outcome.verdict, outcome.reason]).toEqual(['held', null])
  })

  test.each(broadcasts)('while serving: %s', (fact) => {
    const text = `three peers\nsettle\nann connects to 1 without waiting\nuntil ${fact}\ncrash that peer\n`
    const outcome = play(text)
    expect([outcome.verdict, outcome.reason]).toEqual(['held', null])
  })

  test('of sessions', () => {
    const connected = 'three peers\nsettle\nann connects to 1\n'
    const moved = `${connected}ann connects to 2 without waiting\nuntil a session moved\n`
    const expired = `${connected}crash client ann\nuntil a session expired\n`
    for (const text of [moved, expired]) expect(play(`${text}crash that peer\n`).reason).toBeNull()
  })
})
