#!/usr/bin/env node
import { existsSync } from 'node:fs'

const built = new URL('../dist/sim/cli/main.js', import.meta.url)
if (existsSync(built)) {
  const { runFromShell } = await import(built.href)
  runFromShell()
} else {
  process.stderr.write('zksim is not built yet. In its folder, run: npm run build\n')
  process.exitCode = 2
}
