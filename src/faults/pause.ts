import { clientOf, deed, fault, hosts } from './fault.ts'

/** A stopped process, a long garbage collection: time goes on without it. */
export const pause = fault(
  'pause',
  deed(
    'pause {peers:peers}',
    'Stop the process where it is. Its machine goes on receiving for it; what falls due waits.',
    (world, { peers }) => {
      for (const name of hosts(peers)) if (world.machine(name).state === 'up') world.machine(name).pause()
    },
  ),
  deed(
    'pause client {client:client}',
    'Stop a client where it is. Its session may expire meanwhile.',
    (world, { client }) => {
      const machine = clientOf(world, client)
      if (machine.state === 'up') machine.pause()
    },
  ),
  deed('resume client {client:client}', 'Let a paused client run on.', (world, { client }) => {
    const machine = clientOf(world, client)
    if (machine.state === 'paused') machine.resume()
  }),
  deed('resume {peers:peers}', 'Let paused processes run on.', (world, { peers }) => {
    for (const name of hosts(peers)) if (world.machine(name).state === 'paused') world.machine(name).resume()
  }),
)
