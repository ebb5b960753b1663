import { describe, expect, it } from 'vitest'
import { keeperErrorName } from '../../src/nodes/keeperErrors.ts'
import type { OperationOf } from '../../src/nodes/packets.ts'
import type { EnsembleSpec } from '../../src/sim/scenario/EnsembleSpec.ts'
import { line, Resizing, reconfigOperation } from './Resizing.ts'

type Change = Partial<Omit<OperationOf<'reconfig'>, 'type'>>

function asks(resizing: Resizing, change: Change): string {
  const answer = resizing.insist({
    type: 'reconfig',
    joiningServers: null,
    leavingServers: null,
    newMembers: null,
    curConfigId: -1,
    ...change,
  })
  return answer === null ? 'nothing' : keeperErrorName(answer.err)
}

/** What one request comes to in an ensemble that has just begun. */
function answerTo(change: Change, spec: Partial<EnsembleSpec> = {}): string {
  const resizing = new Resizing({ joiners: 2, ...spec })
  resizing.settled()
  return asks(resizing, change)
}

const NOBODY = { skipACL: false }
const JUNK = { newMembers: 'junk' }
const unknownVersion = { ...JUNK, curConfigId: 7 }

describe('a reconfig is refused', () => {
  it('first of all where it is switched off', () => {
    expect(answerTo(unknownVersion, { settings: { reconfigEnabled: false, ...NOBODY } })).toBe(
      'RECONFIGDISABLED',
    )
  })

  it('by a server alone', () => {
    expect(answerTo(unknownVersion, { peers: 1, joiners: 0 })).toBe('UNIMPLEMENTED')
  })

  it('while another is under way, before its version is looked at', () => {
    const resizing = new Resizing({ joiners: 2 })
    resizing.settled()
    resizing.insist(reconfigOperation({}))
    resizing.ask(reconfigOperation({ observing: [4] }))
    resizing.ask({ ...reconfigOperation({}), curConfigId: 7 } as OperationOf<'reconfig'>)
    const answers = resizing.lastAnswers(2).map(({ err }) => keeperErrorName(err))
    expect(answers).toEqual(['OK', 'RECONFIGINPROGRESS'])
  })

  it('for its version, before its members are looked at', () => {
    expect(answerTo(unknownVersion)).toBe('BADVERSION')
  })

  it.each([
    ['members that do not parse', JUNK, 'BADARGUMENTS'],
    ['members whose ids are no numbers', { newMembers: 'server.x=1:2888:3888;2181' }, 'MARSHALLINGERROR'],
    ['observers alone', { newMembers: line(1, 'observer') }, 'MARSHALLINGERROR'],
    ['a joiner that is no server', { joiningServers: 'server.4' }, 'BADARGUMENTS'],
    ['a joiner whose id is no number', { joiningServers: 'server.x=junk' }, 'MARSHALLINGERROR'],
    ['a joiner without a client port', { joiningServers: 'server.4=4:2888:3888' }, 'BADARGUMENTS'],
    ['a joiner at the address of another', { joiningServers: 'server.4=1:2888:3889;2181' }, 'BADARGUMENTS'],
    ['a leaver whose id is no number', { leavingServers: 'x' }, 'MARSHALLINGERROR'],
    ['two that leave one voter', { leavingServers: '2,3' }, 'BADARGUMENTS'],
    ['all that leave nobody', { leavingServers: '1,2,3' }, 'BADARGUMENTS'],
    ['one voter', { newMembers: line(1) }, 'BADARGUMENTS'],
  ])('for %s', (_what, change, error) => {
    // Who asks is not asked before all this.
    expect(answerTo(change, { settings: NOBODY })).toBe(error)
  })

  it('where it changes a hierarchy, unless it replaces it', () => {
    const hierarchy = {
      groups: [
        { id: 1, servers: [1] },
        { id: 2, servers: [2] },
        { id: 3, servers: [3] },
      ],
      weights: [],
    }
    const groups = 'group.1=1:2:3\nweight.1=2'
    const members = [1, 2, 3].map((sid) => line(sid)).join('\n')
    expect(answerTo({ leavingServers: '3' }, { hierarchy })).toBe('BADARGUMENTS')
    expect(answerTo({ newMembers: `${members}\n${groups}` }, { hierarchy })).toBe('OK')
    expect(answerTo({ newMembers: members.replaceAll('\n', ',') }, { hierarchy })).toBe('OK')
  })

  it('without a synchronised quorum of the next configuration, before it is asked who asks', () => {
    const newMembers = [1, 4, 5].map((sid) => line(sid)).join(',')
    expect(answerTo({ newMembers }, { settings: NOBODY })).toBe('NEWCONFIGNOQUORUM')
  })

  it('last of all to a client that may not write /zookeeper/config', () => {
    expect(answerTo({ leavingServers: '1' }, { settings: NOBODY })).toBe('NOAUTH')
  })
})

describe('a reconfig is granted', () => {
  it('if it changes nothing: the version is another', () => {
    const resizing = new Resizing({})
    resizing.settled()
    const before = resizing.insist(reconfigOperation({}))?.data
    const after = resizing.insist(reconfigOperation({}))?.data
    expect(before).toMatch(/\nversion=10000000[0-9]$/)
    expect(after).toMatch(/\nversion=10000000[0-9]$/)
    expect(after).not.toBe(before)
  })

  it('for servers that were never there to leave, and for the version that counts', () => {
    const resizing = new Resizing({})
    resizing.settled()
    expect(asks(resizing, { leavingServers: ' 99 ,, 98' })).toBe('OK')
    const leader = resizing.ensemble.leader() ?? 0
    const curConfigId = resizing.ensemble.quorumPeer(leader)?.verifier.version ?? 0
    expect(asks(resizing, { curConfigId })).toBe('OK')
    expect(asks(resizing, { curConfigId })).toBe('BADVERSION')
  })

  it('for one voter, where that is an ensemble', () => {
    const resizing = new Resizing({ settings: { standaloneEnabled: false } })
    resizing.settled()
    const leader = resizing.ensemble.leader() ?? 0
    expect(asks(resizing, { newMembers: line(leader) })).toBe('OK')
    expect(resizing.votersOf(leader)).toBe(`${leader}`)
    expect(resizing.broken()).toEqual([])
  })
})
