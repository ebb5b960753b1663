import { expect, test } from 'vitest'
import { uniform } from '../../src/sim/kernel/Distribution.ts'
import { probeWorld } from './probe.ts'

test('a network says what keeps packets from arriving as usual', () => {
  const { network } = probeWorld(3)
  expect(network.troubles).toEqual([])
  network.isolate('2')
  network.hold({ from: '1', to: '3' })
  network.setLoss(0.1)
  network.slow(uniform(5, 5), '1', '3')
  network.stall('1', '3')
  expect(network.troubles).toEqual([
    'links are blocked',
    'packets are held',
    'links are stalled',
    'packets are lost',
    'links are slow',
  ])
  network.heal()
  network.release()
  network.setLoss(0)
  network.slow(null, '1', '3')
  expect(network.troubles).toEqual([])
})

test('what is said of all wires ends what was said of one', () => {
  const { network } = probeWorld(3)
  network.setLoss(0.25, '1', '2')
  network.setLoss(0.25, '2')
  expect(network.troubles).toEqual(['packets are lost'])
  network.setLoss(0, '2')
  expect(network.troubles).toEqual(['packets are lost'])
  network.setLoss(0)
  expect(network.troubles).toEqual([])
})

test('a wire that nobody has used yet may be slow, and is not any more', () => {
  const { network } = probeWorld(3)
  network.slow(uniform(5, 5), '1', '3')
  expect(network.troubles).toEqual(['links are slow'])
  network.slow(null)
  expect(network.troubles).toEqual([])
})
