/** The program that the proofs of determinism repeat: several clients, faults, chance, a killed program. */
import type { Environment, SimulationResult, ZooKeeper } from '../../src/index.ts'
import { isKeeperException, simulate } from '../../src/index.ts'

/** Counts up by compare and set; an answer that is lost may have counted. */
async function count(zk: ZooKeeper, path: string, times: number): Promise<number> {
  let counted = 0
  while (counted < times) {
    try {
      const { text, stat } = await zk.getData(path)
      await zk.setData(path, `${Number(text) + 1}`, stat.version)
      counted += 1
    } catch (error) {
      if (isKeeperException(error, 'SESSIONEXPIRED')) break
      if (!isKeeperException(error, 'BADVERSION', 'CONNECTIONLOSS')) throw error
    }
  }
  return counted
}

/** Reads are asked again until they are answered. */
async function read<T>(ask: () => Promise<T>): Promise<T> {
  while (true) {
    try {
      return await ask()
    } catch (error) {
      if (!isKeeperException(error, 'CONNECTIONLOSS')) throw error
    }
  }
}

export async function busy({
  connect,
  spawn,
  sleep,
  faults,
  random,
  settle,
  leader,
  followers,
}: Environment) {
  const zk = await connect()
  await zk.create('/count', '0')
  const workers = ['ann', 'bob', 'cid'].map((name) =>
    spawn(name, async (own) => {
      const mine = await own.connect({ sessionTimeout: 4_000 })
      await mine.create(`/${name}`, name, { mode: 'ephemeral' })
      let counted = 0
      for (let i = 0; i < 5; i += 1) {
        counted += await count(mine, '/count', own.random.int(1, 5))
        await own.sleep(own.random.int(0, 300))
      }
      return counted
    }),
  )
  await sleep(random.int(100, 400))
  const victim = random.chance(0.5) ? leader() : (followers()[0] ?? null)
  if (victim !== null) {
    if (random.chance(0.5)) faults.crash(victim)
    else faults.cutPowerTo(victim)
    await sleep(random.int(500, 2_000))
    faults.start(victim)
  }
  const [ann, ...others] = workers
  ann?.kill()
  const counted = await Promise.all(others.map((worker) => worker.done))
  await settle()
  const { text } = await read(() => zk.getData('/count'))
  const left = await read(() => zk.getChildren('/'))
  return { counted, text: text ?? '', left: [...left].sort() }
}

export interface Summary {
  readonly seed: number
  readonly verdict: string
  readonly reason: string | null
  readonly hash: string
  readonly events: number
  readonly time: number
  readonly value: unknown
}

export function summaryOf(seed: number, result: SimulationResult<unknown>): Summary {
  const { verdict, reason, hash, events, time, value } = result
  return { seed, verdict, reason, hash, events, time, value }
}

export async function run(seed: number): Promise<Summary> {
  return summaryOf(seed, await simulate({ seed, print: null }, busy))
}

export const SEEDS: readonly number[] = [1, 2, 3]

export function runAll(): Promise<Summary[]> {
  return Promise.all(SEEDS.map(run))
}
