/**
 * Makes `npx zksim` work inside a clone: npm links the commands of dependencies into node_modules/.bin, but not those of
 * the package itself, and npx looks there first. On Windows the same three files as npm's.
 */
import { existsSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'

const folder = fileURLToPath(new URL('../node_modules/.bin', import.meta.url))
const link = `${folder}/zksim`
const target = '../../bin/zksim.js'

if (existsSync(folder)) {
  for (const name of [link, `${link}.cmd`, `${link}.ps1`]) rmSync(name, { force: true })
  if (process.platform === 'win32') {
    const windowsTarget = target.replaceAll('/', '\\')
    writeFileSync(link, `#!/bin/sh\nexec node "$(dirname "$0")/${target}" "$@"\n`)
    writeFileSync(`${link}.cmd`, `@node "%~dp0\\${windowsTarget}" %*\r\n`)
    writeFileSync(`${link}.ps1`, `& node "$PSScriptRoot/${target}" $args\nexit $LASTEXITCODE\n`)
  } else symlinkSync(target, link)
}
