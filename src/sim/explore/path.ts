/** A way through an exploration as text: `0.2.c3.1`. */
import type { HostName } from '../../nodes/Host.ts'
import type { Event } from '../kernel/EventQueue.ts'
import type { Death } from '../kernel/SimHost.ts'

/** One thing that can happen next. */
export type Choice =
  /** The `place`-th of the events that are enabled. */
  | { readonly kind: 'event'; readonly place: number; readonly event: Event }
  | { readonly kind: Death; readonly machine: HostName }

/** A choice without the world that it was made in. */
export type PathStep =
  | { readonly kind: 'event'; readonly place: number }
  | { readonly kind: Death; readonly machine: HostName }

export function printPath(path: readonly PathStep[]): string {
  return path.map(printStep).join('.')
}

function printStep(step: PathStep): string {
  if (step.kind === 'event') return `${step.place}`
  return `${step.kind === 'crash' ? 'c' : 'p'}${step.machine}`
}

/** The way that a text says; a string says what of it cannot be read. */
export function parsePath(text: string): readonly PathStep[] | string {
  const path: PathStep[] = []
  for (const word of text === '' ? [] : text.split('.')) {
    const [, event, death, machine] = /^(?:([0-9]{1,6})|([cp])([0-9]{1,3}))$/.exec(word) ?? []
    if (event !== undefined) path.push(Object.freeze({ kind: 'event', place: Number(event) }))
    else if (machine !== undefined) {
      path.push(Object.freeze({ kind: death === 'c' ? 'crash' : 'powerCut', machine }))
    } else return `'${word}' is neither the number of an event, nor c or p and a peer, such as c3`
  }
  return path
}
