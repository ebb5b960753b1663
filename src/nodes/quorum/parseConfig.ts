/**
 * Reads a membership as `zoo.cfg.dynamic`, reconfig and packets write it.
 *
 * Java: QuorumPeerConfig.parseDynamicConfig, QuorumMaj and QuorumHierarchical made of Properties, QuorumServer made of
 * text. What the Java throws decides what a client is told: ConfigException here is ConfigError, and whatever else it
 * throws (numbers that are none, ports out of range, holes in arrays) IllegalConfig.
 */
import type { Hierarchy, LearnerType, QuorumServer } from '../PeerConfig.ts'
import type { Sid } from '../zxid.ts'
import { USUAL_CLIENT, USUAL_PORTS } from './configText.ts'
import { parseProperties } from './properties.ts'
import { ConfigError, IllegalConfig, makeVerifier, type QuorumVerifier } from './QuorumVerifier.ts'

/**
 * @param standaloneEnabled an ensemble of one is none.
 * @throws ConfigError, of which IllegalConfig is one
 */
export function parseConfig(text: string, standaloneEnabled: boolean): QuorumVerifier {
  const properties = parseProperties(text)
  let hierarchical = false
  for (const key of properties.keys()) {
    const name = key.trim()
    if (isOfHierarchy(name)) hierarchical = true
    else if (!name.startsWith('server.') && name !== 'version') {
      throw new ConfigError(`unrecognised parameter: ${name}`)
    }
  }
  const servers: QuorumServer[] = []
  let version = 0
  for (const [key, value] of properties) {
    if (key.startsWith('server.')) servers.push(parseServer(parseLong(key.slice('server.'.length)), value))
    else if (key === 'version') version = parseLong(value, 16)
  }
  const hierarchy = hierarchical ? parseHierarchy(properties, servers) : null
  checkSizes(servers, standaloneEnabled)
  return orIllegal(Object.freeze({ version, servers, hierarchy }))
}

/** What the Java finds no fault with, and this simulator cannot hold: ids past one byte, and weights below 0. */
function orIllegal(config: Parameters<typeof makeVerifier>[0]): QuorumVerifier {
  try {
    return makeVerifier(config)
  } catch (error) {
    if (!(error instanceof ConfigError) || config.servers.length === 0) throw error
    throw new IllegalConfig(error.message)
  }
}

function checkSizes(servers: readonly QuorumServer[], standaloneEnabled: boolean): void {
  const participants = servers.filter(({ type }) => type === 'participant').length
  if (participants === 0 && (!standaloneEnabled || servers.length > 0)) {
    throw new IllegalConfig('an ensemble needs a participant; this one has none')
  }
  if (participants === 1 && standaloneEnabled && servers.length > 1) {
    throw new IllegalConfig('observers need a quorum; this one is a server alone')
  }
}

function isOfHierarchy(key: string): boolean {
  return key.startsWith('group') || key.startsWith('weight')
}

function parseHierarchy(
  properties: ReadonlyMap<string, string>,
  servers: readonly QuorumServer[],
): Hierarchy {
  const groups: Hierarchy['groups'][number][] = []
  const weights: (readonly [Sid, number])[] = []
  const grouped = new Set<Sid>()
  for (const [key, value] of properties) {
    if (key.startsWith('group')) {
      const sids = javaSplit(value, ':').map((sid) => parseLong(sid))
      for (const sid of sids) {
        if (grouped.has(sid)) throw new ConfigError(`server.${sid} is in more than one group`)
        grouped.add(sid)
      }
      groups.push(Object.freeze({ id: numberOfKey(key), servers: Object.freeze(sids) }))
    } else if (key.startsWith('weight')) {
      weights.push(Object.freeze([numberOfKey(key), parseLong(value)] as const))
    }
  }
  for (const { sid, type } of servers) {
    if (type === 'participant' && !grouped.has(sid)) throw new ConfigError(`server.${sid} is in no group`)
  }
  return Object.freeze({ groups: Object.freeze(groups), weights: Object.freeze(weights) })
}

function numberOfKey(key: string): number {
  return parseLong(key.slice(key.indexOf('.') + 1))
}

const MAX_PORT = 65_535

/**
 * One server: `<host>:<port>:<port>[:<type>][;[<host>:]<port>[;[<host>:]<port>]]`.
 *
 * @throws ConfigError, of which IllegalConfig is one
 */
export function parseServer(sid: Sid, text: string): QuorumServer {
  const parts = javaSplit(text, ';')
  const client = parts.length >= 2 ? parseClientAddress(parts[1] as string) : ''
  const secure = parts.length === 3 ? parseClientAddress(parts[2] as string) : ''
  const addresses = javaSplit(partAt(parts, 0), '|')
  if (addresses.length > 1) throw new ConfigError(`server.${sid} has several addresses`)
  const [host, quorumPort, electionPort, type] = parseAddress(partAt(addresses, 0), 3, 4)
  if (quorumPort === electionPort) {
    throw new ConfigError(`the quorum and the election port of server.${sid} must be different`)
  }
  const ports = `${quorumPort}:${electionPort}`
  const comesAt = secure === '' ? client : `${client};${secure}`
  return Object.freeze({
    sid,
    host: host as string,
    type: type === undefined ? 'participant' : parseType(type),
    ...(ports === USUAL_PORTS ? {} : { ports }),
    ...(comesAt === USUAL_CLIENT ? {} : { client: comesAt }),
  })
}

/** `''` for an empty one. */
function parseClientAddress(text: string): string {
  if (text === '') return ''
  const parts = hostAndPorts(text)
  if (parts.length > 2) throw new ConfigError(`${text} is no client address`)
  const host = parts.length === 2 ? (parts[0] as string) : '0.0.0.0'
  return `${host.includes(':') ? `[${host}]` : host}:${parsePort(partAt(parts, parts.length - 1))}`
}

function parseAddress(text: string, least: number, most: number): string[] {
  const parts = hostAndPorts(text)
  if (parts.length < least || parts.length > most) throw new ConfigError(`${text} is no address of a server`)
  const [host, quorumPort, electionPort, ...rest] = parts as [string, string, string, ...string[]]
  return [host, parsePort(quorumPort), parsePort(electionPort), ...rest]
}

/** Java: ConfigUtils.getHostAndPort, which takes an address of IPv6 out of its brackets. */
function hostAndPorts(text: string): string[] {
  if (!text.startsWith('[')) return javaSplit(text, ':')
  const end = text.indexOf(']')
  if (end < 0) throw new ConfigError(`${text} lacks a ']'`)
  if (end + 2 === text.length) throw new ConfigError(`${text} has no port behind its colon`)
  if (end + 2 > text.length) return [text.replace(/[[\]]/g, '')]
  return [text.slice(1, end), ...javaSplit(text.slice(end + 2), ':')]
}

function parsePort(text: string): string {
  if (!/^[+-]?[0-9]{1,10}$/.test(text)) throw new ConfigError(`${text} is no port`)
  const port = Number(text)
  if (port > 0x7fff_ffff || port < -0x8000_0000) throw new ConfigError(`${text} is no port`)
  if (port < 0 || port > MAX_PORT) throw new IllegalConfig(`port out of range: ${text}`)
  return `${port + 0}`
}

function parseType(text: string): LearnerType {
  const type = text.trim().toLowerCase()
  if (type !== 'participant' && type !== 'observer') throw new ConfigError(`unrecognised peertype: ${text}`)
  return type
}

/** @throws IllegalConfig. Java: Long.parseLong; a NumberFormatException */
export function parseLong(text: string, radix: 10 | 16 = 10): number {
  const pattern = radix === 10 ? /^[+-]?[0-9]+$/ : /^[+-]?[0-9a-fA-F]+$/
  const value = pattern.test(text) ? Number.parseInt(text, radix) : Number.NaN
  if (!Number.isSafeInteger(value)) throw new IllegalConfig(`not a number: ${text}`)
  return value + 0
}

/** Java: an ArrayIndexOutOfBoundsException where there is none. */
function partAt(parts: readonly string[], at: number): string {
  const part = parts[at]
  if (part === undefined) throw new IllegalConfig('a part is missing')
  return part
}

/** Java: String.split, which drops empty strings at the end. */
export function javaSplit(text: string, separator: string): string[] {
  const parts = text.split(separator)
  if (parts.length === 1) return parts
  while (parts.length > 0 && parts.at(-1) === '') parts.pop()
  return parts
}
