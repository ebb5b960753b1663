import { describe, expect, test } from 'vitest'
import { play } from './play.ts'

/** What was passed over, and why. */
function passedOver(text: string): string[] {
  const outcome = play(text)
  expect([outcome.verdict, outcome.reason]).toEqual(['held', null])
  return outcome.transcript
    .filter(({ who, what }) => who === '' && what.startsWith('passed over: '))
    .map(({ what }) => what.slice('passed over: '.length))
}

const cannot = (sids: string) => `the others cannot spare the disk of ${sids}`
const busy = `ann connects to 3
ann creates /x "v1"
settle
`

describe('spare a quorum', () => {
  test('lets a disk be lost that two others can do without, once', () => {
    const spared = passedOver(`three peers, spare a quorum\n${busy}wipe 1\nwipe 2\nstart 1\nsettle\nwipe 2\n`)
    expect(spared).toEqual([cannot('2'), cannot('2')])
    expect(passedOver(`five peers, spare a quorum\n${busy}wipe 1\nwipe 2\nwipe 3\n`)).toEqual([cannot('3')])
    expect(passedOver(`five peers, spare a quorum\n${busy}wipe 1, 2 and 3\nwipe 1 and 2\n`)).toEqual([
      cannot('1, 2, 3'),
    ])
  })

  test('needs no lenience, and without it everything goes', () => {
    expect(passedOver(`three peers, seed 3\n${busy}wipe 1\nwipe 2\nwipe 3\n`)).toEqual([])
  })

  test('never takes the only one', () => {
    expect(passedOver(`one peer, spare a quorum\n${busy.replace('3', '1')}wipe 1\n`)).toEqual([cannot('1')])
  })

  test('counts on nobody who is down, paused, out of date, or without all on its disk', () => {
    const all = 'three peers, spare a quorum\n'
    for (const without of [
      'crash 3',
      'pause 2',
      'cut power to the leader',
      'stall disk of 2\nann sets /x "v2"',
    ]) {
      expect(passedOver(`${all}${busy}${without}\nwipe 1\n`), without).toEqual([cannot('1')])
    }
    const behind = `${all}${busy}isolate 2\nuntil 2 looked again\nann sets /x "v2"\nwipe 1\n`
    expect(passedOver(behind)).toEqual([cannot('1')])
  })

  test('before anybody leads, every promise counts', () => {
    expect(passedOver('three peers, spare a quorum\nwipe 1\nuntil somebody leads\n')).toEqual([cannot('1')])
  })

  test('observers may lose what they like', () => {
    const all = 'three peers and two observers, spare a quorum\n'
    expect(passedOver(`${all}${busy}crash 3\nwipe 4 and 5\n`)).toEqual([])
  })

  test('weights decide', () => {
    const all = 'four peers, groups 1, 2 and 3 | 4, weights 1=3 2=1 3=1 4=0, spare a quorum\n'
    expect(passedOver(`${all}${busy}wipe 1\nwipe 4\nwipe 2 and 3\n`)).toEqual([cannot('1')])
  })

  test('what is damaged without anybody reading it counts as lost', () => {
    const rot = 'rot the last record of the log of 1\n'
    expect(passedOver(`three peers, spare a quorum\n${busy}${rot}wipe 2\n`)).toEqual([cannot('2')])
    expect(passedOver(`three peers, spare a quorum\n${busy}crash 2\n${rot}`)).toEqual([cannot('1')])
  })

  test('a disk that failed a force keeps its power while others need it', () => {
    const all = 'three peers, spare a quorum\n'
    const failed = 'fail next force of 2\nann sets /x "v2"\nuntil 2 is down\n'
    expect(passedOver(`${all}${busy}${failed}cut power to 2\n`)).toEqual([])
    expect(passedOver(`${all}${busy}${failed}crash 1\ncut power to 2\n`)).toEqual([cannot('2')])
    expect(
      passedOver(`${all}${busy}fail next force of 2\ncut power to 2 at its 900th call from now\n`),
    ).toEqual(['the disk of 2 is in doubt'])
    expect(passedOver(`${all}${busy}cut power to 2 at its 900th call from now\nfill disk of 2\n`)).toEqual([
      'power will be cut to 2, and its disk must not be in doubt then',
    ])
    const shared = `${all.replace('\n', ', on one computer\n')}${busy}${failed}crash 1\ncut power to 3\n`
    expect(passedOver(shared)).toEqual([cannot('2')])
  })
})

describe('what a fault has done to a disk', () => {
  test('excuses its peer, each time that it reads it', () => {
    const rotten = `three peers, snapCount 4
ann connects to 3
settle
rot the last record of the log of 1
crash 1
start 1
after 1 s
start 1
after 1 s
`
    const outcome = play(rotten.replace('settle', 'ann creates /x "v"\nsettle'))
    expect([outcome.verdict, outcome.reason]).toEqual(['held', null])
    expect(outcome.transcript.filter(({ what }) => what.startsWith('refused to start')).length).toBe(2)
  })
})
