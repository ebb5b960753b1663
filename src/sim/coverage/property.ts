/**
 * What a long run must have seen at least once, after FoundationDB's CODE_PROBE and Antithesis' sometimes-assertions: runs
 * that never came to a hard place say nothing about it.
 *
 * Definitions are frozen and shared by all worlds. What one run has seen is its Coverage, plain state.
 */
import type { TxnBody } from '../../nodes/database/txns.ts'
import type { Fact, FactOf, FactType } from '../../nodes/facts.ts'
import type { OperationType } from '../../nodes/packets.ts'
import type { Sid } from '../../nodes/zxid.ts'
import type { Ending } from '../kernel/SimHost.ts'
import type { ClientScene } from './ClientScene.ts'
import type { PeerScene } from './PeerScene.ts'
import type { Scene } from './Scene.ts'

/** The process of a peer has ended. */
export interface PeerDied {
  readonly type: 'peerDied'
  readonly peer: Sid
  readonly how: Ending
  /** It was writing a snapshot beside its service. */
  readonly inSnapshot: boolean
}

/** The process of a client has ended. */
export interface ClientDied {
  readonly type: 'clientDied'
  readonly client: string
}

export type Moment = Fact | PeerDied | ClientDied
export type MomentType = Moment['type']
export type MomentOf<T extends MomentType> = T extends FactType
  ? FactOf<T>
  : Extract<Moment, { readonly type: T }>

/** A type, or only those of a kind of it: of transactions that do this, of operations that are this. */
export type MomentKey = MomentType | `committed ${TxnBody['type']}` | `completed ${OperationType}`
type TypeIn<K extends MomentKey> = K extends `committed ${string}`
  ? 'committed'
  : K extends `completed ${string}`
    ? 'completed'
    : K & MomentType

/** What not every profile draws. */
export const features = Object.freeze(['faults', 'observers', 'reconfig', 'reckless'] as const)
export type Feature = (typeof features)[number]

export interface Property {
  readonly topic: string
  /** Begins with the topic; unique among all. */
  readonly name: string
  /** What has happened where it was seen. */
  readonly says: string
  /** Where one of these is missing, it cannot be seen. */
  readonly needs: readonly Feature[]
}

/** The teller of a moment. */
export type TellerOf<M> = M extends { readonly peer: Sid } ? PeerScene : ClientScene

/** The scene, and the teller in it, are as they were before the moment. */
type Look<M, R> = (moment: M, scene: Scene, teller: TellerOf<M>) => R
export type AnyLook = Look<never, boolean | string | null>
type On<R> = { readonly [K in MomentKey]?: Look<MomentOf<TypeIn<K>>, R> }

/** Looks at moments for one property, or for several of which one moment shows one at most. */
export interface Probe {
  readonly properties: readonly Named[]
  /** Of `properties`, the one that a key stands for; null where there is only one, and `on` says whether. */
  readonly placeOf: ((key: string) => number | undefined) | null
  readonly on: readonly (readonly [MomentKey, AnyLook])[]
}

/** Within its topic. */
interface Named {
  readonly name: string
  readonly says: string
  readonly needs: readonly Feature[]
}

interface Said {
  readonly says: string
  readonly needs?: readonly Feature[]
}

/** Something that must happen in some run. */
export function sometimes(name: string, { says, needs, on }: Said & { readonly on: On<boolean> }): Probe {
  return probe([property(name, says, needs)], null, on)
}

/** Each of these must happen in some run: `on` says which of them did, by its key. */
export function each(
  named: (key: string) => string,
  of: Readonly<Record<string, Said>>,
  on: On<string | null>,
): Probe {
  const keys = Object.keys(of)
  const places = new Map(keys.map((key, place) => [key, place]))
  const properties = keys.map((key) => {
    const { says, needs } = of[key] as Said
    return property(named(key), says, needs)
  })
  return probe(properties, (key) => places.get(key), on)
}

export interface Topic {
  readonly name: string
  readonly probes: readonly Probe[]
}

export function topic(name: string, ...probes: readonly Probe[]): Topic {
  return Object.freeze({ name, probes: Object.freeze(probes) })
}

/** In the order in which they stand there. */
export function propertiesOf({ name: topic, probes }: Topic): Property[] {
  return probes.flatMap(({ properties }) =>
    properties.map((one) => Object.freeze({ ...one, topic, name: `${topic}: ${one.name}` })),
  )
}

function property(name: string, says: string, needs: readonly Feature[] = []): Named {
  return Object.freeze({ name, says, needs: Object.freeze(needs) })
}

function probe(properties: Probe['properties'], placeOf: Probe['placeOf'], on: On<unknown>): Probe {
  const looks = Object.entries(on) as unknown as Probe['on']
  for (const look of looks) Object.freeze(look)
  return Object.freeze({ properties: Object.freeze(properties), placeOf, on: Object.freeze(looks) })
}
