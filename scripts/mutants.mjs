/**
 * Hunts for planted defects (test/mutants) by blind fuzzing: `npm run mutants -- --help`. Mutants are TypeScript, as tests are, and are
 * in no build; so they are built here first, with the whole source beside them.
 */
import { execFileSync } from 'node:child_process'
import { writeFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'

const root = new URL('..', import.meta.url)
const built = new URL('node_modules/.cache/mutants/', root)

process.chdir(fileURLToPath(root))
execFileSync('npx', ['tsc', '-p', 'test/mutants/tsconfig.json'], { stdio: 'inherit' })
writeFileSync(new URL('package.json', built), '{ "type": "module" }\n')

await import(new URL('test/mutants/hunting/main.js', built).href)
