/** Runs files of tests that fail on purpose, as their user would. */
import { execFile } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

const plants = new URL('./plants/', import.meta.url)

export interface PlantResult {
  readonly status: 'passed' | 'failed' | 'skipped' | 'pending' | 'todo'
  /** Empty where it did not fail. */
  readonly message: string
}

interface JsonReport {
  readonly testResults: readonly {
    readonly message: string
    readonly assertionResults: readonly {
      readonly title: string
      readonly status: PlantResult['status']
      readonly failureMessages: readonly string[]
    }[]
  }[]
}

/** What became of each test, by its title. */
export async function runPlants(
  files: readonly string[],
  env: Readonly<Record<string, string>> = {},
): Promise<ReadonlyMap<string, PlantResult>> {
  const report = await runVitest(files, env)
  const found = new Map<string, PlantResult>()
  for (const { assertionResults } of report.testResults) {
    for (const { title, status, failureMessages } of assertionResults) {
      found.set(title, { status, message: failureMessages.join('\n') })
    }
  }
  return found
}

async function runVitest(
  args: readonly string[],
  env: Readonly<Record<string, string>>,
): Promise<JsonReport> {
  const folder = mkdtempSync(join(tmpdir(), 'zksim-plants-'))
  const output = join(folder, 'report.json')
  const { VITEST: _, ...inherited } = process.env
  try {
    await new Promise<void>((resolve) => {
      const vitest = new URL('../../node_modules/vitest/vitest.mjs', import.meta.url)
      const given = [vitest.pathname, 'run', ...args, '--reporter=json', `--outputFile=${output}`]
      // It fails, as it should.
      execFile(process.execPath, given, { cwd: plants, env: { ...inherited, ...env } }, () => resolve())
    })
    return JSON.parse(readFileSync(output, 'utf8')) as JsonReport
  } finally {
    rmSync(folder, { recursive: true })
  }
}

/** The line to paste of a message, taken apart. */
export function pasted(message: string): { readonly env: Record<string, string>; readonly args: string[] } {
  const line = /^ {2}again: ZKSIM_SEED=(\d+) npx vitest run (.*)$/m.exec(message)
  if (line === null) throw new Error(`there is no line to paste in: ${message}`)
  // As a shell takes quotes.
  const words = [...(line[2] as string).matchAll(/(?:'[^']*'|\\'|[^\s'\\])+/g)].map(([word]) =>
    word.replace(
      /'([^']*)'|\\(')/g,
      (_, quoted: string | undefined, escaped: string | undefined) => quoted ?? escaped ?? '',
    ),
  )
  return { env: { ZKSIM_SEED: line[1] as string }, args: words }
}
