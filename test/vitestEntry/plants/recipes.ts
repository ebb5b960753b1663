/** A lock, as its users write it, with and without a fence around what it protects. */
import { type Environment, isKeeperException, type ZooKeeper } from '../../../src/index.ts'

/** @param epoch higher than that of everybody who had the lock before */
export type Work = (zk: ZooKeeper, epoch: number) => Promise<void>

/**
 * Takes the lock, does the work, gives it back. What goes wrong on the way is tried again in another session, so that an
 * answer that was lost leaves nothing behind.
 */
export async function locked({ connect, sleep }: Environment, work: Work): Promise<void> {
  while (true) {
    const zk = await connect({ sessionTimeout: 4_000 })
    try {
      await zk.create('/lock', null, { mode: 'ephemeral' })
      const { stat } = await zk.getData('/epoch')
      const { version } = await zk.setData('/epoch', null, stat.version)
      await work(zk, version)
      return
    } catch (error) {
      if (!isKeeperException(error)) throw error
      await sleep(100)
    } finally {
      await zk.close().catch(() => {})
    }
  }
}

/** Writes as long as it is the last who had the lock. */
export async function writeFenced(zk: ZooKeeper, epoch: number): Promise<void> {
  const entry = { type: 'create', path: '/log/', data: `${epoch}`, mode: 'persistentSequential' } as const
  await zk.multi([{ type: 'check', path: '/epoch', version: epoch }, entry])
}

/** Writes because it had the lock when it began. */
export async function writePlain(zk: ZooKeeper, epoch: number): Promise<void> {
  await zk.create('/log/', `${epoch}`, { mode: 'persistentSequential' })
}

/** The epochs of all who wrote, in the order in which they did. */
export async function written(zk: ZooKeeper): Promise<number[]> {
  await zk.sync('/log')
  const names = [...(await zk.getChildren('/log'))].sort()
  const entries = await Promise.all(names.map((name) => zk.getData(`/log/${name}`)))
  return entries.map(({ text }) => Number(text))
}

/** Until it is done, whatever comes between. */
export async function inTheEnd<T>(
  { connect, sleep }: Environment,
  act: (zk: ZooKeeper) => Promise<T>,
): Promise<T> {
  while (true) {
    const zk = await connect()
    try {
      return await act(zk)
    } catch (error) {
      if (!isKeeperException(error, 'CONNECTIONLOSS', 'SESSIONEXPIRED', 'NODEEXISTS')) throw error
      await sleep(100)
    } finally {
      await zk.close().catch(() => {})
    }
  }
}
