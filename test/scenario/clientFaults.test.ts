import { describe, expect, test } from 'vitest'
import { startScenario } from '../../src/sim/runScenario.ts'
import { parseScenario } from '../../src/sim/scenario/parse.ts'
import { play, runOf } from './play.ts'

const began = 'three peers, maxSessionTimeout 4 s\nann connects to 1\n'

describe('a client', () => {
  test('that is paused sends nothing, and finds its session expired if it was for too long', () => {
    const paused = `${began}pause client ann\n`
    expect(play(`${paused}until a session expired within 10 s\n`).reason).toBeNull()
    expect(
      play(`${paused}after 1 s\nresume client ann\nann creates /x "1"\nexpect ann got OK\n`).reason,
    ).toBeNull()
    const late = `${paused}after 8 s\nresume client ann\nuntil the session of ann expired within 10 s\n`
    expect(play(late).reason).toBeNull()
  })

  test('that was killed is started again without its session', () => {
    const killed = `${began}ann creates ephemeral /here "1"\ncrash client ann\nstart client ann\n`
    const run = runOf(`${killed}ann connects to 2\n`)
    expect(run.run().reason).toBeNull()
    expect(run.view.sessions.get('ann')).not.toBe(sessionOf(began))
    expect(
      play(`${killed}ann connects to 2\nuntil a session expired within 20 s\nsettle\n`).reason,
    ).toBeNull()
  })

  test('that was killed waits for nothing', () => {
    const text = `three peers
ann connects to 1
hold REPLY from 1 to ann
ann creates /x "1" without waiting
ann reads / and watches without waiting
after 100 ms
crash client ann
release everything
ann connects to 2
calm
`
    const { run, ensemble } = startScenario(parseScenario('x.scenario', text))
    expect(run.run().reason).toBeNull()
    expect(ensemble.checker.exercised.get('L4')).toBeGreaterThan(0)
  })

  test('that there is not yet has no faults', () => {
    for (const deed of ['crash client bob', 'pause client bob', 'resume client bob', 'start client bob']) {
      const outcome = play(`${began}${deed}\n`)
      expect([outcome.verdict, outcome.reason]).toEqual([
        'unknown',
        'this step cannot be played now: there is no client bob yet',
      ])
    }
  })
})

function sessionOf(text: string): string | undefined {
  const run = runOf(text)
  run.run()
  return run.view.sessions.get('ann')
}
