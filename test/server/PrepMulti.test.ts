import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { OPEN_ACL_UNSAFE } from '../../src/nodes/acl.ts'
import { keeperErrors } from '../../src/nodes/keeperErrors.ts'
import { createOperation } from '../../src/nodes/operations.ts'
import type { CreateOperation, MultiWrite, Operation } from '../../src/nodes/packets.ts'
import { BOB, PrepToFinal } from './PrepToFinal.ts'

function create(type: CreateOperation['type'], path: string, flags: number, ttl = 1_000): MultiWrite {
  const op = { type, path, data: 'd', acl: OPEN_ACL_UNSAFE, flags }
  return (type === 'createTTL' ? { ...op, ttl } : op) as MultiWrite
}

const remove = (path: string): MultiWrite => ({ type: 'delete', path, version: -1 })
const set = (path: string, version = -1): MultiWrite => ({ type: 'setData', path, data: 'e', version })
const check = (path: string, version: number): MultiWrite => ({ type: 'check', path, version })
const multi = (...ops: MultiWrite[]): Operation => ({ type: 'multi', ops })

const paths = fc.constantFrom('/a', '/b', '/a/c', '/a/c/d', '/b/s', '/')
const write: fc.Arbitrary<MultiWrite> = fc.oneof(
  fc.tuple(paths, fc.constantFrom(0, 1, 2, 3, 4)).map(([path, flags]) => create('create', path, flags)),
  paths.map(remove),
  fc.tuple(paths, fc.constantFrom(-1, 0, 1)).map(([path, version]) => set(path, version)),
  fc.tuple(paths, fc.constantFrom(0, 1)).map(([path, version]) => check(path, version)),
)

describe('a multi', () => {
  it('is one transaction, each part upon what those before it lead to', () => {
    const server = new PrepToFinal()
    const { txn } = server.prepare(
      multi(
        create('create', '/a', 0),
        create('create', '/a/n', 2),
        set('/a', 0),
        set('/a', 1),
        check('/a', 2),
      ),
    )
    expect(txn?.body).toMatchObject({
      type: 'multi',
      txns: [
        { type: 'create', path: '/a' },
        { type: 'create', path: '/a/n0000000000' },
        { type: 'setData', version: 1 },
        { type: 'setData', version: 2 },
        { type: 'check', version: 3 },
      ],
    })
    expect(server.hzxid).toBe(1)
  })

  it('that fails says where, what would have been before it, and that nothing was tried behind', () => {
    const server = new PrepToFinal()
    const failing = multi(create('create', '/a', 0), remove('/b'), create('create', '/c', 0))
    const told = server.ask(failing)
    expect(server.prepared.requests[0]?.txn?.body).toMatchObject({
      type: 'multi',
      txns: [
        { type: 'create', path: '/a' },
        { type: 'error', err: -101 },
        { type: 'error', err: -2 },
      ],
    })
    expect(told).toMatchObject({
      err: 'OK',
      zxid: 1,
      result: { type: 'multi', results: [0, -101, -2].map((err) => ({ type: 'error', err })) },
    })
    expect(server.zkDb.tree.has('/a')).toBe(false)
  })

  it('may be empty, and spends a zxid all the same', () => {
    const server = new PrepToFinal()
    expect(server.ask(multi())).toMatchObject({ err: 'OK', zxid: 1, result: { results: [] } })
  })

  it.each([
    ['create', 4, 'createContainer'],
    ['create2', 4, 'createContainer'],
    ['create2', 0, 'create2'],
    ['createContainer', 0, 'createContainer'],
    ['createTTL', 5, 'createTTL'],
    ['createTTL', 0, 'create'],
    ['createTTL', 4, 'createContainer'],
  ] as const)('makes of %s with flags %i a %s', (type, flags, made) => {
    const { txn } = new PrepToFinal().prepare(multi(create(type, '/a', flags)))
    expect(txn?.body).toMatchObject({ type: 'multi', txns: [{ type: made, path: '/a' }] })
  })

  it('fails as a whole for flags that mean nothing, and for its part where there is no time to live', () => {
    const server = new PrepToFinal()
    const { txn } = server.prepare(multi(create('create', '/a', 0), create('create', '/b', 9)))
    expect(txn?.body).toEqual({ type: 'error', err: keeperErrors.MARSHALLINGERROR.code })
    expect(server.prepare(multi(create('create', '/b', 5))).txn?.body).toMatchObject({
      txns: [{ type: 'error', err: keeperErrors.BADARGUMENTS.code }],
    })
  })

  it('that fails does not make prep believe for longer what is not so', () => {
    const server = new PrepToFinal()
    server.ask(createOperation('/p', ''))
    server.ask(createOperation('/p/e', '', 'ephemeral'))
    const end = server.prepare({ type: 'closeSession' })
    server.prepare(multi(create('create', '/p/x', 0), remove('/none')), BOB)
    expect(server.refusal({ type: 'delete', path: '/p', version: -1 }, BOB)).toBe('NOTEMPTY')
    server.final.processRequest(end)
    expect(server.refusal({ type: 'delete', path: '/p', version: -1 }, BOB)).toBe('OK')
  })

  it('of a session that has moved closes the connection, without an answer', () => {
    const server = new PrepToFinal()
    server.sessionTracker.setOwner('0x1', {} as never)
    server.prepare(multi(remove('/a')))
    server.finish()
    expect(server.cnxn('0x1')).toMatchObject({ closed: true, told: [] })
  })

  /** Whatever is prepared before and behind, and however much of it is applied. */
  it('that fails is as if it had not been sent, but for its zxid', () => {
    const single = write.map((op) => op as Operation)
    const session = fc.constant<Operation>({ type: 'closeSession' })
    fc.assert(
      fc.property(
        fc.array(fc.oneof({ arbitrary: single, weight: 9 }, { arbitrary: session, weight: 1 }), {
          maxLength: 8,
        }),
        fc.array(write, { maxLength: 4 }),
        fc.array(single, { minLength: 1, maxLength: 8 }),
        fc.boolean(),
        (before, ops, behind, applied) => {
          const run = (sent: boolean): Outcome => {
            const server = new PrepToFinal()
            for (const op of before) server.prepare(op, BOB)
            if (applied) server.finish()
            if (sent) {
              const failing = multi(...ops, remove('/none'))
              expect(server.prepare(failing).txn?.body).toMatchObject({ type: 'multi' })
            }
            const refusals = behind.map((op) => server.refusal(op))
            return { refusals, outstanding: server.prep['outstanding'] }
          }
          const with_ = run(true)
          const without = run(false)
          expect(with_.refusals).toEqual(without.refusals)
          expect(with_.outstanding.children('/a')).toEqual(without.outstanding.children('/a'))
          expect(with_.outstanding.children('/')).toEqual(without.outstanding.children('/'))
        },
      ),
      { numRuns: 300 },
    )
  })

  interface Outcome {
    readonly refusals: readonly string[]
    readonly outstanding: PrepToFinal['zkDb']['tree']
  }

  it('that succeeds is each of its parts, one after the other', () => {
    fc.assert(
      fc.property(fc.array(write, { maxLength: 6 }), (ops) => {
        const whole = new PrepToFinal()
        const one = new PrepToFinal()
        for (const server of [whole, one]) server.ask(createOperation('/a', ''))
        const refusals: string[] = []
        for (const op of ops.map(alone)) {
          refusals.push(one.refusal(op))
          if (refusals.at(-1) !== 'OK') break
        }
        const { txn } = whole.prepare(multi(...ops))
        const txns = txn?.body.type === 'multi' ? txn.body.txns : []
        const codes = txns.map((part) => (part.type === 'error' ? part.err : 0))
        const failed = refusals.findIndex((refusal) => refusal !== 'OK')
        expect(codes.findIndex((code) => code !== 0)).toBe(failed)
        if (failed === -1) {
          expect(names(whole)).toEqual(names(one))
        } else {
          expect(codes[failed]).toBe(keeperErrors[refusals[failed] as keyof typeof keeperErrors].code)
          expect(names(whole)).toEqual(['/', '/a', '/zookeeper'])
        }
      }),
      { numRuns: 300 },
    )
  })
})

/** A part by itself, where its opcode decides. */
function alone(op: MultiWrite): Operation {
  return op.type === 'create' && op.flags === 4 ? { ...op, type: 'createContainer' } : op
}

function names(server: PrepToFinal): string[] {
  const tree = server.prep['outstanding']
  return ['/', ...['/a', '/b', '/a/c', '/a/c/d', '/b/s', '/zookeeper'].filter((path) => tree.has(path))]
}
