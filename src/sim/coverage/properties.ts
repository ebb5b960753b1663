/** All properties, by topic. A new topic is a file, and a line here. */
import { type Property, propertiesOf, type Topic } from './property.ts'
import { broadcast } from './topics/broadcast.ts'
import { crashPoints } from './topics/crashPoints.ts'
import { disks } from './topics/disks.ts'
import { elections } from './topics/elections.ts'
import { epochs } from './topics/epochs.ts'
import { faultsPlayed } from './topics/faultsPlayed.ts'
import { membership } from './topics/membership.ts'
import { modes } from './topics/modes.ts'
import { operations } from './topics/operations.ts'
import { packets } from './topics/packets.ts'
import { recovery } from './topics/recovery.ts'
import { roles } from './topics/roles.ts'
import { sessions } from './topics/sessions.ts'
import { surroundings } from './topics/surroundings.ts'
import { synchronisation } from './topics/synchronisation.ts'
import { watches } from './topics/watches.ts'

export const topics: readonly Topic[] = Object.freeze([
  modes,
  packets,
  elections,
  epochs,
  synchronisation,
  broadcast,
  roles,
  recovery,
  crashPoints,
  disks,
  surroundings,
  sessions,
  operations,
  watches,
  membership,
  faultsPlayed,
])

/** Topic by topic. */
export const properties: readonly Property[] = Object.freeze(topics.flatMap(propertiesOf))
