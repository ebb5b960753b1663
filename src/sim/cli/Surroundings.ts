/** What commands that take long need of the machine beyond `Io`: a clock, cores, chance, signals, workers. Tests have others. */
import { randomInt } from 'node:crypto'
import { availableParallelism } from 'node:os'
import type { Hunters, Orders } from './fuzz/Hunters.ts'
import { InProcess } from './fuzz/InProcess.ts'
import { tryOut } from './fuzz/tryOut.ts'
import { WorkerPool } from './fuzz/WorkerPool.ts'

export interface Surroundings {
  /** Milliseconds of wall time, never backwards. */
  now(): number
  /** Milliseconds that processors have spent on this process. */
  cpu(): number
  /** Processors that there are for this process. */
  readonly cores: number
  /** A seed that nobody can foresee. */
  anySeed(): number
  /** Where a progress bar is drawn. */
  readonly terminal: NodeJS.WritableStream
  /** Calls when somebody wants it to end: Ctrl-C, a signal, nobody who reads on. @returns what ends that. */
  onInterrupt(listener: () => void): () => void
  /** Ends the process at once. */
  leave(): void
  /** @param jobs workers; 0: this very process. */
  hunters(jobs: number, orders: Orders): Hunters
}

/** As shells have it: 128 and the number of SIGINT. */
const INTERRUPTED = 130
/** Drawn seeds are short enough to be typed. */
const SEEDS = 1_000_000_000

export function processSurroundings(): Surroundings {
  return {
    now: () => performance.now(),
    cpu: () => {
      const { user, system } = process.cpuUsage()
      return (user + system) / 1_000
    },
    cores: availableParallelism(),
    anySeed: () => randomInt(SEEDS),
    terminal: process.stderr,
    onInterrupt,
    leave: () => process.exit(INTERRUPTED),
    hunters: (jobs, orders) => (jobs === 0 ? new InProcess(orders, tryOut) : new WorkerPool(jobs, orders)),
  }
}

const SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const

function onInterrupt(listener: () => void): () => void {
  const closed = ({ code }: NodeJS.ErrnoException): void => {
    if (code === 'EPIPE') listener()
  }
  for (const signal of SIGNALS) process.on(signal, listener)
  process.stdout.once('error', closed)
  return () => {
    for (const signal of SIGNALS) process.off(signal, listener)
    process.stdout.off('error', closed)
  }
}
