import { deed, fault, hosts, powerCut } from './fault.ts'

/** The machine dies: unforced writes may be lost, the last one may be torn, nobody is told. */
export const cutPower = fault(
  'power cut',
  powerCut(
    'now',
    deed(
      'cut power to {peers:peers}',
      'The machine is dead at once. Of what was not forced, as much is left as chance will have it; other machines notice by waiting in vain.',
      (world, { peers }) => {
        for (const name of hosts(peers)) world.machine(name).powerCut()
      },
    ),
  ),
  powerCut(
    'now',
    deed(
      'cut power to {peers:peers} in the middle of a write',
      'The same, where of each file that was not forced all is left but the last record, and of that a part.',
      (world, { peers }) => {
        for (const name of hosts(peers)) world.machine(name).powerCut(true)
      },
    ),
  ),
)
