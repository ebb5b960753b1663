import { isWriteOpcode } from '../jute/requestOpcodes.ts'
import type { Request } from './Request.ts'

/**
 * Whether the ensemble has to agree on a request: then it waits for its commit, and on a learner it goes to the leader. A
 * session that only its server knows is its server's business. Java: Request.isQuorum, the switches of CommitProcessor
 * and FollowerRequestProcessor
 */
export function isQuorumRequest(request: Request): boolean {
  const { op } = request
  switch (op?.type) {
    case 'create':
    case 'create2':
    case 'createTTL':
    case 'createContainer':
    case 'delete':
    case 'deleteContainer':
    case 'setData':
    case 'setACL':
    case 'reconfig':
    case 'multi':
    case 'check':
      return true
    case 'createSession':
    case 'closeSession':
      return !request.isLocalSession
    case 'unparsable':
      return isWriteOpcode(op.opcode)
    default:
      return false
  }
}
