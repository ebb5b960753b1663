import { beforeEach, describe, expect, it } from 'vitest'
import { OPEN_ACL_UNSAFE } from '../../src/nodes/acl.ts'
import { createOperation } from '../../src/nodes/operations.ts'
import type { PeerSettings } from '../../src/nodes/PeerConfig.ts'
import { ContainerManager } from '../../src/nodes/server/ContainerManager.ts'
import { Sink } from './fakes.ts'
import { PrepToFinal } from './PrepToFinal.ts'

const SECOND = 1_000_000
const TIMER = 'containerManager'

let server: PrepToFinal
let asked: Sink
let manager: ContainerManager

function start(settings: Partial<PeerSettings> = {}): void {
  server = new PrepToFinal({ containerCheckInterval: 10_000, ...settings })
  asked = new Sink()
  manager = new ContainerManager(server.server, asked)
  manager.start()
}

beforeEach(() => start())

function make(
  path: string,
  mode: 'persistent' | 'container' | 'persistentTTL' = 'persistent',
  ttl = 0,
): void {
  expect(server.ask(createOperation(path, '', mode, OPEN_ACL_UNSAFE, ttl)).err).toBe('OK')
}

/** The next timer; the clock on the wall goes with it. */
function tick(): void {
  const { host } = server
  host.wallClock += (host.timers.get(TIMER) as number) - host.now
  server.timer(TIMER)
}

function paths(): string[] {
  return asked.requests.map(({ op }) => (op?.type === 'deleteContainer' ? op.path : '?'))
}

function used(path: string): void {
  make(path, 'container')
  make(`${path}/x`)
  server.ask({ type: 'delete', path: `${path}/x`, version: -1 })
}

describe('the container manager', () => {
  it('asks for containers that have had children and have none, by no session', () => {
    used('/b')
    used('/a')
    make('/full', 'container')
    make('/full/x')
    make('/new', 'container')
    tick()
    tick()
    expect(paths()).toEqual(['/a', '/b'])
    expect(asked.requests[0]).toMatchObject({ cnxn: null, sessionId: '0x0', owner: null })
  })

  it('leaves a container that was never used for a while', () => {
    start({ containerMaxNeverUsedInterval: 15_000 })
    make('/new', 'container')
    tick()
    expect(paths()).toEqual([])
    tick()
    expect(paths()).toEqual(['/new'])
  })

  it('leaves it for ever where the setting is 0', () => {
    start({ containerMaxNeverUsedInterval: 0 })
    make('/new', 'container')
    server.host.wallClock += 1_000_000 * SECOND
    tick()
    expect(paths()).toEqual([])
  })

  it('asks for nodes whose time to live is over since they were written, unless they have children', () => {
    make('/short', 'persistentTTL', 4_000)
    make('/long', 'persistentTTL', 11_000)
    make('/parent', 'persistentTTL', 4_000)
    make('/parent/x')
    tick()
    expect(paths()).toEqual(['/short'])
    server.ask({ type: 'setData', path: '/long', data: '', version: -1 })
    tick()
    expect(paths()).not.toContain('/long')
  })

  it('goes by the clock on the wall, which may be set', () => {
    make('/t', 'persistentTTL', 60_000)
    server.host.wallClock += 61 * SECOND
    tick()
    expect(paths()).toEqual(['/t'])
  })

  it('asks for no more a minute than it may, and looks again when it is time', () => {
    start({ containerMaxPerMinute: 20 })
    for (const path of ['/a', '/b']) used(path)
    const times: number[] = []
    for (let i = 0; i < 4; i++) {
      tick()
      times.push(server.host.now / SECOND)
    }
    expect(paths()).toEqual(['/a', '/b', '/a', '/b'])
    expect(times).toEqual([10, 13, 20, 23])
  })

  it('does nothing while it may ask for none', () => {
    start({ containerMaxPerMinute: 0 })
    used('/a')
    tick()
    tick()
    expect(paths()).toEqual([])
  })

  it('stops with its server', () => {
    manager.shutdown()
    expect(server.host.timers.has(TIMER)).toBe(false)
  })
})
