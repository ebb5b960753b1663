/**
 * Who has said yes, and whether that is enough for every configuration that has a say (two while one replaces another).
 *
 * Java: server/quorum/SyncedLearnerTracker
 */
import type { Sid } from '../zxid.ts'
import type { QuorumVerifier } from './QuorumVerifier.ts'

export class SyncedLearnerTracker {
  /** Side by side with `acksets`. */
  private readonly verifiers: QuorumVerifier[] = []
  private readonly acksets: Set<Sid>[] = []

  addQuorumVerifier(verifier: QuorumVerifier): void {
    this.verifiers.push(verifier)
    this.acksets.push(new Set())
  }

  /** What decides now: the committed configuration, and one that is to replace it. */
  addVerifiersOf(peer: {
    readonly verifier: QuorumVerifier
    readonly lastSeenVerifier: QuorumVerifier
  }): void {
    const { verifier, lastSeenVerifier } = peer
    this.addQuorumVerifier(verifier)
    if (lastSeenVerifier.version > verifier.version) this.addQuorumVerifier(lastSeenVerifier)
  }

  /** Counts a yes wherever its giver is a voter. @returns whether it is one anywhere */
  addAck(sid: Sid): boolean {
    let counted = false
    for (let i = 0; i < this.verifiers.length; i++) {
      if (!this.verifiers[i]!.isVoter(sid)) continue
      this.acksets[i]!.add(sid)
      counted = true
    }
    return counted
  }

  get verifierCount(): number {
    return this.verifiers.length
  }

  /** The configuration that was added last: the next one, while one replaces another. */
  get lastVerifier(): QuorumVerifier {
    return this.verifiers[this.verifiers.length - 1] as QuorumVerifier
  }

  /** Who said yes and counts for one of the configurations; ascending. */
  acksOf(verifier: number): readonly Sid[] {
    return [...(this.acksets[verifier] ?? [])].sort((a, b) => a - b)
  }

  removeAck(sid: Sid): void {
    for (const ackset of this.acksets) ackset.delete(sid)
  }

  /** Whether it is a voter everywhere (not whether it said yes). Java: hasSid */
  hasSid(sid: Sid): boolean {
    for (const verifier of this.verifiers) if (!verifier.isVoter(sid)) return false
    return true
  }

  hasAllQuorums(): boolean {
    for (let i = 0; i < this.verifiers.length; i++) {
      if (!this.verifiers[i]!.containsQuorum(this.acksets[i]!)) return false
    }
    return true
  }

  /** All who said yes and count for something; ascending and frozen. */
  acks(): readonly Sid[] {
    const all: Sid[] = []
    for (const ackset of this.acksets) for (const sid of ackset) if (!all.includes(sid)) insert(all, sid)
    return Object.freeze(all)
  }

  /** `1 3 of majority of 1 2 3`. */
  describe(): string {
    return this.verifiers
      .map((verifier, i) => {
        const acks = [...this.acksets[i]!].sort((a, b) => a - b).join(' ')
        return `${acks === '' ? 'nobody' : acks} of ${verifier.describe()}`
      })
      .join(', ')
  }
}

/** Into its place in ascending order; `sort` allocates more than all else that a commit does. */
function insert(sids: Sid[], sid: Sid): void {
  let at = sids.length
  sids.push(sid)
  for (; at > 0 && sids[at - 1]! > sid; at -= 1) sids[at] = sids[at - 1]!
  sids[at] = sid
}
