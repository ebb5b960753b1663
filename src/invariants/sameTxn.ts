/** Equality of transactions. In a simulation equal ones are nearly always one object; over a codec they never are. */
import type { Txn, TxnBody } from '../nodes/database/txns.ts'

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
      return (
        b.type === 'create' &&
        a.path === b.path &&
        a.data === b.data &&
        a.ephemeral === b.ephemeral &&
        a.parentCVersion === b.parentCVersion
      )
    case 'delete':
      return b.type === 'delete' && a.path === b.path
    case 'setData':
      return b.type === 'setData' && a.path === b.path && a.data === b.data && a.version === b.version
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
