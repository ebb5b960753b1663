/** One step at a time on both sides, and whether they answer alike. */
import { encodeRequest } from '../../dist/nodes/jute/encodeRequest.js'
import { OpCode } from '../../dist/nodes/opcodes.js'
import { SUPER } from '../../dist/sim/conform/cases/servers.js'
import { RealSide } from './RealSide.mjs'
import { SimulatedSide } from './SimulatedSide.mjs'

const SYNC_XID = 1_000_000
/** Milliseconds until a server has closed the connection that another one took the session from. */
const TAKEOVER_PAUSE = 60

export class Duel {
  /** The steps that were played. */
  script = []
  sessions = new Map()
  /** The paths that the last step created. */
  created = []

  constructor(servers, ensemble) {
    this.real = new RealSide(servers)
    this.simulated = new SimulatedSide(ensemble)
    this.syncs = 0
  }

  /** By name; those that ended are no more. */
  names(state) {
    return [...this.sessions].filter(([, is]) => is === state).map(([name]) => name)
  }

  /** Whether the step means anything by now. */
  canPlay(step) {
    if (step.do !== 'connect') return this.sessions.get(step.session) === 'open'
    return step.of === null || this.sessions.has(step.of)
  }

  /** @returns null, or what differs: `[session, real, simulated]`. */
  async play(step) {
    this.script.push(step)
    const shaken = await this.perform(step)
    await this.barrier()
    const answers = [...this.sessions.keys()].map((name) => [
      name,
      this.real.take(name),
      this.simulated.take(name),
    ])
    if (shaken !== null) answers.push([`the handshake of ${step.session}`, shaken[0], shaken[1]])
    this.created = answers.flatMap(([, news]) => news.flatMap(createdBy))
    const ends = step.opcode === OpCode.closeSession
    for (const [name, real, simulated] of answers) {
      if (print(real, ends) !== print(simulated, ends)) return [name, real, simulated]
      if (real.at(-1) === 'closed' && this.sessions.has(name)) {
        this.sessions.set(name, ends && name === step.session ? 'ended' : 'lost')
      }
    }
    return null
  }

  async perform(step) {
    switch (step.do) {
      case 'connect': {
        const answers = [await this.real.connect(step), this.simulated.connect(step)]
        this.sessions.set(step.session, 'open')
        if (step.of !== null) {
          await this.real.pause(TAKEOVER_PAUSE)
          this.simulated.pause(TAKEOVER_PAUSE)
        }
        return answers
      }
      case 'request':
        await this.real.request(step)
        this.simulated.request(step)
        return null
      case 'hangUp':
        await this.real.hangUp(step)
        this.simulated.hangUp(step)
        return null
    }
  }

  async barrier() {
    for (const name of this.names('open')) {
      this.syncs += 1
      await this.real.sync(name, SYNC_XID + this.syncs)
      this.simulated.sync(name, SYNC_XID + this.syncs)
    }
  }

  /** The whole tree, as somebody reads it who may. @returns as `play` does. */
  async readTree() {
    const session = 'super'
    const address = '127.0.0.1'
    const rest = {
      of: null,
      wrongPassword: false,
      timeout: 60_000,
      lastZxidSeen: 0,
      readOnly: false,
      server: 0,
    }
    const connected = await this.play({ do: 'connect', session, ...rest, address, patience: 5000 })
    const auth = { type: 'auth', scheme: 'digest', auth: SUPER }
    return (
      connected ?? (await this.ask(session, OpCode.auth, auth, -4)) ?? (await this.readBelow(session, '/'))
    )
  }

  async readBelow(session, path) {
    // Differs from server to server.
    if (path === '/zookeeper/config') return null
    let difference = null
    for (const type of ['getData', 'getACL']) {
      difference ??= await this.ask(session, OpCode[type], { type, path, watch: false }, 1)
    }
    difference ??= await this.ask(session, OpCode.getChildren, { type: 'getChildren', path, watch: false }, 1)
    if (difference !== null) return difference
    for (const name of this.children) {
      difference ??= await this.readBelow(session, path === '/' ? `/${name}` : `${path}/${name}`)
    }
    return difference
  }

  async ask(session, opcode, op, xid) {
    const step = { do: 'request', session, xid, opcode, body: encodeRequest(op), patience: 5000 }
    const take = this.simulated.take.bind(this.simulated)
    this.simulated.take = (name) => {
      const news = take(name)
      for (const { body } of news) if (body?.children !== undefined) this.children = body.children
      return news
    }
    const difference = await this.play({ ...step, text: JSON.stringify(op) })
    this.simulated.take = take
    return difference
  }

  stop() {
    this.real.stop()
    this.simulated.stop()
  }
}

function createdBy({ body }) {
  const results = body?.results?.filter(([type]) => type === 'create').map(([, path]) => path) ?? []
  return typeof body?.path !== 'string' || body.path === '/' ? results : [...results, body.path]
}

/** The ephemerals of a session that ends go in no order. */
function print(news, anyOrder) {
  const lines = news.map((one) => JSON.stringify(one))
  return (anyOrder ? lines.sort() : lines).join('\n')
}
