import { deed, fault, hosts } from './fault.ts'
import { drawnFrom } from './slowLink.ts'

/** Threads that the scheduler of the machine neglects. A name covers all that begin so: `learner`, all handlers. */
export const slowThread = fault(
  'slow threads',
  deed(
    'slow thread {thread:thread} of {peers:peers} by {time:span}',
    'Every turn of this thread comes this much later.',
    (world, { thread, peers, time }) => {
      for (const name of hosts(peers)) world.machine(name).slowThread(thread, drawnFrom(time))
    },
  ),
  deed('restore thread {thread:thread} of {peers:peers}', 'No longer slow.', (world, { thread, peers }) => {
    for (const name of hosts(peers)) world.machine(name).slowThread(thread, null)
  }),
  deed(
    'stall thread {thread:thread} of {peers:peers}',
    'It gets no turn until unstalled.',
    (world, { thread, peers }) => {
      for (const name of hosts(peers)) world.machine(name).stallThread(thread)
    },
  ),
  deed(
    'unstall thread {thread:thread} of {peers:peers}',
    'Its turns come now.',
    (world, { thread, peers }) => {
      for (const name of hosts(peers)) world.machine(name).unstallThread(thread)
    },
  ),
)
