import { defineConfig } from 'vitest/config'

export default defineConfig({
  test: {
    setupFiles: ['test/setup.ts'],
    // A machine may be slow; how fast zksim is, is the bench's business.
    testTimeout: 60_000,
    hookTimeout: 60_000,
  },
})
