import type { HostName, Node, NodeFactory } from '../Host.ts'
import { type Ending, type FactHearer, type LiveConfig, LiveHost } from './LiveHost.ts'

/** A node that runs over real sockets, files and timers, seen from outside. */
export class LiveNode {
  readonly name: HostName
  readonly host: LiveHost
  readonly node: Node

  constructor(name: HostName, host: LiveHost, node: Node) {
    this.name = name
    this.host = host
    this.node = node
  }

  /** Who hears the node's facts; may be added to at any time. */
  get facts(): FactHearer[] {
    return this.host.facts
  }

  /** How it ended; null as long as it runs. */
  get end(): Ending | null {
    return this.host.end
  }

  /** Resolves when the process has ended, in whatever way, and its sockets and files are closed. Never rejects. */
  get ended(): Promise<Ending> {
    return this.host.ended
  }

  /** Ends the process in peace: what was sent still leaves. */
  stop(): Promise<Ending> {
    return this.host.stop()
  }

  /** Ends the process at once: what it appended is in the page cache, what it sent may be lost. */
  kill(): Promise<Ending> {
    return this.host.kill()
  }
}

/**
 * Starts a node in this process. Its `onStart` comes in a macrotask of its own, after this has returned.
 *
 * @throws the error of the file system when its files cannot be read, and whatever the factory throws.
 */
export function runNode(factory: NodeFactory, config: LiveConfig): LiveNode {
  const host = new LiveHost(config)
  try {
    return new LiveNode(config.name, host, host.run(factory))
  } catch (error) {
    void host.kill()
    throw error
  }
}
