import { defaultSettings, type PeerConfig, type PeerSettings } from '../../src/nodes/PeerConfig.ts'

export function config(settings: Partial<PeerSettings> = {}): PeerConfig {
  return { ...defaultSettings, ...settings, myid: 1, quorum: { version: 0, servers: [], hierarchy: null } }
}
