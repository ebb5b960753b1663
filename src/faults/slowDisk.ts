import { deed, fault, hosts } from './fault.ts'
import { drawnFrom } from './slowLink.ts'

/** Disks that take their time with a force. */
export const slowDisk = fault(
  'slow disks',
  deed(
    'slow disk of {peers:peers} by {time:span}',
    'Every force takes this much longer.',
    (world, { peers, time }) => {
      for (const name of hosts(peers)) world.machine(name).disk.slow(drawnFrom(time))
    },
  ),
  deed('stall disk of {peers:peers}', 'No force is answered until unstalled.', (world, { peers }) => {
    for (const name of hosts(peers)) world.machine(name).disk.stall()
  }),
  deed('unstall disk of {peers:peers}', 'What waited is answered now.', (world, { peers }) => {
    for (const name of hosts(peers)) world.machine(name).disk.unstall()
  }),
  deed('restore disk of {peers:peers}', 'No longer slow.', (world, { peers }) => {
    for (const name of hosts(peers)) world.machine(name).disk.slow(null)
  }),
)
