/** A worker that hangs at seed 5, leaves at seed 8, and dies at seed 11. Plain JavaScript, which needs no build. */
const BEAT = 0

export async function hunt({ from, to, shared }) {
  const results = []
  for (let seed = from; seed < to; seed += 1) {
    Atomics.store(shared, BEAT, seed - from + 1)
    if (seed === 5) for (;;);
    if (seed === 8) process.exit(1)
    if (seed === 11) {
      setImmediate(() => {
        throw new Error('out of something')
      })
      await new Promise(() => {})
    }
    results.push({ seed })
  }
  return results
}

export function shrink({ shared }) {
  Atomics.store(shared, BEAT, 1)
  for (;;);
}
