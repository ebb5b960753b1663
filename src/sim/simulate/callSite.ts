/** Where in a program something was asked for: a stack that begins there. */
export interface CallSite {
  readonly stack?: string
}

interface CapturesStacks {
  captureStackTrace?(into: object, below: unknown): void
}

/** @param below the function whose caller is meant */
export function callSite(below: unknown): CallSite {
  const { captureStackTrace } = Error as CapturesStacks
  if (captureStackTrace === undefined) return new Error()
  // Not an Error, which would capture its own first.
  const site = {}
  captureStackTrace(site, below)
  return site
}

/** The frames of a stack: its lines without the message. */
function framesOf(error: CallSite): string {
  const stack = error.stack ?? ''
  const first = stack.search(/^ {4}at /m)
  return first === -1 ? stack : stack.slice(first)
}

/**
 * `at work (/home/ann/queue.test.ts:7:21)`: the innermost frame that is neither the engine's nor a package's, if there is
 * one; null where the engine shows none.
 */
export function placeOf(error: CallSite): string | null {
  const frames = framesOf(error).split('\n')
  const own = frames.find((frame) => !/node_modules|\(node:|at node:|<anonymous>/.test(frame))
  return (own ?? frames[0])?.trim() || null
}

/** Gives an error the stack of the one who asked, who is awaiting it. */
export function blame<E extends Error>(error: E, site: CallSite): E {
  const frames = framesOf(site)
  if (frames !== '') error.stack = `${error.name}: ${error.message}\n${frames}`
  return error
}
