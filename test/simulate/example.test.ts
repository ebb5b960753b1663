import { expect, test } from 'vitest'
import { simulate } from '../../src/index.ts'

test.each([1, 2, 7])('the example of the README, seed %i', async (seed) => {
  const run = await simulate({ peers: 3, seed }, async ({ connect, spawn, faults, leader, sleep }) => {
    const zk = await connect()
    const ann = spawn(
      'ann',
      async ({ connect, sleep }) => {
        const mine = await connect({ sessionTimeout: 4_000 })
        await mine.create('/ann', 'here', { mode: 'ephemeral' })
        await sleep(60_000) // virtual milliseconds
      },
      { background: true },
    )
    await sleep(1_000)
    ann.pause() // a long garbage collection
    faults.crash(leader())
    await sleep(20_000)
    return zk.exists('/ann') // null: her session has expired
  })
  expect(run.orThrow().value).toBeNull()
})
