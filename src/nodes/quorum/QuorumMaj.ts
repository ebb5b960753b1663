import type { QuorumConfig } from '../PeerConfig.ts'
import type { Sid } from '../zxid.ts'
import { configText } from './configText.ts'
import type { QuorumVerifier } from './QuorumVerifier.ts'

/** More than half of the voters. Java: server/quorum/flexible/QuorumMaj */
export class QuorumMaj implements QuorumVerifier {
  readonly config: QuorumConfig
  readonly version: number
  readonly voters: readonly Sid[]
  private readonly half: number
  private readonly text: string

  /** `config` is what makeVerifier checked and sorted. */
  constructor(config: QuorumConfig) {
    this.config = config
    this.version = config.version
    this.voters = votersOf(config)
    this.half = this.voters.length >> 1
    this.text = configText(config, () => 1)
    Object.freeze(this)
  }

  isVoter(sid: Sid): boolean {
    return this.voters.includes(sid)
  }

  /** 1 for whatever id, as in the Java: who may be voted for at all is decided elsewhere. */
  weightOf(_sid: Sid): number {
    return 1
  }

  containsQuorum(acks: ReadonlySet<Sid>): boolean {
    return acks.size > this.half
  }

  describe(): string {
    return `majority of ${this.voters.join(' ')}`
  }

  toText(): string {
    return this.text
  }
}

export function votersOf(config: QuorumConfig): readonly Sid[] {
  const participants = config.servers.filter((server) => server.type === 'participant')
  return Object.freeze(participants.map((server) => server.sid))
}
