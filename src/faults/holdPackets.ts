import { deed, fault } from './fault.ts'

/** Chosen packets are kept in the network. TCP keeps order, so later ones of the connection wait behind them. */
export const holdPackets = fault(
  'hold packets',
  deed(
    'hold {packet:packet} from {from:machine} to {to:machine}',
    'Keep these packets in the network until released. Later packets of that connection wait behind them.',
    (world, { packet, from, to }) => world.network.hold({ type: packet, from, to }),
  ),
  deed(
    'hold {packet:packet} from {from:machine}',
    'The same, to whomever they go.',
    (world, { packet, from }) => {
      world.network.hold({ type: packet, from })
    },
  ),
  deed('hold {packet:packet}', 'The same, whoever sends them.', (world, { packet }) => {
    world.network.hold({ type: packet })
  }),
  deed(
    'release {packet:packet} from {from:machine} to {to:machine}',
    'End the hold that was written so.',
    (world, { packet, from, to }) => world.network.release({ type: packet, from, to }),
  ),
  deed(
    'release {packet:packet} from {from:machine}',
    'End the hold that was written so.',
    (world, { packet, from }) => {
      world.network.release({ type: packet, from })
    },
  ),
  deed('release {packet:packet}', 'End the hold that was written so.', (world, { packet }) => {
    world.network.release({ type: packet })
  }),
  deed('release everything', 'End all holds.', (world) => world.network.release()),
)
