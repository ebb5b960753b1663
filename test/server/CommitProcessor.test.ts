import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { CommitProcessor } from '../../src/nodes/processors/CommitProcessor.ts'
import { Request } from '../../src/nodes/processors/Request.ts'
import { cnxn, FakeServer, getA, request, Sink, setA, syncA, txn } from './fakes.ts'

function make(matchSyncs = true) {
  const server = new FakeServer()
  const sink = new Sink()
  return { server, sink, commit: new CommitProcessor(server.server, sink, matchSyncs) }
}

const body = { type: 'setData', path: '/a', data: 'x', version: 1 } as const

describe('CommitProcessor', () => {
  it('answers reads at once and holds a write until its commit', () => {
    const { server, sink, commit } = make()
    const write = request('0x1', 1, setA)
    const readBehind = request('0x1', 2, getA)
    const readOfAnother = request('0x2', 1, getA)
    for (const each of [write, readBehind, readOfAnother]) commit.processRequest(each)
    server.run()
    expect(sink.requests).toEqual([readOfAnother])
    commit.commit(Request.of(txn(1, '0x1', 1, body)))
    server.run()
    expect(sink.requests).toEqual([readOfAnother, write, readBehind])
    expect(write.zxid).toBe(1)
    expect(write.txn?.zxid).toBe(1)
  })

  it('applies a commit of another server without waiting for the writes of this one', () => {
    const { server, sink, commit } = make()
    commit.processRequest(request('0x1', 1, setA))
    commit.commit(Request.of(txn(1, '0x9', 4, body)))
    server.run()
    expect(sink.requests.map((each) => each.cnxn)).toEqual([null])
  })

  it('lets a sync wait on a learner, and pass on a leader', () => {
    const learner = make(true)
    const sync = request('0x1', 1, syncA)
    learner.commit.processRequest(sync)
    learner.server.run()
    expect(learner.sink.requests).toEqual([])
    learner.commit.commit(sync)
    learner.server.run()
    expect(learner.sink.requests).toEqual([sync])

    const leader = make(false)
    leader.commit.processRequest(request('0x1', 1, syncA))
    leader.server.run()
    expect(leader.sink.requests).toHaveLength(1)
  })

  it('is deaf after shutdown', () => {
    const { server, sink, commit } = make()
    commit.processRequest(request('0x1', 1, getA))
    commit.shutdown()
    commit.processRequest(request('0x1', 2, getA))
    commit.commit(Request.of(txn(1, '0x9', 1, body)))
    server.run()
    expect(sink.requests).toEqual([])
    expect(sink.shutdowns).toBe(1)
  })

  /** Two kinds of things happen in any order that a leader could bring about, and turns in between. */
  const schedule = fc.array(
    fc.record({
      deed: fc.constantFrom('read', 'write', 'commitLocal', 'commitRemote', 'turn'),
      session: fc.integer({ min: 1, max: 3 }),
    }),
    { maxLength: 80 },
  )

  it('keeps every promise, whatever comes when', () => {
    fc.assert(
      fc.property(schedule, (deeds) => {
        const { server, sink, commit } = make()
        const submitted: Request[] = []
        const writes: Request[] = []
        let zxid = 0
        let remotes = 0
        const cxids = [0, 0, 0, 0]
        const commitLocal = (): void => {
          const write = writes.shift()
          if (write === undefined) return
          commit.commit(Request.of(txn(++zxid, write.sessionId, write.cxid, body)))
        }
        for (const { deed, session } of deeds) {
          if (deed === 'read' || deed === 'write') {
            const cxid = (cxids[session] as number) + 1
            cxids[session] = cxid
            const made = request(`0x${session}`, cxid, deed === 'read' ? getA : setA)
            submitted.push(made)
            if (deed === 'write') writes.push(made)
            commit.processRequest(made)
          } else if (deed === 'commitLocal') {
            commitLocal()
          } else if (deed === 'commitRemote') {
            remotes += 1
            commit.commit(Request.of(txn(++zxid, '0x99', remotes, body)))
          } else {
            server.turn()
          }
        }
        while (writes.length > 0) commitLocal()
        server.run()

        const local = sink.requests.filter((each) => each.cnxn === cnxn)
        // Nothing lost, nothing twice.
        expect(new Set(sink.requests).size).toBe(sink.requests.length)
        expect(new Set(local)).toEqual(new Set(submitted))
        expect(sink.requests.length - local.length).toBe(remotes)
        // Per session, the order of submission.
        for (let session = 1; session <= 3; session++) {
          const mine = (each: Request) => each.sessionId === `0x${session}`
          expect(local.filter(mine)).toEqual(submitted.filter(mine))
        }
        // Commits in their order, each once.
        const zxids = sink.requests.flatMap((each) => (each.txn === null ? [] : [each.txn.zxid]))
        expect(zxids).toEqual(Array.from({ length: zxid }, (_, i) => i + 1))
      }),
    )
  })
})
