import { bridge, majorityRing } from '../sim/kernel/Partition.ts'
import type { World } from '../sim/kernel/World.ts'
import { deed, fault, hosts, Unplayable } from './fault.ts'

/** The machines of peers; clients have other names. */
function peersOf(world: World): string[] {
  return [...world.machines].map((machine) => machine.name).filter((name) => /^[0-9]+$/.test(name))
}

/** Shapes of partitions. Several may stand at once; `heal` ends them all. */
export const partition = fault(
  'partition',
  deed(
    'partition {groups:groups}',
    'Peers of different groups do not reach each other; clients reach everybody.',
    (world, { groups }) => {
      const names = groups.map(hosts)
      if (new Set(names.flat()).size !== names.flat().length) throw new Unplayable('a peer is in two groups')
      world.network.partition(...names)
    },
  ),
  deed(
    'split {peers:peers} from the rest',
    'These peers on one side, all other peers on the other.',
    (world, { peers }) => {
      const side = hosts(peers)
      const rest = peersOf(world).filter((name) => !side.includes(name))
      world.network.partition(side, rest)
    },
  ),
  deed(
    'isolate {machine:machine}',
    'This machine reaches nobody, clients included.',
    (world, { machine }) => {
      world.network.isolate(machine)
    },
  ),
  deed(
    'block the way from {from:machine} to {to:machine}',
    'What the first sends does not reach the second; the way back is open.',
    (world, { from, to }) => {
      world.network.cutOneWay(from, to)
    },
  ),
  deed('partition into a ring', 'Every peer reaches a majority, and no two the same one.', (world) => {
    world.network.block(majorityRing(peersOf(world)))
  }),
  deed(
    'partition but for the bridge {peer:peer}',
    'Two halves, which only this peer can reach both of.',
    (world, holes) => {
      world.network.block(bridge(peersOf(world), `${holes.peer}`))
    },
  ),
  deed('heal', 'End every fault of the network: partitions, stalls, holds, slowness and loss.', (world) => {
    world.network.heal()
    world.network.release()
    world.network.slow(null)
    world.network.setLoss(0)
  }),
  deed('heal partitions', 'End partitions and stalled links only.', (world) => world.network.heal()),
)
