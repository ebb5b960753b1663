import { describe, expect, test } from 'vitest'
import { play } from './play.ts'

const notes = (text: string) => {
  const outcome = play(text)
  return {
    verdict: outcome.verdict,
    reason: outcome.reason,
    time: outcome.time,
    notes: outcome.transcript.filter(({ who }) => who === '').map(({ what }) => what),
  }
}

describe('a lenient scenario', () => {
  test('passes over what cannot be played', () => {
    const steps = 'crash the leader\nrot the last snapshot of 1\nexpect all peers agree\n'
    const { verdict, notes: told } = notes(`three peers, start none, lenient\n${steps}`)
    expect(verdict).toBe('held')
    expect(told).toEqual([
      'crash the leader',
      'passed over: nobody has that role now',
      'rot the last snapshot of 1',
      'passed over: there is no snapshot file with a record in it',
      'expect all peers agree',
    ])
    expect(notes(`three peers, start none\n${steps}`).reason).toBe('nobody has that role now')
  })

  test('ends steps that wait in vain', () => {
    const steps = 'isolate 3\nuntil 3 leads within 2 s\nsettle within 3 s\nheal\n'
    const { verdict, time, notes: told } = notes(`three peers, lenient\n${steps}`)
    expect(verdict).toBe('held')
    expect(told.filter((line) => line.startsWith('waited'))).toEqual([
      'waited in vain for 3 leads: it did not come in time',
      'waited in vain for the ensemble to settle: a leader, every running peer in sync with it, no proposal and no request under way: it did not come in time',
    ])
    expect(time).toBeGreaterThan(5_000_000)
    expect(notes(`three peers\n${steps}`).verdict).toBe('unknown')
  })

  test('ends steps that wait where nothing is left to happen', () => {
    const { verdict, notes: told } = notes('one peer, start none, lenient\nuntil 1 leads\nstop load\n')
    expect(verdict).toBe('held')
    expect(told[1]).toBe('waited in vain for 1 leads: nothing is left to happen')
  })

  test('does not forgive what is expected, nor a run without an end', () => {
    expect(notes('three peers, lenient\nexpect 1 leads\n').verdict).toBe('failed')
    const endless = play('three peers, lenient\nafter 60 s\n', { maxEvents: 100 })
    expect([endless.verdict, endless.tooLong]).toEqual(['unknown', true])
  })
})
