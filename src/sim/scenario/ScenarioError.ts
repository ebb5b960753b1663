/** One thing in a scenario file that could not be read. */
export interface Problem {
  readonly file: string
  /** From 1. */
  readonly line: number
  /** From 1, in UTF-16 units. */
  readonly column: number
  /** The line as it stands in the file. */
  readonly text: string
  readonly expected: string
  /** The shape and an example of the sentence that was most likely meant. */
  readonly nearest: { readonly shape: string; readonly example: string } | null
}

/** Everything that is wrong with one file. */
export class ScenarioError extends Error {
  override readonly name = 'ScenarioError'
  readonly problems: readonly Problem[]

  constructor(problems: readonly Problem[]) {
    super(problems.map(printProblem).join('\n\n'))
    this.problems = problems
  }
}

/** File, line and column; the line with a caret; what was expected; the nearest step. */
export function printProblem({ file, line, column, text, expected, nearest }: Problem): string {
  const lines = [
    `${file}:${line}:${column}: expected ${expected}`,
    `  ${text}`,
    `  ${text.slice(0, column - 1).replace(/[^\t]/g, ' ')}^`,
  ]
  if (nearest !== null) lines.push(`  nearest step: ${nearest.shape}`, `  for example:  ${nearest.example}`)
  return lines.join('\n')
}
