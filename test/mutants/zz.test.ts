import { appendFileSync } from 'node:fs'
import { it } from 'vitest'
import { ideal } from '../../src/nodes/ideal.ts'
import * as d from './broadcast.ts'
import { chaos, ensembleOf } from './chaos.ts'
import * as b from './discovery.ts'
import * as e from './disk.ts'
import * as a from './election.ts'
import type { Mutant } from './Mutant.ts'
import * as c from './synchronisation.ts'

const out = '/tmp/try/mutants.out'
const [from, to] = (process.env.SEEDS ?? '1-20').split('-').map(Number) as [number, number]
it.skipIf(process.env.ONLY)(
  'ideal',
  () => {
    const t = Date.now()
    let ev = 0
    for (let seed = from; seed <= to; seed++) {
      const o = chaos(ensembleOf(seed))
      ev += o.ensemble.world.events
      if (o.broken.length || !o.live || o.ensemble.world.crashes.length)
        appendFileSync(
          out,
          `IDEAL ${seed} ${o.broken} live=${o.live} ${JSON.stringify(o.ensemble.world.crashes)}\n`,
        )
    }
    appendFileSync(out, `ideal ${Date.now() - t}ms ${ev} events\n`)
  },
  60000,
)
for (const m of (process.env.ONLY
  ? process.env.ONLY.split('').flatMap((k) => Object.values([a, b, c, d, e][Number(k)]!))
  : []) as Mutant[])
  it(m.name, () => {
    const seen = new Map<string, number>()
    const t = Date.now()
    let missing: string[] = [],
      crashes = ''
    for (let seed = from; seed <= to && Date.now() - t < 6000; seed++) {
      const o = chaos({ ...ensembleOf(seed), cast: m.recast(ideal) })
      for (const code of o.broken) if (!seen.has(code)) seen.set(code, seed)
      for (const cr of o.ensemble.world.crashes) crashes = cr.message
      missing = m.breaks.filter((x) => !seen.has(x))
      if (missing.length === 0) break
    }
    appendFileSync(
      out,
      `${m.name} ${missing.length ? 'MISSING ' + missing : 'ok'} | ${[...seen].map(([k, v]) => k + '@' + v).join(' ')} ${crashes} ${Date.now() - t}ms\n`,
    )
  }, 60000)
