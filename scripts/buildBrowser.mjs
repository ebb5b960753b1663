/**
 * Bundles src/index.ts for browsers: dist/browser/zksim.js, one ES module. Then plays a scenario in a realm without
 * anything of Node's, and compares the hash with Node's own.
 */
import { spawnSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { build } from 'vite'
import { parseScenario, runScenario } from '../dist/index.js'

const root = fileURLToPath(new URL('..', import.meta.url))
const bundle = fileURLToPath(new URL('../dist/browser/zksim.js', import.meta.url))

await build({
  root,
  configFile: false,
  logLevel: 'warn',
  // Libraries that ask for it (immer) would ask for `process`, which no browser has.
  define: { 'process.env.NODE_ENV': JSON.stringify('production') },
  build: {
    outDir: 'dist/browser',
    target: 'es2022',
    minify: false,
    lib: { entry: 'src/index.ts', formats: ['es'], fileName: () => 'zksim.js' },
  },
})

const code = readFileSync(bundle, 'utf8')
const imports = code.match(
  /^\s*(?:import|export)\b[^;\n]*\bfrom\s*["'][^"']+["']|\bimport\s*\(|\brequire\s*\(/gm,
)
if (imports !== null) fail(`the bundle imports something:\n${imports.join('\n')}`)

const text = 'three peers, seed 11\nann connects to 2\nann creates /x "v1"\ncrash the leader\nsettle\n'
const script = `
  const { createContext, SourceTextModule } = await import('node:vm')
  const { readFileSync } = await import('node:fs')
  const context = createContext({ answer: null })
  const link = () => { throw new Error('it imports something') }
  const zksim = new SourceTextModule(readFileSync(${JSON.stringify(bundle)}, 'utf8'), { context, identifier: 'zksim' })
  await zksim.link(link)
  await zksim.evaluate()
  const { parseScenario, runScenario } = zksim.namespace
  console.log(runScenario(parseScenario('x', ${JSON.stringify(text)})).hash)
`
const args = ['--experimental-vm-modules', '--no-warnings', '--input-type=module', '-e', script]
const bare = spawnSync(process.execPath, args, { encoding: 'utf8' })
if (bare.status !== 0) fail(`it does not run without Node's globals:\n${bare.stderr}`)
const { hash } = runScenario(parseScenario('x', text))
if (bare.stdout.trim() !== hash) fail(`it runs otherwise than in Node: ${bare.stdout.trim()}, not ${hash}`)
console.log(`dist/browser/zksim.js: ${Math.round(code.length / 1024)} kB, runs as in Node (hash=${hash})`)

function fail(why) {
  console.error(why)
  process.exit(1)
}
