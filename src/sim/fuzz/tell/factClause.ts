import type { Fact } from '../../../nodes/facts.ts'
import { printZxid } from '../../../nodes/zxid.ts'
import { whatHappened } from '../../scenario/whatHappened.ts'

/** A fact as a clause of a story. */
export function clauseOfFact(fact: Fact): string {
  if ('client' in fact) return `${fact.client} ${whatHappened(fact)}`
  const peer = `peer ${fact.peer}`
  switch (fact.type) {
    case 'anomaly':
      return `${peer} notices at ${printZxid(fact.zxid)} that ${fact.what}`
    case 'threadDied':
      return `thread ${fact.thread} of ${peer} dies: ${fact.reason}`
    case 'diskFailed':
      return `the disk of ${peer} fails (${fact.error}): ${fact.what}`
    case 'refusedToStart':
      return `${peer} refuses to start: ${fact.reason}`
    case 'truncated':
      return `${peer} truncates its log to ${printZxid(fact.to)}`
    default:
      return `${peer} ${whatHappened(fact)}`
  }
}
