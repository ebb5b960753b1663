/** `zksim conform`: plays what was recorded of real ensembles, and compares. */
import type { Mode } from '../conform/cases/Case.ts'
import { type ConformReport, type ConformResult, conform, type RecordingFile } from '../conform/conform.ts'
import { describeReport, describeResult } from '../conform/describeReport.ts'
import { type Io, whyNot } from './io.ts'
import { fit, type Style, visible, visiblePath } from './layout.ts'
import { codes } from './verdict.ts'

export interface ConformFlags {
  readonly seeds: number
  readonly everySeed?: true
  readonly asOf?: string
  readonly mode?: Mode
  readonly only?: readonly string[]
  readonly json?: true
}

type ConformVerdict = 'conforms' | 'differs' | 'badInput' | 'nothingCompared'

const conformCodes: Readonly<Record<ConformVerdict, number>> = Object.freeze({
  conforms: codes.held,
  differs: codes.broken,
  badInput: codes.badInput,
  nothingCompared: codes.unknown,
})

/** @returns the exit code. */
export function conformCommand(names: readonly string[], flags: ConformFlags, io: Io, style: Style): number {
  const files: RecordingFile[] = []
  const unread: string[] = []
  for (const name of names) {
    try {
      files.push({ name, text: new TextDecoder('utf-8', { fatal: true }).decode(io.readFile(name)) })
    } catch (error) {
      const why = error instanceof TypeError ? 'is not text: recordings are JSON, one a line' : whyNot(error)
      unread.push(`${visiblePath(name)}: ${why}`)
    }
  }
  const report = conform(files, {
    seeds: flags.seeds,
    untilEqual: flags.everySeed !== true,
    asOf: flags.asOf ?? null,
    ...(flags.mode === undefined ? {} : { modes: [flags.mode] }),
    ...(flags.only === undefined ? {} : { only: flags.only }),
    progress: (result) => {
      if (!flags.json) io.out(`${paint(result, style)}\n`)
      else io.out(`${JSON.stringify(result)}\n`)
    },
  })
  const errors = [...unread, ...report.errors.map(visible)]
  const verdict = verdictOf(report, errors)
  for (const error of errors) {
    const problem = { file: null, line: null, column: null, text: null, expected: error, nearest: null }
    if (flags.json) io.out(`${JSON.stringify({ type: 'problem', ...problem })}\n`)
    else io.err(`${error}\n`)
  }
  if (flags.json) {
    const object = { type: 'verdict', verdict, exitCode: conformCodes[verdict], count: report.count }
    io.out(`${JSON.stringify(object)}\n`)
  } else {
    io.out(`\n${lastLine(verdict, style)}  ${describeReport(report).at(-1)}\n`)
  }
  return conformCodes[verdict]
}

function verdictOf({ count }: ConformReport, errors: readonly string[]): ConformVerdict {
  if (errors.length > 0) return 'badInput'
  if (count.differs > 0) return 'differs'
  return count.equal + count.known > 0 ? 'conforms' : 'nothingCompared'
}

/** The widest name of a situation that is lined up with the others. */
const NAME = 40

function paint(result: ConformResult, { colours, width }: Style): string {
  const paintStatus = {
    equal: colours.green,
    known: colours.yellow,
    differs: colours.red,
    skipped: colours.dim,
  }
  const [first = '', ...rest] = fit(describeResult(result, NAME).map(visible).join('\n'), width).split('\n')
  const at = first.indexOf(' ')
  return [paintStatus[result.status](first.slice(0, at)) + first.slice(at), ...rest].join('\n')
}

function lastLine(verdict: ConformVerdict, { colours }: Style): string {
  switch (verdict) {
    case 'conforms':
      return colours.bold(colours.green('CONFORMS'))
    case 'nothingCompared':
      return colours.bold(colours.yellow('NOTHING COMPARED'))
    case 'differs':
      return colours.bold(colours.red('DIFFERS'))
    case 'badInput':
      return colours.bold(colours.red('BAD INPUT'))
  }
}
