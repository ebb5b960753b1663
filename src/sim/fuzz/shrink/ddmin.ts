/**
 * The smallest part of a list with which something still is so, by delta debugging: halves, quarters and so on are left
 * out, down to single items. The result is 1-minimal: no single item can be left out of it.
 *
 * Zeller, Hildebrandt: Simplifying and Isolating Failure-Inducing Input (IEEE TSE 2002), ddmin; without its trials of
 * single chunks alone, since what is left of a run is seldom one step.
 */
export function* ddmin<T, C>(
  items: readonly T[],
  candidateOf: (kept: readonly T[]) => C,
  least = 0,
): Generator<C, readonly T[], boolean> {
  let kept = items
  let size = Math.ceil(kept.length / 2)
  while (size > 0 && kept.length > least) {
    let dropped = false
    // From the end: what comes later is seldom what came first depends on.
    for (let end = kept.length; end > 0 && kept.length > least; end -= size) {
      const from = Math.max(0, end - size)
      const fewer = [...kept.slice(0, from), ...kept.slice(end)]
      if (fewer.length < least || !(yield candidateOf(fewer))) continue
      kept = fewer
      dropped = true
    }
    if (size > 1) size = Math.ceil(size / 2)
    else if (!dropped) return kept
  }
  return kept
}
