import { type Copy, type Forkable, fork } from '../../base/forkable.ts'
import type { Host, HostName } from '../Host.ts'

/** The servers a client knows, and which to try next. Java: HostConnectionManager, StaticHostProvider */
export class ServerRing implements Forkable {
  readonly servers: readonly HostName[]
  private currentIndex = -1
  private lastIndex = -1

  /** @throws RangeError when `servers` is empty. */
  constructor(servers: readonly HostName[]) {
    if (servers.length === 0) throw new RangeError('a client needs at least one server to connect to')
    this.servers = Object.isFrozen(servers) ? servers : Object.freeze([...servers])
  }

  /** In an order of their own, as the real client tries them. */
  static shuffled(host: Host, servers: readonly HostName[]): ServerRing {
    const shuffled = [...servers]
    for (let i = shuffled.length - 1; i > 0; i--) {
      const j = Math.floor(host.random() * (i + 1))
      const other = shuffled[j] as HostName
      shuffled[j] = shuffled[i] as HostName
      shuffled[i] = other
    }
    return new ServerRing(shuffled)
  }

  /** The next to try, and whether a pause is due because it has gone round since the last success. */
  next(): { readonly server: HostName; readonly pause: boolean } {
    this.currentIndex = (this.currentIndex + 1) % this.servers.length
    const pause = this.currentIndex === this.lastIndex
    // The first attempt of all never waits.
    if (this.lastIndex === -1) this.lastIndex = 0
    return { server: this.servers[this.currentIndex] as HostName, pause }
  }

  onConnected(): void {
    this.lastIndex = this.currentIndex
  }

  [fork](_copy: Copy): this {
    const copy = new ServerRing(this.servers)
    copy.currentIndex = this.currentIndex
    copy.lastIndex = this.lastIndex
    return copy as this
  }
}
