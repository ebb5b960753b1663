/** Two lists of lines against each other, as a reader of diffs expects. */

const AROUND = 2
/** Beyond this many lines the comparison goes line by line: a table of both lengths would be too large. */
const MOST = 2_000

/** Lines with ' ', '-' (expected, did not happen) or '+' (happened, not expected) before them; null where equal. */
export function difference(expected: readonly string[], happened: readonly string[]): string[] | null {
  if (expected.length === happened.length && expected.every((line, i) => line === happened[i])) return null
  const lines =
    expected.length > MOST || happened.length > MOST
      ? pairwise(expected, happened)
      : aligned(expected, happened)
  return withContext(lines)
}

function pairwise(expected: readonly string[], happened: readonly string[]): string[] {
  const lines: string[] = []
  for (let i = 0; i < Math.max(expected.length, happened.length); i += 1) {
    if (expected[i] === happened[i]) lines.push(`  ${expected[i]}`)
    else {
      if (i < expected.length) lines.push(`- ${expected[i]}`)
      if (i < happened.length) lines.push(`+ ${happened[i]}`)
    }
  }
  return lines
}

/** By a longest common subsequence. */
function aligned(expected: readonly string[], happened: readonly string[]): string[] {
  const [rows, columns] = [expected.length, happened.length]
  const common = Array.from({ length: rows + 1 }, () => new Uint16Array(columns + 1))
  for (let i = rows - 1; i >= 0; i -= 1) {
    for (let j = columns - 1; j >= 0; j -= 1) {
      const skip = Math.max(common[i + 1]![j]!, common[i]![j + 1]!)
      common[i]![j] = expected[i] === happened[j] ? common[i + 1]![j + 1]! + 1 : skip
    }
  }
  const lines: string[] = []
  let [i, j] = [0, 0]
  while (i < rows || j < columns) {
    if (i < rows && j < columns && expected[i] === happened[j]) {
      lines.push(`  ${expected[i]}`)
      i += 1
      j += 1
    } else if (j >= columns || (i < rows && common[i + 1]![j]! >= common[i]![j + 1]!)) {
      lines.push(`- ${expected[i]}`)
      i += 1
    } else {
      lines.push(`+ ${happened[j]}`)
      j += 1
    }
  }
  return lines
}

/** Long stretches of equal lines are left out. */
function withContext(lines: readonly string[]): string[] {
  const near = lines.map((_, i) =>
    lines.slice(Math.max(0, i - AROUND), i + AROUND + 1).some((line) => line[0] !== ' '),
  )
  const kept: string[] = []
  for (const [i, line] of lines.entries()) {
    if (near[i] === true) kept.push(line)
    else if (kept.at(-1) !== '  …') kept.push('  …')
  }
  return kept
}
