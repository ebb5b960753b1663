/** Where in a program something was asked for: an Error whose stack begins there. */
export type CallSite = Error

interface CapturesStacks {
  captureStackTrace?(error: Error, below: unknown): void
}

/** @param below the function whose caller is meant */
export function callSite(below: unknown): CallSite {
  const site = new Error()
  ;(Error as CapturesStacks).captureStackTrace?.(site, below)
  return site
}

/** The frames of a stack: its lines without the message. */
export function framesOf(error: Error): string {
  const stack = error.stack ?? ''
  const first = stack.search(/^ {4}at /m)
  return first === -1 ? stack : stack.slice(first)
}

/**
 * `at work (/home/ann/queue.test.ts:7:21)`: the innermost frame that is neither the engine's nor a package's, if there is
 * one; null where the engine shows none.
 */
export function placeOf(error: Error): string | null {
  const frames = framesOf(error).split('\n')
  const own = frames.find((frame) => !/node_modules|\(node:|at node:/.test(frame))
  return (own ?? frames[0])?.trim() || null
}

/** Gives an error the stack of the one who asked, who is awaiting it. */
export function blame<E extends Error>(error: E, site: CallSite): E {
  const frames = framesOf(site)
  if (frames !== '') error.stack = `${error.name}: ${error.message}\n${frames}`
  return error
}
