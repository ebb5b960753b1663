// What the README shows stands here when it runs: see vitest.config.ts.
