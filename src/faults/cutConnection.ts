import { deed, fault } from './fault.ts'

/** Broken connections. The peers may dial again at once. */
export const cutConnection = fault(
  'cut connections',
  deed(
    'cut connections between {a:machine} and {b:machine}',
    'Break them; what is on its way either way is lost, and both ends are told.',
    (world, { a, b }) => world.network.cutConnections(a, b),
  ),
  deed(
    'cut connections between {a:machine} and {b:machine} unnoticed',
    'Break them without telling: both ends go on believing in them.',
    (world, { a, b }) => world.network.cutConnections(a, b, { notices: 'neither' }),
  ),
  deed(
    'cut connections between {a:machine} and {b:machine} noticed by {end:machine}',
    'Half-open connections: one end is told, the other goes on believing in them.',
    (world, { a, b, end }) => world.network.cutConnections(a, b, { notices: end }),
  ),
  deed(
    'cut connections from {from:machine} to {to:machine} keeping {count:count} packets',
    'Break them; so many of the packets on their way from the first to the second still arrive.',
    (world, { from, to, count }) => world.network.cutConnections(from, to, { keep: count }),
  ),
  deed(
    'cut connections from {from:machine} to {to:machine} losing a suffix',
    'Break them; of the packets on their way from the first to the second, chance says how many still arrive.',
    (world, { from, to }) => world.network.cutConnections(from, to, { keep: 'some' }),
  ),
  deed(
    'cut connections from {from:machine} to {to:machine} after {count:count} {packet:packet}',
    'Break them as soon as so many packets of this type have arrived from now on.',
    (world, { from, to, count, packet }) =>
      world.network.cutConnections(from, to, { after: { count, type: packet } }),
  ),
)
