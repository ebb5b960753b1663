/** Time, and what is made of many measurements of it. */

export function micros() {
  return Number(process.hrtime.bigint()) / 1_000
}

/** Nanoseconds that each of so many of something took. */
export function nanosPer(times, work) {
  const start = process.hrtime.bigint()
  work()
  return Number(process.hrtime.bigint() - start) / times
}

export function median(values) {
  const sorted = [...values].sort((a, b) => a - b)
  const middle = sorted.length >> 1
  return sorted.length % 2 === 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2
}

/** Half the distance between the quartiles, as a share of the median. */
export function spread(values) {
  const sorted = [...values].sort((a, b) => a - b)
  const at = (share) => sorted[Math.round(share * (sorted.length - 1))]
  return (at(0.75) - at(0.25)) / 2 / median(values)
}

/** A figure and how far it varied. */
export function figure(values) {
  return { median: median(values), spread: spread(values) }
}
