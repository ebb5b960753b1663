import type { ZKDatabase } from './database/ZKDatabase.ts'
import type { FastLeaderElection } from './election/FastLeaderElection.ts'
import type { QuorumCnxManager } from './election/QuorumCnxManager.ts'
import type { CommitProcessor } from './processors/CommitProcessor.ts'
import type { FinalRequestProcessor } from './processors/FinalRequestProcessor.ts'
import type { PrepRequestProcessor } from './processors/PrepRequestProcessor.ts'
import type { RequestTypes } from './processors/RequestTypes.ts'
import type { SyncRequestProcessor } from './processors/SyncRequestProcessor.ts'
import type { Boot } from './quorum/Boot.ts'
import type { Follower } from './quorum/Follower.ts'
import type { Leader } from './quorum/Leader.ts'
import type { LearnerHandler } from './quorum/LearnerHandler.ts'
import type { Observer } from './quorum/Observer.ts'
import type { QuorumPeer } from './quorum/QuorumPeer.ts'
import type { ContainerManager } from './server/ContainerManager.ts'
import type { SessionTracker } from './server/SessionTracker.ts'
import type { Watches } from './watch/Watches.ts'
import type { WatchManager } from './watch/WatchManager.ts'

/**
 * The parts a peer is made of, by name. Parts make each other only through the cast, so that a historic bug, or a
 * mutant, is a file that recasts one part. Frozen.
 */
export interface Cast {
  readonly QuorumPeer: typeof QuorumPeer
  readonly Boot: typeof Boot
  readonly FastLeaderElection: typeof FastLeaderElection
  readonly QuorumCnxManager: typeof QuorumCnxManager
  readonly ZKDatabase: typeof ZKDatabase
  readonly Leader: typeof Leader
  readonly LearnerHandler: typeof LearnerHandler
  readonly Follower: typeof Follower
  readonly Observer: typeof Observer
  readonly PrepRequestProcessor: typeof PrepRequestProcessor
  readonly SyncRequestProcessor: typeof SyncRequestProcessor
  readonly CommitProcessor: typeof CommitProcessor
  readonly FinalRequestProcessor: typeof FinalRequestProcessor
  readonly SessionTracker: typeof SessionTracker
  readonly ContainerManager: typeof ContainerManager
  readonly Watches: typeof Watches
  readonly WatchManager: typeof WatchManager
  readonly RequestTypes: typeof RequestTypes
}
