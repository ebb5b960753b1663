import { test } from 'vitest'
import { troubledEnsemble } from './turmoil.ts'
test('try', () => {
  const t0 = performance.now()
  let n = 0
  for (const seed of [291, 7, ...Array.from({ length: 2000 }, (_, i) => 1000 + i)]) {
    if (performance.now() - t0 > 40000) break
    n++
    const e = troubledEnsemble(seed)
    e.world.trace.record(0)
    e.world.runEvents(15_000)
    for (const v of e.checker.violations) console.log(seed, v.code, v.event, v.what)
    for (const c of e.world.crashes.slice(0, 2)) console.log(seed, 'crash', JSON.stringify(c))
  }
  console.log('seeds', n)
}, 60000)
