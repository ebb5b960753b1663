import type { AclList } from '../acl.ts'
import { Perms } from '../acl.ts'
import { checkACL } from '../auth/checkACL.ts'
import { parentOf } from '../database/DataTree.ts'
import type { PeerConfig } from '../PeerConfig.ts'
import type { WatchEventType } from '../packets.ts'
import type { ServerCnxn } from '../server/ServerCnxn.ts'
import type { Zxid } from '../zxid.ts'
import { NO_MODES, WatcherMode, type WatcherModes } from './watcherTypes.ts'

/**
 * Who watches which paths, and in which modes: one of two managers, that of data or that of children.
 *
 * Java: WatchManager, with its WatchStats. Watchers of a path are told in the order in which they registered there; in
 * Java, in the order of a hash set.
 */
export class WatchManager {
  protected readonly config: PeerConfig
  protected readonly watchTable = new Map<string, Map<ServerCnxn, WatcherModes>>()
  protected readonly watch2Paths = new Map<ServerCnxn, Set<string>>()
  /** While it is 0, nobody looks above the path of a change. */
  protected recursiveWatchQty = 0

  constructor(config: PeerConfig) {
    this.config = config
  }

  /** How many pairs of connection and path. */
  get size(): number {
    let size = 0
    for (const paths of this.watch2Paths.values()) size += paths.size
    return size
  }

  /** Nobody watches anything. */
  get idle(): boolean {
    return this.watchTable.size === 0
  }

  /** @returns whether the watcher did not have it. */
  addWatch(path: string, watcher: ServerCnxn, mode: WatcherModes = WatcherMode.standard): boolean {
    if (watcher.closed) return false
    const before = this.modesOf(path, watcher)
    const after = this.addMode(before, mode)
    if (after === before) return false
    this.setModes(path, watcher, before, after)
    return true
  }

  /** The connection is gone, and all its watches with it. */
  removeWatcher(watcher: ServerCnxn): void {
    const paths = this.watch2Paths.get(watcher)
    if (paths === undefined) return
    for (const path of paths) this.setModes(path, watcher, this.modesOf(path, watcher), NO_MODES)
  }

  /** Takes some modes of a watch away. @returns whether it had one of them. */
  removeWatch(path: string, watcher: ServerCnxn, modes: WatcherModes): boolean {
    const before = this.modesOf(path, watcher)
    const after = this.removeMode(before, modes)
    if (after === before) return false
    this.setModes(path, watcher, before, after)
    return true
  }

  /** Whether a watch has one of these modes. */
  containsWatcher(path: string, watcher: ServerCnxn, modes: WatcherModes): boolean {
    return (this.modesOf(path, watcher) & modes) !== NO_MODES
  }

  /**
   * Tells whoever watches the path, or watches recursively from above it, but for those told already.
   *
   * @returns the watchers it found, null for none. Those that may not read the node are among them: their watches are
   * used up all the same.
   */
  triggerWatch(
    path: string,
    type: WatchEventType,
    zxid: Zxid,
    acl: AclList,
    suppress: ReadonlySet<ServerCnxn> | null = null,
  ): ReadonlySet<ServerCnxn> | null {
    if (this.watchTable.size === 0) return null
    const watchers = this.collect(path, type)
    if (watchers === null) return null
    for (const watcher of watchers) {
      if (suppress?.has(watcher) === true) continue
      if (this.mayHear(watcher, acl)) watcher.sendWatchEvent(type, path, zxid)
    }
    return watchers
  }

  /** Those at the path first, whose standard watches end with it; then those above. */
  private collect(path: string, type: WatchEventType): Set<ServerCnxn> | null {
    let found: Set<ServerCnxn> | null = null
    const here = this.watchTable.get(path)
    if (here !== undefined) {
      for (const [watcher, modes] of here) {
        if (!this.hears(modes, type)) continue
        found ??= new Set()
        found.add(watcher)
        const left = modes & ~WatcherMode.standard
        if (left !== modes) this.setModes(path, watcher, modes, left)
      }
    }
    if (this.recursiveWatchQty === 0) return found
    for (let above = path; above !== '/'; ) {
      above = parentOf(above)
      const watchers = this.watchTable.get(above)
      if (watchers === undefined) continue
      for (const [watcher, modes] of watchers) {
        if ((modes & WatcherMode.recursive) === 0 || !this.hears(modes, type)) continue
        found ??= new Set()
        found.add(watcher)
      }
    }
    return found
  }

  /** All modes stay side by side. Before 3.9, one replaced the other. Java: WatchStats.addMode */
  protected addMode(before: WatcherModes, mode: WatcherModes): WatcherModes {
    return before | mode
  }

  /** Java: WatchStats.removeMode */
  protected removeMode(before: WatcherModes, modes: WatcherModes): WatcherModes {
    return before & ~modes
  }

  /** Whether a watch of these modes is told of such an event. */
  protected hears(_modes: WatcherModes, _type: WatchEventType): boolean {
    return true
  }

  /** Who may not read the node is not told that it changed. ZOOKEEPER-4799 */
  protected mayHear(watcher: ServerCnxn, acl: AclList): boolean {
    return checkACL(this.config, acl, Perms.READ, watcher.authInfo)
  }

  protected modesOf(path: string, watcher: ServerCnxn): WatcherModes {
    return this.watchTable.get(path)?.get(watcher) ?? NO_MODES
  }

  /** `after` NO_MODES: it ends. */
  private setModes(path: string, watcher: ServerCnxn, before: WatcherModes, after: WatcherModes): void {
    this.recursiveWatchQty += recursive(after) - recursive(before)
    if (after === NO_MODES) return this.unwatch(path, watcher)
    const watchers = this.watchTable.get(path)
    if (watchers === undefined) this.watchTable.set(path, new Map([[watcher, after]]))
    else watchers.set(watcher, after)
    if (before !== NO_MODES) return
    const paths = this.watch2Paths.get(watcher)
    if (paths === undefined) this.watch2Paths.set(watcher, new Set([path]))
    else paths.add(path)
  }

  private unwatch(path: string, watcher: ServerCnxn): void {
    const watchers = this.watchTable.get(path)
    watchers?.delete(watcher)
    if (watchers?.size === 0) this.watchTable.delete(path)
    const paths = this.watch2Paths.get(watcher)
    paths?.delete(path)
    if (paths?.size === 0) this.watch2Paths.delete(watcher)
  }
}

function recursive(modes: WatcherModes): number {
  return (modes & WatcherMode.recursive) === 0 ? 0 : 1
}
