import { readFile } from 'node:fs/promises'
import { describe, expect, test, vi } from 'vitest'
import {
  type Environment,
  fork,
  type KeeperException,
  ProgramKilled,
  type SimulatedProgram,
  type SimulateOptions,
  SimulationFailed,
  type SimulationResult,
  simulate as simulateAloud,
  type ZooKeeper,
} from '../../src/index.ts'

/** Runs that are to fail print nothing. */
function simulate<T>(
  program: SimulatedProgram<T>,
  options: SimulateOptions = {},
): Promise<SimulationResult<T>> {
  return simulateAloud({ print: null, ...options }, program)
}

/** What a program returns in a run that holds. */
async function returned<T>(program: SimulatedProgram<T>, options: SimulateOptions = {}): Promise<T> {
  return (await simulate(program, options)).orThrow().value as T
}

const withClient = <T>(program: (zk: ZooKeeper, environment: Environment) => Promise<T>) =>
  returned(async (environment) => program(await environment.connect(), environment))

const caught = (promise: Promise<unknown>): Promise<KeeperException> =>
  promise.then(
    () => {
      throw new Error('it was not rejected')
    },
    (error: unknown) => error as KeeperException,
  )

describe('a client', () => {
  test('creates, reads, writes and deletes', async () => {
    await withClient(async (zk) => {
      expect(await zk.create('/a', 'one')).toBe('/a')
      expect(await zk.create('/a/n-', new Uint8Array([1, 255]), { mode: 'persistentSequential' })).toBe(
        '/a/n-0000000000',
      )
      const { data, stat } = await zk.getData('/a/n-0000000000')
      expect([...(data as Uint8Array)]).toEqual([1, 255])
      expect(stat).toMatchObject({ version: 0, dataLength: 2, ephemeralOwner: '0x0' })
      expect(await zk.setData('/a', 'zwölf 🦒', 0)).toMatchObject({ version: 1 })
      expect(await zk.getData('/a')).toMatchObject({ text: 'zwölf 🦒' })
      expect(await zk.getChildren('/a')).toEqual(['n-0000000000'])
      expect(await zk.exists('/a')).toMatchObject({ numChildren: 1 })
      expect(await zk.exists('/b')).toBeNull()
      await zk.sync('/a')
      await zk.create('/null')
      expect(await zk.getData('/null')).toMatchObject({ data: null, text: null })
      await zk.delete('/a/n-0000000000')
      await zk.delete('/a', 1)
      expect(await zk.exists('/a')).toBeNull()
    })
  })

  test('is told errors as they are, with a stack that leads to its await', async () => {
    await withClient(async (zk) => {
      await zk.create('/a', '1')
      const error = await caught(zk.setData('/a', '2', 7))
      expect(error).toMatchObject({
        name: 'BADVERSION',
        code: -103,
        path: '/a',
        operation: 'setData',
        definite: true,
      })
      expect(`${error}`).toBe('BADVERSION: setData /a')
      expect(error.stack?.split('\n')[1]).toContain('simulate.test.ts')
      expect(await caught(zk.create('/a'))).toMatchObject({ name: 'NODEEXISTS' })
      expect(await caught(zk.delete('/b'))).toMatchObject({ name: 'NONODE', path: '/b' })
    })
  })

  test('has a session that ends', async () => {
    await withClient(async (zk, { connect }) => {
      expect(zk).toMatchObject({ state: 'CONNECTED', name: 'main-1', sessionTimeout: 10_000 })
      expect(zk.sessionId).not.toBe('0x0')
      await zk.create('/a', null, { mode: 'ephemeral' })
      const other = await connect({ name: 'other', servers: [2], sessionTimeout: 5_000 })
      expect(await other.exists('/a')).toMatchObject({ ephemeralOwner: zk.sessionId })
      await zk.close()
      expect(zk.state).toBe('CLOSED')
      await other.sync('/')
      expect(await other.exists('/a')).toBeNull()
      expect(await caught(zk.exists('/a'))).toMatchObject({ name: 'SESSIONEXPIRED' })
    })
  })

  test('whose connection is lost does not know what became of its write', async () => {
    await withClient(async (zk, { faults, leader, sleep, until }) => {
      faults.pause('all')
      const lost = caught(zk.create('/a'))
      await sleep(1_000)
      faults.crash('all')
      expect(await lost).toMatchObject({ name: 'CONNECTIONLOSS', definite: false })
      faults.start('all')
      await until(() => leader() !== null && zk.state === 'CONNECTED')
      expect(await zk.exists('/')).not.toBeNull()
    })
  })

  test('that dies loses what it waited for, and its session expires', async () => {
    await withClient(async (zk, { connect, faults, sleep }) => {
      await zk.create('/a', null, { mode: 'ephemeral' })
      const asked = caught(zk.getData('/a'))
      faults.crashClient(zk.name)
      expect(await asked).toMatchObject({ name: 'CONNECTIONLOSS' })
      expect(zk.state).toBe('CLOSED')
      const other = await connect()
      expect(await other.exists('/a')).not.toBeNull()
      await sleep(15_000)
      expect(await other.exists('/a')).toBeNull()
    })
  })
})

describe('time', () => {
  test('is virtual', async () => {
    const began = performance.now()
    const [before, after] = await returned(async ({ now, sleep }) => {
      const before = now()
      await sleep(500_000)
      return [before, now()]
    })
    expect((after as number) - (before as number)).toBe(500_000)
    expect(performance.now() - began).toBeLessThan(30_000)
  })

  test('wakes in the order of its going, and of asking', async () => {
    const order = await returned(async ({ sleep }) => {
      const woken: string[] = []
      const wake = async (name: string, time: number) => {
        await sleep(time)
        woken.push(name)
      }
      await Promise.all([wake('c', 30), wake('a', 10), wake('b', 10), wake('now', 0)])
      return woken
    })
    expect(order).toEqual(['now', 'a', 'b', 'c'])
  })

  test('stands still while a program has anything to do, however many microtasks that takes', async () => {
    const [before, after] = await returned(async ({ now, sleep }) => {
      await sleep(1)
      const before = now()
      let left = 5_000
      while (left > 0) left -= (await Promise.resolve(1)) as number
      await new Promise<void>((resolve) => process.nextTick(() => void Promise.resolve().then(resolve)))
      return [before, now()]
    })
    expect(after).toBe(before)
  })
})

describe('chance', () => {
  test('is the seed’s, and each stream its own', async () => {
    const draw = (seed: number, extra: boolean) =>
      returned(
        async ({ random, stream }) => {
          if (extra) stream('other')()
          return [
            random(),
            random.int(1, 6),
            random.pick(['a', 'b']),
            random.shuffled([1, 2, 3]),
            stream('other').chance(0),
          ]
        },
        { seed },
      )
    expect(await draw(1, false)).toEqual(await draw(1, true))
    expect(await draw(1, false)).not.toEqual(await draw(2, false))
  })
})

describe('waiting', () => {
  test('for a predicate, for a fact, and no longer than said', async () => {
    await returned(async ({ connect, until, faults, leader, now, peers }) => {
      await until('somebody leads')
      const first = leader()
      faults.isolate(first)
      await until(() => leader() !== null && leader() !== first)
      expect(peers().find(({ sid }) => sid === leader())).toMatchObject({ state: 'LEADING', serves: true })
      faults.heal()
      await until(`${first} follows ${leader()}`)
      const before = now()
      await expect(until(() => false, 2_000)).rejects.toMatchObject({
        name: 'NotInTime',
        message: expect.stringContaining('was not so within 2.000 s'),
      })
      expect(now()).toBe(before + 2_000)
      await expect(until('2 rests')).rejects.toMatchObject({ name: 'SentenceError' })
      await expect(until((async () => true) as never)).rejects.toThrow('answers at once')
      await expect(
        until(() => {
          throw new Error('in the predicate')
        }),
      ).rejects.toThrow('in the predicate')
      await (await connect()).close()
    })
  })

  test('for a sentence of the scenario language', async () => {
    const run = await simulate(async ({ faults, connect }) => {
      await faults.say('settle')
      await faults.say('ann connects to 1')
      await faults.say('ann creates /x "v1"')
      await faults.say('expect ann got OK')
      expect((await (await connect()).getData('/x')).text).toBe('v1')
      await expect(faults.say('expect ann got NONODE')).rejects.toThrow('ann got OK')
      await expect(faults.say('isolate')).rejects.toThrow('cannot read "isolate"')
      await expect(faults.say('expect committed 1:1')).rejects.toThrow('waits for it with until()')
      await faults.say('load of 2 clients for 1 s')
    })
    expect(run.orThrow().transcript.map(({ what }) => what)).toContain('ann creates /x "v1"')
  })
})

describe('programs beside one another', () => {
  test('run on machines of their own, and are waited for', async () => {
    const run = await simulate(async ({ spawn }) => {
      const workers = ['ann', 'bob'].map((name) =>
        spawn(name, async ({ connect, name }) => {
          const zk = await connect()
          const second = await connect()
          await zk.create(`/${name}`)
          return [zk.name, second.name]
        }),
      )
      return Promise.all(workers.map(({ done }) => done))
    })
    expect(run.orThrow().value).toEqual([
      ['ann', 'ann-2'],
      ['bob', 'bob-2'],
    ])
    expect(run.programs.map(({ name, state }) => [name, state])).toEqual([
      ['main', 'finished'],
      ['ann', 'finished'],
      ['bob', 'finished'],
    ])
  })

  test('hold the run until they end, unless they are in the background', async () => {
    const program =
      (background: boolean): SimulatedProgram<void> =>
      async ({ spawn }) => {
        spawn('ann', ({ sleep }) => sleep(5_000), { background })
      }
    expect((await simulate(program(false))).time).toBeGreaterThanOrEqual(5_000_000)
    expect((await simulate(program(true))).time).toBeLessThan(5_000_000)
  })

  test('that are paused lose their sessions, and hear of it when they run on', async () => {
    await returned(async ({ connect, spawn, sleep, now }) => {
      const watcher = await connect()
      const woken: number[] = []
      const ann = spawn('ann', async (own) => {
        const zk = await own.connect({ sessionTimeout: 4_000 })
        await zk.create('/ann', null, { mode: 'ephemeral' })
        await own.sleep(2_000)
        woken.push(own.now())
        return caught(zk.getData('/ann'))
      })
      await sleep(1_000)
      ann.pause()
      const paused = now()
      await sleep(10_000)
      expect(woken).toEqual([])
      expect(await watcher.exists('/ann')).toBeNull()
      expect(ann.state).toBe('running')
      ann.resume()
      expect((await ann.done).name).toMatch(/CONNECTIONLOSS|SESSIONEXPIRED/)
      expect(woken[0]).toBeGreaterThanOrEqual(paused + 10_000)
    })
  })

  test('that are killed stop where they are', async () => {
    await returned(async ({ connect, spawn, sleep }) => {
      const reached: string[] = []
      const ann = spawn('ann', async (own) => {
        const zk = await own.connect({ sessionTimeout: 4_000 })
        await zk.create('/ann', null, { mode: 'ephemeral' })
        reached.push('created')
        try {
          await own.sleep(5_000)
          reached.push('slept')
        } finally {
          reached.push('finally')
        }
      })
      await sleep(3_000)
      ann.kill()
      await expect(ann.done).rejects.toBeInstanceOf(ProgramKilled)
      const zk = await connect()
      expect(await zk.exists('/ann')).not.toBeNull()
      await sleep(10_000)
      expect(await zk.exists('/ann')).toBeNull()
      expect(reached).toEqual(['created'])
      expect(ann.state).toBe('killed')
    })
  })

  test('that throw end the run, unless somebody asked for what they come to', async () => {
    const run = await simulate(async ({ spawn, sleep }) => {
      spawn('ann', async () => {
        throw new Error('ann gives up')
      })
      await sleep(1_000)
    })
    expect(run).toMatchObject({ verdict: 'failed', error: { message: 'ann gives up' } })
    expect(run.reason).toMatch(/^ann threw Error: ann gives up, at .*simulate\.test\.ts:\d+/)
    await returned(async ({ spawn }) => {
      const ann = spawn('ann', async () => {
        throw new Error('ann gives up')
      })
      await expect(ann.done).rejects.toThrow('ann gives up')
    })
  })

  test('have names that are free and can be written', async () => {
    await returned(async ({ spawn, open }) => {
      const ann = spawn('ann', async () => {})
      expect(() => spawn('ann', async () => {})).toThrow('there is a ann already')
      expect(() => open({ name: '2' })).toThrow('is no name')
      await ann.done
    })
  })
})

describe('the world of a program', () => {
  test('can be forked, in the middle and at the end: the copy goes on without programs', async () => {
    const run = await simulate(async ({ connect, ensemble, until, faults, leader }) => {
      const zk = await connect()
      const waiting = until('nobody leads')
      void zk.create('/a', '1')
      const other = fork(ensemble, { strict: true })
      other.world.runUntil(other.world.now + 5_000_000)
      expect(other.checker.verdict()).toBe('held')
      expect(other.peer(1)?.zkDb.tree.get('/a')?.data).toBe('1')
      expect(ensemble.peer(1)?.zkDb.tree.get('/a')).toBeUndefined()
      faults.crash(leader())
      await waiting
    })
    const { ensemble, hash } = run.orThrow()
    const futures = [1, 2].map(() => {
      const { world } = ensemble.fork()
      world.runEvents(1_000)
      return world.trace.hash
    })
    expect(futures[0]).toBe(futures[1])
    expect(futures[0]).not.toBe(hash)
    expect(ensemble.world.trace.hash).toBe(hash)
  })
})

describe('a run that does not go through', () => {
  test('says what a program threw, and how to see it again', async () => {
    const print = vi.fn()
    const run = await simulateAloud({ peers: 5, seed: 4, print }, async () => {
      throw new RangeError('no such luck')
    })
    expect(run).toMatchObject({ verdict: 'failed', error: { name: 'RangeError' }, value: undefined })
    expect(run.replay).toBe('simulate({ peers: 5, seed: 4 }, program), or ZKSIM_SEED=4 in the environment')
    expect(print).toHaveBeenCalledOnce()
    expect(print.mock.lastCall?.[0]).toContain(`again: ${run.replay}`)
    expect(() => run.orThrow()).toThrow(SimulationFailed)
    expect(() => run.orThrow()).toThrow(expect.objectContaining({ cause: run.error }))
  })

  test('says what programs that do not end wait for', async () => {
    const run = await simulate(
      async ({ connect, faults }) => {
        const zk = await connect()
        faults.pause('all')
        await zk.create('/never', 'x')
      },
      { limit: 3_000 },
    )
    expect(run).toMatchObject({
      verdict: 'unknown',
      reason: 'it had not ended after 3.000 s of virtual time',
    })
    expect(run.programs[0]?.waitsFor).toEqual([
      {
        what: 'the answer to main-1\'s create /never "x"',
        place: expect.stringContaining('simulate.test.ts'),
      },
    ])
  })

  test('has a limit in events', async () => {
    const forever: SimulatedProgram<void> = async ({ sleep }) => {
      while (true) await sleep(1)
    }
    const run = await simulate(forever, { events: 5_000 })
    expect(run).toMatchObject({
      verdict: 'unknown',
      events: 5_000,
      reason: 'it had not ended after 5000 events',
    })
  })

  test.each<[string, () => Promise<unknown>]>([
    ['a promise that nobody keeps', () => new Promise(() => {})],
    ['a file', () => readFile('package.json')],
  ])('waits for %s, which is outside', async (_what, outside) => {
    const run = await simulate(async ({ connect }) => {
      await connect()
      await outside()
    })
    expect(run).toMatchObject({
      verdict: 'unknown',
      reason: 'a program waits for something outside of the simulation',
      programs: [{ state: 'running', waitsFor: [] }],
    })
  })

  test('has a rejection that nobody handles', async () => {
    const heard = vi.fn()
    process.on('unhandledRejection', heard)
    const before = process.listeners('unhandledRejection')
    const run = await simulate(async ({ connect, sleep }) => {
      const zk = await connect()
      void zk.delete('/nothing')
      await sleep(100)
    })
    expect(run).toMatchObject({ verdict: 'failed', error: { name: 'NONODE' } })
    expect(run.reason).toMatch(/nobody handled it: NONODE: delete \/nothing, at .*simulate\.test\.ts:\d+/)
    expect(heard).not.toHaveBeenCalled()
    expect(process.listeners('unhandledRejection')).toEqual(before)
    process.off('unhandledRejection', heard)
  })

  test('breaks an invariant', async () => {
    const run = await simulate(
      async ({ faults, until }) => {
        faults.slowDiskOfBy(1, 200)
        await until('1 acked NEWLEADER')
      },
      {
        release: '3.8.0',
        disks: [
          { sid: 1, logged: [{ from: 0x1_0000_0001, to: 0x1_0000_0005 }] },
          { sid: 2, logged: [{ from: 0x1_0000_0001, to: 0x1_0000_0009 }] },
          { sid: 3, logged: [{ from: 0x1_0000_0001, to: 0x1_0000_0009 }] },
        ].map((disk) => ({ snapshot: null, acceptedEpoch: null, currentEpoch: null, ...disk })),
      },
    )
    expect(run).toMatchObject({ verdict: 'broken', violations: [{ name: 'ProcessConsistency' }] })
    expect(run.reason).toContain('ProcessConsistency is broken')
  })

  test('is refused where there is no such release, no program, or a run inside of a run', async () => {
    await expect(simulate(async () => {}, { release: '1.0' })).rejects.toThrow('there is no release 1.0')
    await expect(simulateAloud({} as never)).rejects.toThrow('simulate takes a program')
    const run = await simulate(async () => {
      await expect(simulate(async () => {})).rejects.toThrow('cannot begin another')
    })
    expect(run.verdict).toBe('held')
  })

  test('leaves programs that cannot go on', async () => {
    let environment: Environment | undefined
    await simulate(async (given) => {
      environment = given
    })
    expect(() => environment?.sleep(1)).toThrow('the simulation of this program is over')
  })
})
