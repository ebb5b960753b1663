import { beforeEach, describe, expect, it } from 'vitest'
import { idealClient } from '../../src/nodes/client/Client.ts'
import type { ClientOptions } from '../../src/nodes/client/ClientOptions.ts'
import { troupeOf } from '../../src/nodes/historic/Understudy.ts'
import { zookeeper4475 } from '../../src/nodes/historic/ZOOKEEPER-4475.ts'
import { zookeeper4508 } from '../../src/nodes/historic/ZOOKEEPER-4508.ts'
import { createOperation, readOperation } from '../../src/nodes/operations.ts'
import type { Operation } from '../../src/nodes/packets.ts'
import { Rig } from './rig.ts'

const NONODE = -101
const NOWATCHER = -121
const AUTH = -102

const exists = (path: string) => readOperation('exists', path, true)
const getData = (path: string) => readOperation('getData', path, true)
const getChildren = (path: string) => readOperation('getChildren2', path, true)
const addWatch = (path: string, mode: number): Operation => ({ type: 'addWatch', path, mode })
const unwatch = (path: string, watcherType = 3): Operation => ({ type: 'removeWatches', path, watcherType })
const unwatchOne = (path: string, watcherType = 3): Operation => ({ type: 'checkWatches', path, watcherType })

let rig: Rig

function connected(options: Partial<ClientOptions> = {}, cast = idealClient): void {
  rig = new Rig(2)
  rig.addClient({ servers: ['1', '2'], ...options }, cast)
  rig.run(10)
}

/** What was told since this was called last. */
let told = 0
function news(): string[] {
  const story = rig.story()
  const since = story.slice(told)
  told = story.length
  return since
}

function reconnect(): void {
  const { server } = rig.client
  rig.server(server as string).hangUp()
  rig.run(3_300)
  expect(rig.client.state).toBe('CONNECTED')
}

/** Over both servers, in time. */
function setAgain(): Operation[] {
  return rig.facts('watchesSetAgain').map(({ op }) => op)
}

beforeEach(() => {
  connected()
  told = 1
})

describe('a watch', () => {
  it('is there when its request was answered, and once', () => {
    rig.client.submit(getData('/a'))
    rig.run(10)
    rig.notify('NodeDataChanged', '/a')
    expect(news()).toEqual(['NodeDataChanged /a'])
    expect(rig.facts('watchEvent').at(-1)!.event.watchers).toEqual([])
    rig.answer(1)
    rig.notify('NodeDataChanged', '/a', 12)
    rig.notify('NodeDataChanged', '/a', 13)
    expect(rig.facts('watchEvent').map(({ event }) => [event.zxid, event.watchers])).toEqual([
      [-1, ['']],
      [9, []],
      [12, ['']],
      [13, []],
    ])
  })

  it.each([
    ['exists', exists('/a'), 0, 'data'],
    ['exists of nothing', exists('/a'), NONODE, 'exist'],
    ['exists, refused', exists('/a'), AUTH, null],
    ['getData', getData('/a'), 0, 'data'],
    ['getData of nothing', getData('/a'), NONODE, null],
    ['getChildren', readOperation('getChildren', '/a', true), 0, 'child'],
    ['getChildren2', getChildren('/a'), 0, 'child'],
    ['getChildren2 of nothing', getChildren('/a'), NONODE, null],
    ['a read without', readOperation('getData', '/a'), 0, null],
    ['addWatch', addWatch('/a', 0), 0, 'persistent'],
    ['addWatch, recursive', addWatch('/a', 1), 0, 'persistentRecursive'],
    ['addWatch in a mode that is none', addWatch('/a', 2), 0, null],
  ] as const)('of %s is of its kind, as the answer says', (_what, op, err, kind) => {
    rig.ask(op, err)
    const kinds = ['data', 'exist', 'child', 'persistent', 'persistentRecursive'] as const
    const there = kinds.filter((one) => (rig.client.watchManager?.paths(one) ?? []).length > 0)
    expect(there).toEqual(kind === null ? [] : [kind])
  })

  it('is each of its watchers, and each is told once, whatever number of watches it has', () => {
    for (const watcher of ['w', 'v', 'w']) rig.ask(getData('/a'), 0, { watcher })
    rig.ask(exists('/a'), 0, { watcher: 'u' })
    rig.ask(addWatch('/', 1), 0, { watcher: 'w' })
    news()
    rig.notify('NodeDataChanged', '/a')
    rig.notify('NodeDataChanged', '/a')
    expect(news()).toEqual(['NodeDataChanged /a @u @v @w', 'NodeDataChanged /a @w'])
  })

  it('tells before a reply what came before it', () => {
    rig.ask(getData('/a'))
    rig.client.submit(getData('/a'))
    rig.run(10)
    news()
    rig.server().send({ type: 'WATCHEREVENT', event: 'NodeDataChanged', path: '/a', zxid: 5 })
    rig.answer(5)
    rig.server().send({ type: 'WATCHEREVENT', event: 'NodeDataChanged', path: '/a', zxid: 6 })
    rig.run(10)
    expect(news()).toEqual(['NodeDataChanged /a', 'getData OK', 'NodeDataChanged /a'])
  })

  it('that sees what is below does not hear of children there, ZOOKEEPER-4466', () => {
    rig.ask(addWatch('/a', 1), 0, { watcher: 'r' })
    rig.ask(getChildren('/a/b'), 0, { watcher: 'c' })
    news()
    rig.notify('NodeChildrenChanged', '/a/b')
    rig.notify('NodeDeleted', '/a/b')
    rig.notify('NodeCreated', '/ab')
    expect(news()).toEqual(['NodeChildrenChanged /a/b @c', 'NodeDeleted /a/b @r', 'NodeCreated /ab'])
  })

  it('of a request that is sent as it is is not the client’s', () => {
    rig.ask(getData('/a'), 0, { raw: true })
    expect(rig.client.watchManager).toBeNull()
    rig.ask(unwatch('/a'), 0, { raw: true })
    expect(news()).toEqual(['getData OK', 'removeWatches OK'])
  })
})

describe('the state', () => {
  it('is told to everybody who watches, once each', () => {
    rig.ask(getData('/a'), 0, { watcher: 'w' })
    rig.ask(addWatch('/a', 0), 0, { watcher: 'p' })
    news()
    for (const name of ['1', '2']) rig.server(name).answersAll = 9
    reconnect()
    expect(news()).toEqual(['Disconnected @p @w', 'SyncConnected @p @w'])
    // The default watcher's name is empty.
    expect(rig.facts('watchEvent').at(-1)!.event.watchers).toEqual(['', 'p', 'w'])
    rig.client.close()
    rig.run(10)
    expect(news()).toEqual(['closeSession OK', 'Closed @p @w'])
  })

  it('is not told again while it stays', () => {
    rig.world.machine('1').crash()
    rig.world.machine('2').crash()
    rig.run(5_000)
    expect(news()).toEqual(['Disconnected'])
  })
})

describe('a reconnect', () => {
  it('sets the watches again that are left, as of the last zxid seen in a reply', () => {
    rig.ask(getData('/d'), 0, {}, 30)
    rig.ask(getData('/gone'), 0, {}, 31)
    rig.ask(exists('/e'), NONODE, {}, 32)
    rig.ask(getChildren('/c'), 0, { watcher: 'w' }, 33)
    rig.notify('NodeDeleted', '/gone', 40)
    reconnect()
    expect(setAgain()).toEqual([
      { type: 'setWatches', relativeZxid: 33, data: ['/d'], exist: ['/e'], child: ['/c'] },
    ])
    rig.ask(addWatch('/p', 0), 0, {}, 34)
    expect(rig.requests('2').map(({ op, xid }) => `${xid} ${op.type}`)).toContainEqual('5 setWatches')
  })

  it('uses the newer request only where it must', () => {
    rig.ask(addWatch('/p', 0), 0, {}, 3)
    rig.ask(addWatch('/r', 1), 0, {}, 4)
    reconnect()
    expect(setAgain()).toEqual([
      {
        type: 'setWatches2',
        relativeZxid: 4,
        data: [],
        exist: [],
        child: [],
        persistent: ['/p'],
        persistentRecursive: ['/r'],
      },
    ])
  })

  it('sends what does not fit one request in several, the last first', () => {
    const long = 'x'.repeat(70_000)
    for (let i = 0; i < 5; i += 1) rig.ask(getData(`/${i}${long}`))
    reconnect()
    const heads = setAgain().map((op) => (op.type === 'setWatches' ? op.data.map((path) => path[1]) : []))
    expect(heads).toEqual([['4'], ['2', '3'], ['0', '1']])
  })

  it('is not held up by the answers, nor does anybody hear of them', () => {
    rig.ask(getData('/d'), 0, {}, 3)
    reconnect()
    news()
    rig.client.submit(readOperation('getData', '/d'))
    rig.run(10)
    const at = rig.client.server as string
    for (const { xid } of rig.requests(at).slice(-2)) rig.server(at).reply(xid, 8)
    rig.run(10)
    expect(news()).toEqual(['getData OK'])
    expect(rig.client.lastZxid).toBe(8)
  })

  it('leaves watches alone where the program is to set them', () => {
    connected({ disableAutoWatchReset: true })
    told = 1
    rig.ask(getData('/d'), 0, { watcher: 'w' })
    rig.ask(addWatch('/p', 0), 0, { watcher: 'p' })
    news()
    reconnect()
    expect(news()).toEqual(['Disconnected @p @w', 'SyncConnected @p'])
    expect(setAgain()).toEqual([])
  })
})

describe('a removal', () => {
  it('takes the watches away when the server has, and tells those whose they were', () => {
    for (const watcher of ['v', 'w']) rig.ask(getData('/a'), 0, { watcher })
    rig.ask(getChildren('/a'), 0, { watcher: 'w' })
    rig.ask(addWatch('/a', 1), 0, { watcher: 'w' })
    news()
    rig.ask(unwatch('/a'))
    expect(news()).toEqual([
      'ChildWatchRemoved /a @w',
      'DataWatchRemoved /a @v @w',
      'PersistentWatchRemoved /a @w',
      'removeWatches OK',
    ])
    rig.notify('NodeDeleted', '/a')
    expect(rig.facts('watchEvent').at(-1)!.event.watchers).toEqual([])
  })

  it('may be of one watcher, and leaves the others', () => {
    for (const watcher of ['v', 'w']) rig.ask(getData('/a'), 0, { watcher })
    news()
    rig.ask(unwatchOne('/a', 2), 0, { watcher: 'v' })
    expect(rig.ops('checkWatches')).toEqual([unwatchOne('/a', 2)])
    rig.notify('NodeDeleted', '/a')
    expect(news()).toEqual(['DataWatchRemoved /a @v', 'checkWatches OK', 'NodeDeleted /a @w'])
  })

  it('of what the client does not watch is an error, whatever the server says', () => {
    rig.ask(addWatch('/a', 0))
    news()
    rig.ask(unwatch('/a', 2))
    rig.ask(unwatchOne('/a'), 0, { watcher: 'w' })
    rig.ask(unwatch('/b'), NOWATCHER)
    expect(news()).toEqual(['removeWatches NOWATCHER', 'checkWatches NOWATCHER', 'removeWatches NOWATCHER'])
  })

  it('that fails leaves the watches, unless it is to be local', () => {
    rig.ask(getData('/a'))
    news()
    rig.ask(unwatch('/a'), NOWATCHER)
    expect(news()).toEqual(['removeWatches NOWATCHER'])
    expect(rig.client.watchManager!.paths('data')).toEqual(['/a'])
    rig.client.submit(unwatch('/a'), { local: true })
    rig.run(10)
    rig.server().hangUp()
    rig.run(10)
    expect(news()).toEqual(['DataWatchRemoved /a', 'removeWatches OK'])
    expect(rig.facts('watchEvent').at(-1)!.event.state).toBe('Disconnected')
    expect(rig.client.watchManager!.isEmpty).toBe(true)
  })

  it('is local even where there is no session any more', () => {
    rig.ask(getData('/a'))
    rig.client.close()
    rig.run(10)
    rig.answer(2)
    news()
    rig.client.submit(unwatch('/a'), { local: true })
    rig.client.submit(unwatch('/a'), { local: true })
    // Nobody is told any more; the tables hear of it.
    expect(news()).toEqual(['removeWatches OK', 'removeWatches NOWATCHER'])
  })
})

describe('below a chroot', () => {
  beforeEach(() => {
    connected({ chroot: '/app' })
    told = 1
  })

  it('paths are short here and long there', () => {
    rig.ask(getData('/'))
    rig.ask(addWatch('/r', 1))
    expect(rig.requests().map(({ op }) => 'path' in op && op.path)).toEqual(['/app', '/app/r'])
    rig.notify('NodeDataChanged', '/app')
    rig.notify('NodeCreated', '/app/r/x')
    expect(news()).toEqual(['getData OK', 'addWatch OK', 'NodeDataChanged /', 'NodeCreated /r/x'])
    expect(rig.facts('watchEvent').at(-1)!.event.watchers).toEqual([''])
    reconnect()
    expect(setAgain()).toMatchObject([{ persistentRecursive: ['/app/r'] }])
    news()
    rig.ask(unwatch('/r'), 0, {}, 1)
    expect(rig.client.outstanding).toBeGreaterThan(0)
  })

  it('results are short as well', () => {
    rig.client.submit(createOperation('/x-', '', 'persistentSequential'))
    rig.run(10)
    rig.answer(4, 0, Object.freeze({ type: 'create', path: '/app/x-0000000001' }))
    expect(rig.facts('completed')[0]).toMatchObject({
      op: { path: '/x-' },
      result: { type: 'create', path: '/x-0000000001' },
    })
  })

  it('the configuration is where it always is', () => {
    rig.client.getConfig(true, 'w')
    rig.run(10)
    expect(rig.ops('getData')[0]).toMatchObject({ path: '/zookeeper/config', watch: true })
    rig.answer(4)
    news()
    rig.notify('NodeDataChanged', '/zookeeper/config')
    expect(news()).toEqual(['NodeDataChanged /zookeeper/config @w'])
  })

  it('what is sent as it is is', () => {
    rig.client.submit(readOperation('getData', '/x'), { raw: true })
    rig.run(10)
    expect(rig.ops('getData')[0]).toMatchObject({ path: '/x' })
  })

  it.each(['/', '', null])('of %j there is none', (chroot) => {
    connected({ chroot })
    rig.ask(getData('/x'))
    expect(rig.ops('getData')[0]).toMatchObject({ path: '/x' })
  })
})

describe('a client of an earlier release', () => {
  it('tells recursive watchers of children too, ZOOKEEPER-4475; and so does its copy', () => {
    connected({}, troupeOf([zookeeper4475]).clientCast)
    rig.ask(addWatch('/a', 1), 0, { watcher: 'r' })
    const copy = rig.fork()
    for (const one of [rig, copy]) {
      one.notify('NodeChildrenChanged', '/a/b')
      expect(one.story().at(-1)).toBe('NodeChildrenChanged /a/b @r')
    }
  })

  it('waits for ever for somebody to say that its session is over, ZOOKEEPER-4508', () => {
    connected({}, troupeOf([zookeeper4508]).clientCast)
    for (const name of ['1', '2']) rig.world.machine(name).pause()
    rig.run(60_000)
    expect(rig.client.state).toBe('CONNECTING')
    for (const name of ['1', '2']) rig.world.machine(name).resume()
    rig.run(10_000)
    expect(rig.client.state).toBe('CONNECTED')
  })
})
