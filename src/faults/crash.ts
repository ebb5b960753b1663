import { clientOf, deed, fault, hosts } from './fault.ts'

/** The process dies, its machine lives: what was written is still in the page cache, connections are closed. */
export const crash = fault(
  'crash',
  deed(
    'crash {peers:peers}',
    'Kill the process. What it wrote but did not force survives. Peers that are down stay down.',
    (world, { peers }) => {
      for (const name of hosts(peers)) if (world.machine(name).state !== 'down') world.machine(name).crash()
    },
  ),
  deed(
    'crash client {client:client}',
    'Kill a client. Its session stays until it expires.',
    (world, { client }) => {
      const machine = clientOf(world, client)
      if (machine.state !== 'down') machine.crash()
    },
  ),
)
