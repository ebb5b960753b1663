import type { Txn } from '../../nodes/database/txns.ts'
import type { Sid } from '../../nodes/zxid.ts'
import type { History } from '../History.ts'
import { always, type Check } from '../invariant.ts'
import { sameTxn } from '../sameTxn.ts'
import { printTxn } from '../words.ts'

export const prefixConsistency = always({
  code: 'P3',
  name: 'PrefixConsistency',
  says: 'Of what two peers have delivered, one is a prefix of the other, zxid and content, and all of it is committed.',
  source: 'Zab.tla, PrefixConsistency',
  on: {
    delivered({ peer, txn }, history, check) {
      check.exercised += 1
      const ghost = history.peer(peer)
      if (ghost.fresh) compare(peer, ghost.applied.length - 1, txn, history, check)
    },
    // What came with the synchronisation becomes visible now.
    upToDate({ peer }, history, check) {
      check.exercised += 1
      const { applied } = history.peer(peer)
      if (applied.last !== undefined) compare(peer, applied.length - 1, applied.last, history, check)
    },
  },
  // The steps compare one entry each and trust its past; the end trusts nothing.
  atEnd(history, check) {
    for (const { sid, applied, serving } of history.peers) {
      if (!serving) continue
      for (let place = 0; place < applied.length; place += 1) {
        if (place < history.committed.length && sameTxn(applied.at(place), history.committed.at(place)))
          continue
        return compare(sid, place, applied.at(place), history, check)
      }
    }
  },
})

function compare(peer: Sid, place: number, txn: Txn, history: History, check: Check): void {
  const { delivered, committed } = history
  if (place < delivered.length && !sameTxn(delivered.at(place), txn)) {
    const first = delivered.at(place)
    const others = history.peers.filter(
      ({ sid, applied }) => sid !== peer && place < applied.length && sameTxn(applied.at(place), first),
    )
    const who = others.map(({ sid }) => sid)
    const them = who.length === 0 ? 'somebody' : who.join(', ')
    check.broken(
      [peer, ...who],
      [txn.zxid, first.zxid],
      `${peer} delivered ${printTxn(txn)} where ${them} had delivered ${printTxn(first)}`,
    )
  } else if (place >= committed.length) {
    check.broken([peer], [txn.zxid], `${peer} delivered ${printTxn(txn)}, which nobody has committed`)
  } else if (!sameTxn(committed.at(place), txn)) {
    const right = committed.at(place)
    check.broken(
      [peer],
      [txn.zxid, right.zxid],
      `${peer} delivered ${printTxn(txn)} where ${printTxn(right)} is committed`,
    )
  }
}
