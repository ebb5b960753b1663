import type { Machine } from '../sim/kernel/Machine.ts'
import type { World } from '../sim/kernel/World.ts'
import { deed, fault, hosts, Unplayable } from './fault.ts'

const PPM = 1_000_000

/** Clocks that are wrong. Timeouts go by the monotonic clock, times in nodes by the wall clock. */
export const clockSkew = fault(
  'clocks',
  deed(
    'run clock of {peers:peers} {share:percent} fast',
    'Its clocks run fast from now on, so its timeouts come early.',
    (world, { peers, share }) => {
      for (const name of hosts(peers)) world.machine(name).setDrift(Math.round(share * PPM))
    },
    null,
    'run clock of 2 5 % fast',
  ),
  deed(
    'run clock of {peers:peers} {share:percent} slow',
    'Its clocks run slow from now on, so its timeouts come late.',
    (world, { peers, share }) => {
      if (share >= 1) throw new Unplayable('a clock that runs 100 % slow stands still')
      for (const name of hosts(peers)) world.machine(name).setDrift(-Math.round(share * PPM))
    },
    null,
    'run clock of 3 10 % slow',
  ),
  deed(
    'run clock of {peers:peers} right',
    'No longer fast or slow; what it is ahead or behind stays.',
    (world, { peers }) => {
      for (const name of hosts(peers)) world.machine(name).setDrift(0)
    },
  ),
  deed(
    'skew clock of {peers:peers} by {time:duration}',
    'Its monotonic clock is ahead by this from now on.',
    (world, holes) => {
      for (const machine of oneOfEachClock(world, holes.peers)) machine.advanceClock(holes.time)
    },
  ),
  deed(
    'jump clock of {peers:peers} ahead by {time:duration}',
    'Its wall clock jumps; timers do not notice.',
    (world, holes) => {
      for (const machine of oneOfEachClock(world, holes.peers)) machine.clock.jump(holes.time)
    },
    null,
    'jump clock of 1 and 2 ahead by 90 s',
  ),
  deed(
    'jump clock of {peers:peers} back by {time:duration}',
    'Its wall clock jumps; timers do not notice.',
    (world, holes) => {
      for (const machine of oneOfEachClock(world, holes.peers)) machine.clock.jump(-holes.time)
    },
  ),
)

/** Machines on one computer share its clock, which is moved once. */
function oneOfEachClock(world: World, peers: readonly number[]): readonly Machine[] {
  const machines = new Map(hosts(peers).map((name) => [world.machine(name).clock, world.machine(name)]))
  return [...machines.values()]
}
