/**
 * Writes test/golden/hashes.json anew: npm run hashes -- "why what these seeds do has changed"
 */
import { readFileSync, writeFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { runnerImport } from 'vite'

const because = process.argv.slice(2).join(' ').trim()
if (because === '') {
  console.error('usage: npm run hashes -- "why what these seeds do has changed"')
  process.exit(2)
}
const file = new URL('../test/golden/hashes.json', import.meta.url)
const turmoil = fileURLToPath(new URL('../test/determinism/turmoil.ts', import.meta.url))
const { module } = await runnerImport(turmoil, { configFile: false, logLevel: 'error' })
const { about, hashes: before } = JSON.parse(readFileSync(file, 'utf8'))
const hashes = Object.fromEntries(module.SEEDS.map((seed) => [seed, module.run(seed).hash]))
const changed = Object.keys(hashes).filter((seed) => hashes[seed] !== before[seed])
for (const seed of changed) console.log(`seed ${seed}: ${before[seed] ?? 'none'} -> ${hashes[seed]}`)
if (changed.length === 0) console.log('nothing has changed')
else writeFileSync(file, `${JSON.stringify({ about, because, hashes }, null, 2)}\n`)
