/** Words for the failure texts. */
import type { Txn } from '../nodes/database/txns.ts'
import { printZxid, type Sid } from '../nodes/zxid.ts'

/** `2:3 (setData /x)` */
export function printTxn(txn: Txn | undefined): string {
  if (txn === undefined) return 'nothing'
  const { body } = txn
  const zxid = printZxid(txn.zxid)
  if ('path' in body) return `${zxid} (${body.type} ${body.path})`
  if (body.type === 'error') return `${zxid} (error ${body.err})`
  if (body.type === 'multi') return `${zxid} (multi of ${body.txns.length})`
  return `${zxid} (${body.type} ${txn.sessionId})`
}

export function printSids(sids: readonly Sid[]): string {
  return sids.length === 0 ? 'nobody' : sids.join(', ')
}
