/**
 * How a copy of a world is made: frozen objects are shared, all others are owned and copied.
 *
 * A class whose copy can be cheaper than field by field (a log, a random stream) has a method under this symbol. It
 * returns its own copy; `copy` is there for the parts it holds that follow the general rule.
 */
export const fork: unique symbol = Symbol.for('zksim.fork') as never

/** Copies one value by the general rule; the same value gives the same copy throughout one fork. */
export type Copy = <T>(value: T) => T

export interface Forkable {
  [fork](copy: Copy): this
}

/** The first half of a copy in two: a new object with the fields that are plain values. */
export const begin: unique symbol = Symbol.for('zksim.begin') as never
/** The second half: the fields that are copied by the general rule. */
export const finish: unique symbol = Symbol.for('zksim.finish') as never

/**
 * A class of which there are so many that copying by name of field is too slow. In two halves, since such objects may
 * hang together in cycles and long chains. A subclass that has no halves of its own is copied by name of field.
 */
export interface TwoStep {
  [begin](): this
  [finish](into: this, copy: Copy): void
}

/** Readonly fields are written once more: in `finish`. */
export type Unfinished<T> = { -readonly [K in keyof T]: T[K] }
