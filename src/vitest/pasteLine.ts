import type { TestContext } from 'vitest'

type Task = TestContext['task']

/** `ZKSIM_SEED=7 npx vitest run test/lock.test.ts -t 'a lock is held by one$'`, for a shell. */
export function pasteLine(seed: number, task: Task): string {
  return `ZKSIM_SEED=${seed} npx vitest run ${quote(task.file.name)} -t ${quote(`${namePattern(task)}$`)}`
}

/** Names of suites and test as vitest matches them: with a blank between them, and from 5 on ` > `. */
function namePattern({ name, suite, file }: Task): string {
  const names = [name]
  for (let at = suite; at !== undefined && (at as unknown) !== file; at = at.suite) names.unshift(at.name)
  return names
    .filter((each) => each !== '')
    .map(escaped)
    .join(' (> )?')
}

function escaped(text: string): string {
  return text.replace(/[\\^$.*+?()[\]{}|]/g, '\\$&')
}

/** Within single quotes a shell leaves everything alone but the quote itself. */
function quote(text: string): string {
  return /^[\w./-]+$/.test(text) ? text : `'${text.replaceAll("'", `'\\''`)}'`
}
