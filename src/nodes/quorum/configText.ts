import type { QuorumConfig } from '../PeerConfig.ts'
import type { Sid } from '../zxid.ts'

/**
 * A membership in the syntax of `zoo.cfg.dynamic`: lines in ascending order of ids, the version last, in hexadecimal.
 * Java: QuorumMaj.toString, QuorumHierarchical.toString (which write every participant's weight).
 */
export function configText(config: QuorumConfig, weightOf: (sid: Sid) => number): string {
  const lines = config.servers.map(({ sid, host, type }) => `server.${sid}=${host}:quorum:election:${type}`)
  if (config.hierarchy !== null) {
    for (const { id, servers } of config.hierarchy.groups) lines.push(`group.${id}=${servers.join(':')}`)
    for (const { sid, type } of config.servers) {
      if (type === 'participant') lines.push(`weight.${sid}=${weightOf(sid)}`)
    }
  }
  lines.push(`version=${config.version.toString(16)}`)
  return lines.join('\n')
}
