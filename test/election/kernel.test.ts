import { expect, it } from 'vitest'
import type { ConnectionOwner } from '../../src/nodes/ConnectionOwner.ts'
import { Dispatcher } from '../../src/nodes/Dispatcher.ts'
import { FastLeaderElection } from '../../src/nodes/election/FastLeaderElection.ts'
import { QuorumCnxManager } from '../../src/nodes/election/QuorumCnxManager.ts'
import { makeVote, type Vote } from '../../src/nodes/election/Vote.ts'
import type { Connection, Host, Node } from '../../src/nodes/Host.ts'
import { defaultSettings } from '../../src/nodes/PeerConfig.ts'
import type { Packet, ServerState } from '../../src/nodes/packets.ts'
import type { QuorumPeer } from '../../src/nodes/quorum/QuorumPeer.ts'
import type { Sid } from '../../src/nodes/zxid.ts'
import { fork } from '../../src/sim/kernel/fork.ts'
import { World } from '../../src/sim/kernel/World.ts'
import { members } from './lonePeer.ts'

const cast = Object.freeze({ QuorumCnxManager })
const five = members([1, 2, 3, 4, 5])

/** A node that only elects. */
class Elector implements Node {
  readonly cast = cast
  readonly config = defaultSettings
  readonly verifier = five
  readonly lastSeenVerifier = five
  readonly learnerType = 'participant'
  readonly currentEpoch = 0
  state: ServerState = 'LOOKING'
  currentVote: Vote
  readonly host: Host
  readonly myid: Sid
  readonly dispatcher: Dispatcher
  election: FastLeaderElection | null = null

  constructor(host: Host, myid: Sid) {
    this.host = host
    this.myid = myid
    this.dispatcher = new Dispatcher(host)
    this.currentVote = makeVote(myid, 0, -1, 0)
  }

  lastLoggedZxid() {
    return 0
  }
  electionDecided(vote: Vote) {
    this.currentVote = vote
    this.state = vote.leader === this.myid ? 'LEADING' : 'FOLLOWING'
  }
  onStart() {
    this.election = new FastLeaderElection(this as unknown as QuorumPeer)
    this.election.lookForLeader()
  }
  onAccepted(connection: Connection) {
    this.election!.manager.onAccepted(connection)
  }
  onConnected(connection: Connection) {
    ;(connection.attachment as ConnectionOwner).onConnected(connection)
  }
  onRefused(connection: Connection) {
    ;(connection.attachment as ConnectionOwner).onRefused(connection)
  }
  onPacket(connection: Connection, packet: Packet) {
    ;(connection.attachment as ConnectionOwner).onPacket(connection, packet)
  }
  onWritable(connection: Connection) {
    ;(connection.attachment as ConnectionOwner).onWritable(connection)
  }
  onClosed(connection: Connection) {
    ;(connection.attachment as ConnectionOwner).onClosed(connection)
  }
  onForced() {}
  onDiskFailed() {}
  onTimer(name: string) {
    this.dispatcher.onTimer(name)
  }
  onTurn(name: string) {
    this.dispatcher.onTurn(name)
  }
}

function start(seed: number): World {
  const world = new World({ seed })
  for (const sid of five.voters) {
    world.addMachine(`${sid}`, Object.freeze({ create: (host: Host) => new Elector(host, sid) })).start()
  }
  return world
}

const states = (world: World) =>
  [...world.machines].map(({ node }) => {
    const { state, currentVote } = node as unknown as Elector
    return `${state} ${currentVote.leader}`
  })

it('an election in a world of the kernel, copied after every few events, ends the same way', () => {
  for (let seed = 1; seed <= 3; seed++) {
    const world = start(seed)
    const copies: World[] = []
    while (world.now < 1_000_000) {
      if (!world.step()) break
      if (world.events % 20 === 0) copies.push(fork(world, { strict: true }))
    }
    expect(states(world)).toEqual([...Array(4).fill('FOLLOWING 5'), 'LEADING 5'])
    expect(copies.length).toBeGreaterThan(3)
    for (const copy of copies) {
      while (copy.events < world.events) copy.step()
      expect(states(copy)).toEqual(states(world))
      expect(copy.now).toBe(world.now)
    }
  }
})
