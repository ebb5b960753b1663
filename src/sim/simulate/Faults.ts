/**
 * Faults as methods, one a sentence: `hold {packet:packet} from {from:machine}` is `holdFrom(packet, from)`. Made from the
 * faults there are, the types as well, so that a new one is here by itself.
 */

import { type Deed, Unplayable } from '../../faults/fault.ts'
import { everyFault } from '../../faults/index.ts'
import type { PacketType } from '../../nodes/packets.ts'
import type { Sid } from '../../nodes/zxid.ts'
import { kinds, type PeerRole, type PeersRole } from '../kinds.ts'
import { faultStep } from '../scenario/faultStep.ts'
import { machineSteps } from '../scenario/machineSteps.ts'
import { rolesOf } from '../scenario/roles.ts'
import type { Step } from '../scenario/step.ts'
import type { Filled, Sentence } from '../sentence.ts'
import { blame, callSite } from './callSite.ts'
import type { SimulationStage } from './SimulationStage.ts'

/** One peer: by its number, by its role, or what `leader()` gave, which may be nobody. */
export type PeerArg = Sid | PeerRole | null
/** Machines: peers, and clients by their name. */
export type PeersArg = PeerArg | PeersRole | readonly (Sid | string)[] | (string & {})
export type MachineArg = PeerArg | (string & {})
/** Milliseconds, or from so many to so many. */
export type SpanArg = number | readonly [least: number, most: number]

/** What a method takes in the place of a hole. */
interface ArgByKind {
  readonly peer: PeerArg
  readonly peers: PeersArg
  readonly machine: MachineArg
  readonly client: string
  readonly groups: readonly (readonly Sid[])[]
  /** Milliseconds. */
  readonly duration: number
  readonly span: SpanArg
  /** A share of one: 0.05 is 5 %. */
  readonly percent: number
  readonly ordinal: number
  readonly count: number
  readonly packet: PacketType
  readonly thread: string
  readonly file: string
}

type WordsOf<S extends string> = S extends `${infer Before}{${string}}${infer After}`
  ? `${Before} ${WordsOf<After>}`
  : S
type Camel<S extends string, Begun extends boolean = false> = S extends `${infer Word} ${infer Rest}`
  ? Word extends ''
    ? Camel<Rest, Begun>
    : `${Begun extends true ? Capitalize<Word> : Word}${Camel<Rest, true>}`
  : Begun extends true
    ? Capitalize<S>
    : S
/** `cut power to {peers:peers}` is `cutPowerTo`. */
export type MethodName<S extends string> = Camel<WordsOf<S>>
export type MethodArgs<S extends string> = S extends `${string}{${string}:${infer Kind}}${infer Rest}`
  ? [Kind extends keyof ArgByKind ? ArgByKind[Kind] : unknown, ...MethodArgs<Rest>]
  : []

type FaultSentence = (typeof everyFault)[number]['deeds'][number]['sentence']['text']
type FaultMethods = {
  readonly [S in FaultSentence as MethodName<S>]: (...args: MethodArgs<S>) => void
}

/**
 * What can be done to the world, at once. Arguments stand in the order of the sentence. Times are milliseconds.
 *
 * Each throws Unplayable where the world is not such that it could be: nobody has that role, a machine is down.
 */
export interface Faults extends FaultMethods {
  /** Starts peers from what is on their disks. */
  start(peers: PeersArg): void
  /** Starts peers; those that run are crashed first. */
  restart(peers: PeersArg): void
  /** Plays any step of the scenario language; resolved when it is over. */
  say(sentence: string): Promise<void>
}

export function methodName(sentence: string): string {
  const words = sentence.replace(/\{[^}]*\}/g, ' ').split(' ')
  return words
    .filter((word) => word !== '')
    .map((word, i) => (i === 0 ? word : `${word.charAt(0).toUpperCase()}${word.slice(1)}`))
    .join('')
}

/** Everything but `say`. @param done what follows every deed */
export function makeFaults(stage: SimulationStage, done: () => void): Omit<Faults, 'say'> {
  const methods: Record<string, (...args: unknown[]) => void> = {}
  const add = (step: Step, excuses: Deed['excuses']): void => {
    const method = (...args: unknown[]): void => {
      try {
        perform(stage, step, excuses, args)
      } catch (error) {
        throw error instanceof Error ? blame(error, callSite(method)) : error
      }
      done()
    }
    methods[methodName(step.sentence.text)] = method
  }
  for (const { deeds } of everyFault as readonly { readonly deeds: readonly Deed[] }[]) {
    for (const deed of deeds) add(faultStep(deed), deed.excuses)
  }
  for (const step of machineSteps) add(step, null)
  return Object.freeze(methods) as unknown as Omit<Faults, 'say'>
}

function perform(
  stage: SimulationStage,
  step: Step,
  excuses: Deed['excuses'],
  args: readonly unknown[],
): void {
  const { sentence } = step
  const filled: Record<string, unknown> = {}
  let i = 0
  for (const part of sentence.parts) {
    if ('words' in part) continue
    filled[part.hole] = meant(kindName(part.kind), args[i])
    i += 1
  }
  const holes = sentence.resolve(Object.freeze(filled), rolesOf(stage))
  if (holes === null) throw new Unplayable(`nobody has that role now: ${sentence.shape}`)
  for (const machine of machinesIn(sentence, holes)) {
    if (stage.ensemble.world.findMachine(`${machine}`) === undefined) {
      throw new Unplayable(`there is no machine ${machine}`)
    }
    if (excuses !== null && typeof machine === 'string') throw new Unplayable(`${machine} has no disk`)
  }
  const { world } = stage.ensemble
  stage.transcript.at(world.now, world.events)
  stage.transcript.note(sentence.print(holes))
  step.begin(stage, holes as never)
}

function machinesIn({ parts }: Sentence, holes: Filled): readonly (Sid | string)[] {
  return parts.flatMap((part) => {
    if ('words' in part) return []
    const isMachine = machineKinds.has(kindName(part.kind))
    return isMachine ? (holes[part.hole] as Sid | string | readonly (Sid | string)[]) : []
  })
}

const machineKinds: ReadonlySet<string> = new Set(['peer', 'peers', 'machine', 'client'])

function kindName(kind: unknown): string {
  return Object.entries(kinds).find(([, one]) => one === kind)?.[0] ?? ''
}

const MICROS = 1_000

/** From what is pleasant to write to what the sentence's hole holds. */
function meant(kind: string, arg: unknown): unknown {
  if (arg === null || arg === undefined) throw new Unplayable('there is nobody to do this to: it is null')
  switch (kind) {
    case 'peers': {
      if (Array.isArray(arg)) return Object.freeze([...arg])
      return typeof arg === 'string' && isRole(arg) ? arg : Object.freeze([arg])
    }
    case 'machine':
      return `${arg}`
    case 'duration':
      return Math.round((arg as number) * MICROS)
    case 'span': {
      const [least, most] = (Array.isArray(arg) ? arg : [arg, arg]) as [number, number]
      return Object.freeze({ least: Math.round(least * MICROS), most: Math.round(most * MICROS) })
    }
    default:
      return arg
  }
}

function isRole(text: string): boolean {
  return text === 'all' || text.includes(' ')
}
