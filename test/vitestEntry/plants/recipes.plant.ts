/** A lock under faults: what is protected by it is in ZooKeeper, or is not. */
import { expect } from 'vitest'
import type { Environment } from '../../../src/index.ts'
import { simulationTest } from '../../../src/vitest/index.ts'
import { inSession, locked } from './recipes.ts'

const both = async (work: (name: string) => Promise<void>): Promise<void> => {
  await Promise.all(['ann', 'bob'].map(work))
}

simulationTest(
  'what is written in the session of the lock is never torn apart',
  { seeds: 25, faults: 'swarm', timeout: 60_000 },
  async (environment) => {
    await inSession(environment, async (zk) => {
      if ((await zk.exists('/log')) === null) await zk.create('/log')
    })
    await both((name) => {
      const worker = environment.spawn(name, async (own: Environment) => {
        let turn = 0
        await locked(own, async (zk) => {
          turn += 1
          for (let i = 0; i < 4; i += 1) {
            await own.sleep(1_500)
            await zk.create('/log/', `${name} ${turn}`, { mode: 'persistentSequential' })
          }
        })
      })
      return worker.done
    })
    const turns = await inSession(environment, async (zk) => {
      await zk.sync('/log')
      const names = [...(await zk.getChildren('/log'))].sort()
      return Promise.all(names.map(async (name) => (await zk.getData(`/log/${name}`)).text))
    })
    const begun = turns.filter((turn, i) => turn !== turns[i - 1])
    expect(begun).toEqual([...new Set(turns)])
  },
)

simulationTest('the lock is held by one', { faults: 'swarm', timeout: 60_000 }, async ({ spawn }) => {
  const holders = new Set<string>()
  await both((name) => {
    const worker = spawn(name, async (own) => {
      await locked(own, async () => {
        holders.add(name)
        expect([...holders]).toEqual([name])
        await own.sleep(6_000)
        holders.delete(name)
      })
    })
    return worker.done
  })
})
