import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { QuorumConfig } from '../../src/nodes/PeerConfig.ts'
import { parseConfig, parseServer } from '../../src/nodes/quorum/parseConfig.ts'
import { parseProperties } from '../../src/nodes/quorum/properties.ts'
import {
  ConfigError,
  IllegalConfig,
  makeVerifier,
  sameMembers,
} from '../../src/nodes/quorum/QuorumVerifier.ts'

const THREE = [1, 2, 3].map((sid) => `server.${sid}=${sid}:2888:3888:participant;0.0.0.0:2181`).join('\n')

/** `read`, or the class of what the Java throws. */
function shapeOf(text: string, standaloneEnabled = true): string {
  try {
    parseConfig(text, standaloneEnabled)
    return 'read'
  } catch (error) {
    if (error instanceof IllegalConfig) return 'illegal'
    if (error instanceof ConfigError) return 'config'
    throw error
  }
}

describe('the text of a configuration', () => {
  it('is read back as it is printed', () => {
    const server = fc.record({
      type: fc.constantFrom('participant' as const, 'observer' as const),
      ports: fc.constantFrom(undefined, '2889:3889', '1:65535'),
      client: fc.constantFrom(undefined, '', '0.0.0.0:2182', '7:2181;0.0.0.0:2281', ';0.0.0.0:2281'),
    })
    const configs = fc
      .tuple(fc.array(server, { minLength: 2, maxLength: 9 }), fc.maxSafeNat(), fc.boolean())
      .map(([made, version, hierarchical]): QuorumConfig => {
        const servers = made.map(({ type, ports, client }, i) => ({
          sid: i + 1,
          host: `${i + 1}`,
          type: i < 2 ? ('participant' as const) : type,
          ...(ports === undefined ? {} : { ports }),
          ...(client === undefined ? {} : { client }),
        }))
        const voters = servers.filter(({ type }) => type === 'participant').map(({ sid }) => sid)
        const groups = [
          { id: 1, servers: voters.slice(0, 1) },
          { id: 2, servers: voters.slice(1) },
        ]
        return { version, servers, hierarchy: hierarchical ? { groups, weights: [[1, 3]] } : null }
      })
    fc.assert(
      fc.property(configs, (config) => {
        const verifier = makeVerifier(config)
        const read = parseConfig(verifier.toText(), true)
        expect(read.toText()).toBe(verifier.toText())
        expect(sameMembers(read, verifier)).toBe(true)
        expect(read.voters).toEqual(verifier.voters)
      }),
    )
  })

  it('may leave out what is usual', () => {
    expect(parseServer(4, '4:2888:3888;2181')).toEqual({ sid: 4, host: '4', type: 'participant' })
    expect(parseServer(4, '4:2888:3888: Observer ')).toEqual({
      sid: 4,
      host: '4',
      type: 'observer',
      client: '',
    })
    expect(parseServer(4, '[::1]:2888:3888;;2281').host).toBe('::1')
    expect(parseServer(4, '4:2888:3888;;2281').client).toBe(';0.0.0.0:2281')
  })

  it.each([
    ['two ports', 'server.1=1:2888', 'config'],
    ['junk', 'server.1=junk', 'config'],
    ['a port that is no number', 'server.1=1:28x:3888', 'config'],
    ['one port for both', 'server.1=1:2888:2888', 'config'],
    ['a type there is not', 'server.1=1:2888:3888:leader', 'config'],
    ['two addresses', `${THREE}\nserver.4=4:2888:3888|5:2888:3888`, 'config'],
    ['a key there is not', `${THREE}\nclientPort=2181`, 'config'],
    ['nobody at all', '', 'config'],
    ['a server in two groups', `${THREE}\ngroup.1=1:2\ngroup.2=2:3`, 'config'],
    ['a server in no group', `${THREE}\ngroup.1=1:2`, 'config'],
    ['an id that is no number', 'server.x=1:2888:3888', 'illegal'],
    ['a version that is no number', `${THREE}\nversion=g`, 'illegal'],
    ['a port out of range', 'server.1=1:2888:70000', 'illegal'],
    ['nothing before the client port', 'server.1=;', 'illegal'],
    ['observers alone', 'server.1=1:2888:3888:observer', 'illegal'],
    ['an observer of a server alone', 'server.1=1:2888:3888\nserver.2=2:2888:3888:observer', 'illegal'],
    ['a weight that is no number', `${THREE}\ngroup.1=1:2:3\nweight.1=x`, 'illegal'],
    ['a stranger in a group', `${THREE}\ngroup.1=1:2:3:9`, 'illegal'],
    ['an id past one byte', `${THREE}\nserver.300=300:2888:3888`, 'illegal'],
    ['a server alone', 'server.1=1:2888:3888', 'read'],
    ['three servers', THREE, 'read'],
  ])('%s', (_what, text, shape) => {
    expect(shapeOf(text)).toBe(shape)
  })

  it('may be of one server and an observer, where that is an ensemble', () => {
    expect(shapeOf('server.1=1:2888:3888\nserver.2=2:2888:3888:observer', false)).toBe('read')
    expect(shapeOf('', false)).toBe('illegal')
  })

  it('is the same with the same servers, or of the same version', () => {
    const three = parseConfig(THREE, true)
    expect(sameMembers(three, parseConfig(`${THREE}\nversion=5`, true))).toBe(true)
    const two = THREE.split('\n').slice(0, 2).join('\n')
    expect(sameMembers(three, parseConfig(`${two}\nversion=5`, true))).toBe(false)
    expect(sameMembers(three, parseConfig(two, true))).toBe(true)
    const moved = THREE.replace('3:2888', '3:2889')
    expect(sameMembers(three, parseConfig(`${moved}\nversion=5`, true))).toBe(false)
  })
})

describe('properties', () => {
  it.each([
    ['a=b', [['a', 'b']]],
    ['  a : b ', [['a', 'b ']]],
    ['a b=c', [['a', 'b=c']]],
    ['# a=b\n! c=d\n\n', []],
    [
      'a=1\nb=2\na=3',
      [
        ['b', '2'],
        ['a', '3'],
      ],
    ],
    ['a\\\n  b=c', [['ab', 'c']]],
    ['a\\=b=\\t\\u0041\\q', [['a=b', '\tAq']]],
    ['a', [['a', '']]],
  ] as [string, [string, string][]][])('%j', (text, entries) => {
    expect([...parseProperties(text)]).toEqual(entries)
  })

  it('refuses an escape that is none', () => {
    expect(() => parseProperties('a=\\u00g0')).toThrow(IllegalConfig)
  })
})
