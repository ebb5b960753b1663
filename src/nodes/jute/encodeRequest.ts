import type { Bytes } from '../database/txns.ts'
import { OpCode } from '../opcodes.ts'
import type { CreateOperation, MultiRead, MultiWrite, Operation, OperationOf } from '../packets.ts'
import { JuteWriter } from './JuteWriter.ts'

/** The bytes of a request behind its header, as the Java client writes them. */
export function encodeRequest(op: Operation): Bytes {
  const into = new JuteWriter()
  write(into, op)
  return into.bytes
}

function write(into: JuteWriter, op: Operation): void {
  switch (op.type) {
    case 'create':
    case 'create2':
    case 'createContainer':
    case 'createTTL':
      return writeCreation(into, op)
    case 'delete':
    case 'check':
    case 'setData':
      return writeVersioned(into, op)
    case 'setACL':
      into.text(op.path).acl(op.acl).int(op.version)
      return
    case 'multi':
    case 'multiRead':
      return writeMulti(into, op.ops)
    case 'reconfig':
      into.text(op.joiningServers).text(op.leavingServers).text(op.newMembers).long(op.curConfigId)
      return
    case 'exists':
    case 'getData':
    case 'getChildren':
    case 'getChildren2':
      into.text(op.path).bool(op.watch)
      return
    case 'deleteContainer':
    case 'getACL':
    case 'getAllChildrenNumber':
    case 'sync':
      into.text(op.path)
      return
    case 'getEphemerals':
      into.text(op.prefixPath)
      return
    case 'addWatch':
      into.text(op.path).int(op.mode)
      return
    case 'checkWatches':
    case 'removeWatches':
      into.text(op.path).int(op.watcherType)
      return
    case 'setWatches':
    case 'setWatches2':
      return writeSetWatches(into, op)
    case 'auth':
      into.int(0).text(op.scheme).buffer(op.auth)
      return
    case 'createSession':
      into.int(op.timeout)
      return
    case 'raw':
      into.bytes = op.body
      return
    case 'whoAmI':
    case 'ping':
    case 'closeSession':
    case 'unparsable':
      return
  }
}

function writeCreation(into: JuteWriter, op: CreateOperation): void {
  into.text(op.path).buffer(op.data).acl(op.acl).int(op.flags)
  if (op.type === 'createTTL') into.long(op.ttl)
}

function writeVersioned(into: JuteWriter, op: OperationOf<'delete' | 'check' | 'setData'>): void {
  into.text(op.path)
  if (op.type === 'setData') into.buffer(op.data)
  into.int(op.version)
}

/** Java: MultiOperationRecord.serialize */
function writeMulti(into: JuteWriter, ops: readonly (MultiWrite | MultiRead)[]): void {
  for (const op of ops) {
    into.int(OpCode[op.type]).bool(false).int(-1)
    if (isRead(op)) into.text(op.path).bool(false)
    else write(into, op)
  }
  into.int(-1).bool(true).int(-1)
}

function isRead(op: MultiWrite | MultiRead): op is MultiRead {
  return op.type === 'getData' || op.type === 'getChildren'
}

function writeSetWatches(into: JuteWriter, op: OperationOf<'setWatches' | 'setWatches2'>): void {
  into.long(op.relativeZxid).texts(op.data).texts(op.exist).texts(op.child)
  if (op.type === 'setWatches2') into.texts(op.persistent).texts(op.persistentRecursive)
}
