import { always } from '../invariant.ts'

export const noThreadDies = always({
  code: 'A6',
  name: 'NoThreadDies',
  says: 'No thread of a peer dies of an unexpected error, unless its disk failed or was damaged.',
  source: 'ZOOKEEPER-4394 and many others',
  on: {
    recovered(_fact, _history, check) {
      check.exercised += 1
    },
    threadDied({ peer, thread, reason }, history, check) {
      const ghost = history.peer(peer)
      if (ghost.diskFailed || ghost.excused) return
      check.broken([peer], [], `thread ${thread} of ${peer} died: ${reason}`)
    },
  },
})
