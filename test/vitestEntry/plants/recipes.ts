/** A lock, as its users write it. */
import { type Environment, isKeeperException, type ZooKeeper } from '../../../src/index.ts'

/**
 * Acts in a session of its own. What goes wrong between it and the servers is tried again in another, so that an answer
 * that was lost leaves nothing behind.
 */
export async function inSession<T>(
  { connect, sleep }: Environment,
  act: (zk: ZooKeeper) => Promise<T>,
): Promise<T> {
  while (true) {
    const zk = await connect({ sessionTimeout: 4_000 })
    try {
      return await act(zk)
    } catch (error) {
      if (!isKeeperException(error)) throw error
      await sleep(500)
    } finally {
      await zk.close().catch(() => {})
    }
  }
}

/** Does the work while it has the lock: from here on, as long as the session lasts. */
export async function locked(own: Environment, work: (zk: ZooKeeper) => Promise<void>): Promise<void> {
  await inSession(own, async (zk) => {
    await zk.create('/lock', null, { mode: 'ephemeral' })
    await work(zk)
  })
}
