/**
 * The lock of ZooKeeper's recipes, as its users write it, right and wrong.
 */
import { isKeeperException, type ZooKeeper } from '../../../src/index.ts'

export interface Lock {
  /** The name of the ephemeral node that holds it. */
  acquire(): Promise<string>
  release(): Promise<void>
}

export type LockFactory = (zk: ZooKeeper, path: string) => Lock

/** Resolves when the node is gone; whoever asks again looks again. */
function gone(zk: ZooKeeper, path: string): Promise<void> {
  return new Promise((resolve, reject) => {
    zk.exists(path, { watch: () => resolve() }).then((stat) => {
      if (stat === null) resolve()
    }, reject)
  })
}

/** The node that may have been made before the answer was lost: its name tells whose it is. */
async function enter(zk: ZooKeeper, path: string): Promise<string> {
  while (true) {
    try {
      const made = await zk.create(`${path}/${zk.sessionId}-`, null, { mode: 'ephemeralSequential' })
      return made.slice(path.length + 1)
    } catch (error) {
      if (!isKeeperException(error, 'CONNECTIONLOSS')) throw error
      const mine = (await again(() => zk.getChildren(path))).find((name) =>
        name.startsWith(`${zk.sessionId}-`),
      )
      if (mine !== undefined) return mine
    }
  }
}

async function again<T>(ask: () => Promise<T>): Promise<T> {
  while (true) {
    try {
      return await ask()
    } catch (error) {
      if (!isKeeperException(error, 'CONNECTIONLOSS')) throw error
    }
  }
}

const counter = (name: string) => name.slice(-10)

async function inLine(zk: ZooKeeper, path: string): Promise<string[]> {
  const names = await again(() => zk.getChildren(path))
  return [...names].sort((a, b) => (counter(a) < counter(b) ? -1 : 1))
}

/** Waits for the one before it in the line. */
export const fairLock: LockFactory = (zk, path) => {
  let mine = ''
  return {
    async acquire() {
      mine = await enter(zk, path)
      while (true) {
        const line = await inLine(zk, path)
        const at = line.indexOf(mine)
        if (at === -1) throw new Error('the session expired in the line')
        if (at === 0) return mine
        await again(() => gone(zk, `${path}/${line[at - 1]}`))
      }
    },
    async release() {
      try {
        await again(() => zk.delete(`${path}/${mine}`))
      } catch (error) {
        if (!isKeeperException(error, 'NONODE', 'SESSIONEXPIRED')) throw error
      }
    },
  }
}

/** Sorts by whole names, in which the session's id stands before the counter. */
export const lockSortedByName: LockFactory = (zk, path) => {
  const right = fairLock(zk, path)
  let mine = ''
  return {
    ...right,
    async acquire() {
      mine = await enter(zk, path)
      while (true) {
        const line = [...(await again(() => zk.getChildren(path)))].sort()
        const at = line.indexOf(mine)
        if (at === 0) return mine
        await again(() => gone(zk, `${path}/${line[at - 1]}`))
      }
    },
    async release() {
      await again(() => zk.delete(`${path}/${mine}`))
    },
  }
}

/** Takes the end of the wait for its turn, without looking who else is before it. */
export const lockThatDoesNotLookAgain: LockFactory = (zk, path) => {
  const right = fairLock(zk, path)
  let mine = ''
  return {
    ...right,
    async acquire() {
      mine = await enter(zk, path)
      const line = await inLine(zk, path)
      const at = line.indexOf(mine)
      if (at > 0) await gone(zk, `${path}/${line[at - 1]}`)
      return mine
    },
    async release() {
      await again(() => zk.delete(`${path}/${mine}`))
    },
  }
}

/** Asks again after a lost connection without looking whether the first was done: nobody ever removes that node. */
export const lockThatEntersTwice: LockFactory = (zk, path) => {
  const right = fairLock(zk, path)
  let mine = ''
  return {
    ...right,
    async acquire() {
      const made = await again(() =>
        zk.create(`${path}/${zk.sessionId}-`, null, { mode: 'ephemeralSequential' }),
      )
      mine = made.slice(path.length + 1)
      while (true) {
        const line = await inLine(zk, path)
        const at = line.indexOf(mine)
        if (at === 0) return mine
        await again(() => gone(zk, `${path}/${line[at - 1]}`))
      }
    },
    async release() {
      await again(() => zk.delete(`${path}/${mine}`))
    },
  }
}
