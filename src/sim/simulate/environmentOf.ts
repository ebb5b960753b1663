import type { Client } from '../../nodes/client/Client.ts'
import type { Micros } from '../../nodes/Host.ts'
import type { Machine } from '../kernel/Machine.ts'
import type { Random } from '../kernel/Random.ts'
import { rolesOf } from '../scenario/roles.ts'
import type { Waiting } from '../scenario/step.ts'
import { UntilFact, UntilSettled } from '../scenario/waits.ts'
import { blame, type CallSite, callSite } from './callSite.ts'
import type {
  ConnectOptions,
  Environment,
  PeerStatus,
  ProgramRandom,
  SimulatedProgram,
  SpawnedProgram,
  SpawnOptions,
} from './Environment.ts'
import type { Program } from './Program.ts'
import type { SimulatedZooKeeper } from './SimulatedZooKeeper.ts'
import type { Simulation } from './Simulation.ts'
import { Wait } from './Wait.ts'

const MICROS = 1_000
/** Milliseconds. */
const DEFAULT_WAIT = 60_000
const DEFAULT_SESSION_TIMEOUT = 10_000
const NAME = /^[a-z][a-zA-Z0-9-]*$/

/** What one program may use. */
export function environmentOf(run: Simulation<unknown>, program: Program): Environment {
  const { ensemble, stage } = run
  const { world } = ensemble
  let clients = 0

  /** The first plain client of a program that has a machine lives there. */
  function machineFor(options: ConnectOptions): Machine {
    const { name, servers = ensemble.sids, sessionTimeout = DEFAULT_SESSION_TIMEOUT, ...more } = options
    clients += 1
    const isPlain = name === undefined && Object.keys(more).length === 0
    const own = clients === 1 && isPlain ? program.machine : null
    const free = name ?? freeName(run, `${program.name}-${clients}`)
    const machine = own ?? newMachine(run, free, sessionTimeout, more)
    if (own === null && program.machine !== null) program.others.push(machine)
    ;(machine.node as Client).connect(servers.map(String), sessionTimeout)
    return machine
  }

  function open(options: ConnectOptions, below: unknown): SimulatedZooKeeper {
    run.noticed()
    return run.addHandle(program, machineFor(options), callSite(below))
  }

  function waitFor(waiting: Waiting, limit: Micros | null, site: CallSite): Promise<void> {
    const wait = new Wait<void>(program, site, waiting.describe())
    stage.begin(waiting)
    const over = (): boolean => waiting.over(stage)
    run.waitUntil(wait, over, limit, () => stage.end(waiting))
    return wait.promise
  }

  const environment: Environment = {
    name: program.name,
    seed: world.seed,
    ensemble,
    random: randomOf(world.stream(`program/${program.name}`)),
    stream: (name) => randomOf(world.stream(`program/${program.name}/${name}`)),

    connect(options = {}) {
      const handle = open(options, environment.connect)
      return handle.connected.promise.then(() => handle)
    },

    open: (options = {}) => open(options, environment.open),

    sleep(time) {
      run.noticed()
      const wait = new Wait<void>(program, callSite(environment.sleep), `${time} ms to pass`)
      run.ring(Math.max(0, Math.round(time * MICROS)), () => wait.settle())
      return wait.promise
    },

    now: () => world.now / MICROS,
    leader: () => ensemble.leader(),
    followers: () => rolesOf(stage).followers(),
    observers: () => rolesOf(stage).observers(),
    peers: () => ensemble.sids.map((sid) => statusOf(run, sid)),

    until(what, limit = DEFAULT_WAIT) {
      run.noticed()
      const micros = limit * MICROS
      const site = callSite(environment.until)
      if (typeof what === 'string') {
        return blaming(site, () => waitFor(new UntilFact(stage.factOf(what), micros), micros, site))
      }
      const wait = new Wait<void>(program, site, `${what.name || 'a predicate'} to be true`)
      run.waitUntil(
        wait,
        () => isTrue(what()),
        micros,
        () => {},
      )
      return wait.promise
    },

    settle(limit = DEFAULT_WAIT) {
      run.noticed()
      return waitFor(new UntilSettled(null, limit * MICROS), limit * MICROS, callSite(environment.settle))
    },

    spawn: (name, body, options = {}) => spawn(run, name, body, options),

    note(text) {
      stage.transcript.at(world.now, world.events)
      stage.transcript.note(text)
    },

    faults: Object.freeze({
      ...run.faults,
      say(sentence: string): Promise<void> {
        run.noticed()
        const site = callSite(environment.faults.say)
        return blaming(site, () => {
          const waiting = stage.say(sentence)
          run.afterDeed()
          return waiting === null ? Promise.resolve() : waitFor(waiting, waiting.limit, site)
        })
      },
    }),
  }
  return Object.freeze(environment)
}

function spawn<T>(
  run: Simulation<unknown>,
  name: string,
  body: SimulatedProgram<T>,
  options: SpawnOptions,
): SpawnedProgram<T> {
  run.noticed()
  const machine = newMachine(run, name, DEFAULT_SESSION_TIMEOUT)
  const begun = run.begin(name, machine, body, options)
  const { program } = begun
  return Object.freeze({
    name,
    get state() {
      return program.state
    },
    get done() {
      begun.observed = true
      // Another each time: whoever asked and does not handle it is told so.
      return begun.done.then((value) => value)
    },
    pause() {
      if (machine.state === 'up') machine.pause()
      run.afterDeed()
    },
    resume() {
      if (machine.state === 'paused') machine.resume()
      run.afterDeed()
    },
    kill() {
      if (machine.state !== 'down') machine.crash()
      run.afterDeed()
    },
  })
}

/** A machine with a client that waits to be told whom to connect to. @throws RangeError where the name is taken, or none. */
function newMachine(
  { ensemble }: Simulation<unknown>,
  name: string,
  sessionTimeout: number,
  more: Pick<ConnectOptions, 'chroot' | 'canBeReadOnly'> = {},
): Machine {
  if (!NAME.test(name)) {
    throw new RangeError(`${JSON.stringify(name)} is no name: small letters, digits and dashes`)
  }
  if (ensemble.world.findMachine(name) !== undefined) throw new RangeError(`there is a ${name} already`)
  return ensemble.addClient(name, [], null, sessionTimeout, more)
}

function freeName({ ensemble }: Simulation<unknown>, wanted: string): string {
  let name = wanted
  for (let i = 2; ensemble.world.findMachine(name) !== undefined; i += 1) name = `${wanted}-${i}`
  return name
}

function statusOf({ ensemble, stage }: Simulation<unknown>, sid: number): PeerStatus {
  const { state, serves, epoch, leader, logged, delivered } = stage.view.peer(sid)
  const machine = ensemble.machineOf(sid).state
  return Object.freeze({ sid, machine, state, serves, epoch, leader, logged, delivered })
}

function randomOf(stream: Random): ProgramRandom {
  const random = (): number => stream.next()
  return Object.assign(random, {
    int: (least: number, most: number) => stream.int(least, most),
    chance: (share: number) => stream.chance(share),
    pick: <T>(items: readonly T[]) => stream.pick(items),
    shuffled: <T>(items: readonly T[]) => stream.shuffle([...items]),
  })
}

/** What is thrown is whoever asked's own. */
function blaming(site: CallSite, act: () => Promise<void>): Promise<void> {
  try {
    return act()
  } catch (error) {
    return Promise.reject(error instanceof Error ? blame(error, site) : error)
  }
}

/** A promise would always be true. */
function isTrue(answer: unknown): boolean {
  if (typeof answer === 'object' && answer !== null && 'then' in answer) {
    throw new TypeError('until() asks a function that answers at once, not with a promise')
  }
  return Boolean(answer)
}
