/** Equality of transactions. In a simulation equal ones are nearly always one object; over a codec they never are. */
import type { ACL, AclList } from '../nodes/acl.ts'
import type { Created, Txn, TxnBody } from '../nodes/database/txns.ts'

export function sameTxn(a: Txn, b: Txn): boolean {
  if (a === b) return true
  return (
    a.zxid === b.zxid &&
    a.sessionId === b.sessionId &&
    a.cxid === b.cxid &&
    a.time === b.time &&
    sameBody(a.body, b.body)
  )
}

function sameBody(a: TxnBody, b: TxnBody): boolean {
  switch (a.type) {
    case 'create':
    case 'create2':
      return b.type === a.type && sameCreation(a, b) && a.ephemeral === b.ephemeral
    case 'createContainer':
      return b.type === a.type && sameCreation(a, b)
    case 'createTTL':
      return b.type === a.type && sameCreation(a, b) && a.ttl === b.ttl
    case 'delete':
    case 'deleteContainer':
      return b.type === a.type && a.path === b.path
    case 'setData':
    case 'reconfig':
      return b.type === a.type && a.path === b.path && a.data === b.data && a.version === b.version
    case 'check':
      return b.type === 'check' && a.path === b.path && a.version === b.version
    case 'setACL':
      return b.type === 'setACL' && a.path === b.path && a.version === b.version && sameAcl(a.acl, b.acl)
    case 'multi':
      return (
        b.type === 'multi' &&
        a.txns.length === b.txns.length &&
        a.txns.every((txn, index) => sameBody(txn, b.txns[index] as TxnBody))
      )
    case 'createSession':
      return b.type === 'createSession' && a.timeout === b.timeout
    case 'closeSession':
      return (
        b.type === 'closeSession' &&
        a.paths.length === b.paths.length &&
        a.paths.every((path, index) => path === b.paths[index])
      )
    case 'error':
      return b.type === 'error' && a.err === b.err
  }
}

function sameCreation(a: Created, b: Created): boolean {
  return (
    a.path === b.path && a.data === b.data && a.parentCVersion === b.parentCVersion && sameAcl(a.acl, b.acl)
  )
}

/** Entry by entry. */
function sameAcl(a: AclList, b: AclList): boolean {
  if (a === b) return true
  return (
    a.length === b.length &&
    a.every((entry, index) => {
      const other = b[index] as ACL
      return entry.perms === other.perms && entry.scheme === other.scheme && entry.id === other.id
    })
  )
}
