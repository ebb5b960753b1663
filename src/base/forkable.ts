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
