import type { Cast } from '../cast.ts'
import type { DataTree, TreeChange } from '../database/DataTree.ts'
import { parentOf } from '../database/DataTree.ts'
import type { PeerConfig } from '../PeerConfig.ts'
import type { OperationOf, WatchEventType } from '../packets.ts'
import type { ServerCnxn } from '../server/ServerCnxn.ts'
import type { Zxid } from '../zxid.ts'
import type { WatchManager } from './WatchManager.ts'
import { AddWatchMode, ANY_MODE, WatcherMode, WatcherType } from './watcherTypes.ts'

/** Of an event that no transaction brings: the server found the change when watches were set again. */
const NO_ZXID: Zxid = -1

/**
 * The watches of a server's clients. A watch of data hears of the node's creation, change and deletion, one of children
 * of the children that come and go and of the node's deletion.
 *
 * Java: what DataTree and ZKDatabase do with their two WatchManagers. There they last as long as the tree, here as long
 * as the server: no connection outlives it.
 */
export class Watches {
  protected readonly config: PeerConfig
  protected readonly dataWatches: WatchManager
  protected readonly childWatches: WatchManager

  constructor(config: PeerConfig, cast: Pick<Cast, 'WatchManager'>) {
    this.config = config
    this.dataWatches = new cast.WatchManager(config)
    this.childWatches = new cast.WatchManager(config)
  }

  /** How many there are, of both kinds. Java: getWatchCount */
  get count(): number {
    return this.dataWatches.size + this.childWatches.size
  }

  addDataWatch(path: string, cnxn: ServerCnxn): void {
    this.dataWatches.addWatch(path, cnxn)
  }

  addChildWatch(path: string, cnxn: ServerCnxn): void {
    this.childWatches.addWatch(path, cnxn)
  }

  /** `mode`: an AddWatchMode. */
  addPersistentWatch(path: string, mode: number, cnxn: ServerCnxn): void {
    if (mode === AddWatchMode.persistentRecursive) return this.addRecursiveWatch(path, cnxn)
    this.childWatches.addWatch(path, cnxn, WatcherMode.persistent)
    this.dataWatches.addWatch(path, cnxn, WatcherMode.persistent)
  }

  /** With the watches of data alone: below it, children come and go by events of their own. */
  protected addRecursiveWatch(path: string, cnxn: ServerCnxn): void {
    this.dataWatches.addWatch(path, cnxn, WatcherMode.recursive)
  }

  /** `watcherType`: a WatcherType. */
  containsWatch(path: string, watcherType: number, cnxn: ServerCnxn): boolean {
    const { dataWatches, childWatches } = this
    switch (watcherType) {
      case WatcherType.children:
        return childWatches.containsWatcher(path, cnxn, WatcherMode.standard)
      case WatcherType.data:
        return dataWatches.containsWatcher(path, cnxn, WatcherMode.standard)
      case WatcherType.persistent:
        return dataWatches.containsWatcher(path, cnxn, WatcherMode.persistent)
      case WatcherType.persistentRecursive:
        return dataWatches.containsWatcher(path, cnxn, WatcherMode.recursive)
      case WatcherType.any:
        return (
          childWatches.containsWatcher(path, cnxn, ANY_MODE) ||
          dataWatches.containsWatcher(path, cnxn, ANY_MODE)
        )
      default:
        return false
    }
  }

  /** @returns whether there was one. */
  removeWatch(path: string, watcherType: number, cnxn: ServerCnxn): boolean {
    switch (watcherType) {
      case WatcherType.children:
        return this.childWatches.removeWatch(path, cnxn, WatcherMode.standard)
      case WatcherType.data:
        return this.dataWatches.removeWatch(path, cnxn, WatcherMode.standard)
      case WatcherType.persistent:
        return this.removeFromBoth(path, cnxn, WatcherMode.persistent)
      case WatcherType.persistentRecursive:
        return this.dataWatches.removeWatch(path, cnxn, WatcherMode.recursive)
      case WatcherType.any:
        return this.removeFromBoth(path, cnxn, ANY_MODE)
      default:
        return false
    }
  }

  /**
   * What a client had before it came here: what has changed since it looked is told at once, and not watched any more.
   * Persistent watches are only set. Nobody asks who may read. Java: DataTree.setWatches
   */
  setWatches(op: OperationOf<'setWatches' | 'setWatches2'>, tree: DataTree, cnxn: ServerCnxn): void {
    const { relativeZxid } = op
    for (const path of op.data) {
      const node = tree.named(path)
      if (node === undefined) cnxn.sendWatchEvent('NodeDeleted', path, NO_ZXID)
      else if (node.stat.mzxid > relativeZxid) cnxn.sendWatchEvent('NodeDataChanged', path, NO_ZXID)
      else this.addDataWatch(path, cnxn)
    }
    for (const path of op.exist) {
      if (tree.named(path) !== undefined) cnxn.sendWatchEvent('NodeCreated', path, NO_ZXID)
      else this.addDataWatch(path, cnxn)
    }
    for (const path of op.child) {
      const node = tree.named(path)
      if (node === undefined) cnxn.sendWatchEvent('NodeDeleted', path, NO_ZXID)
      else if (node.stat.pzxid > relativeZxid) cnxn.sendWatchEvent('NodeChildrenChanged', path, NO_ZXID)
      else this.addChildWatch(path, cnxn)
    }
    if (op.type === 'setWatches') return
    for (const path of op.persistent) this.addPersistentWatch(path, AddWatchMode.persistent, cnxn)
    for (const path of op.persistentRecursive) this.addRecursiveWatch(path, cnxn)
  }

  /** Tells whoever watches what a transaction changed, change by change. */
  trigger(changes: readonly TreeChange[], zxid: Zxid): void {
    if (this.dataWatches.idle && this.childWatches.idle) return
    const eventZxid = this.eventZxid(zxid)
    for (const change of changes) this.triggerChange(change, eventZxid)
  }

  /** The connection is gone. */
  removeCnxn(cnxn: ServerCnxn): void {
    this.dataWatches.removeWatcher(cnxn)
    this.childWatches.removeWatcher(cnxn)
  }

  /** What an event says of when it happened: nothing, before 3.9. */
  protected eventZxid(zxid: Zxid): Zxid {
    return zxid
  }

  private triggerChange(change: TreeChange, zxid: Zxid): void {
    const { path, acl } = change
    switch (change.kind) {
      case 'created':
        this.dataWatches.triggerWatch(path, 'NodeCreated', zxid, acl)
        return this.triggerParent(change, zxid)
      case 'deleted': {
        // Who watches both data and children of the node is told once.
        const told = this.dataWatches.triggerWatch(path, 'NodeDeleted', zxid, acl)
        this.childWatches.triggerWatch(path, 'NodeDeleted', zxid, acl, told)
        return this.triggerParent(change, zxid)
      }
      case 'dataChanged':
        this.dataWatches.triggerWatch(path, 'NodeDataChanged', zxid, acl)
    }
  }

  private triggerParent(change: TreeChange, zxid: Zxid): void {
    const type: WatchEventType = 'NodeChildrenChanged'
    this.childWatches.triggerWatch(parentOf(change.path), type, zxid, change.parentAcl ?? change.acl)
  }

  private removeFromBoth(path: string, cnxn: ServerCnxn, modes: number): boolean {
    const ofChildren = this.childWatches.removeWatch(path, cnxn, modes)
    const ofData = this.dataWatches.removeWatch(path, cnxn, modes)
    return ofChildren || ofData
  }
}
