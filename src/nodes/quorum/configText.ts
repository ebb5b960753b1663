import type { QuorumConfig, QuorumServer } from '../PeerConfig.ts'
import type { Sid } from '../zxid.ts'

/** The numbers of a machine's ports for peers and for elections, where a configuration does not say others. */
export const USUAL_PORTS = '2888:3888'
/** Where a machine's clients come, where a configuration does not say. */
export const USUAL_CLIENT = '0.0.0.0:2181'

/**
 * A membership in the syntax of `zoo.cfg.dynamic`: lines in ascending order of ids (in Java, that of a hash table, which
 * is the same up to 15), the version last, in hexadecimal.
 * Java: QuorumMaj.toString, QuorumHierarchical.toString (which write every participant's weight).
 */
export function configText(config: QuorumConfig, weightOf: (sid: Sid) => number): string {
  const lines = config.servers.map((server) => `server.${server.sid}=${serverText(server)}`)
  if (config.hierarchy !== null) {
    for (const { id, servers } of config.hierarchy.groups) lines.push(`group.${id}=${servers.join(':')}`)
    for (const { sid, type } of config.servers) {
      if (type === 'participant') lines.push(`weight.${sid}=${weightOf(sid)}`)
    }
  }
  lines.push(`version=${config.version.toString(16)}`)
  return lines.join('\n')
}

/** `1:2888:3888:participant;0.0.0.0:2181`. Java: QuorumServer.toString */
export function serverText({ host, type, ports = USUAL_PORTS, client = USUAL_CLIENT }: QuorumServer): string {
  const name = host.includes(':') ? `[${host}]` : host
  return `${name}:${ports}:${type}${client === '' ? '' : `;${client}`}`
}

/** Whether two lines say the same of a server. Java: QuorumServer.equals */
export function sameServer(a: QuorumServer, b: QuorumServer): boolean {
  return a.sid === b.sid && serverText(a) === serverText(b)
}
