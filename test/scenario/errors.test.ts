import { expect, test } from 'vitest'
import { parseScenario, tryParse } from '../../src/sim/scenario/parse.ts'
import { printProblem } from '../../src/sim/scenario/ScenarioError.ts'

function problems(text: string): string {
  return tryParse('x.scenario', text).problems.map(printProblem).join('\n')
}

test('a word that is nearly right', () => {
  expect(problems('three peers\n\ncrsh 2\n')).toMatchInlineSnapshot(`
    "x.scenario:3:1: expected \`crash\`
      crsh 2
      ^
      nearest step: crash ‹peers›
      for example:  crash 1 and 2"
  `)
})

test('a fact that there is not', () => {
  expect(problems('until 2 akced NEWLEADER within 5 s\n')).toMatchInlineSnapshot(`
    "x.scenario:1:9: expected \`acked\`
      until 2 akced NEWLEADER within 5 s
              ^
      nearest step: until ‹fact› within ‹limit›
      for example:  until nobody leads within 30 s"
  `)
})

test('a hole filled with something else', () => {
  expect(problems('slow disk of 2 by tuesday\n')).toMatchInlineSnapshot(`
    "x.scenario:1:19: expected a duration or a range of durations, such as \`20 to 50 ms\`
      slow disk of 2 by tuesday
                        ^
      nearest step: slow disk of ‹peers› by ‹time›
      for example:  slow disk of 1 and 2 by 20 to 50 ms"
  `)
})

test('something behind a whole step', () => {
  expect(problems('after 2 s or so\n')).toMatchInlineSnapshot(`
    "x.scenario:1:11: expected the end of the line
      after 2 s or so
                ^
      nearest step: after ‹time›
      for example:  after 300 ms"
  `)
})

test('all problems of a file, each at its place', () => {
  expect(
    problems('three peers, sed 7\n\nsettle\nfive peers\n  crash 9\nann creates x "v1"\n'),
  ).toMatchInlineSnapshot(`
    "x.scenario:1:14: expected \`seed\`
      three peers, sed 7
                   ^
      nearest step: seed ‹seed›
      for example:  seed 7
    x.scenario:4:1: expected a step: what the ensemble is stands before the first step
      five peers
      ^
    x.scenario:6:13: expected a path, such as \`/x\`
      ann creates x "v1"
                  ^
      nearest step: ‹client› creates ‹path› ‹data›
      for example:  ann creates /x "v1""
  `)
})

test('a peer that there is not', () => {
  expect(problems('three peers\ncrash 4\n')).toMatchInlineSnapshot(`
    "x.scenario:2:1: expected peers 1 to 3: there is no 4
      crash 4
      ^"
  `)
})

test('histories that go backwards', () => {
  expect(problems('1 had logged 1:5 to 1:3\n')).toContain('x.scenario:1:1: expected zxids that go forwards')
  expect(problems('1 had logged 1:5 to 2:3\n')).toContain('zxids of one epoch')
  expect(problems('1 had logged 1:0 to 1:3\n')).toContain('a counter from 1 on')
})

test('a recording that runs into the next step, which a rewrite would remove', () => {
  expect(problems('settle\n----\ncrash 2\n1  elected 3\n')).toMatchInlineSnapshot(`
    "x.scenario:3:1: expected a blank line between a recording and the next step
      crash 2
      ^"
  `)
  expect(problems('settle\n----\nshow votes\n----\n')).toContain('x.scenario:4:1: expected a blank line')
  expect(problems('settle\n----\n1  elected 3 at 0:0, by 1 2\n\ncrash 2\n')).toBe('')
})

test('a recording without its step', () => {
  expect(problems('----\nx\n')).toContain('x.scenario:1:1: expected a step before its recording')
})

test('are thrown together', () => {
  expect(() => parseScenario('x.scenario', 'crsh 2\nsetle\n')).toThrow(
    /x\.scenario:1:1[\s\S]*x\.scenario:2:1/,
  )
})
