/**
 * States what must hold here. The message is the invariant, positively: `assert(zxid === next, 'commits leave in zxid order')`.
 *
 * @throws AssertionFailed — a defect of zksim (or of the bug being studied), never bad input.
 */
export function assert(holds: boolean, invariant: string): asserts holds {
  if (!holds) throw new AssertionFailed(invariant)
}

/** The end of a `switch` that the compiler has proved complete. */
export function unreachable(value: never): never {
  throw new AssertionFailed(`no case for ${JSON.stringify(value)}`)
}

/** What was asserted did not hold. */
export class AssertionFailed extends Error {
  override readonly name = 'AssertionFailed'
}
