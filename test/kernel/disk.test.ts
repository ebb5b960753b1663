import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { fixed } from '../../src/sim/kernel/Distribution.ts'
import type { Machine } from '../../src/sim/kernel/Machine.ts'
import { forget, numberIn, probe, probeWorld, record, seconds } from './probe.ts'

function contents({ disk }: Machine, file = 'f'): number[] | undefined {
  const image = disk.read(file)
  if (image === undefined) return undefined
  return Array.from({ length: image.records.length }, (_, i) => numberIn(image.records.at(i)))
}

const upTo = (count: number): number[] => Array.from({ length: count }, (_, i) => i)

type Deed = 'append' | 'force' | 'wait' | 'truncate'

describe('a power cut', () => {
  const deeds = fc.array(
    fc.oneof(
      { weight: 3, arbitrary: fc.constant<Deed>('append') },
      { weight: 2, arbitrary: fc.constantFrom<Deed>('force', 'wait', 'truncate') },
    ),
    { maxLength: 20 },
  )

  test('leaves a moment of the history of each file since the last force', () => {
    fc.assert(
      fc.property(fc.nat(), deeds, (seed, script) => {
        const world = probeWorld(1, { seed, lockstep: true })
        const machine = world.machine('1')
        const { host, heard } = probe(world, '1')
        let cache: number[] = []
        let written = 0
        // Every content the file ever had; `durable` is the one that was forced last.
        const history: (string | undefined)[] = [undefined]
        let durable = 0
        const forced: number[] = []
        const change = (): void => {
          if (history.length === 1) history.push('[]')
          if (history.at(-1) !== JSON.stringify(cache)) history.push(JSON.stringify(cache))
        }
        for (const deed of script) {
          if (deed === 'append') {
            host.append('f', record(written))
            cache = [...cache, written]
            written += 1
            change()
          } else if (deed === 'truncate') {
            if (cache.length < 2) continue
            cache = cache.slice(0, cache.length - 2)
            host.truncate('f', cache.length)
            change()
          } else if (deed === 'force') {
            host.force('f')
            change()
            forced.push(history.length - 1)
          } else {
            world.runUntil(world.now + 1_000)
            const answered = heard.filter((what) => what.startsWith('forced')).length
            if (answered > 0) durable = forced[answered - 1]!
          }
        }
        machine.powerCut()
        const left = contents(machine)
        expect(history.slice(durable)).toContain(left === undefined ? undefined : JSON.stringify(left))
      }),
      { numRuns: 1_000 },
    )
  })

  test('loses every length of the unforced suffix, now and then with a torn record, never what was forced', () => {
    const lengths = new Set<number>()
    const damages = new Set<string | undefined>()
    for (let seed = 0; seed < 150; seed += 1) {
      const world = probeWorld(1, { seed })
      const { host } = probe(world, '1')
      for (let n = 0; n < 3; n += 1) host.append('f', record(n))
      host.force('f')
      world.runUntil(seconds(1))
      for (let n = 3; n < 6; n += 1) host.append('f', record(n))
      expect(world.machine('1').disk.durableLength('f')).toBe(3)
      world.machine('1').powerCut()
      const left = contents(world.machine('1'))!
      expect(left).toEqual(upTo(left.length))
      const { damage } = world.machine('1').disk.read('f')!
      if (damage !== null) expect(damage.at).toBe(left.length)
      lengths.add(left.length)
      damages.add(damage?.kind)
    }
    expect([...lengths].sort()).toEqual([3, 4, 5, 6])
    expect(damages).toEqual(new Set([undefined, 'torn']))
  })

  test('may undo a removal and a creation that nothing forced, and no other', () => {
    const outcomes = new Set<string>()
    for (let seed = 0; seed < 60; seed += 1) {
      const world = probeWorld(1, { seed })
      const { host } = probe(world, '1')
      for (const file of ['old', 'gone']) {
        host.append(file, record(1))
        host.force(file)
      }
      world.runUntil(seconds(1))
      host.remove('gone')
      host.force('old')
      world.runUntil(seconds(2))
      host.remove('old')
      host.append('new', record(2))
      world.machine('1').powerCut()
      expect(contents(world.machine('1'), 'gone')).toBeUndefined()
      outcomes.add(world.machine('1').disk.names().join())
    }
    expect(outcomes).toEqual(new Set(['', 'old', 'new', 'new,old']))
  })

  test('may undo a removal that came after the question, though the answer came after both', () => {
    const outcomes = new Set<string>()
    for (let seed = 0; seed < 20; seed += 1) {
      const world = probeWorld(1, { seed })
      const { host } = probe(world, '1')
      host.replace('old', record(1))
      world.runUntil(seconds(1))
      host.force('other')
      host.remove('old')
      world.runUntil(seconds(2))
      world.machine('1').powerCut()
      outcomes.add(world.machine('1').disk.names().join())
    }
    expect(outcomes).toEqual(new Set(['other', 'old,other']))
  })

  test('in the middle of a replace leaves the old or the new', () => {
    const outcomes = new Set<number>()
    for (const end of ['powerCut', 'crash'] as const) {
      for (let seed = 0; seed < 30; seed += 1) {
        const world = probeWorld(1, { seed })
        const { host } = probe(world, '1')
        host.replace('f', record(1))
        world.runUntil(seconds(1))
        host.replace('f', record(2))
        expect(contents(world.machine('1'))).toEqual([1])
        world.machine('1')[end]()
        const left = contents(world.machine('1'))!
        expect(left).toHaveLength(1)
        outcomes.add(left[0]!)
        world.runUntil(seconds(2))
        expect(contents(world.machine('1'))).toEqual(left)
      }
    }
    expect([...outcomes].sort()).toEqual([1, 2])
  })
})

describe('the disk', () => {
  test('keeps the page cache when a process is killed, and what it forced goes on to the platter', () => {
    const world = probeWorld(1)
    const { host } = probe(world, '1')
    host.append('f', record(0))
    host.force('f')
    host.append('f', record(1))
    world.machine('1').crash()
    expect(contents(world.machine('1'))).toEqual([0, 1])
    world.runUntil(seconds(1))
    expect(world.machine('1').disk.durableLength('f')).toBe(1)
    world.machine('1').start()
    world.runUntil(seconds(2))
    expect(probe(world, '1').heard).toEqual(['start'])
  })

  test('answers forces of one file in order, each once', () => {
    const world = probeWorld(1)
    const { host } = probe(world, '1')
    for (let i = 0; i < 50; i += 1) host.force('f')
    world.runUntil(seconds(1))
    expect(probe(world, '1').heard.slice(1)).toEqual(upTo(50).map((i) => `forced ${i + 1}`))
  })

  test('fails the next force, or all until mended, and only of the file it is told', () => {
    const world = probeWorld(1)
    const { disk } = world.machine('1')
    const { host } = probe(world, '1')
    const heardOf = (deeds: () => void): string[] => {
      forget(world)
      deeds()
      world.runUntil(world.now + seconds(1))
      return probe(world, '1').heard
    }
    disk.fail('force', 'io', false, 'log.')
    expect(heardOf(() => [host.force('other'), host.force('log.1'), host.force('log.1')]).sort()).toEqual([
      'forced 1',
      'forced 3',
      'io 2',
    ])
    disk.fail('force', 'io', true)
    expect(heardOf(() => [host.force('f'), host.force('f')])).toEqual(['io 4', 'io 5'])
    disk.mend()
    disk.fail('replace', 'full')
    expect(heardOf(() => [host.replace('g', record(1)), host.replace('g', record(2))])).toEqual([
      'full 6',
      'forced 7',
    ])
    expect(contents(world.machine('1'), 'g')).toEqual([2])
  })

  test('does not make good, by a later force, what a failed one left in doubt', () => {
    const lengths = new Set<number>()
    for (let seed = 0; seed < 40; seed += 1) {
      const world = probeWorld(1, { seed })
      const { host } = probe(world, '1')
      host.append('f', record(0))
      host.force('f')
      world.runUntil(seconds(1))
      host.append('f', record(1))
      world.machine('1').disk.fail('force')
      host.force('f')
      world.runUntil(seconds(2))
      host.force('f')
      world.runUntil(seconds(3))
      expect(probe(world, '1').heard.slice(1)).toEqual(['forced 1', 'io 2', 'forced 3'])
      world.machine('1').powerCut()
      lengths.add(contents(world.machine('1'))!.length)
    }
    expect([...lengths].sort()).toEqual([1, 2])
  })

  test('when full takes no appends and says so at the force', () => {
    const world = probeWorld(1)
    const { disk } = world.machine('1')
    const { host } = probe(world, '1')
    host.append('f', record(0))
    disk.fill()
    host.append('f', record(1))
    disk.mend()
    host.force('f')
    host.force('f')
    disk.fill()
    host.replace('g', record(1))
    world.runUntil(seconds(1))
    expect(probe(world, '1').heard.slice(1).sort()).toEqual(['forced 2', 'full 1', 'full 3'])
    expect(contents(world.machine('1'))).toEqual([0])
    expect(contents(world.machine('1'), 'g')).toBeUndefined()
  })

  test('is slow, or stalls, until told otherwise', () => {
    const world = probeWorld(1, { lockstep: true })
    const { disk } = world.machine('1')
    const { host } = probe(world, '1')
    disk.slow(fixed(5_000))
    host.force('f')
    world.runUntil(10_000)
    disk.slow(null)
    disk.stall()
    host.force('f')
    host.force('f')
    world.runUntil(seconds(10))
    expect(probe(world, '1').times).toEqual([0, 6_000])
    disk.unstall()
    world.runUntil(seconds(11))
    expect(probe(world, '1').heard.slice(1)).toEqual(['forced 1', 'forced 2', 'forced 3'])
    expect(probe(world, '1').times.slice(2)).toEqual([seconds(10), seconds(10)])
  })

  test('reads up to a rotten record; cutting it off mends the file', () => {
    const world = probeWorld(1)
    const { host } = probe(world, '1')
    for (let n = 0; n < 4; n += 1) host.append('f', record(n))
    host.force('f')
    world.runUntil(seconds(1))
    world.machine('1').disk.rot('f', 2)
    expect(contents(world.machine('1'))).toEqual([0, 1])
    expect(host.read('f')!.damage).toEqual({ at: 2, kind: 'corrupt' })
    world.machine('1').powerCut()
    world.machine('1').start()
    const again = probe(world, '1').host
    expect(again.read('f')!.damage).toEqual({ at: 2, kind: 'corrupt' })
    again.truncate('f', 2)
    again.append('f', record(9))
    expect(contents(world.machine('1'))).toEqual([0, 1, 9])
    expect(again.read('f')!.damage).toBeNull()
  })

  test('gives an image that later writes do not change', () => {
    const world = probeWorld(1)
    const { host } = probe(world, '1')
    host.append('f', record(0))
    const { records } = host.read('f')!
    host.truncate('f', 0)
    host.append('f', record(5))
    expect(records.length).toBe(1)
    expect(numberIn(records.at(0))).toBe(0)
    expect(host.files()).toEqual(['f'])
  })

  test('is empty after a wipe, of a machine that is down', () => {
    const world = probeWorld(1)
    const machine = world.machine('1')
    probe(world, '1').host.append('f', record(0))
    expect(() => machine.wipe()).toThrow('down')
    machine.crash()
    machine.wipe()
    expect(machine.disk.names()).toEqual([])
  })
})
