import { it } from 'vitest'
import { ideal } from '../../src/nodes/ideal.ts'
import * as a from './election.ts'
import * as b from './discovery.ts'
import * as c from './synchronisation.ts'
import * as d from './broadcast.ts'
import * as e from './disk.ts'
import type { Mutant } from './Mutant.ts'
import { chaos } from './chaos.ts'
import { writeFileSync, appendFileSync } from 'node:fs'
const out = '/tmp/try/mutants.out'
it.skipIf(process.env.ONLY)('ideal', () => {
  writeFileSync(out, '')
  const t = Date.now(); let ev = 0
  for (let seed = 1; seed <= 20; seed++) {
    const o = chaos({ seed, peers: seed % 3 === 0 ? 5 : 3, observers: seed % 4 === 0 ? 1 : 0, settings: { snapCount: seed % 2 ? 20 : 100000, commitLogCount: seed % 5 === 0 ? 10 : 500 } })
    ev += o.ensemble.world.events
    if (o.broken.length || !o.live || o.ensemble.world.crashes.length) appendFileSync(out, `IDEAL ${seed} ${o.broken} live=${o.live} ${JSON.stringify(o.ensemble.world.crashes)}\n`)
  }
  appendFileSync(out, `ideal ${Date.now() - t}ms ${ev} events\n`)
}, 60000)
for (const m of (process.env.ONLY ? [[a,b,c,d,e][Number(process.env.ONLY)]!] : [a, b, c, d, e]).flatMap((x) => Object.values(x)) as Mutant[]) it(m.name, () => {
  const seen = new Map<string, number>(); const t = Date.now()
  let crashes = ''
  for (let seed = 1; seed <= 20 && Date.now() - t < 4000; seed++) {
    const o = chaos({ seed, cast: m.recast(ideal), peers: 3, observers: seed % 4 === 0 ? 1 : 0, settings: { snapCount: seed % 2 ? 20 : 100000, commitLogCount: seed % 5 === 0 ? 10 : 500, maxCounter: m.name === 'counterSpills' ? 30 : 2 ** 32 - 1 } })
    for (const code of o.broken) if (!seen.has(code)) seen.set(code, seed)
    for (const cr of o.ensemble.world.crashes) crashes = cr.message
  }
  const missing = m.breaks.filter((x) => !seen.has(x))
  appendFileSync(out, `${m.name} ${missing.length ? 'MISSING ' + missing : 'ok'} | ${[...seen].map(([k, v]) => k + '@' + v).join(' ')} ${crashes} ${Date.now() - t}ms\n`)
}, 60000)
