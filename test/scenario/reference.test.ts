import { readFileSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import { invariants } from '../../src/invariants/index.ts'
import { declarations } from '../../src/sim/scenario/declarations.ts'
import { factForms } from '../../src/sim/scenario/facts.ts'
import { reference } from '../../src/sim/scenario/reference.ts'
import { steps } from '../../src/sim/scenario/steps.ts'

const file = new URL('../../docs/reference.md', import.meta.url)
const page = readFileSync(file, 'utf8').replaceAll('\r\n', '\n')

test('docs/reference.md is current (to refresh it: npm run docs)', () => {
  expect(page).toBe(reference(invariants))
})

describe('docs/reference.md has a line for', () => {
  const shapes = [...declarations, ...steps.values(), ...factForms].map(({ sentence }) => sentence.shape)

  test.each([...new Set(shapes)])('%s', (shape) => {
    expect(page).toContain(`| \`${shape.replaceAll('|', '\\|')}\` |`)
  })

  test.each(invariants.map(({ code, name }) => [code, name]))('%s %s', (code, name) => {
    expect(page).toContain(`| ${code} | \`${name}\` |`)
  })
})
