import type { Bytes, SessionId } from '../database/txns.ts'
import type { HostName } from '../Host.ts'
import type { ClientProgramFactory } from './ClientProgram.ts'

/** A session that exists: whoever knows both may take it over. */
export interface SessionCredentials {
  readonly sessionId: SessionId
  /** 16 bytes. */
  readonly password: Bytes
}

export interface ClientOptions {
  /** How facts name it. */
  readonly name: string
  /** The servers it connects to when it starts; with none it waits for `connect`. */
  readonly servers: readonly HostName[]
  /** Tries them in the order given; the real client, and this one by default, shuffles them. */
  readonly inOrder?: boolean
  /** Milliseconds to ask for; the server has its own limits. */
  readonly sessionTimeout: number
  readonly program: ClientProgramFactory | null
  /** The path that is its root; `/` and null are none. See `refusalOfChroot`. */
  readonly chroot?: string | null
  /** Makes do with a server that only reads while there is no other. */
  readonly canBeReadOnly?: boolean
  /** Goes on with this session. */
  readonly session?: SessionCredentials
  /**
   * Milliseconds that a new session may take to be established; 0 for four thirds of the session timeout. As long as it
   * likes unless said. Java: ZooKeeperBuilder.withNewSessionTimeout
   */
  readonly newSessionTimeout?: number
  /** Does not set its watches again when it has reconnected. Java: zookeeper.disableAutoWatchReset */
  readonly disableAutoWatchReset?: boolean
  /** Bytes of the longest reply that it reads. Java: jute.maxbuffer */
  readonly juteMaxBuffer?: number
}

/** How an operation is handed in. */
export interface SubmitOptions {
  /** Whose watch it sets, or takes away; the default watcher's unless said. */
  readonly watcher?: string
  /** Of a removal: the client forgets the watches even where the server does not. */
  readonly local?: boolean
  /** Its paths are the server's, not below the chroot. Java: ZooKeeper.getConfig asks so. */
  readonly serverPath?: boolean
  /** Sent as it is: nothing is put before its paths, and no watch table hears of it. */
  readonly raw?: boolean
}
