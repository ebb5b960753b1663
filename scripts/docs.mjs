/**
 * Writes docs/reference.md from the declarations of the built library. With --check: only says whether it is current,
 * and exits with 1 if not.
 */
import { readFileSync, writeFileSync } from 'node:fs'
import { invariants } from '../dist/invariants/index.js'
import { reference } from '../dist/sim/scenario/reference.js'

const file = new URL('../docs/reference.md', import.meta.url)
const text = reference(invariants)

if (process.argv.includes('--check')) {
  if (text === read()) console.log('docs/reference.md is current')
  else {
    console.error('docs/reference.md is not what the declarations say; to refresh it: npm run docs')
    process.exitCode = 1
  }
} else {
  writeFileSync(file, text)
  console.log('docs/reference.md written')
}

function read() {
  try {
    return readFileSync(file, 'utf8').replaceAll('\r\n', '\n')
  } catch {
    return null
  }
}
