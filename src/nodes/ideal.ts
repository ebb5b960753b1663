import type { Cast } from './cast.ts'
import { ZKDatabase } from './database/ZKDatabase.ts'
import { FastLeaderElection } from './election/FastLeaderElection.ts'
import { QuorumCnxManager } from './election/QuorumCnxManager.ts'
import { CommitProcessor } from './processors/CommitProcessor.ts'
import { FinalRequestProcessor } from './processors/FinalRequestProcessor.ts'
import { PrepRequestProcessor } from './processors/PrepRequestProcessor.ts'
import { RequestTypes } from './processors/RequestTypes.ts'
import { SyncRequestProcessor } from './processors/SyncRequestProcessor.ts'
import { Boot } from './quorum/Boot.ts'
import { Follower } from './quorum/Follower.ts'
import { Leader } from './quorum/Leader.ts'
import { LearnerHandler } from './quorum/LearnerHandler.ts'
import { Observer } from './quorum/Observer.ts'
import { QuorumPeer } from './quorum/QuorumPeer.ts'
import { ContainerManager } from './server/ContainerManager.ts'
import { SessionTracker } from './server/SessionTracker.ts'
import { Watches } from './watch/Watches.ts'
import { WatchManager } from './watch/WatchManager.ts'

/** The newest ZooKeeper with its known open protocol bugs mended; docs/departures.md lists what differs from a release. */
export const ideal: Cast = Object.freeze({
  QuorumPeer,
  Boot,
  FastLeaderElection,
  QuorumCnxManager,
  ZKDatabase,
  Leader,
  LearnerHandler,
  Follower,
  Observer,
  PrepRequestProcessor,
  SyncRequestProcessor,
  CommitProcessor,
  FinalRequestProcessor,
  SessionTracker,
  ContainerManager,
  Watches,
  WatchManager,
  RequestTypes,
})
