import { it } from 'vitest'
import { Ensemble } from '../../src/sim/ensemble.ts'
import { chaos, ensembleOf } from './chaos.ts'
it('x', () => {
  const seed = Number(process.env.SEED), from = Number(process.env.FROM ?? 0), to = Number(process.env.TO ?? 1e9), peer = process.env.PEER
  const z = (v: unknown) => typeof v === 'number' && v > 1e6 ? Math.floor(v / 2 ** 32) + ':' + (v % 2 ** 32) : v
  const push = Array.prototype.push
  const lines: string[] = []
  ;(globalThis as any).spy = (w: any, f: any) => { if (w.events >= from && w.events <= to && (!peer || String(f.peer) === peer)) lines.push(w.events + ' ' + w.now + ' ' + JSON.stringify(f, (k, v) => k === 'tree' || k === 'logged' ? undefined : k === 'body' ? v.type : z(v)).slice(0, 260)) }
  const o = chaos(ensembleOf(seed))
  console.log(lines.join('\n'))
  console.log(o.log.join('; '))
  console.log(o.live, o.broken, o.ensemble.world.events, o.ensemble.sids.map((s) => `${s}: ${o.ensemble.machineOf(s).state} ${o.ensemble.peer(s)?.zabState} ${o.ensemble.peer(s)?.waitingFor()}`).join('\n'))
}, 100000)
