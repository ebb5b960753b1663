import { fileURLToPath } from 'node:url'
import { build } from 'vite'

/** What a bundle calls itself. */
const GLOBAL = 'zksim'

/**
 * The whole library as one classic script, as a page would load it: it declares `zksim` and asks its surroundings for
 * nothing. A part of the library that imports a module of Node fails here.
 *
 * @param at the module whose exports are bundled.
 */
export async function bundleLibrary(at = new URL('./library.ts', import.meta.url)): Promise<string> {
  const entry = fileURLToPath(at)
  const result = await build({
    configFile: false,
    logLevel: 'error',
    define: { 'process.env.NODE_ENV': '"production"' },
    build: { write: false, minify: false, target: 'es2022', lib: { entry, formats: ['iife'], name: GLOBAL } },
  })
  const [bundle] = Array.isArray(result) ? result : [result]
  if (bundle === undefined || !('output' in bundle)) throw new Error('the bundler gave no bundle')
  const chunks = bundle.output.filter((part) => part.type === 'chunk')
  const [chunk] = chunks
  if (chunk === undefined || chunks.length !== 1) throw new Error(`one chunk expected, not ${chunks.length}`)
  return chunk.code
}
