import { execFileSync } from 'node:child_process'
import fc from 'fast-check'

/**
 * Where property tests begin. On a CI machine the seed comes from the commit, so that a failure there can be played again
 * here; `FC_SEED` sets it by hand; otherwise every run draws its own. A failure prints seed and path in any case.
 */
function seed(): number | undefined {
  if (process.env['FC_SEED'] !== undefined) return Number(process.env['FC_SEED'])
  if (process.env['CI'] === undefined) return undefined
  try {
    const commit = execFileSync('git', ['rev-parse', 'HEAD'], { encoding: 'utf8', stdio: 'pipe' })
    return Number.parseInt(commit.slice(0, 7), 16)
  } catch {
    return 1 // No repository here, as in a tarball.
  }
}

const chosen = seed()
if (chosen !== undefined) fc.configureGlobal({ ...fc.readConfigureGlobal(), seed: chosen })
