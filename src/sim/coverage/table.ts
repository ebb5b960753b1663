/** Which looks a moment is worth, by its type and kind. */
import type { Fact, FactOf } from '../../nodes/facts.ts'
import type { ClientScene } from './ClientScene.ts'
import type { PeerScene } from './PeerScene.ts'
import {
  type AnyLook,
  type Moment,
  type MomentKey,
  type MomentType,
  type Probe,
  propertiesOf,
  type Topic,
} from './property.ts'
import { records } from './records.ts'
import type { Scene } from './Scene.ts'

export interface Row {
  readonly look: (moment: Moment, scene: Scene, teller: PeerScene | ClientScene) => boolean | string | null
  /** Of its property among all, or of the first of several. */
  readonly place: number
  readonly placeOf: Probe['placeOf']
}

/** What is done with the moments of one type. */
export interface Entry {
  readonly rows: readonly Row[]
  /** Those of one kind of it besides. */
  readonly kinded: ((moment: Moment) => readonly Row[] | undefined) | null
  readonly record: ((scene: Scene, teller: PeerScene | ClientScene, fact: Fact) => void) | null
  readonly ofClient: boolean
  /** Nothing else than the moment is looked at. */
  readonly isBare: boolean
}

/** Frozen, so it may hold functions and be shared. */
export interface Table {
  /** Of all properties, each at its place. */
  readonly names: readonly string[]
  entryFor(type: MomentType): Entry | undefined
}

const OF_CLIENTS: ReadonlySet<MomentType> = new Set<MomentType>([
  'clientConnected',
  'clientDisconnected',
  'clientExpired',
  'invoked',
  'completed',
  'watchEvent',
  'watchesSetAgain',
  'clientDied',
])

function kindOf(moment: Moment): string {
  return moment.type === 'completed' ? moment.op.type : (moment as FactOf<'committed'>).txn.body.type
}

export function makeTable(topics: readonly Topic[]): Table {
  const rows = new Map<MomentKey, Row[]>()
  for (const type of Object.keys(records) as MomentType[]) rows.set(type, [])
  let place = 0
  for (const { properties, placeOf, on } of topics.flatMap(({ probes }) => probes)) {
    for (const [key, look] of on) {
      const row = Object.freeze({ look: look as AnyLook as Row['look'], place, placeOf })
      const known = rows.get(key)
      if (known === undefined) rows.set(key, [row])
      else known.push(row)
    }
    place += properties.length
  }
  const entries = new Map<MomentType, Entry>()
  for (const key of rows.keys()) {
    const [type] = key.split(' ') as [MomentType]
    if (!entries.has(type)) entries.set(type, makeEntry(type, rows))
  }
  return Object.freeze({
    names: Object.freeze(topics.flatMap(propertiesOf).map(({ name }) => name)),
    entryFor: (type: MomentType) => entries.get(type),
  })
}

function makeEntry(type: MomentType, all: ReadonlyMap<MomentKey, readonly Row[]>): Entry {
  const rows = all.get(type) ?? []
  const record = (records as Readonly<Record<string, Entry['record']>>)[type] ?? null
  const kinds = new Map<string, readonly Row[]>()
  for (const [key, of] of all) if (key.startsWith(`${type} `)) kinds.set(key.slice(type.length + 1), of)
  return Object.freeze({
    rows: Object.freeze([...rows]),
    kinded: kinds.size === 0 ? null : (moment: Moment) => kinds.get(kindOf(moment)),
    record,
    ofClient: OF_CLIENTS.has(type),
    isBare: record === null && kinds.size === 0 && rows.every(({ look }) => look.length <= 1),
  })
}
