import { describe, expect, test } from 'vitest'
import { ideal } from '../../src/nodes/ideal.ts'
import { fork } from '../../src/sim/kernel/fork.ts'
import { startScenario } from '../../src/sim/runScenario.ts'
import { parseScenario } from '../../src/sim/scenario/parse.ts'
import { dropsRequests, neverServes } from '../mutants/liveness.ts'
import type { Mutant } from '../mutants/Mutant.ts'
import { runOf } from './play.ts'

function play(text: string, mutant?: Mutant) {
  const cast = mutant === undefined ? ideal : mutant.recast(ideal)
  const { run, ensemble } = startScenario(parseScenario('heal.scenario', text), { cast })
  const outcome = run.run()
  const { sids, clients } = ensemble
  const inState = (state: string): (number | string)[] => [
    ...sids.filter((sid) => ensemble.machineOf(sid).state === state),
    ...[...clients].filter(([, machine]) => machine.state === state).map(([name]) => name),
  ]
  return {
    outcome,
    exercised: ensemble.checker.exercised,
    broken: outcome.violations.map(({ code }) => code),
    up: inState('up'),
    down: inState('down'),
    paused: inState('paused'),
    peersUp: sids.filter((sid) => ensemble.machineOf(sid).state === 'up'),
  }
}

const five =
  'five peers and one observer, tickTime 200 ms, seed 4\nann connects to 1\nbob connects to 2\nsettle\n'
const hurt = 'crash 1 and 2\npause 3\ncrash 6\ncrash client ann\npause client bob\n'

describe('heal everybody', () => {
  test('resumes and starts all', () => {
    const { outcome, up, down, paused } = play(`${five}${hurt}heal everybody\ncalm until all is well\n`)
    expect(outcome.reason).toBeNull()
    expect([up, down, paused]).toEqual([[1, 2, 3, 4, 5, 6, 'ann', 'bob'], [], []])
  })

  test('ends all faults, and calls off those to come', () => {
    const faults = `partition 1 and 2 | 3, 4 and 5
hold PROPOSAL
slow all links by 20 ms
lose 10 % of all packets
stall link from 4 to 5
cut connections from 5 to 1 after 900 PING
slow disk of 1 by 3 s
stall disk of 2
fill disk of 3
fail forces of 4
stall thread sync of 1
slow thread main of 2 by 2 s
run clock of 3 50 % slow
crash 5 at its 4000th call from now
cut power to 4 at its 4000th call from now
`
    const text = `${five}${faults}after 2 s\nheal everybody\ncalm until all is well\nann connects to 4\nann sets / "x"\nafter 30 s\nsettle within 0 s\nexpect all peers agree\n`
    const { outcome, up } = play(text)
    expect(outcome.reason).toBeNull()
    expect(up).toEqual([1, 2, 3, 4, 5, 6, 'ann', 'bob'])
  })

  test('leaves alone who never was part of it', () => {
    const { outcome, down } = play(
      'three peers and one observer, one joiner\nsettle\ncrash 1\nheal everybody\ncalm until all is well\n',
    )
    expect([outcome.reason, down]).toEqual([null, [5]])
  })

  test('counts on nobody whose disk cannot be read', () => {
    const rotten =
      'ann creates /x "1"\nsettle\nrot the last record of the log of 2\ncrash 2\nheal everybody\ncalm until all is well\n'
    const { outcome, down, exercised } = play(`${five}${rotten}`)
    expect([outcome.reason, down]).toEqual([null, [2]])
    expect(exercised.get('L2')).toBeGreaterThan(0)
  })
})

describe('heal a quorum', () => {
  const healed = (seed: number, what = 'crash all\n') =>
    play(`${five.replace('seed 4', `seed ${seed}`)}${what}heal a quorum\ncalm until all is well\n`)

  test('starts no more than it takes, by chance', () => {
    const chosen = new Set<string>()
    for (let seed = 1; seed <= 12; seed += 1) {
      const { outcome, peersUp } = healed(seed)
      expect([outcome.reason, peersUp.length]).toEqual([null, 3])
      expect(peersUp).not.toContain(6)
      chosen.add(peersUp.join())
    }
    expect(chosen.size).toBeGreaterThan(3)
  })

  test('leaves who is down or paused as it is, and who runs running', () => {
    const left = new Set<string>()
    for (let seed = 1; seed <= 8; seed += 1) {
      const { outcome, up, down, paused } = healed(
        seed,
        'crash 1 and 2\npause 3\ncrash 6\ncrash client ann\n',
      )
      expect(outcome.reason).toBeNull()
      expect(up).toEqual(expect.arrayContaining([4, 5, 'ann', 'bob']))
      expect(down).toContain(6)
      left.add(`${down} ${paused}`)
    }
    expect(left.size).toBeGreaterThan(2)
  })

  test('counts on undamaged disks where they are enough, else on those that can be read', () => {
    for (let seed = 1; seed <= 8; seed += 1) {
      const wiped = 'ann creates /x "1"\nsettle\nwipe 1 and 2\ncrash all\n'
      expect(healed(seed, wiped).peersUp).toEqual([3, 4, 5])
      const rotten = `${wiped}rot the last record of the log of 3\n`
      const { peersUp } = healed(seed, rotten)
      expect(peersUp).toEqual(expect.arrayContaining([4, 5]))
      expect(peersUp).not.toContain(3)
    }
    const none =
      'ann creates /x "1"\nsettle\ncrash all\nrot the last record of the log of 1\nrot the last record of the log of 2\nrot the last record of the log of 3\n'
    expect(healed(1, none).outcome.reason).toBe(
      'this step cannot be played now: too few voters have a disk that can be read',
    )
  })

  test('goes by weights', () => {
    const text = `five peers, groups 1, 2 and 3 | 4 and 5, weights 1=3 4=2 5=0
settle
crash all
heal a quorum
calm until all is well
`
    expect(play(text).peersUp).toEqual([1, 4])
  })
})

describe('calm until all is well', () => {
  const storm = `${five}isolate the leader\nann creates /x "1" without waiting\nbob reads / and watches without waiting\nafter 3 s\ncrash 2\n`

  test('is over soon, and puts to the test what calm does', () => {
    const well = play(`${storm}heal everybody\ncalm until all is well\n`)
    const calm = play(`${storm}heal everybody\ncalm\n`)
    expect([well.outcome.reason, calm.outcome.reason]).toEqual([null, null])
    expect(well.outcome.time).toBeLessThan(10_000_000)
    expect(calm.outcome.time).toBeGreaterThan(100_000_000)
    for (const code of ['L1', 'L2', 'L4', 'L6', 'C7']) {
      expect(well.exercised.get(code), code).toBeGreaterThan(0)
      expect(calm.exercised.get(code), code).toBeGreaterThan(0)
    }
  })

  test('takes six ticks where nothing is wrong', () => {
    const { outcome } = play(`${five}calm until all is well\n`)
    const before = play(five).outcome.time
    expect(outcome.time - before).toBe(1_200_000)
  })

  test('waits for the end of sessions whose client is gone', () => {
    const { outcome, exercised } = play(
      `${five}crash client ann\ncalm until all is well\nexpect a session expired\n`,
    )
    expect(outcome.reason).toBeNull()
    expect(exercised.get('L5')).toBeGreaterThan(0)
  })

  test('waits for clients to come back, but not for those who cannot', () => {
    const text = `${five}isolate ann\nuntil ann is not connected\nheal\ncalm until all is well\nexpect ann is connected\n`
    expect(play(text).outcome.reason).toBeNull()
    const gone = play(`${five}crash 1\ncalm until all is well\nexpect ann is not connected\n`)
    expect(gone.outcome.reason).toBeNull()
    expect(gone.outcome.time).toBeLessThan(20_000_000)
  })

  test('finds who never serves, and what is never answered', () => {
    expect(play('three peers\nuntil somebody leads\ncalm until all is well\n', neverServes).broken).toContain(
      'L2',
    )
    const reads = 'ann reads /x without waiting\n'.repeat(8)
    const load = `three peers\nann connects to 1\nann creates /x "v"\n${reads}calm until all is well\n`
    expect(play(load, dropsRequests).broken).toContain('L4')
  })

  test('is not to be had while packets are kept from arriving', () => {
    expect(play(`${five}isolate 3\ncalm until all is well\n`).outcome.reason).toBe(
      'this step cannot be played now: it is not calm: links are blocked',
    )
  })

  test('is the same from a fork', () => {
    const run = runOf(`${storm}heal a quorum\ncalm until all is well\n`)
    while (run.advance() && run.ensemble.world.now < 3_300_000);
    const other = fork(run)
    while (run.advance());
    while (other.advance());
    expect(run.outcome().reason).toBeNull()
    expect(other.outcome().hash).toBe(run.outcome().hash)
  })
})
