import { type Copy, type Forkable, fork } from '../../base/forkable.ts'
import type { Host, HostName } from '../Host.ts'

const NONE: readonly HostName[] = Object.freeze([])

/** The servers a client knows, and which to try next. Java: HostConnectionManager, StaticHostProvider */
export class ServerRing implements Forkable {
  servers: readonly HostName[]
  private readonly shuffles: boolean
  private currentIndex = -1
  private lastIndex = -1
  /**
   * After the list has changed: those that were and were not in the list before take turns by chance, each is tried
   * once. Java: reconfigMode
   */
  private rebalancing = false
  private oldServers = NONE
  private newServers = NONE
  private oldTried = 0
  private newTried = 0
  /** How probable it is that one of the new ones is next. */
  private pNew = 0

  /**
   * @param inOrder as given; else in an order of its own.
   * @throws RangeError when `servers` is empty.
   */
  constructor(host: Host, servers: readonly HostName[], inOrder = false) {
    this.shuffles = !inOrder
    this.servers = this.arrange(host, servers)
  }

  /** The next to try, and whether a pause is due because it has gone round since the last success. */
  next(host: Host): { readonly server: HostName; readonly pause: boolean } {
    let pause = false
    if (this.rebalancing) {
      const server = this.nextInRebalancing(host)
      if (server !== null) {
        this.currentIndex = this.servers.indexOf(server)
        return { server, pause }
      }
      this.rebalancing = false
      pause = true
    }
    this.currentIndex = (this.currentIndex + 1) % this.servers.length
    pause ||= this.currentIndex === this.lastIndex
    // The first attempt of all never waits.
    if (this.lastIndex === -1) this.lastIndex = 0
    return { server: this.servers[this.currentIndex] as HostName, pause }
  }

  onConnected(): void {
    this.lastIndex = this.currentIndex
    this.rebalancing = false
  }

  /**
   * Knows these servers from now on. Moves so many clients, by chance, that each server has its share again, if every
   * client is told so.
   *
   * @param current the server that the client is at, or was last.
   * @returns whether this client is to move.
   * @throws RangeError when `servers` is empty.
   */
  updateServerList(host: Host, servers: readonly HostName[], current: HostName | null): boolean {
    const list = this.arrange(host, servers)
    const before = this.servers.length
    const mine = (this.rebalancing ? this.next(host).server : current) ?? this.lastServer()
    const isMineIn = list.includes(mine)
    this.oldServers = Object.freeze(list.filter((server) => this.servers.includes(server)))
    this.newServers = Object.freeze(list.filter((server) => !this.servers.includes(server)))
    this.rebalancing = true
    const now = list.length
    if (now > before) {
      // There is to be less to do for those that were there.
      if (isMineIn && host.random() > 1 - before / now) this.rebalancing = false
      else this.pNew = 1
    } else if (isMineIn) {
      this.rebalancing = false
    } else {
      const old = this.oldServers.length
      this.pNew = 1 - (old * (before - now)) / (now * (before - old))
    }
    this.currentIndex = this.rebalancing ? -1 : list.indexOf(this.servers[this.currentIndex] ?? '')
    this.servers = list
    this.oldTried = 0
    this.newTried = 0
    this.lastIndex = this.currentIndex
    return this.rebalancing
  }

  [fork](_copy: Copy): this {
    const copy: ServerRing = Object.create(ServerRing.prototype)
    return Object.assign(copy, this) as this
  }

  private lastServer(): HostName {
    return (this.lastIndex >= 0 ? this.servers[this.lastIndex] : this.servers[0]) as HostName
  }

  /** Java: nextHostInReconfigMode */
  private nextInRebalancing(host: Host): HostName | null {
    const takeNew = host.random() <= this.pNew
    const oldLeft = this.oldTried < this.oldServers.length
    if (this.newTried < this.newServers.length && (takeNew || !oldLeft)) {
      return this.newServers[this.newTried++] as HostName
    }
    return oldLeft ? (this.oldServers[this.oldTried++] as HostName) : null
  }

  private arrange(host: Host, servers: readonly HostName[]): readonly HostName[] {
    if (servers.length === 0) throw new RangeError('a client needs at least one server to connect to')
    return this.shuffles ? shuffled(host, servers) : Object.freeze([...servers])
  }
}

function shuffled(host: Host, servers: readonly HostName[]): readonly HostName[] {
  const list = [...servers]
  for (let i = list.length - 1; i > 0; i--) {
    const j = Math.floor(host.random() * (i + 1))
    const other = list[j] as HostName
    list[j] = list[i] as HostName
    list[i] = other
  }
  return Object.freeze(list)
}
