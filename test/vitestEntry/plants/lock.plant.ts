/** A lock that ignores the expiry of its session, as its user would test it. */
import { expect } from 'vitest'
import { isKeeperException, type ZooKeeper } from '../../../src/index.ts'
import { simulationTest } from '../../../src/vitest/index.ts'

async function acquire(zk: ZooKeeper): Promise<void> {
  while (true) {
    try {
      await zk.create('/lock', null, { mode: 'ephemeral' })
      return
    } catch (error) {
      if (!isKeeperException(error, 'NODEEXISTS', 'CONNECTIONLOSS')) throw error
      await new Promise<void>((gone) => {
        zk.exists('/lock', { watch: () => gone() }).then((stat) => stat === null && gone(), () => gone())
      })
    }
  }
}

simulationTest('a lock is held by one', { faults: 'swarm' }, async ({ spawn }) => {
  const holders = new Set<string>()
  const workers = ['ann', 'bob', 'cid'].map((name) =>
    spawn(name, async ({ connect, sleep }) => {
      const zk = await connect({ sessionTimeout: 4_000 })
      for (let i = 0; i < 5; i += 1) {
        await acquire(zk)
        holders.add(name)
        expect([...holders]).toEqual([name])
        await sleep(500)
        holders.delete(name)
        await zk.delete('/lock').catch(() => {})
      }
    }),
  )
  await Promise.all(workers.map(({ done }) => done))
})
