import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { defineConfig } from 'vitest/config'

const root = new URL('../../../', import.meta.url)
const file = (path: string): string => fileURLToPath(new URL(path, root))

/** Files of tests that fail on purpose, run by the tests beside them. They ask for retries, and get none; vitest on CI would refuse `.only`. */
export default defineConfig({
  test: { root: import.meta.dirname, include: ['*.plant.ts'], retry: 2, allowOnly: true },
  resolve: { alias: [{ find: 'zksim/vitest', replacement: file('src/vitest/index.ts') }] },
  plugins: [
    {
      name: 'the code of the README',
      enforce: 'pre',
      load(id) {
        if (!id.endsWith('/readme.plant.ts')) return null
        const readme = readFileSync(file('README.md'), 'utf8')
        return /```ts\n(import [^`]*zksim\/vitest[^`]*)```/.exec(readme)?.[1] ?? ''
      },
    },
  ],
})
