import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { faults } from '../../src/faults/index.ts'
import { declarations } from '../../src/sim/scenario/declarations.ts'
import { factForms } from '../../src/sim/scenario/facts.ts'
import { parseScenario, tryParse } from '../../src/sim/scenario/parse.ts'
import { printScenario } from '../../src/sim/scenario/print.ts'
import { steps } from '../../src/sim/scenario/steps.ts'
import type { Sentence } from '../../src/sim/sentence.ts'

const sentences: readonly Sentence[] = [...declarations, ...steps.values()].map((one) => one.sentence)

/** Three peers are enough for every example but that of the roles. */
function reprinted(line: string): string {
  return printScenario(parseScenario('example.scenario', `${line}\n`))
}

describe('every sentence', () => {
  test.each(sentences.map((one) => [one.text, one] as const))(
    '%s reads and prints its own example',
    (_text, one) => {
      expect(reprinted(one.example)).toBe(`${one.example}\n`)
    },
  )

  test.each(sentences.map((one) => [one.text, one] as const))('%s is read as itself', (_text, one) => {
    const [line] = parseScenario('example.scenario', `${one.example}\n`).lines
    const play = line?.type === 'declarations' ? line.plays[0] : line?.type === 'step' ? line.play : undefined
    expect(play?.sentence).toBe(one.text)
  })

  test.each(factForms.map((form) => form.sentence))('until $text', (sentence) => {
    expect(reprinted(`until ${sentence.example}`)).toBe(`until ${sentence.example}\n`)
    expect(reprinted(`until ${sentence.example} within 5 s`)).toBe(`until ${sentence.example} within 5 s\n`)
  })

  test('has an example that no other has, and in which nobody is meant twice', () => {
    const examples = sentences.map((one) => one.example)
    expect(new Set(examples).size).toBe(examples.length)
    for (const example of examples) expect(example).not.toMatch(/(?<![\S])(\S+) (?:to|and) \1(?!\S)/)
  })

  test('has a meaning of its own, said once', () => {
    const texts = sentences.map((one) => one.text)
    expect(new Set(texts).size).toBe(texts.length)
    for (const fault of faults)
      for (const deed of fault.deeds) expect(steps.has(deed.sentence.text)).toBe(true)
  })
})

const whole = `# A follower says yes to the new leader, and loses power before its yes is worth anything.

three peers, seed 7
tickTime 500 ms, initLimit 5
1 and 2 had logged 1:1 to 1:9
start only 2 and 3

ann connects to 3
ann creates /x "v1"
----
ann  create /x "v1" → /x

# Prose between steps.
slow disk of 2 by 2 to 5 s
crash the leader
until 2 acked NEWLEADER within 30 s
cut power to 2
`

describe('a file', () => {
  test('prints as it was written', () => {
    expect(printScenario(parseScenario('whole.scenario', whole))).toBe(whole)
  })

  test('prints in one way, however it was written', () => {
    const text = '\r\n\r\nthree   peers,seed 7\r\n\r\n\r\nafter 2000 ms\r\n  crash 1,2\r\n'
    expect(printScenario(parseScenario('untidy.scenario', text))).toBe(
      'three peers, seed 7\n\nafter 2 s\ncrash 1 and 2\n',
    )
  })

  test('is a scenario or a list of problems, whatever its text', () => {
    const words = fc.constantFrom(
      ...sentences.flatMap((one) => one.example.split(' ')),
      '----',
      '#',
      '\n',
      '\n\n',
      '1',
      'the leader',
      '|',
      '"',
      ',',
    )
    const texts = fc.oneof(
      fc.string({ unit: 'binary', maxLength: 200 }),
      fc.array(words, { maxLength: 40 }).map((list) => list.join(' ')),
      fc
        .array(fc.constantFrom(...sentences.map((one) => one.example)), { maxLength: 12 })
        .map((list) => list.join('\n')),
    )
    fc.assert(
      fc.property(texts, (text) => {
        const { scenario, problems } = tryParse('any.scenario', text)
        if (scenario === null) {
          expect(problems.length).toBeGreaterThan(0)
          for (const { line, column, text: quoted } of problems) {
            expect(text.split(/\r?\n/)[line - 1]).toBe(quoted)
            expect(column).toBeGreaterThan(0)
            expect(column).toBeLessThanOrEqual(quoted.length + 1)
          }
          return
        }
        const printed = printScenario(scenario)
        const again = parseScenario('any.scenario', printed)
        expect(printScenario(again)).toBe(printed)
        expect(again.lines.map(withoutPlace)).toEqual(scenario.lines.map(withoutPlace))
      }),
      { numRuns: 400 },
    )
  })
})

function withoutPlace(line: object): object {
  return { ...line, line: 0 }
}
