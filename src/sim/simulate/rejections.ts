/** Hears of promises that were rejected with nobody to handle it, while a run lasts. */

type Listener = (reason: unknown) => void

interface RejectionEvent {
  readonly reason: unknown
  preventDefault(): void
}

interface Target {
  addEventListener(type: 'unhandledrejection', listener: (event: RejectionEvent) => void): void
  removeEventListener(type: 'unhandledrejection', listener: (event: RejectionEvent) => void): void
}

const { process: node } = globalThis as Partial<typeof globalThis>
const target = globalThis as unknown as Partial<Target>

/** @returns what ends that, and gives the word back to those who had it. */
export function hearRejections(listener: Listener): () => void {
  if (typeof node?.listeners === 'function') return inNode(node, listener)
  if (typeof target.addEventListener !== 'function') return () => {}
  const hear = (event: RejectionEvent): void => {
    event.preventDefault()
    listener(event.reason)
  }
  target.addEventListener('unhandledrejection', hear)
  return () => target.removeEventListener?.('unhandledrejection', hear)
}

/** Others would take a rejection of a program for one of their own, and end the process for it. */
function inNode(process: NodeJS.Process, listener: Listener): () => void {
  const others = process.listeners('unhandledRejection')
  process.removeAllListeners('unhandledRejection')
  process.on('unhandledRejection', listener)
  return () => {
    process.removeListener('unhandledRejection', listener)
    for (const other of others) process.on('unhandledRejection', other)
  }
}
