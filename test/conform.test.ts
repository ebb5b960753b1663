import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { type ConformOptions, conform } from '../src/sim/conform/conform.ts'
import type { SituationResult } from '../src/sim/conform/conformSituation.ts'
import { describeReport } from '../src/sim/conform/describeReport.ts'

const text = readFileSync(new URL('golden/failover.jsonl', import.meta.url), 'utf8')
const lines = text.split('\n').filter((line) => line !== '')
const ACK_RACE = 'divergent-leader-restarts-with-one-follower-ack-race'

interface Recording {
  situation: string
  ensemble: { props?: string; voters: number }
  phases: {
    actions: (string | number)[][]
    leader: number | null
    sync: Record<string, string | number>[]
    after: Record<string, { mode: string; zxid?: string; currentEpoch: number | null }>
    electionProposedZxid: Record<string, string[]>
  }[]
  finalChildren: Record<string, unknown>
}

function recording(situation: string): Recording {
  const line = lines.find((candidate) => (JSON.parse(candidate) as Recording).situation === situation)
  return JSON.parse(line as string) as Recording
}

function play(recordings: Recording | string, options: ConformOptions = {}) {
  const content = typeof recordings === 'string' ? recordings : JSON.stringify(recordings)
  const report = conform([{ name: 'some.jsonl', text: content }], { untilEqual: true, ...options })
  return { ...report, results: report.results as readonly SituationResult[] }
}

describe('the recordings of real elections and synchronisations', () => {
  it('are all among what seeds give, but for a defect that is mended here', () => {
    const report = play(text)
    expect(report.errors).toEqual([])
    const notEqual = report.results.filter(({ status }) => status !== 'equal')
    expect(notEqual.map(({ situation, status }) => [situation, status])).toEqual([[ACK_RACE, 'known']])
    expect(report.count).toEqual({ equal: lines.length - 1, known: 1, differs: 0, skipped: 0 })
    expect(report.conforms).toBe(true)
    expect(notEqual[0]?.difference?.phase).toBe(4)
    expect(notEqual[0]?.reason).toContain('ZOOKEEPER-4685')
  }, 30_000)

  it('give the defect too as of 3.8.0', () => {
    const report = play(recording(ACK_RACE), { asOf: '3.8.0' })
    expect(report.results.map(({ status }) => status)).toEqual(['equal'])
  })

  it('come out the same whenever they are played', () => {
    const once = play(recording('kill-leader-3'), { seeds: 4, untilEqual: false })
    expect(play(recording('kill-leader-3'), { seeds: 4, untilEqual: false })).toEqual(once)
  })
})

describe('a recording that is not true', () => {
  const doctored: readonly [
    what: string,
    situation: string,
    doctor: (r: Recording) => void,
    phase: number | null,
    says: RegExp,
  ][] = [
    [
      'another leader',
      'kill-leader-3',
      (r) => (r.phases[2]!.leader = 1),
      3,
      /^leader: recorded 1, simulated 2$/,
    ],
    [
      'another mode',
      'follower-behind-diff',
      (r) => (r.phases[4]!.sync[0]!.mode = 'SNAP'),
      5,
      /recorded SNAP .*simulated DIFF/,
    ],
    [
      'another packet',
      'divergent-leader-trunc',
      (r) => (r.phases[4]!.sync[0]!.packetZxid = '0x10000000c'),
      5,
      /recorded TRUNC 1:12 .*simulated TRUNC 1:13/,
    ],
    [
      'another committedLog',
      'follower-600-behind-txnlog',
      (r) => (r.phases[4]!.sync[0]!.minCommittedLog = '0x1000000d2'),
      5,
      /committedLog 1:210 .*committedLog 1:209/,
    ],
    [
      'a synchronisation that was not',
      'follower-paused-briefly',
      (r) => r.phases[2]!.sync.push({ ...r.phases[0]!.sync[0]! }),
      3,
      /recorded DIFF .*simulated none/,
    ],
    [
      'another position',
      'full-restart',
      (r) => (r.phases[1]!.after['3']!.zxid = '0x10000000d'),
      2,
      /^server 3: recorded at 1:13, simulated at 1:12$/,
    ],
    [
      'another vote',
      'leader-loses-quorum',
      (r) => (r.phases[2]!.electionProposedZxid['3'] = ['0x100000006']),
      3,
      /^vote of 3: recorded 1:6, simulated 1:7$/,
    ],
    [
      'the vote of an observer',
      'leader-loses-quorum',
      (r) => (r.phases[2]!.electionProposedZxid['3'] = ['0x8000000000000000']),
      3,
      /^vote of 3: recorded none, simulated 1:7$/,
    ],
    [
      'another epoch',
      'wiped-majority-first',
      (r) => (r.phases[3]!.after['3']!.currentEpoch = 1),
      4,
      /^currentEpoch of 3: recorded 1, simulated 2$/,
    ],
    [
      'a server that was down',
      'follower-paused',
      (r) => (r.phases[4]!.after['1']!.mode = 'down'),
      5,
      /^server 1: recorded down, simulated follower$/,
    ],
    [
      'other nodes',
      'rolling-restart',
      (r) => (r.finalChildren['2'] = ['n1_0']),
      null,
      /^children of \/ at 2: recorded n1_0, simulated n1_0 n1_1 /,
    ],
  ]
  it.each(doctored)('%s is found', (_what, situation, doctor, phase, says) => {
    const changed = recording(situation)
    doctor(changed)
    const [result] = play(changed, { seeds: 6 }).results
    expect(result?.status).toBe('differs')
    expect(result?.difference?.phase).toBe(phase)
    expect(result?.difference?.what).toEqual([expect.stringMatching(says)])
  })
})

describe('reading recordings', () => {
  const broken: readonly [what: string, doctor: (r: Recording) => void, message: string][] = [
    [
      'an unknown action',
      (r) => (r.phases[0]!.actions[0] = ['explode', 1]),
      'phases[0].actions[0]: unknown action "explode"',
    ],
    [
      'a server that is not there',
      (r) => (r.phases[0]!.actions[0] = ['start', 4]),
      'phases[0].actions[0][1]: there is no server 4',
    ],
    [
      'a bad zxid',
      (r) => (r.phases[0]!.sync[0]!.peerLastZxid = '17'),
      'phases[0].sync[0].peerLastZxid: not a zxid such as 0x100000002',
    ],
    [
      'an unknown property',
      (r) => (r.ensemble.props = '-Dzookeeper.x=1'),
      'ensemble.props: unknown property zookeeper.x',
    ],
    [
      'a property that is no number',
      (r) => (r.ensemble.props = '-Dzookeeper.commitLogCount=a'),
      'ensemble.props: the property zookeeper.commitLogCount is not a number',
    ],
    ['no voters', (r) => (r.ensemble.voters = 0), 'ensemble.voters: not a whole number of at least 1'],
  ]
  it.each(broken)('tells where there is %s', (_what, doctor, message) => {
    const changed = recording('kill-leader-3')
    doctor(changed)
    const report = play(`\n${JSON.stringify(changed)}`)
    expect(report.errors).toEqual([`some.jsonl:2: ${message}`])
    expect(report.conforms).toBe(false)
  })

  it('tells what is no recording at all', () => {
    expect(play('[]').errors).toEqual(['some.jsonl:1: not an object'])
    expect(play('{}').errors).toEqual(['some.jsonl:1: script: is missing'])
    expect(play('nothing').errors[0]).toMatch(/^some\.jsonl:1: not JSON: /)
  })
})

describe('the report', () => {
  it('has a line for each situation', () => {
    const changed = recording('fresh-start-order-12-then-3')
    changed.phases[1]!.leader = 3
    const report = play(
      `${JSON.stringify(recording('fresh-start-order-12-then-3'))}\n${JSON.stringify(changed)}`,
      { seeds: 3 },
    )
    expect(describeReport(report)).toEqual([
      'equal    fresh-start-order-12-then-3  seed 1 (1 of 1 seeds)',
      'differs  fresh-start-order-12-then-3  with all of 3 seeds; closest is seed 1',
      '  phase 2, start 3: joins, no new election:',
      '    leader: recorded 3, simulated 2',
      '1 equal, 0 differ for a known reason, 1 differ, 0 skipped',
    ])
  })
})
