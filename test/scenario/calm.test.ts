import { describe, expect, test } from 'vitest'
import { ideal } from '../../src/nodes/ideal.ts'
import { startScenario } from '../../src/sim/runScenario.ts'
import { parseScenario } from '../../src/sim/scenario/parse.ts'
import { dropsRequests, neverServes } from '../mutants/liveness.ts'
import type { Mutant } from '../mutants/Mutant.ts'

const storm = `three peers, seed 7

ann connects to 1
bob connects to 2
ann creates /x "v1"
bob checks /x and watches
ann creates /y "v1"
bob reads /y and watches
isolate the leader
after 20 s
heal
ann sets /x "v2" without waiting
`

function play(text: string, mutant?: Mutant) {
  const cast = mutant === undefined ? ideal : mutant.recast(ideal)
  const { run, ensemble } = startScenario(parseScenario('calm.scenario', text), { cast })
  const outcome = run.run()
  return {
    outcome,
    exercised: ensemble.checker.exercised,
    broken: outcome.violations.map(({ code }) => code),
  }
}

describe('calm', () => {
  test('puts to the test what must happen in the end', () => {
    const { outcome, exercised } = play(`${storm}calm\n`)
    expect(outcome.verdict).toBe('held')
    for (const code of ['L1', 'L2', 'L4', 'L6', 'C7']) expect(exercised.get(code), code).toBeGreaterThan(0)
  })

  test('without it nothing is known of the end', () => {
    const { exercised } = play(`${storm}settle\n`)
    for (const code of ['L1', 'L2', 'L4', 'L6']) expect(exercised.get(code), code).toBe(0)
  })

  test('finds who never serves, and what is never answered', () => {
    expect(play('three peers\nuntil somebody leads\ncalm\n', neverServes).broken).toContain('L2')
    // The last of them is the one that is forgotten: behind it an answer would end the connection.
    const reads = 'ann reads /x without waiting\n'.repeat(8)
    const load = `three peers\nann connects to 1\nann creates /x "v"\n${reads}calm\n`
    expect(play(load, dropsRequests).broken).toContain('L4')
  })

  test('is not to be had while packets are kept from arriving', () => {
    const troubles = [
      ['isolate 3', 'links are blocked'],
      ['hold PROPOSAL from 1 to 2', 'packets are held'],
      ['slow link from 1 to 2 by 20 ms', 'links are slow'],
      ['lose 5 % of packets from 1 to 2', 'packets are lost'],
      ['stall link from 1 to 2', 'links are stalled'],
    ] as const
    for (const [fault, why] of troubles) {
      const { outcome } = play(`three peers\nsettle\n${fault}\ncalm\n`)
      expect([outcome.verdict, outcome.reason]).toEqual([
        'unknown',
        `this step cannot be played now: it is not calm: ${why}`,
      ])
    }
  })
})
