import { deed, fault } from './fault.ts'

/** Wires that lose packets. TCP sends them again, later and later; `restore` ends it. */
export const lossyLink = fault(
  'lossy links',
  deed(
    'lose {share:percent} of packets from {from:machine} to {to:machine}',
    'Each packet in this direction is lost with this chance, and sent again after a timeout that doubles.',
    (world, { share, from, to }) => world.network.setLoss(share, from, to),
  ),
  deed('lose {share:percent} of all packets', 'The same on every link.', (world, { share }) => {
    world.network.setLoss(share)
  }),
)
