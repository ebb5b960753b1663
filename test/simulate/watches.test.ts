import { describe, expect, test } from 'vitest'
import {
  type Environment,
  Perms,
  type SimulateOptions,
  simulate as simulateAloud,
  type WatchEvent,
  type ZooKeeper,
} from '../../src/index.ts'

async function withClient<T>(
  program: (zk: ZooKeeper, environment: Environment) => Promise<T>,
  options: SimulateOptions = {},
): Promise<T> {
  const run = await simulateAloud({ print: null, ...options }, async (environment) =>
    program(await environment.connect(), environment),
  )
  return run.orThrow().value as T
}

const said = ({ type, path, state }: WatchEvent) => (path === null ? state : `${type} ${path}`)

describe('watches', () => {
  test('call back once, before what they tell of can be read', async () => {
    await withClient(async (zk, { connect }) => {
      const other = await connect()
      await zk.create('/a', '0')
      const log: string[] = []
      const watch = (event: WatchEvent) => void log.push(said(event))
      await zk.getData('/a', { watch })
      await zk.exists('/b', { watch })
      await zk.getChildren('/', { watch })
      await other.setData('/a', '1')
      await other.create('/b')
      await other.setData('/a', '2')
      await zk.sync('/')
      expect((await zk.getData('/a')).text).toBe('2')
      expect(log).toEqual(['NodeDataChanged /a', 'NodeCreated /b', 'NodeChildrenChanged /'])
    })
  })

  test('that stay tell of everything, in order, between the answers', async () => {
    await withClient(async (zk, { connect }) => {
      const other = await connect()
      const log: string[] = []
      await zk.create('/a')
      await zk.addWatch('/a', { watch: (event) => void log.push(said(event)) })
      const asked: Promise<unknown>[] = []
      for (let i = 0; i < 5; i += 1) {
        await other.create(`/a/${i}`)
        asked.push(
          zk
            .sync('/')
            .then(() => zk.getChildren('/a'))
            .then((names) => log.push(`read ${names.length}`)),
        )
      }
      await Promise.all(asked)
      const seen = log.filter((line) => line.startsWith('NodeCreated'))
      expect(seen).toEqual([0, 1, 2, 3, 4].map((i) => `NodeCreated /a/${i}`))
      for (let i = 1; i <= 5; i += 1) {
        const read = log.indexOf(`read ${i}`)
        if (read !== -1) expect(log.indexOf(`NodeCreated /a/${i - 1}`)).toBeLessThan(read)
      }
      expect(log).toContain('read 5')
    })
  })

  test('may be waited for, and iterated over, until the session ends', async () => {
    const seen = await withClient(async (zk, { spawn }) => {
      expect(await zk.nextEvent()).toMatchObject({ type: 'None', state: 'SyncConnected' })
      await zk.create('/a')
      await zk.exists('/a', { watch: true })
      const next = zk.nextEvent()
      await zk.setData('/a', '1')
      expect(await next).toMatchObject({ type: 'NodeDataChanged', path: '/a', state: 'SyncConnected' })
      await zk.addWatch('/a', { mode: 'persistent' })
      spawn('ann', async ({ connect }) => {
        const other = await connect()
        for (const data of ['2', '3']) await other.setData('/a', data)
        await other.delete('/a')
      })
      const seen: string[] = []
      for await (const event of zk.events) {
        seen.push(said(event))
        if (event.type === 'NodeDeleted') void zk.close()
      }
      expect(await zk.nextEvent()).toBeNull()
      return seen
    })
    expect(seen).toEqual(['NodeDataChanged /a', 'NodeDataChanged /a', 'NodeDeleted /a', 'Closed'])
  })

  test('are removed, one or all, and are told so', async () => {
    await withClient(async (zk) => {
      const log: string[] = []
      const [one, two] = ['one', 'two'].map(
        (name) => (event: WatchEvent) => void log.push(`${name} ${said(event)}`),
      )
      await zk.create('/a')
      await zk.getData('/a', { watch: one! })
      await zk.getData('/a', { watch: two! })
      await zk.removeWatches('/a', { type: 'data', watch: one! })
      await expect(zk.removeWatches('/a', { watch: one! })).rejects.toMatchObject({ name: 'NOWATCHER' })
      await zk.setData('/a', '1')
      expect(log).toEqual(['one DataWatchRemoved /a', 'two NodeDataChanged /a'])
    })
  })

  test('are set again on another server, and hear of the state meanwhile', async () => {
    await withClient(async (_zk, { connect, faults, sleep, until }) => {
      const zk = await connect({ servers: [1, 2], sessionTimeout: 20_000 })
      const other = await connect({ servers: [3], sessionTimeout: 20_000 })
      await other.create('/a', '0')
      await zk.sync('/')
      const log: string[] = []
      await zk.getData('/a', { watch: (event) => void log.push(said(event)) })
      const states: string[] = []
      const stop = zk.onState((event) => void states.push(event.state))
      faults.cutConnectionsBetweenAnd(zk.name, 1)
      faults.cutConnectionsBetweenAnd(zk.name, 2)
      await until(() => states.length === 2)
      await other.setData('/a', '1')
      await sleep(100)
      expect(log).toEqual(['Disconnected', 'SyncConnected', 'NodeDataChanged /a'])
      expect(states).toEqual(['Disconnected', 'SyncConnected'])
      stop()
    })
  })

  test('whose callback throws end the run, and say where', async () => {
    const run = await simulateAloud({ print: null }, async ({ connect, sleep }) => {
      const zk = await connect()
      await zk.create('/a')
      await zk.getData('/a', {
        watch: () => {
          throw new Error('in the callback')
        },
      })
      await zk.setData('/a', '1')
      await sleep(1_000)
    })
    expect(run).toMatchObject({ verdict: 'failed', error: { message: 'in the callback' } })
    expect(run.reason).toMatch(/in the callback, at .*watches\.test\.ts:\d+/)
  })

  test('may be all that a program waits for', async () => {
    await withClient(async (zk, { spawn }) => {
      await zk.create('/a')
      spawn('ann', async ({ connect, sleep }) => {
        const other = await connect()
        await sleep(5_000)
        await other.delete('/a')
      })
      await new Promise<void>((resolve) => {
        void zk.exists('/a', { watch: (event) => event.type === 'NodeDeleted' && resolve() })
      })
      expect(await zk.exists('/a')).toBeNull()
    })
  })

  test('hear that the session expired while the program was paused', async () => {
    await withClient(async (_zk, { spawn, sleep }) => {
      const ann = spawn('ann', async ({ connect, until }) => {
        const zk = await connect({ sessionTimeout: 4_000 })
        const states: string[] = []
        zk.onState(({ state }) => void states.push(state))
        await until(() => zk.state === 'CLOSED', 100_000)
        return states
      })
      await sleep(2_000)
      ann.pause()
      await sleep(20_000)
      ann.resume()
      expect((await ann.done).at(-1)).toBe('Expired')
    })
  })
})

describe('the rest of the service', () => {
  test('multis, all or nothing', async () => {
    await withClient(async (zk) => {
      const results = await zk
        .transaction()
        .create('/a', 'one')
        .create('/a/n-', null, { mode: 'ephemeralSequential' })
        .setData('/a', 'two')
        .check('/a', 1)
        .delete('/a/n-0000000000')
        .commit()
      expect(results.map(({ type }) => type)).toEqual(['create', 'create', 'setData', 'check', 'delete'])
      expect(results[1]).toMatchObject({ path: '/a/n-0000000000' })
      const refused = zk.multi([
        { type: 'create', path: '/b' },
        { type: 'check', path: '/a', version: 7 },
        { type: 'delete', path: '/a' },
      ])
      await expect(refused).rejects.toMatchObject({
        name: 'BADVERSION',
        path: '/a',
        results: [{ err: 0 }, { err: -103 }, { err: -2 }],
        stack: expect.stringContaining('watches.test.ts'),
      })
      expect(await zk.exists('/b')).toBeNull()
      const read = await zk.multiRead([
        { type: 'getData', path: '/a' },
        { type: 'getChildren', path: '/' },
        { type: 'getData', path: '/b' },
      ])
      expect(read).toMatchObject([
        { type: 'getData', text: 'two' },
        { type: 'getChildren', children: expect.arrayContaining(['a', 'zookeeper']) },
        { type: 'error', error: { name: 'NONODE', path: '/b' } },
      ])
    })
  })

  test('who is asking, and what he may', async () => {
    await withClient(async (zk, { connect }) => {
      await zk.addAuth('digest', 'ann:secret')
      expect(await zk.whoAmI()).toContainEqual({ scheme: 'digest', id: 'ann' })
      const { stat } = await zk.create2('/mine', 'm', { acl: [{ perms: Perms.ALL, scheme: 'auth', id: '' }] })
      expect(stat).toMatchObject({ aversion: 0, dataLength: 1 })
      const { acl } = await zk.getACL('/mine')
      expect(acl).toMatchObject([{ perms: 31, scheme: 'digest', id: expect.stringMatching(/^ann:/) }])
      const other = await connect()
      await expect(other.getData('/mine')).rejects.toMatchObject({ name: 'NOAUTH' })
      expect(
        await zk.setACL('/mine', [{ perms: Perms.READ, scheme: 'world', id: 'anyone' }], 0),
      ).toMatchObject({
        aversion: 1,
      })
      expect((await other.getData('/mine')).text).toBe('m')
      await expect(zk.create('/none', null, { acl: [] })).rejects.toMatchObject({ name: 'INVALIDACL' })
      await expect(zk.create('none')).rejects.toThrow('Path must start with /')
    })
  })

  test('counts, lists, containers, times to live', async () => {
    await withClient(
      async (zk, { sleep }) => {
        await zk.create('/c', null, { mode: 'container' })
        await zk.create('/c/e', null, { mode: 'ephemeral' })
        await zk.create('/t', null, { mode: 'persistentTTL', ttl: 10_000 })
        expect(await zk.getEphemerals('/c')).toEqual(['/c/e'])
        expect(await zk.getAllChildrenNumber('/c')).toBe(1)
        expect(await zk.getChildren2('/c')).toMatchObject({ children: ['e'], stat: { numChildren: 1 } })
        await zk.delete('/c/e')
        await sleep(200_000)
        expect(await zk.exists('/c')).toBeNull()
        expect(await zk.exists('/t')).toBeNull()
      },
      { settings: { extendedTypesEnabled: true } },
    )
  })

  test('a root of one’s own', async () => {
    await withClient(async (zk, { connect }) => {
      await zk.create('/app')
      const below = await connect({ chroot: '/app' })
      expect(await below.create('/a', '1')).toBe('/a')
      expect((await zk.getData('/app/a')).text).toBe('1')
      expect((await below.getConfig()).text).toContain('server.1=')
    })
  })
})
