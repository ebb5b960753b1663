import { it } from 'vitest'
import { chaos, ensembleOf } from './chaos.ts'
it('x', () => { const t = Date.now(); let ev=0, d=0
  for (let seed = 1; seed < 1500 && Date.now() - t < 55000; seed++) {
    const o = chaos(ensembleOf(seed)); ev += o.ensemble.world.events
    if (o.broken.length || !o.live || o.ensemble.world.crashes.length) console.log('IDEAL', seed, o.live, o.ensemble.checker.violations.map(v => v.code + ' ' + v.what + ' @' + v.event), JSON.stringify(o.ensemble.world.crashes), o.log.slice(-8))
    d = seed
  } console.log('done', d, ev) }, 100000)
