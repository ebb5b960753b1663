import { spawnSync } from 'node:child_process'
import { cpSync, existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { failed, held } from './fakeIo.ts'

const root = resolve(fileURLToPath(import.meta.url), '../../..')
const bin = join(root, 'bin/zksim.js')
let folder = ''

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'zksim-test-'))
  writeFileSync(join(folder, 'held.scenario'), held)
  writeFileSync(join(folder, 'failed.scenario'), failed)
})
afterAll(() => rmSync(folder, { recursive: true }))

function node(...args: string[]) {
  return spawnSync(process.execPath, args, {
    cwd: folder,
    encoding: 'utf8',
    env: { ...process.env, NO_COLOR: '' },
  })
}

test('without what is built, says what to do', () => {
  const elsewhere = join(folder, 'package')
  cpSync(bin, join(elsewhere, 'bin/zksim.js'))
  writeFileSync(join(elsewhere, 'package.json'), '{"type":"module"}')
  const { status, stderr, stdout } = node(join(elsewhere, 'bin/zksim.js'), '--version')
  expect({ status, stderr, stdout }).toEqual({
    status: 2,
    stderr: 'zksim is not built yet. In its folder, run: npm run build\n',
    stdout: '',
  })
})

describe.runIf(existsSync(join(root, 'dist/sim/cli/main.js')))('the built command', () => {
  test('plays, and its exit code is the process’s', () => {
    const { status, stdout, stderr } = node(bin, 'run', 'held.scenario', '--trace', 'trace.txt')
    expect(stderr).toBe('')
    expect(stdout.trimEnd().split('\n').at(-1)).toMatch(/^HELD {2}held\.scenario {2}seed=7 /)
    expect(status).toBe(0)
    expect(readFileSync(join(folder, 'trace.txt'), 'utf8').split('\n').length).toBeGreaterThan(100)
    expect(node(bin, 'run', 'failed.scenario').status).toBe(1)
  })

  test('names directories and files that it cannot read', () => {
    const { status, stderr } = node(bin, 'run', '.', 'none', '--trace', 'no/such/folder')
    expect({ status, stderr }).toEqual({
      status: 2,
      stderr: 'zksim: the trace cannot be written to no/such/folder: there is no such directory\n',
    })
    const { stderr: problems } = node(bin, 'run', '.', 'none')
    expect(problems).toContain('.: is a directory; name the files in it')
    expect(problems).toContain('none: there is no such file')
  })
})
