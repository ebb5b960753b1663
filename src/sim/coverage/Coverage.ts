/**
 * Listens to one run and counts what it has seen of the properties.
 *
 * A fact costs one look-up of its type, the looks that name this type, and the scene's constant work. The table of looks is
 * frozen and shared by copies of the world.
 */
import type { Fact } from '../../nodes/facts.ts'
import type { Sid } from '../../nodes/zxid.ts'
import type { Machine } from '../kernel/Machine.ts'
import type { Ending } from '../kernel/SimHost.ts'
import type { FactListener, World } from '../kernel/World.ts'
import type { ClientScene } from './ClientScene.ts'
import { isTorn, unfinishedSnapshot } from './diskOf.ts'
import type { PeerScene } from './PeerScene.ts'
import { topics as all } from './properties.ts'
import type { ClientDied, Moment, PeerDied, Topic } from './property.ts'
import { Scene } from './Scene.ts'
import { makeTable, type Row, type Table } from './table.ts'

export class Coverage implements FactListener {
  readonly scene: Scene
  private readonly table: Table
  /** By the place of the property. */
  private readonly counts: number[]

  /** Hears the world from now on; before all others, so that what they do to it comes after what they heard. */
  constructor(world: World, sids: readonly Sid[], topics: readonly Topic[] = all) {
    this.scene = new Scene(world, sids)
    this.table = topics === all ? TABLE_OF_ALL : makeTable(topics)
    this.counts = new Array<number>(this.table.names.length).fill(0)
    world.listeners.unshift(this)
  }

  hear(fact: Fact): void {
    const entry = this.table.entryFor(fact.type)
    if (entry === undefined) return
    const { scene } = this
    const { rows, kinded, record } = entry
    if (entry.isBare) return this.look(rows, fact, null)
    const teller = entry.ofClient
      ? scene.client((fact as Fact & { readonly client: string }).client)
      : scene.peer((fact as Fact & { readonly peer: Sid }).peer)
    if (rows.length > 0) this.look(rows, fact, teller)
    const more = kinded === null ? undefined : kinded(fact)
    if (more !== undefined) this.look(more, fact, teller)
    if (record !== null) record(scene, teller, fact)
  }

  died(machine: Machine, how: Ending): void {
    const { scene } = this
    const { name } = machine
    const peer = scene.peers.find(({ sid }) => String(sid) === name)
    if (peer === undefined) {
      const client = scene.client(name)
      const death: ClientDied = { type: 'clientDied', client: name }
      this.look(this.table.entryFor('clientDied')?.rows ?? [], death, client)
      scene.clientDied(client)
      return
    }
    const unfinished = unfinishedSnapshot(machine.disk)
    const inSnapshot =
      peer.stage === 'serving' && unfinished > peer.snapshot && unfinished !== peer.unfinished
    const death: PeerDied = { type: 'peerDied', peer: peer.sid, how, inSnapshot }
    this.look(this.table.entryFor('peerDied')?.rows ?? [], death, peer)
    scene.died(peer, how, how === 'powerCut' && isTorn(machine.disk), unfinished)
  }

  /** How often each property was seen, by its name; those that were not are left out. */
  get hits(): Map<string, number> {
    const { names } = this.table
    const hits = new Map<string, number>()
    for (const [place, count] of this.counts.entries()) if (count > 0) hits.set(names[place] as string, count)
    return hits
  }

  /** `teller` is null for looks that do not ask who it is. */
  private look(rows: readonly Row[], moment: Moment, teller: PeerScene | ClientScene | null): void {
    const { scene, counts } = this
    for (let i = 0; i < rows.length; i += 1) {
      const { look, place, placeOf } = rows[i] as Row
      const found = look(moment, scene, teller as PeerScene | ClientScene)
      if (found === false || found === null) continue
      const at = placeOf === null ? 0 : placeOf(found as string)
      if (at !== undefined) counts[place + at] = (counts[place + at] as number) + 1
    }
  }
}

/** Made once: worlds are many, and their properties nearly always these. */
const TABLE_OF_ALL = makeTable(all)
