import { describe, expect, it } from 'vitest'
import { Request } from '../../src/nodes/processors/Request.ts'
import { SyncRequestProcessor } from '../../src/nodes/processors/SyncRequestProcessor.ts'
import { FakeServer, getA, request, Sink, txn } from './fakes.ts'

function proposal(zxid: number): Request {
  return Request.of(txn(zxid, '0x1', zxid, { type: 'error', err: -101 }))
}

function make(settings = {}) {
  const server = new FakeServer(settings)
  const sink = new Sink()
  return { server, sink, sync: new SyncRequestProcessor(server.server, sink) }
}

function zxids(requests: readonly Request[]): number[] {
  return requests.map((each) => each.zxid)
}

describe('SyncRequestProcessor', () => {
  it('passes nothing on before the disk has it', () => {
    const { server, sink, sync } = make()
    sync.processRequest(proposal(1))
    server.run()
    expect(server.zkDb.logged.map((each) => each.zxid)).toEqual([1])
    expect(sink.requests).toEqual([])
    server.forced()
    expect(zxids(sink.requests)).toEqual([1])
    expect(server.host.facts).toEqual([{ type: 'forced', peer: 1, zxid: 1 }])
  })

  it('forces together what gathered while the disk was busy', () => {
    const { server, sink, sync } = make()
    sync.processRequest(proposal(1))
    server.run()
    for (const zxid of [2, 3, 4]) sync.processRequest(proposal(zxid))
    server.run()
    expect(server.host.forces).toHaveLength(1)
    expect(server.zkDb.logged).toHaveLength(1)
    server.forced()
    server.run()
    expect(server.host.forces).toHaveLength(1)
    server.forced()
    expect(zxids(sink.requests)).toEqual([1, 2, 3, 4])
  })

  it('forces a full batch without waiting for a quiet moment', () => {
    const { server, sync } = make({ maxBatchSize: 2 })
    for (const zxid of [1, 2, 3]) sync.processRequest(proposal(zxid))
    server.run()
    expect(server.zkDb.logged).toHaveLength(2)
    expect(server.host.forces).toHaveLength(1)
  })

  it('lets a read pass when no write is before it, and never otherwise', () => {
    const { server, sink, sync } = make()
    const first = request('0x1', 1, getA)
    sync.processRequest(first)
    server.run()
    expect(sink.requests).toEqual([first])
    const behind = request('0x1', 3, getA)
    const write = proposal(1)
    sync.processRequest(write)
    sync.processRequest(behind)
    server.run()
    expect(sink.requests).toEqual([first])
    server.forced()
    expect(sink.requests).toEqual([first, write, behind])
  })

  it('drains before it stops: appends what it has, forces it, passes it on, and then says so', () => {
    const { server, sink, sync } = make()
    for (const zxid of [1, 2, 3]) sync.processRequest(proposal(zxid))
    server.turn()
    sync.shutdown()
    sync.processRequest(proposal(4))
    expect(server.stopped).toBe(0)
    server.run()
    expect(server.stopped).toBe(0)
    server.forced()
    expect(zxids(sink.requests)).toEqual([1, 2, 3])
    expect(server.stopped).toBe(1)
    expect(sink.shutdowns).toBe(1)
    expect(server.zkDb.logged).toHaveLength(3)
  })

  it('stops at once when there is nothing to drain', () => {
    const { server, sync } = make()
    sync.shutdown()
    sync.shutdown()
    expect(server.stopped).toBe(1)
  })

  it('rolls the log and writes one snapshot, some nodes a turn', () => {
    const { server, sync } = make()
    server.zkDb.snapshotAt = 2
    sync.processRequest(proposal(1))
    sync.processRequest(proposal(2))
    server.run()
    expect(server.zkDb.rolls).toEqual([2])
    expect(server.host.facts).toContainEqual({ type: 'snapshotTaken', peer: 1, zxid: 7, forced: false })
  })

  it('does not go on where there is no room for a snapshot', () => {
    const { server, sync } = make()
    server.zkDb.snapshotAt = 1
    server.zkDb.refusesSnapshots = true
    sync.processRequest(proposal(1))
    expect(() => server.run()).toThrow('disk failed')
    expect(server.host.facts.filter((fact) => fact.type === 'snapshotTaken')).toEqual([])
  })

  it('abandons an unfinished snapshot when it stops', () => {
    const { server, sync } = make()
    server.zkDb.snapshotAt = 1
    sync.processRequest(proposal(1))
    server.turn()
    sync.shutdown()
    server.forced()
    server.run()
    expect(server.host.facts.filter((fact) => fact.type === 'snapshotTaken')).toEqual([])
  })
})
