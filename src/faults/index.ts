/** All faults. A new one is a file, and a line here. */
import { bitRot } from './bitRot.ts'
import { clockSkew } from './clockSkew.ts'
import { crash } from './crash.ts'
import { crashInMidStep } from './crashInMidStep.ts'
import { cutConnection } from './cutConnection.ts'
import { cutPower } from './cutPower.ts'
import { diskErrors } from './diskErrors.ts'
import type { Fault } from './fault.ts'
import { holdPackets } from './holdPackets.ts'
import { lossyLink } from './lossyLink.ts'
import { partition } from './partition.ts'
import { pause } from './pause.ts'
import { slowDisk } from './slowDisk.ts'
import { slowLink } from './slowLink.ts'
import { slowThread } from './slowThread.ts'
import { stallLink } from './stallLink.ts'
import { wipe } from './wipe.ts'

/** With the literals of their sentences, for types made of these. */
export const everyFault = Object.freeze([
  crash,
  crashInMidStep,
  cutPower,
  pause,
  wipe,
  partition,
  holdPackets,
  cutConnection,
  slowLink,
  lossyLink,
  stallLink,
  slowDisk,
  diskErrors,
  bitRot,
  slowThread,
  clockSkew,
] as const)

export const faults: readonly Fault[] = everyFault
