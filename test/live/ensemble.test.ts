import { afterEach, beforeEach, expect, test } from 'vitest'
import { type Client, makeClientFactory } from '../../src/nodes/client/Client.ts'
import { createOperation } from '../../src/nodes/operations.ts'
import type { Operation } from '../../src/nodes/packets.ts'
import type { Sid } from '../../src/nodes/zxid.ts'
import { LiveEnsemble } from './liveEnsemble.ts'
import { freeAddresses } from './liveRig.ts'
import { Worker } from './programs.ts'

const KEYS = 500
const WRITES = 2 * KEYS

/** `/data`, a node below it for each key, then a value for each: what is written and has `WRITES` operations and one. */
function writes(): Operation[] {
  const create = (path: string): Operation => createOperation(path, '')
  const keys = Array.from({ length: KEYS }, (_, key) => key)
  return [
    create('/data'),
    ...keys.map((key) => create(pathOf(key))),
    ...keys.map(
      (key): Operation => ({ type: 'setData', path: pathOf(key), data: contentOf(key), version: -1 }),
    ),
  ]
}

const pathOf = (key: number) => `/data/key-${String(key).padStart(3, '0')}`
const contentOf = (key: number) => `value ${key} \u00ff\0`

let ensemble: LiveEnsemble

beforeEach(async () => {
  ensemble = new LiveEnsemble(await freeAddresses())
})

afterEach(() => ensemble.close())

function runClient(name: string, servers: readonly Sid[], operations: readonly Operation[]): Worker {
  const worker = new Worker(operations.map((op) => Object.freeze(op)))
  const program = Object.freeze({ create: () => worker })
  ensemble.run(
    name,
    makeClientFactory({ name, servers: servers.map(String), inOrder: true, sessionTimeout: 2_000, program }),
  )
  return worker
}

function leaderFirst(): Sid[] {
  const leader = ensemble.leader!
  return [leader, ...ensemble.sids.filter((sid) => sid !== leader)]
}

/** All peers are up and hold the same. */
function agreed(): boolean {
  const [first, ...others] = ensemble.sids.map((sid) => ensemble.peer(sid).zkDb)
  return (
    ensemble.up.length === ensemble.sids.length &&
    others.every(
      (db) => db.lastProcessedZxid === first!.lastProcessedZxid && db.tree.digest === first!.tree.digest,
    )
  )
}

test('three peers elect, commit 1,000 writes, survive the kill of their leader and recover from their files', async () => {
  for (const sid of ensemble.sids) ensemble.start(sid)
  await ensemble.until('a leader', () => ensemble.leader !== null)
  const writer = runClient('writer', leaderFirst(), writes())
  const client = ensemble.live('writer').node as Client

  // The leader, at the very moment when the client hears of a write, with others on their way.
  let killed: Sid | null = null
  ensemble.live('writer').facts.push(() => {
    if (killed !== null || ensemble.leader === null || writer.done < WRITES / 3) return
    killed = ensemble.leader
    void ensemble.live(killed).kill()
  })
  await ensemble.until('the end of the leader', () => killed !== null)
  expect((await ensemble.live(killed!).ended).how).toBe('killed')
  expect(writer.finished).toBe(false)
  await ensemble.until('writes through another server', () => writer.done >= (WRITES * 2) / 3)
  expect(ensemble.up).not.toContain(killed)
  expect(ensemble.up).toContain(Number(client.server))

  ensemble.start(killed!)
  await ensemble.until('all writes', () => writer.finished || writer.failures.length > 0)
  expect(writer.failures).toEqual([])
  expect(ensemble.count('committed')).toBeGreaterThanOrEqual(WRITES)
  await ensemble.until('the end of the session', () => client.state === 'CLOSED')
  await ensemble.until('all three to hold the same', agreed)

  const held = ensemble.peer(1).zkDb.tree
  const endings = await Promise.all(ensemble.sids.map((sid) => ensemble.live(sid).stop()))
  expect(endings.map(({ how }) => how)).toEqual(['stopped', 'stopped', 'stopped'])
  for (const sid of ensemble.sids) ensemble.start(sid)
  await ensemble.until('a leader again', () => ensemble.leader !== null)

  const keys = Array.from({ length: KEYS }, (_, key) => key)
  const reads = keys.map((key): Operation => ({ type: 'getData', path: pathOf(key), watch: false }))
  const reader = runClient('reader', ensemble.sids, [
    { type: 'getChildren', path: '/data', watch: false },
    ...reads,
  ])
  await ensemble.until('all reads', () => reader.finished || reader.failures.length > 0)
  expect(reader.failures).toEqual([])
  const [children, ...values] = reader.results
  expect(children).toMatchObject({ children: keys.map((key) => pathOf(key).slice('/data/'.length)) })
  expect(values.map((value) => (value as { data: string }).data)).toEqual(keys.map(contentOf))

  await ensemble.until('all three to hold the same again', agreed)
  for (const sid of ensemble.sids) {
    const { tree } = ensemble.peer(sid).zkDb
    expect(tree.equals(ensemble.peer(1).zkDb.tree)).toBe(true)
    for (const key of keys) expect(tree.get(pathOf(key))).toEqual(held.get(pathOf(key)))
  }

  expect(ensemble.count('recovered')).toBe(2 * ensemble.sids.length + 1)
  ensemble.checker.finish()
  expect(ensemble.checker.violations).toEqual([])
  const exercised = [...ensemble.checker.exercised].filter(([, times]) => times > 0)
  expect(exercised.length).toBeGreaterThan(20)
}, 40_000)
