import { execFileSync, spawn, spawnSync } from 'node:child_process'
import { existsSync, mkdtempSync, readdirSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'

const root = resolve(fileURLToPath(import.meta.url), '../../../..')
const bin = join(root, 'bin/zksim.js')
let folder = ''

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'zksim-fuzz-'))
})
afterAll(() => rmSync(folder, { recursive: true }))

const env = { PATH: process.env.PATH, NO_COLOR: '1' }

function zksim(...args: string[]) {
  return spawnSync(process.execPath, [bin, ...args], { cwd: folder, encoding: 'utf8', env })
}

function objectsOf(text: string): Record<string, unknown>[] {
  return text
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line))
}

/** A bug that blind fuzzing finds at once. */
const HUNT = 'fuzz --profile quick --with ZOOKEEPER-4643 --seed 1 --runs 20 --recheck 5'.split(' ')

describe.runIf(existsSync(join(root, 'dist/sim/cli/main.js')))('the built command hunts', () => {
  test('and the number of jobs changes nothing but the clock', () => {
    const [none, one, two] = ['0', '1', '2'].map((jobs) => {
      const out = join(folder, `found-${jobs}`)
      const more = ['--json', '--jobs', jobs, '--shrink-runs', '15', '--out', out]
      const { stdout, stderr, status } = zksim(...HUNT, ...more)
      expect({ stderr, status }).toEqual({ stderr: '', status: 1 })
      const files = readdirSync(out).sort()
      expect(files.length).toBeGreaterThan(1)
      const objects = objectsOf(stdout.replaceAll(out, 'OUT'))
      expect(Object.keys(objects.at(-1)?.wall ?? {})).toEqual(['jobs', 'hunting', 'cpu', 'shrinking'])
      return { files, objects: objects.map(({ wall, ...object }) => object) }
    })
    expect(one).toEqual(none)
    expect(two).toEqual(none)
    expect(none?.objects.filter(({ type }) => type === 'seed')).toHaveLength(20)
  })

  test('and what it hands back fails in the same way where it is run', () => {
    const { stdout } = zksim(...HUNT, '--json', '--out', 'back', '--shrink-runs', '40')
    const finds = objectsOf(stdout).filter(({ type }) => type === 'failure')
    const codes = finds.map(({ code }) => code)
    // ZOOKEEPER-4643: what a follower acknowledges is not on its disk.
    expect(codes).toContain('P17')
    for (const { code, again, scenario, original, verdict } of finds) {
      expect(again).toBe(`npx zksim run ${scenario}`)
      for (const file of [scenario, original]) {
        const objects = objectsOf(zksim('run', `${file}`, '--json', '--once').stdout)
        expect(objects.at(-1)).toMatchObject({ type: 'verdict', verdict })
        if (verdict === 'broken')
          expect(objects.filter(({ type }) => type === 'violation').map((one) => one.code)).toContain(code)
      }
    }
  })

  test.skipIf(process.platform === 'win32')('to the end that Ctrl-C makes, with what there is', async () => {
    const hunt = spawn(process.execPath, [bin, 'fuzz', '--for', '10m', '--seed', '1', '--json'], {
      cwd: folder,
      env,
    })
    let stdout = ''
    hunt.stdout.setEncoding('utf8').on('data', (text: string) => {
      if (!stdout.includes('"seed","seed":5,') && (stdout + text).includes('"seed","seed":5,'))
        hunt.kill('SIGINT')
      stdout += text
    })
    const status = await new Promise((ended) => hunt.on('close', ended))
    const objects = objectsOf(stdout)
    const seeds = objects.filter(({ type }) => type === 'seed').map(({ seed }) => seed)
    expect(seeds).toEqual(seeds.map((_, i) => i + 1))
    expect(objects.at(-1)).toMatchObject({
      type: 'summary',
      end: 'interrupted',
      seeds: seeds.length,
      exitCode: status,
    })
  })

  test.skipIf(process.platform === 'win32')('no longer than somebody reads', () => {
    const shell = `${JSON.stringify(process.execPath)} ${JSON.stringify(bin)} fuzz --for 10m --json | head -n 3`
    const lines = execFileSync('sh', ['-c', shell], { cwd: folder, env, encoding: 'utf8' })
    expect(objectsOf(lines).map(({ type }) => type)).toEqual(['hunt', 'seed', 'seed'])
  })

  test('and needs no folder that it cannot have', () => {
    const { status, stderr, stdout } = zksim('fuzz', '--runs', '3', '--out', join(bin, 'x'))
    expect({ status, stdout }).toEqual({ status: 2, stdout: '' })
    expect(stderr).toMatch(
      /^zksim: finds cannot be written to .*: a part of the path is no directory; nothing was played\n$/,
    )
    // Nobody can make a folder there, and asking Node for all of a path at once never ends.
    if (process.platform === 'linux') expect(zksim('fuzz', '--runs', '3', '--out', '/proc/x').status).toBe(2)
    expect(zksim('fuzz', '--runs', '3', '--junit', 'no/such/file.xml').stderr).toMatch(
      /there is no such directory/,
    )
  })
})
