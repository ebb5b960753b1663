import type { DiskError, ThreadName } from '../Host.ts'
import type { ZooKeeperServer } from '../server/ZooKeeperServer.ts'
import { Thread } from '../Thread.ts'

/**
 * A thread without which its server is of no use: when it dies, the server is in error. Java:
 * ZooKeeperCriticalThread
 */
export abstract class CriticalThread<Item> extends Thread<Item> {
  protected readonly zks: ZooKeeperServer

  constructor(zks: ZooKeeperServer, name: ThreadName) {
    super(zks.dispatcher, name)
    this.zks = zks
  }

  protected override diskFailed(error: DiskError): void {
    this.zks.diskFailed(error, `what the thread ${this.name} wrote`)
  }
}
