/** The test that a failure is handed back as: it compiles, fails while the defect is there, and passes without. */
import { execFile } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, expect, test } from 'vitest'
import type { Failure } from '../../src/sim/fuzz/Failure.ts'
import { tryScenario } from '../../src/sim/fuzz/Trial.ts'
import { printTest } from '../../src/sim/fuzz/tell/printTest.ts'
import { tellStory } from '../../src/sim/fuzz/tell/tellStory.ts'
import { parseScenario } from '../../src/sim/scenario/parse.ts'

const root = fileURLToPath(new URL('../../', import.meta.url))
const folder = mkdtempSync(join(tmpdir(), 'zksim-told-'))
afterAll(() => rmSync(folder, { recursive: true }))

const TEXT = `
three peers, groups 1 and 3 | 2, tickTime 200 ms, syncLimit 3
with ZOOKEEPER-4646, seed 1

start load of 1 clients
until somebody leads
after 1 s
cut power to a follower
after 1 s
heal a quorum
stop load
`
const scenario = parseScenario('found/it.scenario', TEXT)
const failure = tryScenario(scenario).failure as Failure
const told = printTest(tellStory(scenario, {}, { file: 'found/it.scenario' }), failure)
const mended = told.replace('with ZOOKEEPER-4646, ', '')

interface Ran {
  readonly status: string
  readonly title: string
  readonly message: string
}

function run(tool: readonly string[]): Promise<{ readonly code: number; readonly out: string }> {
  const { VITEST: _, ...env } = process.env
  const [path, ...args] = tool as [string, ...string[]]
  return new Promise((resolve) => {
    const done = (error: { readonly code?: unknown } | null, out: string, err: string): void =>
      resolve({ code: error === null ? 0 : Number(error.code), out: out + err })
    execFile(process.execPath, [join(root, 'node_modules', path), ...args], { cwd: folder, env }, done)
  })
}

function place(): void {
  symlinkSync(join(root, 'node_modules'), join(folder, 'node_modules'), 'dir')
  const main = JSON.stringify(join(root, 'src/index.ts'))
  writeFileSync(
    join(folder, 'vitest.config.mjs'),
    `export default { resolve: { alias: { zksim: ${main} } } }\n`,
  )
  const compilerOptions = { noEmit: true, paths: { zksim: [join(root, 'src/index.ts')] }, types: ['node'] }
  const include = ['*.test.ts', join(root, 'src/sim/kernel/*.d.ts')]
  const tsconfig = { extends: join(root, 'tsconfig.json'), compilerOptions, include }
  writeFileSync(join(folder, 'tsconfig.json'), JSON.stringify(tsconfig))
  writeFileSync(join(folder, 'package.json'), '{ "type": "module" }\n')
  writeFileSync(join(folder, 'told.test.ts'), told)
  writeFileSync(join(folder, 'mended.test.ts'), mended)
}

test('fails until the defect is mended, and then holds; and is well typed', async () => {
  expect(failure.code).toBe('P11')
  expect(mended).not.toBe(told)
  place()
  const output = join(folder, 'report.json')
  const [ran, compiled] = await Promise.all([
    run(['vitest/vitest.mjs', 'run', '--reporter=json', `--outputFile=${output}`]),
    run(['typescript/bin/tsc', '-p', folder]),
  ])
  expect(compiled).toEqual({ code: 0, out: '' })
  expect(ran.code).toBe(1)
  const report = JSON.parse(readFileSync(output, 'utf8'))
  const results = new Map<string, Ran>()
  for (const { name, assertionResults } of report.testResults) {
    const [{ title, status, failureMessages }] = assertionResults
    results.set(name.split('/').at(-1), { title, status, message: failureMessages.join('\n') })
  }
  expect(results.get('mended.test.ts')).toMatchObject({
    status: 'passed',
    title: 'CommitConsistency (P11) holds',
  })
  const { status, message } = results.get('told.test.ts') as Ran
  expect(status).toBe('failed')
  expect(message).toContain(`found/it.scenario: broken: an invariant does not hold`)
  expect(message).toContain(failure.what)
})

test('holds any scenario and any story', () => {
  const text = 'one peer\n\nann connects to 1\nann creates /a "`${x}` \\\\ \'*/"\nexpect /a is "b" on 1\n'
  const odd = parseScenario("it's \\ `odd`.scenario", text)
  const trial = tryScenario(odd)
  const story = { ...odd, lines: [{ type: 'prose' as const, text: '# It ends */ here.' }, ...odd.lines] }
  const printed = printTest(story, trial.failure as Failure)
  expect(printed).toContain(' * It ends * / here.')
  const [, name, inside] = /parseScenario\(\n {2}('.*'),\n {2}`(.*?)(?<!\\)`,\n\)/s.exec(printed) ?? []
  expect(name).toBe("'it\\'s \\\\ `odd`.scenario'")
  // As the language reads a template.
  const read = (inside ?? '').replace(/\\([\\`$])/g, '$1')
  expect(parseScenario('again', read).lines.filter(({ type }) => type === 'step')).toHaveLength(3)
  expect(read).toContain('ann creates /a "`${x}` \\\\ \'*/"')
})
