/** A lock under faults: what is written under it is fenced, is not, or is not even written to ZooKeeper. */
import { expect } from 'vitest'
import type { Environment } from '../../../src/index.ts'
import { simulationTest } from '../../../src/vitest/index.ts'
import { inTheEnd, locked, type Work, writeFenced, writePlain, written } from './recipes.ts'

async function contend(
  environment: Environment,
  workOf: (name: string, own: Environment) => Work,
): Promise<number[]> {
  await inTheEnd(environment, async (zk) => {
    for (const path of ['/epoch', '/log']) if ((await zk.exists(path)) === null) await zk.create(path)
  })
  const workers = ['ann', 'bob'].map((name) =>
    environment.spawn(name, (own) => locked(own, workOf(name, own))),
  )
  await Promise.all(workers.map(({ done }) => done))
  return inTheEnd(environment, written)
}

const inOrder = (epochs: readonly number[]) => epochs.toSorted((a, b) => a - b)

const writing =
  (write: Work) =>
  async (environment: Environment): Promise<void> => {
    const epochs = await contend(environment, (_, { sleep }) => async (zk, epoch) => {
      for (let i = 0; i < 4; i += 1) {
        await sleep(1_500)
        await write(zk, epoch)
      }
    })
    expect(epochs).toEqual(inOrder(epochs))
  }

simulationTest(
  'whoever has the lock writes, fenced',
  { faults: 'swarm', timeout: 60_000 },
  writing(writeFenced),
)

simulationTest('whoever has the lock writes', { faults: 'swarm', timeout: 60_000 }, writing(writePlain))

simulationTest('the lock is held by one', { faults: 'swarm', timeout: 60_000 }, async (environment) => {
  const holders = new Set<string>()
  await contend(environment, (name, { sleep }) => async () => {
    holders.add(name)
    expect([...holders]).toEqual([name])
    await sleep(6_000)
    holders.delete(name)
  })
})
