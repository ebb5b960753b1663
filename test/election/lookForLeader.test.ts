import { describe, expect, it } from 'vitest'
import { FastLeaderElection, RECV_CAPACITY } from '../../src/nodes/election/FastLeaderElection.ts'
import { makeVote, type Vote } from '../../src/nodes/election/Vote.ts'
import { SyncedLearnerTracker } from '../../src/nodes/quorum/SyncedLearnerTracker.ts'
import { NONE, type Sid, UNKNOWN } from '../../src/nodes/zxid.ts'
import { LonePeer, members } from './lonePeer.ts'

const three = members([1, 2, 3])
const five = members([1, 2, 3, 4, 5])

describe('a round begins', () => {
  it('counts the round, votes for itself, tells all voters and itself', () => {
    const peer = new LonePeer(1, three, undefined, { zxid: 7, epoch: 2 })
    peer.election.lookForLeader()
    expect(peer.told('voted')).toEqual([
      { type: 'voted', peer: 1, leader: 1, zxid: 7, peerEpoch: 2, electionEpoch: 1 },
    ])
    expect(peer.mailbox.sent.map(({ to }) => to)).toEqual([1, 2, 3])
    expect(peer.mailbox.sent[0]!.packet.config).toBe(three.toText())
    expect(peer.election.backlog, 'its own vote waits in the receive queue').toBe(1)
    expect(peer.timers).toEqual(new Map([['notTimeout', 200]]))
  })

  it('an observer votes for nobody, and only voters hear of it', () => {
    const peer = new LonePeer(4, members([1, 2, 3], [4]), undefined, { learnerType: 'observer', zxid: 7 })
    peer.look()
    expect(peer.proposal).toEqual([NONE, NONE, NONE])
    expect(peer.takeSent()).toEqual([1, 2, 3].map((sid) => `${sid}: LOOKING ${NONE} 1`))
  })

  it('the voters of a configuration that is to come hear of it too', () => {
    const peer = new LonePeer(1, three)
    peer.lastSeenVerifier = members([1, 2, 4], [], 5)
    expect(
      peer
        .look()
        .takeSent()
        .map((line) => line[0]),
    ).toEqual(['2', '3', '4'])
  })

  it('one of one elects itself', () => {
    const peer = new LonePeer(1, members([1])).look()
    peer.timeout('finalizeWait')
    expect(peer.state).toBe('LEADING')
  })
})

describe('a vote of a LOOKING peer', () => {
  it('is ignored when this peer may have lost its data', () => {
    const peer = new LonePeer(1, three, undefined, { zxid: UNKNOWN }).look()
    peer.hear(2, { leader: 2 }).hear(3, { leader: 2 })
    expect(peer.proposal).toEqual([1, UNKNOWN, 0])
    expect(peer.election.phase).toBe('exchange')
  })

  it('is ignored when its candidate may have lost its data', () => {
    const peer = new LonePeer(1, three).look()
    peer.hear(2, { leader: 2, zxid: UNKNOWN, epoch: 9, round: 5 })
    expect(peer.proposal).toEqual([1, 0, 0])
    expect(peer.election.logicalclock).toBe(1)
  })

  it('of a later round: moves there, forgets the votes so far and adopts what beats its own first vote', () => {
    const peer = new LonePeer(1, five).look().hear(2, { leader: 2 })
    peer.takeSent()
    peer.hear(3, { leader: 3, round: 4 })
    expect(peer.election.logicalclock).toBe(4)
    expect(peer.proposal).toEqual([3, 0, 0])
    expect(peer.takeSent()).toEqual(['2', '3', '4', '5'].map((sid) => `${sid}: LOOKING 3 4`))
    expect(peer.election.waitingFor()).toContain('has 1 3 of majority of 1 2 3 4 5')
  })

  it('of a later round: falls back to its own first vote, even from a better one', () => {
    const peer = new LonePeer(2, five).look().hear(5, { leader: 5 })
    expect(peer.proposal).toEqual([5, 0, 0])
    peer.hear(1, { leader: 1, round: 2 })
    expect(peer.proposal).toEqual([2, 0, 0])
    expect(peer.told('voted').at(-1)).toMatchObject({ leader: 2, electionEpoch: 2 })
  })

  it('of a later round: need not beat what this peer had adopted in the earlier one', () => {
    const peer = new LonePeer(1, five).look().hear(5, { leader: 5 }).hear(3, { leader: 3, round: 2 })
    expect(peer.proposal).toEqual([3, 0, 0])
  })

  it('of a later round: makes all votes so far void, those of followers too', () => {
    const peer = new LonePeer(1, five).look()
    peer
      .hear(2, { state: 'FOLLOWING', leader: 5, epoch: 1 })
      .hear(3, { state: 'FOLLOWING', leader: 5, epoch: 2 })
    peer.hear(4, { leader: 4, round: 4 })
    peer.hear(5, { state: 'LEADING', leader: 5, epoch: 3, round: 4 })
    expect(peer.decisions).toEqual([])
  })

  it('of this round: is adopted and broadcast when it is better', () => {
    const peer = new LonePeer(1, five).look()
    peer.takeSent()
    peer.hear(4, { leader: 4 })
    expect(peer.proposal).toEqual([4, 0, 0])
    expect(peer.takeSent()).toHaveLength(4)
  })

  it('of this round: is recorded, and nothing said, when it is not', () => {
    const peer = new LonePeer(3, five).look()
    peer.takeSent()
    peer.hear(1, { leader: 1 })
    expect(peer.proposal).toEqual([3, 0, 0])
    expect(peer.takeSent()).toEqual([])
  })

  it('of an earlier round: is answered with the live proposal and not recorded', () => {
    const peer = new LonePeer(2, three).look().hear(1, { leader: 1, round: 3 })
    peer.takeSent()
    peer.hear(1, { leader: 3, zxid: 99, round: 2 })
    expect(peer.takeSent()).toEqual(['1: LOOKING 2 3'])
    expect(peer.proposal).toEqual([2, 0, 0])
  })

  it('is ignored when it comes from, or names, somebody who may not vote', () => {
    const peer = new LonePeer(1, members([1, 2, 3], [4])).look()
    peer.hear(2, { leader: 4, zxid: 99 })
    expect(peer.proposal).toEqual([1, 0, 0])
    peer.hear(4, { leader: 2, round: 9 })
    expect(peer.election.logicalclock).toBe(1)
  })

  it('never names a server of weight 0', () => {
    const groups = [{ id: 1, servers: [1, 2, 3] }]
    const peer = new LonePeer(1, members([1, 2, 3], [], 0, { groups, weights: [[3, 0]] })).look()
    peer.hear(3, { leader: 3, zxid: 99 })
    expect(peer.proposal).toEqual([1, 0, 0])
    peer.hear(2, { leader: 2 })
    expect(peer.proposal).toEqual([2, 0, 0])
  })
})

describe('a vote of an observer', () => {
  it('who happens to be a voter by configuration is ignored', () => {
    const peer = new LonePeer(1, three).look()
    peer.hear(2, { state: 'OBSERVING', leader: 3 }).hear(3, { state: 'OBSERVING', leader: 3 })
    expect(peer.decisions).toEqual([])
  })
})

describe('finalizeWait', () => {
  const agreed = () => new LonePeer(1, three).look().hear(2, { leader: 2 })

  it('silence decides', () => {
    const peer = agreed()
    expect(peer.timers).toEqual(new Map([['finalizeWait', 200]]))
    peer.timeout('finalizeWait')
    expect(peer.decisions).toEqual([makeVote(2, 0, 1, 0)])
    expect(peer.state).toBe('FOLLOWING')
    expect(peer.told('elected')).toEqual([
      {
        type: 'elected',
        peer: 1,
        leader: 2,
        zxid: 0,
        peerEpoch: 0,
        electionEpoch: 1,
        supporters: [1, 2],
        fromLookers: true,
      },
    ])
    expect(peer.timers.size).toBe(0)
  })

  it('a better vote is read again in the exchange', () => {
    const peer = agreed().hear(3, { leader: 3 })
    expect(peer.proposal).toEqual([3, 0, 0])
    expect(peer.election.phase, 'it has 1 (loop-back) and 3').toBe('finalize')
    peer.timeout('finalizeWait')
    expect(peer.decisions.map((vote) => vote.leader)).toEqual([3])
  })

  it('other votes are lost, whatever they are, and the wait begins anew', () => {
    const peer = agreed()
    peer.timers.set('finalizeWait', 1)
    peer.hear(3, { state: 'LEADING', leader: 1, round: 9 })
    expect(peer.timers.get('finalizeWait')).toBe(200)
    peer.timeout('finalizeWait')
    expect(peer.told('elected')[0]!.supporters).toEqual([1, 2])
  })

  it('a vote counts as better whatever its state and round', () => {
    const peer = agreed().hear(3, { state: 'FOLLOWING', leader: 3, round: 0 })
    expect(peer.election.phase).toBe('exchange')
    expect(peer.proposal, 'the table has no use for it').toEqual([2, 0, 0])
    expect(peer.timers).toEqual(new Map([['notTimeout', 200]]))
    peer.timeout('notTimeout')
    expect(peer.election.phase, 'the quorum is found again by the next vote').toBe('finalize')
  })

  it('does not decide for slowness: a vote that waits in the queue is read first', () => {
    const peer = agreed()
    peer.queue(9, { leader: 9 })
    peer.queue(3, { leader: 3 })
    peer.timeout('finalizeWait')
    expect(peer.decisions).toEqual([])
    expect(peer.proposal).toEqual([3, 0, 0])
  })

  it('a winner keeps who elected it', () => {
    const peer = new LonePeer(3, three).look().hear(1, { leader: 3 }).timeout('finalizeWait')
    expect(peer.state).toBe('LEADING')
    expect(peer.election.leadingVoteSet!.acks()).toEqual([1, 3])
  })
})

describe('a vote of a FOLLOWING or LEADING peer', () => {
  it('of this round: decides with a quorum in which the leader says it leads', () => {
    const peer = new LonePeer(1, five).look()
    peer.hear(4, { state: 'FOLLOWING', leader: 5, zxid: 3 }).hear(3, { state: 'FOLLOWING', leader: 5 })
    expect(peer.decisions).toEqual([])
    peer.hear(5, { state: 'LEADING', leader: 5, zxid: 8, epoch: 1 })
    expect(peer.decisions).toEqual([makeVote(5, 8, 1, 1)])
    expect(peer.told('elected')[0]).toMatchObject({ fromLookers: false, supporters: [3, 4, 5] })
  })

  it('of this round: only the leader must agree among them, not epoch or position', () => {
    const peer = new LonePeer(1, three).look()
    peer.hear(2, { state: 'FOLLOWING', leader: 3, epoch: 1, zxid: 1 })
    peer.hear(3, { state: 'LEADING', leader: 3, epoch: 2, zxid: 2 })
    expect(peer.decisions).toEqual([makeVote(3, 2, 1, 2)])
  })

  it('of another round: leader and epoch must agree, and the clock follows', () => {
    const peer = new LonePeer(1, three).look()
    peer.hear(2, { state: 'FOLLOWING', leader: 3, epoch: 1, round: 6 })
    peer.hear(3, { state: 'LEADING', leader: 3, epoch: 2, round: 7 })
    expect(peer.decisions).toEqual([])
    peer.hear(2, { state: 'FOLLOWING', leader: 3, epoch: 2, round: 6 })
    expect(peer.decisions).toEqual([makeVote(3, 0, 6, 2)])
    expect(peer.election.logicalclock).toBe(6)
  })

  it('of this round: votes of LOOKING peers agree with it only in full', () => {
    const peer = new LonePeer(1, three).look().hear(1, { leader: 3, zxid: 4 })
    expect(peer.proposal).toEqual([3, 4, 0])
    peer.hear(3, { state: 'LEADING', leader: 3, zxid: 5 })
    expect(peer.decisions).toEqual([])
    peer.hear(3, { state: 'LEADING', leader: 3, zxid: 4 })
    expect(peer.decisions.map((vote) => vote.leader)).toEqual([3])
  })

  it('a quorum of followers does not bring back a leader that does not lead', () => {
    const peer = new LonePeer(1, five).look()
    for (const sid of [2, 3, 4]) peer.hear(sid, { state: 'FOLLOWING', leader: 5 })
    peer.hear(5, { state: 'LOOKING', leader: 5, round: 0 })
    expect(peer.decisions).toEqual([])
  })

  it('naming this peer: leads if the round is its own', () => {
    const peer = new LonePeer(3, three).look()
    peer.hear(1, { state: 'FOLLOWING', leader: 3 }).hear(2, { state: 'FOLLOWING', leader: 3 })
    expect(peer.state).toBe('LEADING')
  })
})

describe('historic bugs that must stay fixed', () => {
  it('ZOOKEEPER-1514: votes of another round do not make this peer their leader', () => {
    const peer = new LonePeer(3, three).look()
    peer.hear(1, { state: 'FOLLOWING', leader: 3, round: 7 })
    peer.hear(2, { state: 'FOLLOWING', leader: 3, round: 7 })
    expect(peer.decisions).toEqual([])
    expect(peer.election.logicalclock).toBe(1)

    class Heedless extends FastLeaderElection {
      protected override checkLeader(votes: ReadonlyMap<Sid, Vote>, leader: Sid, round: number): boolean {
        return leader === this.peer.myid || super.checkLeader(votes, leader, round)
      }
    }
    const heedless = new LonePeer(3, three, Heedless).look()
    heedless.hear(1, { state: 'FOLLOWING', leader: 3, round: 7 })
    heedless.hear(2, { state: 'FOLLOWING', leader: 3, round: 7 })
    expect(heedless.state, 'the bug is reachable through its seam').toBe('LEADING')
  })

  it('ZOOKEEPER-1805: members that joined at different times are one ensemble', () => {
    const join = (Election: typeof FastLeaderElection) => {
      const peer = new LonePeer(4, five, Election).look()
      peer.hear(1, { state: 'FOLLOWING', leader: 3, zxid: 10, round: 2, epoch: 4 })
      peer.hear(2, { state: 'FOLLOWING', leader: 3, zxid: 25, round: 5, epoch: 4 })
      return peer.hear(3, { state: 'LEADING', leader: 3, zxid: 3, round: 3, epoch: 4 })
    }
    expect(join(FastLeaderElection).decisions).toEqual([makeVote(3, 3, 3, 4)])

    class Particular extends FastLeaderElection {
      protected override getVoteTracker(votes: ReadonlyMap<Sid, Vote>, vote: Vote): SyncedLearnerTracker {
        const tracker = new SyncedLearnerTracker()
        tracker.addQuorumVerifier(this.peer.verifier)
        for (const [sid, { leader, zxid, electionEpoch, peerEpoch }] of votes) {
          if (leader === vote.leader && zxid === vote.zxid && peerEpoch === vote.peerEpoch)
            if (electionEpoch === vote.electionEpoch) tracker.addAck(sid)
        }
        return tracker
      }
    }
    expect(join(Particular).decisions, 'the bug is reachable through its seam').toEqual([])
  })

  it('ZOOKEEPER-975: votes for this peer by others who may not vote do not make it leader', () => {
    const peer = new LonePeer(3, members([1, 2, 3, 4, 5], [6, 7])).look()
    for (const sid of [6, 7, 8]) peer.hear(sid, { leader: 3 })
    expect(peer.election.phase).toBe('exchange')
  })
})

describe('the next round', () => {
  it('knows nothing of the votes of the last', () => {
    const peer = new LonePeer(1, five).look()
    for (const sid of [2, 3]) peer.hear(sid, { state: 'FOLLOWING', leader: 5, round: 1 })
    for (const sid of [4, 5]) peer.hear(sid, { leader: 4 })
    peer.timeout('finalizeWait').look()
    peer.hear(5, { state: 'LEADING', leader: 5, round: 2 })
    peer.hear(5, { state: 'LEADING', leader: 5, round: 1 })
    expect(peer.decisions.map((vote) => vote.leader)).toEqual([4])
  })

  it('does not hear what came before the last was decided', () => {
    const peer = new LonePeer(1, three)
    peer.hear(2, { state: 'FOLLOWING', leader: 3, round: 6 })
    peer.hear(3, { state: 'LEADING', leader: 3, round: 6 })
    peer.hear(2, { leader: 2, round: 50 })
    expect(peer.look().decisions).toHaveLength(1)
    expect(peer.look().election.logicalclock).toBe(7)
  })
})

describe('notifications again', () => {
  it('doubles the time between them up to a minute; traffic does not shorten it', () => {
    const peer = new LonePeer(5, five).look()
    const waits: number[] = []
    for (let i = 0; i < 10; i++) {
      waits.push(peer.timers.get('notTimeout')!)
      peer.timeout('notTimeout')
    }
    expect(waits).toEqual([200, 400, 800, 1_600, 3_200, 6_400, 12_800, 25_600, 51_200, 60_000])
    peer.hear(1, { leader: 1 })
    expect(peer.timers.get('notTimeout')).toBe(60_000)
  })

  it('says its vote again when something was delivered, else connects', () => {
    const peer = new LonePeer(5, five).look()
    peer.takeSent()
    peer.timeout('notTimeout')
    expect(peer.takeSent()).toHaveLength(4)
    peer.mailbox.delivered = false
    peer.timeout('notTimeout')
    expect(peer.takeSent()).toEqual([])
    expect(peer.mailbox.connects).toBe(1)
    expect(peer.told('voted'), 'the vote is the same').toHaveLength(1)
  })

  it('a new round begins with the shortest wait', () => {
    const peer = new LonePeer(1, three).look().timeout('notTimeout').hear(2, { leader: 2 })
    peer.timeout('finalizeWait').look()
    expect(peer.timers.get('notTimeout')).toBe(200)
    expect(peer.election.logicalclock).toBe(2)
  })
})

describe('WorkerReceiver', () => {
  const follower = () => {
    const peer = new LonePeer(1, members([1, 2, 3], [4])).look().hear(3, { leader: 3 })
    peer.timeout('finalizeWait')
    peer.currentVote = makeVote(3, 0, 1, 8)
    peer.takeSent()
    return peer
  }

  it('tells lookers who leads, with the round of its own election', () => {
    const peer = follower()
    peer.election.logicalclock = 5
    expect(peer.hear(2, { leader: 2, round: 9 }).takeSent()).toEqual(['2: FOLLOWING 3 1'])
  })

  it('tells those who may not vote the same, with its clock', () => {
    const peer = follower()
    peer.election.logicalclock = 5
    expect(peer.hear(4, { leader: NONE }).takeSent()).toEqual(['4: FOLLOWING 3 5'])
    expect(peer.hear(9, { state: 'FOLLOWING', leader: 9 }).takeSent()).toEqual(['9: FOLLOWING 3 5'])
  })

  it('while LOOKING tells those who may not vote what it had, not what it proposes', () => {
    const peer = new LonePeer(1, members([1, 2, 3], [4])).look().hear(2, { leader: 2, round: 3 })
    peer.takeSent()
    expect(peer.hear(4, { leader: NONE }).takeSent()).toEqual(['4: LOOKING 1 3'])
  })

  it('has nothing to say to peers that have a leader', () => {
    expect(follower().hear(2, { state: 'FOLLOWING', leader: 3 }).takeSent()).toEqual([])
  })

  it('keeps what comes between two rounds for the next', () => {
    const peer = follower()
    peer.state = 'LOOKING'
    peer.hear(2, { state: 'FOLLOWING', leader: 3, round: 6 })
    peer.hear(3, { state: 'LEADING', leader: 3, round: 6 })
    expect(peer.decisions).toHaveLength(1)
    peer.election.lookForLeader()
    expect(peer.decisions, 'a decision is never made inside lookForLeader').toHaveLength(1)
    peer.settle()
    expect(peer.decisions).toHaveLength(2)
    expect(peer.election.logicalclock).toBe(6)
  })

  it('reads late notifications even if nothing else comes to an observer', () => {
    const peer = new LonePeer(4, members([1, 2, 3], [4]), undefined, { learnerType: 'observer' })
    peer.hear(2, { state: 'FOLLOWING', leader: 3, round: 6 })
    peer.hear(3, { state: 'LEADING', leader: 3, round: 6 })
    expect(peer.look().state).toBe('OBSERVING')
  })

  it('keeps the newest hundred', () => {
    const peer = new LonePeer(1, three)
    peer.queue(2, { leader: 2 })
    for (let i = 0; i < RECV_CAPACITY; i++) peer.queue(3, { leader: 1 })
    expect(peer.election.backlog).toBe(RECV_CAPACITY)
    peer.election.lookForLeader()
    peer.settle()
    expect(peer.election.waitingFor()).toContain('for 1 at 0:0')
  })

  it('is down after shutdown', () => {
    const peer = new LonePeer(1, three).look()
    peer.election.shutdown()
    peer.takeSent()
    expect(peer.hear(2, { leader: 2, round: 0 }).takeSent()).toEqual([])
    expect(peer.timers.size).toBe(0)
  })
})

describe('a reconfiguration in flight', () => {
  it('needs a quorum of both configurations', () => {
    const peer = new LonePeer(1, three)
    peer.lastSeenVerifier = members([1, 4, 5], [], 9)
    peer.look().hear(3, { leader: 3 })
    expect(peer.election.phase, '1 and 3 are no quorum of 1 4 5').toBe('exchange')
    peer.hear(4, { leader: 3 })
    expect(peer.election.phase).toBe('finalize')
  })

  it('an older one has no say', () => {
    const peer = new LonePeer(1, members([1, 2, 3], [], 9))
    peer.lastSeenVerifier = members([1, 4, 5], [], 9)
    expect(peer.look().hear(3, { leader: 3 }).election.phase).toBe('finalize')
  })
})

it('says what it waits for', () => {
  const peer = new LonePeer(1, three)
  expect(peer.election.waitingFor()).toBe('no election')
  expect(peer.look().election.waitingFor()).toBe(
    'a quorum for 1 at 0:0, epoch 0, round 1 (has 1 of majority of 1 2 3), ' +
      'or of a standing ensemble (heard from nobody); next notification after 200 ms',
  )
  peer.hear(2, { leader: 2 })
  expect(peer.election.waitingFor()).toBe(
    'votes for 2 at 0:0, epoch 0, round 1 from 1 2 of majority of 1 2 3: silence for 200 ms',
  )
})
