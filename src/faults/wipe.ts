import { deed, fault, hosts } from './fault.ts'

/** All that a peer ever promised, forgotten. ZooKeeper does not promise to survive this; some scenarios ask. */
export const wipe = fault(
  'wipe',
  deed(
    'wipe {peers:peers}',
    'A new, empty disk. A peer that runs is crashed first, and stays down.',
    (world, { peers }) => {
      for (const name of hosts(peers)) {
        const machine = world.machine(name)
        if (machine.state !== 'down') machine.crash()
        machine.wipe()
      }
    },
    'wiped',
  ),
)
