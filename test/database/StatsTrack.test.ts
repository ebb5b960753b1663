import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { StatsTrack } from '../../src/nodes/database/StatsTrack.ts'

function read(data: string | null): unknown {
  const track = StatsTrack.parse(data)
  if (track === null) return null
  return [track.count, track.bytes, track.countHardLimit, track.byteHardLimit]
}

describe('StatsTrack', () => {
  it('reads what is there; the rest is -1', () => {
    expect(read('')).toEqual([-1, -1, -1, -1])
    expect(read('count=3,bytes=10')).toEqual([3, 10, -1, -1])
    expect(read('bytes=10')).toEqual([-1, 10, -1, -1])
    expect(read('count=3,bytes=10=;byteHardLimit=5;countHardLimit=4')).toEqual([3, 10, 4, 5])
    expect(read('count==3,;bytes=+7,count=-2')).toEqual([-2, 7, -1, -1])
    expect(read(',')).toEqual([-1, -1, -1, -1])
  })

  it('is null where the real one throws', () => {
    for (const data of [null, 'junk', 'count', 'count=', 'count=x', 'count= 3', '=', '=;count=1', ',count=1'])
      expect([data, read(data)]).toEqual([data, null])
    expect(read('count=9223372036854775807')).not.toBeNull()
    expect(read('count=9223372036854775808')).toBeNull()
    expect(read('count=-9223372036854775809')).toBeNull()
  })

  it('prints count and bytes first, then the others by name', () => {
    expect(StatsTrack.of(3, 10).toBytes()).toBe('count=3,bytes=10')
    expect(StatsTrack.empty.toBytes()).toBe('count=-1,bytes=-1')
    const track = StatsTrack.parse('countHardLimit=4;more=1;count=1;byteHardLimit=5') as StatsTrack
    expect(track.plus(2, 8).toBytes()).toBe('count=3,bytes=7=;byteHardLimit=5;countHardLimit=4;more=1')
  })

  it('counts as a long does, beyond what a number holds', () => {
    const most = StatsTrack.parse('count=9223372036854775807,bytes=9007199254740993') as StatsTrack
    expect(most.plus(1, 1).toBytes()).toBe('count=-9223372036854775808,bytes=9007199254740994')
  })

  it('reads what it prints', () => {
    fc.assert(
      fc.property(fc.integer(), fc.integer(), (count, bytes) => {
        expect(read(StatsTrack.of(count, bytes).toBytes())).toEqual([count, bytes, -1, -1])
      }),
    )
  })
})
