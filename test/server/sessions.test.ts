import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { SessionId } from '../../src/nodes/database/txns.ts'
import { type Expiring, ExpiryQueue, NEVER } from '../../src/nodes/server/ExpiryQueue.ts'
import { LearnerSessionTracker } from '../../src/nodes/server/LearnerSessionTracker.ts'
import { isSpecialPath, isValidPath, parentPath } from '../../src/nodes/server/paths.ts'
import { SessionTracker } from '../../src/nodes/server/SessionTracker.ts'
import {
  checkPasswd,
  generatePasswd,
  initializeNextSessionId,
  printSessionId,
} from '../../src/nodes/server/sessionIds.ts'
import { FakeServer } from './fakes.ts'

function hex(bytes: string): string {
  return [...bytes].map((byte) => byte.charCodeAt(0).toString(16).padStart(2, '0')).join('')
}

describe('session ids', () => {
  it('have the password that a real server gives them', () => {
    expect(hex(generatePasswd('0x1000017c70e0000'))).toBe('b023fdbb7d83adcb0e1640e28e40a4f7')
  })

  it('with the high bit set have one as well', () => {
    expect(generatePasswd('0xff00000000000001')).toHaveLength(16)
    expect(checkPasswd('0xff00000000000001', generatePasswd('0xff00000000000001'))).toBe(true)
  })

  it('are not opened by another password, and 0 by none', () => {
    expect(checkPasswd('0x1', generatePasswd('0x2'))).toBe(false)
    expect(checkPasswd('0x0', generatePasswd('0x0'))).toBe(false)
  })

  it('may be anything that a client sends', () => {
    for (const id of ['', '0x', 'ann', '-1', '1.5', '0x10000000000000000'])
      expect(checkPasswd(id, '')).toBe(false)
  })

  it('carry the server in the high byte and 40 bits of time above 16 zeros', () => {
    expect(printSessionId(initializeNextSessionId(1, 0x17c70e))).toBe('0x1000017c70e0000')
    expect(printSessionId(initializeNextSessionId(0xfe, 0))).toBe('0xfe00000000000000')
    expect(initializeNextSessionId(3, 2 ** 40 + 5)).toBe(initializeNextSessionId(3, 5))
  })

  it('avoid the one that marks containers', () => {
    expect(initializeNextSessionId(0x80, 0)).toBe(0x8000000000000001n)
  })
})

class Item implements Expiring {
  expiresAt = NEVER
}

describe('ExpiryQueue', () => {
  it('rounds up to the next bucket, always into the future', () => {
    const queue = new ExpiryQueue<Item>(2_000, 0)
    const item = new Item()
    queue.update(item, 4_000, 0)
    expect(item.expiresAt).toBe(6_000)
    queue.update(item, 4_000, 1_999)
    expect(item.expiresAt).toBe(6_000)
    queue.update(item, 4_000, 2_000)
    expect(item.expiresAt).toBe(8_000)
    expect(queue.poll(5_999)).not.toContain(item)
  })

  it('expires between the timeout and one interval more, never before', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 3_000 }),
        fc.integer({ min: 1, max: 10_000 }),
        fc.array(fc.nat(5_000), { maxLength: 10 }),
        (interval, timeout, gaps) => {
          const queue = new ExpiryQueue<Item>(interval, 0)
          const item = new Item()
          let touched = 0
          queue.update(item, timeout, 0)
          for (const gap of gaps) {
            for (let due = queue.poll(touched + gap); due !== null; due = queue.poll(touched + gap)) {
              if (due.length === 0) continue
              expect(touched + gap).toBeGreaterThanOrEqual(touched + timeout)
              return
            }
            touched += gap
            queue.update(item, timeout, touched)
          }
          let now = touched
          while (item.expiresAt !== NEVER) {
            now = queue.nextExpirationTime
            queue.poll(now)
          }
          expect(now - touched).toBeGreaterThan(timeout)
          expect(now - touched).toBeLessThanOrEqual(timeout + interval)
        },
      ),
    )
  })
})

describe('SessionTracker', () => {
  function make(sessions: [SessionId, number][] = []) {
    const server = new FakeServer()
    const expired: SessionId[] = []
    const expirer = { expire: (sessionId: SessionId) => void expired.push(sessionId) }
    const tracker = new SessionTracker(server.dispatcher, expirer, new Map(sessions), 2_000, 1)
    tracker.start()
    return { server, tracker, expired }
  }

  it('expires what nobody touches, once, and refuses it from then on', () => {
    const { server, tracker, expired } = make([
      ['0x1', 4_000],
      ['0x2', 4_000],
    ])
    server.timer('sessionTracker')
    server.timer('sessionTracker')
    tracker.touchSession('0x2', 4_000)
    server.timer('sessionTracker')
    expect(server.host.now).toBe(6_000_000)
    expect(expired).toEqual(['0x1'])
    expect(tracker.touchSession('0x1', 4_000)).toBe(false)
    expect(tracker.checkSession('0x1', 'leader')).toBe(-112)
    server.timer('sessionTracker')
    server.timer('sessionTracker')
    expect(expired).toEqual(['0x1', '0x2'])
  })

  it('catches up when its clock was late', () => {
    const { server, expired } = make([
      ['0x1', 4_000],
      ['0x2', 9_000],
    ])
    server.host.timers.set('sessionTracker', 60_000_000)
    server.timer('sessionTracker')
    expect(expired).toEqual(['0x1', '0x2'])
  })

  it('numbers its sessions one by one', () => {
    const { tracker } = make()
    expect([tracker.createSession(4_000), tracker.createSession(4_000)]).toEqual([
      '0x100000000000000',
      '0x100000000000001',
    ])
  })

  it('forgets what is removed', () => {
    const { server, tracker, expired } = make([['0x1', 4_000]])
    tracker.removeSession('0x1')
    for (let i = 0; i < 5; i++) server.timer('sessionTracker')
    expect(expired).toEqual([])
  })
})

describe('LearnerSessionTracker', () => {
  it('hands the touches since the last time to the leader', () => {
    const tracker = new LearnerSessionTracker(new FakeServer() as never, new Map())
    tracker.touchSession('0x1', 4_000)
    tracker.touchSession('0x2', 6_000)
    tracker.touchSession('0x1', 4_000)
    tracker.commitSession('0x3', 5_000)
    tracker.removeSession('0x2')
    expect(tracker.takeTouchTable()).toEqual([
      ['0x1', 4_000],
      ['0x3', 5_000],
    ])
    expect(tracker.takeTouchTable()).toEqual([])
  })
})

describe('paths', () => {
  it.each(['/', '/a', '/a/b', '/a/...', '/a/.b', '/a/b.', '/a/..b', '/ä', '/a b'])('%j is one', (path) => {
    expect(isValidPath(path)).toBe(true)
  })

  const bad = [
    '',
    'a',
    '/a/',
    '//',
    '/a//b',
    '/.',
    '/..',
    '/a/.',
    '/a/../b',
    '/\u0000',
    '/\u007f',
    '/\ud800',
    '/\ufff0',
  ]
  it.each(bad)('%j is none', (path) => {
    expect(isValidPath(path)).toBe(false)
  })

  it('have parents', () => {
    expect(['/a', '/a/b', 'a', '/', '/a\0'].map(parentPath)).toEqual(['/', '/a', null, '/', null])
  })

  it('include some that nobody may delete', () => {
    expect(
      ['/', '/zookeeper', '/zookeeper/quota', '/zookeeper/config', '/zookeeper/x'].map(isSpecialPath),
    ).toEqual([true, true, true, true, false])
  })
})
