import type { Client } from './Client.ts'
import type { ZKWatchManager } from './ZKWatchManager.ts'

/** The parts of a client, so that an earlier release or a mutant can recast one; see Cast. Frozen. */
export interface ClientCast {
  readonly Client: typeof Client
  readonly ZKWatchManager: typeof ZKWatchManager
}
