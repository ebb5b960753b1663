import { eventually } from '../invariant.ts'

export const everyPeerStarts = eventually({
  code: 'L6',
  name: 'EveryPeerStarts',
  says: 'In an undisturbed run every peer has started from what a crash left on its disk.',
  source: 'QuorumPeer.loadDataBase; ZOOKEEPER-1653',
  within: 'leader',
  judge(history, check, { peers }) {
    for (const sid of peers) {
      const { recoveredAfter, refused, excused } = history.peer(sid)
      if (excused) continue
      check.holds(
        recoveredAfter !== -1 && !refused,
        [sid],
        [],
        () => `${sid} runs undisturbed, and has not started from its disk`,
      )
    }
  },
})
