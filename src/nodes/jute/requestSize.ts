import { aclSize, bytesSize, textSize } from '../database/sizes.ts'
import type { CreateOperation, Operation } from '../packets.ts'
import { encodeRequest } from './encodeRequest.ts'

/** xid and type. Java: RequestHeader */
const HEADER = 8

const INT = 4

/** Bytes of a request's frame, which jute.maxbuffer limits: header and body. What is asked most is only measured. */
export function requestSize(op: Operation): number {
  switch (op.type) {
    case 'raw':
      return HEADER + op.body.length
    case 'setData':
      return HEADER + textSize(op.path) + bytesSize(op.data) + INT
    case 'create':
    case 'create2':
    case 'createContainer':
      return HEADER + creationSize(op)
    case 'exists':
    case 'getData':
    case 'getChildren':
    case 'getChildren2':
      return HEADER + textSize(op.path) + 1
    case 'delete':
      return HEADER + textSize(op.path) + INT
    case 'ping':
    case 'closeSession':
      return HEADER
    default:
      return HEADER + encodeRequest(op).length
  }
}

function creationSize(op: CreateOperation): number {
  return textSize(op.path) + bytesSize(op.data) + (op.acl === null ? INT : aclSize(op.acl)) + INT
}
