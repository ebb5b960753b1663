import { expect, test } from 'vitest'
import { simulate } from '../../src/index.ts'

test('the example of the README', async () => {
  const print = () => {}
  const run = await simulate(
    { peers: 3, seed: 7, print },
    async ({ connect, spawn, faults, leader, settle }) => {
      const zk = await connect()
      await zk.create('/counter', '0')
      const ann = spawn('ann', async ({ connect, sleep }) => {
        const mine = await connect({ sessionTimeout: 4_000 })
        await mine.create('/ann', 'here', { mode: 'ephemeral' })
        await sleep(60_000)
      })
      await new Promise((resolve) => zk.exists('/ann', { watch: resolve }))
      faults.crash(leader())
      ann.kill()
      await settle()
      while ((await zk.exists('/ann').catch(() => 'unknown')) !== null);
      return (await zk.getData('/counter')).text
    },
  ).catch((error) => error)
  expect(run).toMatchObject({ verdict: 'held' })
})
