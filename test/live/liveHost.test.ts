import { once } from 'node:events'
import { connect, createServer, type Socket } from 'node:net'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import type { NodeFactory } from '../../src/nodes/Host.ts'
import { encodeHello, encodePacket } from '../../src/nodes/live/codec.ts'
import { frame } from '../../src/nodes/live/frames.ts'
import { runNode } from '../../src/nodes/live/index.ts'
import { type DiskAnswers, LiveDisk } from '../../src/nodes/live/LiveDisk.ts'
import type { Packet } from '../../src/nodes/packets.ts'
import { Actor, hostContract, type Play } from '../hostContract.ts'
import { type LiveRig, makeLiveRig } from './liveRig.ts'

hostContract('LiveHost', makeLiveRig)

const NOBODY: DiskAnswers = { forced() {}, diskFailed() {} }

describe('LiveHost', () => {
  let rig: LiveRig

  beforeEach(async () => {
    rig = await makeLiveRig()
  })

  afterEach(() => rig.close())

  const ack: Packet = Object.freeze({ type: 'ACK', zxid: 1 })

  async function listening(): Promise<Actor> {
    const server = rig.start('1', (host) => ({ onStart: () => host.listen('quorum') }))
    await rig.until(() => server.heard.length === 1)
    await rig.settle()
    return server
  }

  /** A stranger's socket to the quorum port of '1'. */
  async function stranger(): Promise<Socket> {
    const { host, port } = rig.addresses['1']!.quorum!
    const socket = connect(port, host)
    socket.on('error', () => {})
    socket.resume()
    await once(socket, 'connect')
    return socket
  }

  function factoryOf(actor: Actor, play: Play): NodeFactory {
    return {
      create(host) {
        actor.prepare(host, play)
        return actor
      },
    }
  }

  describe('a connection that is not from one of us is closed', () => {
    test.each([
      ['bytes', Buffer.from('GET / HTTP/1.1\r\nHost: localhost\r\n\r\n')],
      ['a frame of something else', frame(Buffer.from('[]'))],
      ['a packet without a greeting', encodePacket(ack)],
      ['a greeting for another machine', encodeHello('2', '3', 'quorum')],
      ['a greeting for another port', encodeHello('2', '1', 'client')],
    ])('%s', async (_, garbage) => {
      const server = await listening()
      const socket = await stranger()
      socket.write(garbage)
      await once(socket, 'close')
      await rig.settle()
      expect(server.heard).toEqual(['start'])
    })
  })

  test('garbage after a greeting: what came before counts, then the connection is closed', async () => {
    const server = await listening()
    const socket = await stranger()
    socket.write(Buffer.concat([encodeHello('2', '1', 'quorum'), encodePacket(ack), Buffer.alloc(12, 7)]))
    await once(socket, 'close')
    await rig.until(() => server.count('closed') === 1)
    expect(server.heard).toEqual(['start', 'accepted 2 quorum', 'packet 1', 'closed 2'])
  })

  test('bytes that come one at a time make the same packets', async () => {
    const server = await listening()
    const socket = await stranger()
    socket.setNoDelay(true)
    for (const byte of Buffer.concat([encodeHello('2', '1', 'quorum'), encodePacket(ack)])) {
      socket.write(Buffer.of(byte))
      await new Promise((resolve) => setImmediate(resolve))
    }
    await rig.until(() => server.count('packet') === 1)
    expect(server.packets).toEqual([ack])
    socket.destroy()
  })

  test('a dialled end that answers garbage is closed', async () => {
    const { host, port } = rig.addresses['2']!.quorum!
    const fake = createServer((socket) => {
      socket.on('error', () => {})
      socket.write('hello?')
      socket.write(Buffer.alloc(100))
    })
    fake.listen(port, host)
    await once(fake, 'listening')
    const node = rig.start('1', (live) => ({
      onStart: () => void live.dial({ host: '2', port: 'quorum' }, null),
    }))
    await rig.until(() => node.count('closed') === 1)
    expect(node.heard).toEqual(['start', 'connected 2', 'closed 2'])
    fake.close()
  })

  test('a hang-up waits for more than the kernel buffers', async () => {
    const server = await listening()
    const config = 'x'.repeat(1_000_000)
    rig.start('2', (host) => ({
      onStart: () => void host.dial({ host: '1', port: 'quorum' }, null),
      onConnected(connection) {
        for (let zxid = 1; zxid <= 20; zxid++) host.send(connection, { type: 'NEWLEADER', zxid, config })
        host.hangUp(connection)
      },
    }))
    await rig.until(() => server.count('closed') === 1)
    expect(server.count('packet')).toBe(20)
  })

  test('what was appended is in the page cache before anything sent after it arrives', async () => {
    let found = -1
    const server = rig.start('1', (host) => ({
      onStart: () => host.listen('quorum'),
      onPacket() {
        found = new LiveDisk(rig.config('2').dataDir, NOBODY).read('log.1')?.records.length ?? 0
      },
    }))
    await rig.settle()
    const dialler = rig.start('2', (host) => ({
      onStart: () => void host.dial({ host: '1', port: 'quorum' }, null),
      onConnected(connection) {
        host.append('log.1', { kind: 'epoch', epoch: 1 })
        host.send(connection, ack)
      },
    }))
    await rig.until(() => server.count('packet') === 1)
    expect(found).toBe(1)
    expect(dialler.count('connected')).toBe(1)
  })

  test('a machine that is not in the address book refuses', async () => {
    const node = rig.start('1', (host) => ({
      onStart: () => void host.dial({ host: '9', port: 'quorum' }, null),
    }))
    await rig.until(() => node.count('refused 9') === 1)
  })

  test('a node that falls behind slows its senders, and loses nothing', async () => {
    const data = 'x'.repeat(2_000)
    let taken = 0
    const server = rig.start('1', (host) => ({
      onStart: () => host.listen('quorum'),
      onPacket() {
        taken += 1
        if (taken % 500 !== 0) return
        const until = performance.now() + 5
        while (performance.now() < until);
      },
    }))
    await rig.settle()
    const count = 6_000
    const sender = rig.start('2', (host, self) => {
      let sent = 0
      const go = () => {
        while (sent < count) {
          const config = `${sent++} ${data}`
          if (!host.send(self.connections[0]!, { type: 'NEWLEADER', zxid: sent, config })) return
        }
      }
      return {
        onStart: () => void host.dial({ host: '1', port: 'quorum' }, null),
        onConnected: go,
        onWritable: go,
      }
    })
    await rig.until(() => server.packets.length === count)
    expect(server.packets.map((packet) => (packet as { zxid: number }).zxid)).toEqual(
      Array.from({ length: count }, (_, i) => i + 1),
    )
    expect(sender.count('writable')).toBeGreaterThan(0)
    expect(server.count('closed')).toBe(0)
  })

  describe('the end of a process', () => {
    test('an error that the node did not catch ends it', async () => {
      const actor = new Actor()
      const node = runNode(
        factoryOf(actor, () => ({
          onStart() {
            throw new RangeError('out of range')
          },
        })),
        rig.config('1'),
      )
      expect(await node.ended).toMatchObject({
        how: 'failed',
        code: 1,
        reason: 'threw in start: out of range',
        error: new RangeError('out of range'),
      })
      expect(actor.heard).toEqual(['start', 'uncaught out of range'])
    })

    test('a port held by somebody else ends it, after some attempts', async () => {
      const { host, port } = rig.addresses['1']!.client!
      const squatter = createServer().listen(port, host)
      await once(squatter, 'listening')
      const node = runNode(
        factoryOf(new Actor(), (live) => ({ onStart: () => live.listen('client') })),
        rig.config('1'),
      )
      const end = await node.ended
      expect(end).toMatchObject({ how: 'failed', code: 1 })
      expect(end.reason).toMatch(/^cannot listen: host=1 port=client: .*EADDRINUSE/)
      squatter.close()
    })

    test('a port that becomes free in time is taken', async () => {
      const { host, port } = rig.addresses['1']!.quorum!
      const before = createServer().listen(port, host)
      await once(before, 'listening')
      await listening()
      before.close()
      const dialler = rig.start('2', (live) => ({
        onStart: () => live.setTimer('dial', 80_000),
        onTimer: (name) => name === 'dial' && live.dial({ host: '1', port: 'quorum' }, null),
      }))
      await rig.until(() => dialler.count('connected 1') === 1)
    })

    test('stop lets what was sent arrive; then every call throws', async () => {
      const server = await listening()
      const actor = new Actor()
      const node = runNode(
        factoryOf(actor, (host) => ({
          onStart: () => void host.dial({ host: '1', port: 'quorum' }, null),
          onConnected(connection) {
            for (let i = 0; i < 500; i++) host.send(connection, ack)
            void node.stop()
          },
        })),
        rig.config('2'),
      )
      expect(await node.ended).toMatchObject({ how: 'stopped', code: 0 })
      await rig.until(() => server.count('closed 2') === 1)
      expect(server.packets.length).toBe(500)
      expect(() => node.host.wake('main')).toThrow('stopped')
      expect(await node.kill()).toBe(await node.ended)
      expect(node.end?.how).toBe('stopped')
    })

    test('who hears a fact may kill its teller at that very moment', async () => {
      let survived = false
      const node = runNode(
        factoryOf(new Actor(), (host) => ({
          onStart() {
            host.append('log.1', { kind: 'epoch', epoch: 1 })
            host.tell({ type: 'forced', peer: 1, zxid: 1 })
            survived = true
          },
        })),
        rig.config('1'),
      )
      node.facts.push(() => void node.kill())
      expect((await node.ended).how).toBe('killed')
      expect(survived).toBe(false)
      expect(rig.facts.length).toBe(1)
      const again = runNode(
        factoryOf(new Actor(), () => ({})),
        rig.config('1'),
      )
      expect(again.host.read('log.1')!.records.length).toBe(1)
      await again.stop()
    })

    test('nothing is kept open afterwards', async () => {
      const inUse = () => process.getActiveResourcesInfo().filter((kind) => /TCP|FS/.test(kind))
      await rig.settle()
      const before = inUse()
      await listening()
      const dialler = rig.start('2', (host) => ({
        onStart() {
          host.dial({ host: '1', port: 'quorum' }, null)
          host.setTimer('far', 60_000_000)
          host.append('log.1', { kind: 'epoch', epoch: 1 })
          host.force('log.1')
        },
      }))
      await rig.until(() => dialler.count('connected') === 1 && dialler.count('forced') === 1)
      expect(inUse().length).toBeGreaterThan(before.length)
      await rig.close()
      await rig.settle()
      expect(inUse()).toEqual(before)
    })
  })
})
