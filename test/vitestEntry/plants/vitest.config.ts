import { defineConfig } from 'vitest/config'

/** Files of tests that fail on purpose, run by the tests beside them. */
export default defineConfig({
  test: { root: import.meta.dirname, include: ['*.plant.ts'], retry: 2 },
})
