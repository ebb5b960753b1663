import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { invariants } from '../../src/invariants/index.ts'
import { Ensemble } from '../../src/sim/ensemble.ts'
import { specOf } from '../../src/sim/scenario/declarations.ts'
import { parseScenario } from '../../src/sim/scenario/parse.ts'
import { ScenarioRun } from '../../src/sim/scenario/run.ts'

const readme = readFileSync(new URL('../../README.md', import.meta.url), 'utf8')

describe('the scenario in the README', () => {
  it('does what it says', () => {
    const text = /```\n(# The leader[\s\S]*?)```/.exec(readme)?.[1] ?? ''
    const scenario = parseScenario('README.md', text)
    const outcome = new ScenarioRun(scenario, new Ensemble(specOf(scenario))).run()
    expect({ verdict: outcome.verdict, reason: outcome.reason }).toEqual({ verdict: 'held', reason: null })
  })
})

const root = new URL('../../', import.meta.url)
const pages = ['README.md', ...readdirSync(new URL('docs/', root)).map((name) => `docs/${name}`)]

describe('the texts', () => {
  it.each(pages)('%s leads to files that there are', (page) => {
    const at = new URL(page, root)
    const links = [...readFileSync(at, 'utf8').matchAll(/\]\(([^)#:]+)\)/g)].map(([, link]) => `${link}`)
    expect(links.filter((link) => !existsSync(new URL(link, at)))).toEqual([])
  })

  it('count the invariants right', () => {
    expect(readme).toContain(`**${invariants.length} invariants in every run**`)
  })
})
