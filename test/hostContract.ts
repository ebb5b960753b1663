import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { makeTxn } from '../src/nodes/database/txns.ts'
import type { DiskRecord } from '../src/nodes/diskRecords.ts'
import type { Fact } from '../src/nodes/facts.ts'
import type {
  Connection,
  DiskError,
  FileName,
  Host,
  HostName,
  Node,
  PortName,
  ThreadName,
  Ticket,
  TimerName,
} from '../src/nodes/Host.ts'
import type { Packet } from '../src/nodes/packets.ts'

/**
 * What every host owes its node, in one suite: the five clauses and what the docstrings of Host.ts promise. It runs on
 * the simulated host and on the live one; a rig is what the two differ in.
 */
export interface Rig {
  /** Starts the process of this machine, its next incarnation. `play` is called when the process makes its node. */
  start(name: HostName, play: Play): Actor
  /** Lets things happen until this holds; throws when it does not for much too long. */
  until(condition: () => boolean): Promise<void>
  /** Lets things happen for long enough that whatever is on its way has come. */
  settle(): Promise<void>
  /** Kills the process; its files are as the page cache has them. */
  kill(name: HostName): Promise<void>
  /** The process dies in its `n`-th Host call from now on; that call has no effect. */
  dieAtCall(name: HostName, n: number): void
  /** Whether a process runs. */
  isUp(name: HostName): boolean
  /** How the process ended by `exit`; null if it did not. */
  exitOf(name: HostName): { readonly code: number; readonly reason: string } | null
  /** All facts told, by whomever, in the order told. */
  readonly facts: readonly Fact[]
  close(): Promise<void>
}

/** How the node of one test answers stimuli. */
export type Play = (host: Host, self: Actor) => Partial<Node>

const POLL = '(poll)'
const POLL_MICROS = 1_000

/** A node that keeps a record of what it hears, and in which a test can act from outside. */
export class Actor implements Node {
  /** `packet 7`, `closed 2`: what happened, and to which packet (its zxid), timer, thread, ticket or remote. */
  readonly heard: string[] = []
  /** The stimuli that came while another was being handled. */
  reentered = 0
  connections: Connection[] = []
  packets: Packet[] = []
  host!: Host
  private play: Partial<Node> = {}
  private inStep = false
  private deeds: (() => void)[] = []

  prepare(host: Host, play: Play): void {
    this.host = host
    this.play = play(host, this)
  }

  /** Has the node do something in a step of its own. */
  act(deed: (host: Host) => void): void {
    this.deeds.push(() => deed(this.host))
  }

  get idle(): boolean {
    return this.deeds.length === 0
  }

  count(what: string): number {
    return this.heard.filter((heard) => heard === what || heard.startsWith(`${what} `)).length
  }

  onStart(): void {
    this.step('start', () => {
      this.host.setTimer(POLL, POLL_MICROS)
      this.play.onStart?.()
    })
  }

  onUncaught(message: string): void {
    this.heard.push(`uncaught ${message}`)
  }

  onAccepted(connection: Connection, port: PortName): void {
    this.connections.push(connection)
    this.step(`accepted ${connection.remote} ${port}`, () => this.play.onAccepted?.(connection, port))
  }

  onConnected(connection: Connection): void {
    this.connections.push(connection)
    this.step(`connected ${connection.remote}`, () => this.play.onConnected?.(connection))
  }

  onRefused(connection: Connection): void {
    this.step(`refused ${connection.remote}`, () => this.play.onRefused?.(connection))
  }

  onPacket(connection: Connection, packet: Packet): void {
    this.packets.push(packet)
    const which = 'zxid' in packet ? packet.zxid : packet.type
    this.step(`packet ${which}`, () => this.play.onPacket?.(connection, packet))
  }

  onWritable(connection: Connection): void {
    this.step(`writable ${connection.remote}`, () => this.play.onWritable?.(connection))
  }

  onClosed(connection: Connection): void {
    this.step(`closed ${connection.remote}`, () => this.play.onClosed?.(connection))
  }

  onForced(ticket: Ticket): void {
    this.step(`forced ${ticket}`, () => this.play.onForced?.(ticket))
  }

  onDiskFailed(ticket: Ticket, error: DiskError): void {
    this.step(`diskFailed ${ticket} ${error}`, () => this.play.onDiskFailed?.(ticket, error))
  }

  onTimer(name: TimerName): void {
    if (name === POLL) this.poll()
    else this.step(`timer ${name}`, () => this.play.onTimer?.(name))
  }

  onTurn(thread: ThreadName): void {
    this.step(`turn ${thread}`, () => this.play.onTurn?.(thread))
  }

  private poll(): void {
    if (this.inStep) this.reentered += 1
    this.host.setTimer(POLL, POLL_MICROS)
    const deed = this.deeds[0]
    if (deed === undefined) return
    this.inStep = true
    deed()
    this.deeds.shift()
    this.inStep = false
  }

  private step(what: string, handle: () => void): void {
    if (this.inStep) this.reentered += 1
    this.heard.push(what)
    this.inStep = true
    handle()
    this.inStep = false
  }
}

function ack(zxid: number): Packet {
  return Object.freeze({ type: 'ACK', zxid })
}

function proposal(zxid: number, data = 'data'): Packet {
  return Object.freeze({ type: 'PROPOSAL', zxid, txn: txn(zxid, data) })
}

function txn(zxid: number, data = 'data') {
  return makeTxn(zxid, '0x1', 1, 0, { type: 'setData', path: '/a', data, version: zxid })
}

function epoch(n: number): DiskRecord {
  return Object.freeze({ kind: 'epoch', epoch: n })
}

function contents(host: Host, file: FileName): DiskRecord[] | undefined {
  const image = host.read(file)
  if (image === undefined) return undefined
  return Array.from({ length: image.records.length }, (_, i) => image.records.at(i))
}

function range(from: number, to: number): number[] {
  return Array.from({ length: to - from + 1 }, (_, i) => from + i)
}

function deeplyFrozen(value: unknown): boolean {
  if (typeof value !== 'object' || value === null) return true
  return Object.isFrozen(value) && Object.values(value).every(deeplyFrozen)
}

const QUORUM_1 = Object.freeze({ host: '1', port: 'quorum' } as const)

export function hostContract(name: string, makeRig: () => Rig | Promise<Rig>): void {
  describe(`the Host contract, kept by ${name}`, () => {
    let rig: Rig
    let actors: Actor[]

    beforeEach(async () => {
      rig = await makeRig()
      actors = []
    })

    afterEach(async () => {
      await rig.close()
      expect(actors.filter((actor) => actor.reentered > 0)).toEqual([])
    })

    function start(machine: HostName, play: Play = () => ({})): Actor {
      const actor = rig.start(machine, play)
      actors.push(actor)
      return actor
    }

    /** Does something in a step of this node, and waits until that is done. */
    async function act(actor: Actor, deed: (host: Host) => void): Promise<void> {
      actor.act(deed)
      await rig.until(() => actor.idle)
    }

    /** A server '1' that listens at its quorum port. */
    async function listening(play: Play = () => ({})): Promise<Actor> {
      const server = start('1', play)
      await act(server, (host) => host.listen('quorum'))
      await rig.settle()
      return server
    }

    /** A connection from '2' to '1', and both ends of it. */
    async function connected(playServer?: Play, playDialler?: Play) {
      const server = await listening(playServer)
      const dialler = start('2', playDialler)
      await act(dialler, (host) => void host.dial(QUORUM_1, null))
      await rig.until(() => server.connections.length > 0 && dialler.connections.length > 0)
      return { server, dialler, there: server.connections[0]!, here: dialler.connections[0]! }
    }

    describe('the five clauses', () => {
      test('run to completion, no re-entry: consequences come after the step that caused them', async () => {
        let heardDuring = -1
        const node = await listening((host, self) => ({
          onTurn(thread) {
            if (thread !== 'all') return
            const before = self.heard.length
            host.dial(QUORUM_1, null)
            host.dial({ host: '1', port: 'client' }, null)
            host.append('log', txn(1))
            host.force('log')
            host.replace('epoch', epoch(1))
            host.setTimer('soon', 0)
            host.wake('next')
            heardDuring = self.heard.length - before
          },
        }))
        await act(node, (host) => host.wake('all'))
        const expected = ['connected', 'accepted', 'refused', 'timer soon', 'turn next']
        await rig.until(() => expected.every((what) => node.count(what) === 1) && node.count('forced') === 2)
        expect(heardDuring).toBe(0)
        expect(node.reentered).toBe(0)
      })

      test('once, or never: each ticket, dial and timer is answered once', async () => {
        const { dialler } = await connected()
        await act(dialler, (host) => {
          host.append('log', txn(1))
          host.force('log')
          host.setTimer('t', 500)
          host.dial({ host: '1', port: 'client' }, null)
        })
        await rig.until(
          () => dialler.count('forced') + dialler.count('timer') + dialler.count('refused') === 3,
        )
        await rig.settle()
        expect([...dialler.heard].sort()).toEqual([
          'connected 1',
          `forced 1`,
          'refused 1',
          'start',
          'timer t',
        ])
      })

      test('once, or never: nothing meant for an incarnation reaches the next', async () => {
        const server = await listening((host) => ({
          onPacket: (connection) =>
            void range(1, 20).forEach((zxid) => void host.send(connection, ack(zxid))),
        }))
        const first = start('2')
        await act(first, (host) => void host.dial(QUORUM_1, null))
        await rig.until(() => first.connections.length === 1)
        await act(first, (host) => {
          host.send(first.connections[0]!, ack(1))
          host.append('log', txn(1))
          host.force('log')
          host.replace('epoch', epoch(1))
          host.setTimer('late', 2_000)
          host.wake('main')
          host.dial(QUORUM_1, null)
          host.dial({ host: '1', port: 'client' }, null)
        })
        await rig.kill('2')
        const heardByFirst = first.heard.length
        const second = start('2')
        await rig.settle()
        expect(second.heard).toEqual(['start'])
        expect(first.heard.length).toBe(heardByFirst)
        expect(server.count('closed 2')).toBe(server.count('accepted 2'))
      })

      test('frozen: packets and records arrive frozen all the way down, and equal', async () => {
        const { server, dialler, here } = await connected()
        const sent = proposal(7, 'caf\u00e9\u0000\u00ff')
        await act(dialler, (host) => void host.send(here, sent))
        await rig.until(() => server.packets.length === 1)
        expect(server.packets[0]).toEqual(sent)
        expect(deeplyFrozen(server.packets[0])).toBe(true)
        await act(server, (host) => host.append('log', txn(1)))
        await rig.kill('1')
        const again = start('1')
        let read: DiskRecord[] | undefined
        await act(again, (host) => (read = contents(host, 'log')))
        expect(read).toEqual([txn(1)])
        expect(deeplyFrozen(read![0])).toBe(true)
      })

      test.each([1, 2, 3, 4])('any call may be the last: death in call %i of a step', async (n) => {
        let returned = 0
        let after: unknown = null
        let reachedEnd = false
        const node = start('1', (host) => ({
          onTurn() {
            rig.dieAtCall('1', n)
            try {
              for (const file of ['a', 'b', 'c', 'd']) {
                host.append(file, epoch(1))
                returned += 1
              }
            } catch (error) {
              try {
                host.append('e', epoch(1))
              } catch (again) {
                after = again
              }
              throw error
            }
            reachedEnd = true
          },
        }))
        await act(node, (host) => host.wake('main'))
        await rig.until(() => !rig.isUp('1'))
        expect(reachedEnd).toBe(false)
        expect(returned).toBe(n - 1)
        expect((after as Error).name).toBe('Stopped')
        expect(rig.exitOf('1')).toBe(null)
        const again = start('1')
        let files: readonly FileName[] = []
        await act(again, (host) => (files = host.files()))
        expect(files).toEqual(['a', 'b', 'c', 'd'].slice(0, n - 1))
      })
    })

    describe('clocks and chance', () => {
      test('now is an integer, constant during a step, and never goes back', async () => {
        const times: number[] = []
        const node = start('1', (host) => ({
          onTimer() {
            const now = host.now
            let sum = 0
            for (let i = 0; i < 1_000_000; i++) sum += i
            expect(sum).toBeGreaterThan(0)
            expect(host.now).toBe(now)
            times.push(now)
            if (times.length < 5) host.setTimer('again', 100)
          },
        }))
        await act(node, (host) => host.setTimer('again', 0))
        await rig.until(() => times.length === 5)
        expect(times.every(Number.isSafeInteger)).toBe(true)
        expect(times).toEqual([...times].sort((a, b) => a - b))
        await act(node, (host) => expect(Number.isSafeInteger(host.wallClock)).toBe(true))
      })

      test('random is in [0, 1) and not always the same', async () => {
        const drawn = new Set<number>()
        const node = start('1')
        await act(node, (host) => range(1, 100).forEach(() => void drawn.add(host.random())))
        expect([...drawn].every((x) => x >= 0 && x < 1)).toBe(true)
        expect(drawn.size).toBeGreaterThan(90)
      })
    })

    describe('connections', () => {
      test('each end learns who is at the other, and keeps what it attached', async () => {
        const server = await listening((_, self) => ({
          onAccepted: (connection) => {
            connection.attachment = self
          },
        }))
        const dialler = start('ann')
        const mark = { mine: true }
        let dialled: Connection | undefined
        await act(dialler, (host) => {
          dialled = host.dial(QUORUM_1, mark)
        })
        await rig.until(() => server.connections.length === 1 && dialler.connections.length === 1)
        expect(server.heard).toEqual(['start', 'accepted ann quorum'])
        expect(dialler.heard).toEqual(['start', 'connected 1'])
        expect(dialler.connections[0]).toBe(dialled)
        expect(dialled!.attachment).toBe(mark)
        expect(dialled!.remote).toBe('1')
        expect(server.connections[0]!.attachment).toBe(server)
      })

      test('packets arrive in the order sent, both ways at once', async () => {
        const { server, dialler, here, there } = await connected()
        const all = range(1, 300)
        for (const part of [all.slice(0, 100), all.slice(100)]) {
          dialler.act((host) => part.forEach((zxid) => void host.send(here, ack(zxid))))
          server.act((host) => part.forEach((zxid) => void host.send(there, ack(zxid))))
        }
        await rig.until(() => server.packets.length === 300 && dialler.packets.length === 300)
        const zxids = all.map((zxid) => ack(zxid))
        expect(server.packets).toEqual(zxids)
        expect(dialler.packets).toEqual(zxids)
      })

      test('a port is refused until someone listens, and again after unlisten; accepted connections stay', async () => {
        const server = start('1')
        const dialler = start('2')
        await act(dialler, (host) => void host.dial(QUORUM_1, null))
        await rig.until(() => dialler.count('refused 1') === 1)
        await act(server, (host) => host.listen('quorum'))
        await rig.settle()
        await act(dialler, (host) => void host.dial(QUORUM_1, null))
        await rig.until(() => server.connections.length === 1)
        await act(server, (host) => host.unlisten('quorum'))
        await rig.settle()
        await act(dialler, (host) => void host.dial(QUORUM_1, null))
        await rig.until(() => dialler.count('refused 1') === 2)
        await act(dialler, (host) => void host.send(dialler.connections[0]!, ack(5)))
        await rig.until(() => server.packets.length === 1)
        await act(server, (host) => host.listen('quorum'))
        await rig.settle()
        await act(dialler, (host) => void host.dial(QUORUM_1, null))
        await rig.until(() => server.connections.length === 2)
        expect(server.count('closed')).toBe(0)
      })

      test('ports of one machine are told apart', async () => {
        const server = await listening()
        const dialler = start('2')
        await act(server, (host) => host.listen('election'))
        await rig.settle()
        await act(dialler, (host) => {
          host.dial({ host: '1', port: 'election' }, null)
          host.dial({ host: '1', port: 'client' }, null)
        })
        await rig.until(() => dialler.count('refused 1') === 1 && dialler.count('connected 1') === 1)
        await rig.until(() => server.connections.length === 1)
        expect(server.heard).toEqual(['start', 'accepted 2 election'])
      })

      test('a hang-up lets arrive what was sent before; the other end then hears onClosed, once, last', async () => {
        const { server, dialler, here } = await connected()
        await act(dialler, (host) => {
          range(1, 50).forEach((zxid) => void host.send(here, ack(zxid)))
          host.hangUp(here)
        })
        await rig.until(() => server.count('closed') === 1)
        await rig.settle()
        expect(server.heard.slice(2)).toEqual([...range(1, 50).map((zxid) => `packet ${zxid}`), 'closed 2'])
        expect(dialler.heard).toEqual(['start', 'connected 1'])
      })

      test('who hangs up hears no more of it, not even what is on its way', async () => {
        const { server, dialler, here, there } = await connected()
        dialler.act((host) => host.hangUp(here))
        server.act((host) => range(1, 50).forEach((zxid) => void host.send(there, ack(zxid))))
        await rig.until(() => server.count('closed') === 1)
        await rig.settle()
        const afterHangUp = dialler.heard.slice(2)
        expect(afterHangUp).toEqual([])
      })

      test('who hangs up while dialling hears nothing of it', async () => {
        await listening()
        const dialler = start('2')
        await act(dialler, (host) => {
          host.hangUp(host.dial(QUORUM_1, null))
          host.hangUp(host.dial({ host: '1', port: 'client' }, null))
        })
        await rig.settle()
        expect(dialler.heard).toEqual(['start'])
      })

      test('when both hang up, neither hears of it; hanging up twice is once', async () => {
        const { server, dialler, here, there } = await connected((host) => ({
          onPacket: (connection) => host.hangUp(connection),
        }))
        dialler.act((host) => {
          host.send(here, ack(1))
          host.hangUp(here)
          host.hangUp(here)
        })
        await rig.until(() => server.count('packet') === 1)
        await act(server, (host) => host.hangUp(there))
        await rig.settle()
        expect(server.count('closed')).toBe(0)
        expect(dialler.count('closed')).toBe(0)
      })

      test('what is sent before the connection stands, or after its end, is lost', async () => {
        const server = await listening()
        const dialler = start('2')
        await act(dialler, (host) => {
          const connection = host.dial(QUORUM_1, null)
          host.send(connection, ack(1))
        })
        await rig.until(() => server.connections.length === 1 && dialler.connections.length === 1)
        await act(dialler, (host) => {
          host.hangUp(dialler.connections[0]!)
          host.send(dialler.connections[0]!, ack(2))
        })
        await rig.until(() => server.count('closed') === 1)
        await act(server, (host) => void host.send(server.connections[0]!, ack(3)))
        await rig.settle()
        expect(server.count('packet')).toBe(0)
        expect(dialler.count('packet')).toBe(0)
      })

      test('a full send buffer says so, takes the packet all the same, and says when there is room', async () => {
        const { server, dialler, here } = await connected()
        const data = 'x'.repeat(1_000)
        let sent = 0
        await act(dialler, (host) => {
          while (sent < 200_000 && host.send(here, proposal(++sent, data)));
          host.send(here, proposal(++sent, data))
        })
        await rig.until(() => dialler.count('writable') === 1)
        await rig.until(() => server.packets.length === sent)
        await rig.settle()
        expect(dialler.count('writable')).toBe(1)
        expect(server.heard.slice(2)).toEqual(range(1, sent).map((zxid) => `packet ${zxid}`))
        await act(dialler, (host) => expect(host.send(here, ack(sent + 1))).toBe(true))
      })

      test('the death of a process closes its connections and its ports', async () => {
        const { dialler } = await connected()
        await rig.kill('1')
        await rig.until(() => dialler.count('closed 1') === 1)
        await act(dialler, (host) => void host.dial(QUORUM_1, null))
        await rig.until(() => dialler.count('refused 1') === 1)
        await rig.settle()
        expect(dialler.heard).toEqual(['start', 'connected 1', 'closed 1', 'refused 1'])
      })
    })

    describe('timers and turns', () => {
      test('a timer fires once, not before its time; those that are due come by their deadlines', async () => {
        const delays = range(0, 60).map((i) => 700 + i * 137)
        const early: number[] = []
        let armed = 0
        const node = start('1', (host) => ({
          onTimer(timer) {
            const waited = host.now - armed
            if (waited < Number(timer)) early.push(waited)
          },
        }))
        await act(node, (host) => {
          armed = host.now
          for (const delay of delays) host.setTimer(String(delay), delay)
        })
        await rig.until(() => node.count('timer') === delays.length)
        await rig.settle()
        expect(node.heard.slice(1)).toEqual(delays.map((delay) => `timer ${delay}`))
        expect(early).toEqual([])
      })

      test('arming again replaces, clearing forgets, names are told apart', async () => {
        const node = start('1')
        await act(node, (host) => {
          host.setTimer('earlier', 3_600_000_000)
          host.setTimer('earlier', 1_000)
          host.setTimer('later', 0)
          host.setTimer('later', 6_000)
          host.setTimer('cleared', 1_000)
          host.clearTimer('cleared')
          host.clearTimer('never armed')
        })
        await rig.until(() => node.count('timer later') === 1)
        await rig.settle()
        expect(node.heard).toEqual(['start', 'timer earlier', 'timer later'])
      })

      test('a timer that is due can still be cleared or put off', async () => {
        const node = start('1', (host) => ({
          onTimer(timer) {
            if (timer !== 'a' && timer !== 'b') return
            host.clearTimer(timer === 'a' ? 'b' : 'a')
            host.setTimer('c', 2_000)
          },
        }))
        await act(node, (host) => {
          host.setTimer('a', 1_000)
          host.setTimer('b', 1_000)
          host.setTimer('c', 1_000)
        })
        await rig.until(() => node.heard.at(-1) === 'timer c')
        await rig.settle()
        expect(node.count('timer a') + node.count('timer b')).toBe(1)
        expect(node.count('timer c')).toBeGreaterThanOrEqual(1)
        expect(node.heard.at(-1)).toBe('timer c')
      })

      test('a timer may be armed again when it fires', async () => {
        const node = start('1', (host, self) => ({
          onTimer: () => self.count('timer tick') < 4 && host.setTimer('tick', 200),
        }))
        await act(node, (host) => host.setTimer('tick', 200))
        await rig.until(() => node.count('timer tick') === 4)
        await rig.settle()
        expect(node.heard).toEqual(['start', 'timer tick', 'timer tick', 'timer tick', 'timer tick'])
      })

      test('wake brings a turn of that thread', async () => {
        const node = start('1', (host, self) => ({
          onTurn: (thread) => thread === 'main' && self.count('turn main') < 3 && host.wake('main'),
        }))
        await act(node, (host) => {
          host.wake('main')
          host.wake('learner/2')
        })
        await rig.until(() => node.count('turn main') === 3)
        await rig.settle()
        expect(node.count('turn main')).toBe(3)
        expect(node.count('turn learner/2')).toBe(1)
      })
    })

    describe('files', () => {
      test('a file that is not there reads undefined; what was appended reads back at once', async () => {
        const node = start('1')
        await act(node, (host) => {
          expect(host.read('log.1')).toBe(undefined)
          expect(host.files()).toEqual([])
          host.append('log.1', txn(1))
          host.append('log.1', txn(2))
          expect(contents(host, 'log.1')).toEqual([txn(1), txn(2)])
          expect(host.read('log.1')!.damage).toBe(null)
        })
      })

      test('an image stays as it was read', async () => {
        const node = start('1')
        await act(node, (host) => {
          host.append('log.1', txn(1))
          host.append('log.1', txn(2))
          const image = host.read('log.1')!
          host.truncate('log.1', 1)
          host.append('log.1', txn(3))
          expect([image.records.length, image.records.at(1)]).toEqual([2, txn(2)])
          expect(contents(host, 'log.1')).toEqual([txn(1), txn(3)])
        })
      })

      test('names come in code unit order', async () => {
        const node = start('1')
        await act(node, (host) => {
          for (const file of ['log.2', 'snapshot.0', 'currentEpoch', 'log.10', 'Z', 'acceptedEpoch']) {
            host.append(file, epoch(1))
          }
          host.remove('snapshot.0')
          host.remove('not there')
          expect(host.files()).toEqual(['Z', 'acceptedEpoch', 'currentEpoch', 'log.10', 'log.2'])
          expect(host.read('snapshot.0')).toBe(undefined)
        })
      })

      test('forces of one file are answered in order', async () => {
        const node = start('1')
        const tickets: Ticket[] = []
        await act(node, (host) => {
          for (const zxid of range(1, 8)) {
            host.append('log.1', txn(zxid))
            tickets.push(host.force('log.1'))
          }
        })
        await act(node, (host) => tickets.push(host.force('log.1')))
        await rig.until(() => node.count('forced') === tickets.length)
        expect(node.heard.slice(1)).toEqual(tickets.map((ticket) => `forced ${ticket}`))
        expect(new Set(tickets).size).toBe(tickets.length)
      })

      test('replace leaves one record, the newest', async () => {
        const node = start('1')
        const tickets: Ticket[] = []
        await act(node, (host) => {
          tickets.push(host.replace('acceptedEpoch', epoch(1)), host.replace('acceptedEpoch', epoch(2)))
        })
        await rig.until(() => node.count('forced') === 2)
        expect(node.heard.slice(1)).toEqual(tickets.map((ticket) => `forced ${ticket}`))
        await act(node, (host) => {
          expect(contents(host, 'acceptedEpoch')).toEqual([epoch(2)])
          expect(host.files()).toEqual(['acceptedEpoch'])
        })
      })

      test('a kill between replace and its answer leaves the old record or the new', async () => {
        const node = start('1')
        await act(node, (host) => void host.replace('acceptedEpoch', epoch(1)))
        await rig.until(() => node.count('forced') === 1)
        await act(node, (host) => void host.replace('acceptedEpoch', epoch(2)))
        await rig.kill('1')
        const again = start('1')
        let files: readonly FileName[] = []
        let left: DiskRecord[] | undefined
        await act(again, (host) => {
          files = host.files()
          left = contents(host, 'acceptedEpoch')
        })
        expect(files).toEqual(['acceptedEpoch'])
        expect([[epoch(1)], [epoch(2)]]).toContainEqual(left)
      })

      test('a killed process finds its files as it left them', async () => {
        const node = start('1')
        await act(node, (host) => {
          range(1, 5).forEach((zxid) => void host.append('log.1', txn(zxid, '\u0000\u00ff"\\\n')))
          host.force('log.1')
          host.replace('currentEpoch', epoch(3))
          host.append('log.9', txn(9))
          host.remove('log.9')
        })
        await rig.until(() => node.count('forced') === 2)
        await act(node, (host) => {
          host.truncate('log.1', 3)
          host.append('log.1', txn(6))
          host.append('snapshot.6', epoch(6))
        })
        await rig.kill('1')
        const again = start('1')
        await act(again, (host) => {
          expect(host.files()).toEqual(['currentEpoch', 'log.1', 'snapshot.6'])
          expect(contents(host, 'log.1')).toEqual([
            ...range(1, 3).map((zxid) => txn(zxid, '\u0000\u00ff"\\\n')),
            txn(6),
          ])
          expect(contents(host, 'currentEpoch')).toEqual([epoch(3)])
          expect(contents(host, 'snapshot.6')).toEqual([epoch(6)])
          expect(host.read('log.1')!.damage).toBe(null)
          host.append('log.1', txn(7))
          host.truncate('snapshot.6', 0)
          host.force('log.1')
        })
        await rig.until(() => again.count('forced') === 1)
        await rig.kill('1')
        const third = start('1')
        await act(third, (host) => {
          expect(contents(host, 'log.1')!.map((record) => (record as { zxid: number }).zxid)).toEqual([
            1, 2, 3, 6, 7,
          ])
          expect(contents(host, 'snapshot.6') ?? []).toEqual([])
        })
      })

      test('machines do not see the files of others', async () => {
        const one = start('1')
        const two = start('2')
        await act(one, (host) => host.append('log.1', txn(1)))
        await act(two, (host) => expect(host.files()).toEqual([]))
      })
    })

    describe('facts and the end', () => {
      test('facts are heard in the order told', async () => {
        const node = start('1')
        await act(node, (host) => {
          for (const zxid of range(1, 3)) host.tell(Object.freeze({ type: 'forced', peer: 1, zxid }))
        })
        await rig.until(() => rig.facts.length === 3)
        expect(rig.facts).toEqual(range(1, 3).map((zxid) => ({ type: 'forced', peer: 1, zxid })))
      })

      test('exit ends the process in that call; what it did before holds', async () => {
        let returned = false
        const { server, dialler, here } = await connected(undefined, (host, self) => ({
          onTurn() {
            host.append('log.1', txn(1))
            host.send(self.connections[0]!, ack(9))
            host.setTimer('t', 0)
            host.wake('other')
            host.exit(3, 'of its own will')
            returned = true
          },
        }))
        expect(here.remote).toBe('1')
        await act(dialler, (host) => host.wake('main'))
        await rig.until(() => server.count('closed 2') === 1)
        await rig.settle()
        expect(returned).toBe(false)
        expect(rig.isUp('2')).toBe(false)
        expect(rig.exitOf('2')).toEqual({ code: 3, reason: 'of its own will' })
        expect(server.heard.slice(2)).toEqual(['packet 9', 'closed 2'])
        expect(dialler.heard.at(-1)).toBe('turn main')
        const again = start('2')
        await act(again, (host) => expect(contents(host, 'log.1')).toEqual([txn(1)]))
      })
    })
  })
}
