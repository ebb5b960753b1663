/** Words for the failure texts. */
import type { Txn } from '../nodes/database/txns.ts'
import { printZxid, type Sid } from '../nodes/zxid.ts'

/** `2:3 (setData /x)` */
export function printTxn(txn: Txn | undefined): string {
  if (txn === undefined) return 'nothing'
  const { body } = txn
  switch (body.type) {
    case 'create':
    case 'delete':
    case 'setData':
      return `${printZxid(txn.zxid)} (${body.type} ${body.path})`
    case 'createSession':
    case 'closeSession':
      return `${printZxid(txn.zxid)} (${body.type} ${txn.sessionId})`
    case 'error':
      return `${printZxid(txn.zxid)} (error ${body.err})`
  }
}

export function printSids(sids: readonly Sid[]): string {
  return sids.length === 0 ? 'nobody' : sids.join(', ')
}
