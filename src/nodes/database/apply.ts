import { keeperErrors } from '../keeperErrors.ts'
import type { DataTree, ProcessTxnResult, SubTxnResult } from './DataTree.ts'
import { CONTAINER_OWNER, ttlOwner } from './ephemeralType.ts'
import { NO_CHANGES, TreeEdit } from './TreeEdit.ts'
import { NO_SESSION, type SubTxn, type Txn } from './txns.ts'
import { statOf } from './ZNode.ts'

const OK = keeperErrors.OK.code
const RUNTIMEINCONSISTENCY = keeperErrors.RUNTIMEINCONSISTENCY.code

/**
 * Applies a transaction. Never throws. Java: DataTree.processTxn.
 *
 * @param Edit how a tree is changed: that of a release or a mutant.
 */
export function apply(tree: DataTree, txn: Txn, Edit: typeof TreeEdit = TreeEdit): ProcessTxnResult {
  const { body } = txn
  switch (body.type) {
    case 'createSession':
      return unchanged(tree, OK, null)
    case 'error':
      return unchanged(tree, body.err, null)
    case 'check':
      return unchanged(tree, OK, body.path)
    case 'closeSession': {
      const edit = new Edit(tree)
      edit.killSession(txn.sessionId, body.paths, txn.zxid)
      return result(edit, OK, null)
    }
    case 'multi': {
      const edit = new Edit(tree)
      const results: SubTxnResult[] = []
      const err = applyMulti(edit, txn, body.txns, results)
      return result(edit, err, null, Object.freeze(results))
    }
    case 'deleteContainer': {
      const edit = new Edit(tree)
      return result(edit, edit.deleteNode(body.path, txn.zxid), body.path)
    }
    case 'reconfig': {
      const edit = new Edit(tree)
      return result(edit, edit.setData(body.path, body.data, body.version, txn.zxid, txn.time), body.path)
    }
    case 'setACL': {
      const edit = new Edit(tree)
      return result(edit, edit.setACL(body.path, body.acl, body.version), body.path)
    }
    default: {
      const edit = new Edit(tree)
      return result(edit, applyPart(edit, txn, body), body.path)
    }
  }
}

/** @returns the error of the first part that has one. */
function applyMulti(edit: TreeEdit, txn: Txn, parts: readonly SubTxn[], results: SubTxnResult[]): number {
  const refused = parts.some((part) => part.type === 'error')
  let first: number = OK
  for (const part of parts) {
    if (!edit.knowsPart(part)) break
    let err: number
    if (refused) err = part.type === 'error' ? part.err : first === OK ? OK : RUNTIMEINCONSISTENCY
    else err = applyPart(edit, txn, part)
    if (first === OK) first = err
    results.push(
      Object.freeze({
        type: refused ? 'error' : part.type,
        err,
        path: refused || part.type === 'error' ? null : part.path,
        stat: refused || edit.answer === null ? null : statOf(edit.answer),
      }),
    )
  }
  return first
}

function applyPart(edit: TreeEdit, { sessionId, zxid, time }: Txn, part: SubTxn): number {
  edit.answer = null
  switch (part.type) {
    case 'create':
    case 'create2': {
      const owner = part.ephemeral ? sessionId : NO_SESSION
      const err = edit.createNode(part.path, part.data, part.acl, owner, part.parentCVersion, zxid, time)
      if (part.type === 'create') edit.answer = null
      return err
    }
    case 'createContainer':
      return edit.createNode(part.path, part.data, part.acl, CONTAINER_OWNER, part.parentCVersion, zxid, time)
    case 'createTTL':
      return edit.createNode(
        part.path,
        part.data,
        part.acl,
        ttlOwner(part.ttl),
        part.parentCVersion,
        zxid,
        time,
      )
    case 'delete':
      return edit.deleteNode(part.path, zxid)
    case 'setData':
      return edit.setData(part.path, part.data, part.version, zxid, time)
    case 'check':
      return OK
    case 'error':
      return part.err
  }
}

function unchanged(tree: DataTree, err: number, path: string | null): ProcessTxnResult {
  return Object.freeze({ tree, err, path, stat: null, changes: NO_CHANGES, results: null })
}

function result(
  edit: TreeEdit,
  err: number,
  path: string | null,
  results: readonly SubTxnResult[] | null = null,
): ProcessTxnResult {
  return Object.freeze({
    tree: edit.done(),
    err,
    path,
    stat: results !== null || edit.answer === null ? null : statOf(edit.answer),
    changes: edit.changes(),
    results,
  })
}
