import { deed, fault, hosts } from './fault.ts'

/** Disks that say no. What was to be forced may or may not be on the platter. */
export const diskErrors = fault(
  'disk errors',
  deed(
    'fail next force of {peers:peers}',
    'The next force comes back with an error.',
    (world, { peers }) => {
      for (const name of hosts(peers)) world.machine(name).disk.fail('force', 'io')
    },
    'doubted',
  ),
  deed(
    'fail forces of {peers:peers}',
    'Every force comes back with an error until mended.',
    (world, { peers }) => {
      for (const name of hosts(peers)) world.machine(name).disk.fail('force', 'io', true)
    },
    'doubted',
  ),
  deed(
    'fail next write of {file:file} of {peers:peers}',
    'The next replacement of a small file (an epoch file, say) comes back with an error.',
    (world, { file, peers }) => {
      for (const name of hosts(peers)) world.machine(name).disk.fail('replace', 'io', false, file)
    },
  ),
  deed(
    'fill disk of {peers:peers}',
    'No room: writes are refused until mended.',
    (world, { peers }) => {
      for (const name of hosts(peers)) world.machine(name).disk.fill()
    },
    'doubted',
  ),
  deed('mend disk of {peers:peers}', 'No more errors, and room again. Damage stays.', (world, { peers }) => {
    for (const name of hosts(peers)) world.machine(name).disk.mend()
  }),
)
