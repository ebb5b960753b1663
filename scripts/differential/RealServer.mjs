/** Real ZooKeeper servers, one alone or an ensemble, on free ports of this computer; their data goes with them. */
import { spawn, spawnSync } from 'node:child_process'
import { existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { connect, createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { base64 } from '../../dist/nodes/auth/base64.js'
import { sha1 } from '../../dist/nodes/auth/sha1.js'
import { SUPER } from '../../dist/sim/conform/cases/servers.js'

export const HOST = '127.0.0.1'
const DEBIAN_JAR = '/usr/share/java/zookeeper.jar'
/** Milliseconds until a server has to serve. */
const PATIENCE = 30_000

/** @returns what is on the class path, or null and what is missing. */
export function findZooKeeper() {
  if (spawnSync('java', ['-version']).status !== 0) return { classPath: null, missing: 'java' }
  const home = process.env.ZOOKEEPER_HOME
  if (home !== undefined) {
    const folders = [home, join(home, 'lib')].filter(existsSync)
    const jars = folders.flatMap((folder) => readdirSync(folder).map((name) => join(folder, name)))
    const classPath = jars.filter((name) => /\.jar$/.test(name)).join(':')
    return classPath === '' ? { classPath: null, missing: `jars in ZOOKEEPER_HOME=${home}` } : { classPath }
  }
  if (existsSync(DEBIAN_JAR)) return { classPath: DEBIAN_JAR }
  return { classPath: null, missing: "Debian's package zookeeper, or ZOOKEEPER_HOME of ZooKeeper 3.8.0" }
}

/** Whatever ends this process ends the servers first. */
const running = new Set()
process.on('exit', () => {
  for (const server of running) server.stop()
})
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, () => process.exit(1))

export class RealServer {
  /** @returns `count` servers that serve; more than one are an ensemble. */
  static async start(classPath, count) {
    const ports = await freePorts(3 * count)
    const peers = Array.from({ length: count }, (_, i) => [
      `server.${i + 1}`,
      `${HOST}:${ports[3 * i + 1]}:${ports[3 * i + 2]}`,
    ])
    const ensemble = count > 1 ? { initLimit: 10, syncLimit: 5, ...Object.fromEntries(peers) } : {}
    const servers = peers.map((_, i) => new RealServer(classPath, ports[3 * i], i + 1, ensemble))
    try {
      await Promise.all(servers.map((server) => server.serves()))
    } catch (error) {
      for (const server of servers) server.stop()
      throw error
    }
    return servers
  }

  constructor(classPath, port, myid, ensemble) {
    this.port = port
    this.folder = mkdtempSync(join(tmpdir(), 'zksim-differential-'))
    this.output = ''
    this.exited = null
    const config = join(this.folder, 'zoo.cfg')
    const lines = Object.entries({
      dataDir: join(this.folder, 'data'),
      clientPort: port,
      clientPortAddress: HOST,
      tickTime: 200,
      minSessionTimeout: 400,
      maxSessionTimeout: 60_000,
      maxClientCnxns: 0,
      reconfigEnabled: true,
      'admin.enableServer': false,
      ...ensemble,
    }).map(([name, value]) => `${name}=${value}\n`)
    writeFileSync(config, lines.join(''))
    mkdirSync(join(this.folder, 'data'))
    writeFileSync(join(this.folder, 'data', 'myid'), String(myid))
    const properties = Object.entries({
      'zookeeper.admin.enableServer': false,
      'zookeeper.extendedTypesEnabled': true,
      'zookeeper.DigestAuthenticationProvider.superDigest': `super:${base64(sha1(SUPER))}`,
      'znode.container.checkIntervalMs': 3_600_000,
      // Nothing of it shall outlive the process.
      'zookeeper.forceSync': 'no',
      'zookeeper.preAllocSize': 64,
    }).map(([name, value]) => `-D${name}=${value}`)
    const main = 'org.apache.zookeeper.server.quorum.QuorumPeerMain'
    const flags = ['-Xshare:auto', '-XX:TieredStopAtLevel=1', '-Xmx256m']
    this.child = spawn('java', [...flags, ...properties, '-cp', classPath, main, config])
    running.add(this)
    for (const stream of [this.child.stdout, this.child.stderr]) {
      stream.on('data', (text) => {
        this.output = (this.output + text).slice(-4000)
      })
    }
    this.child.on('error', (error) => {
      this.exited = String(error)
    })
    this.child.on('exit', (code, signal) => {
      this.exited = `exit ${code ?? signal}`
    })
  }

  stop() {
    this.child.kill('SIGKILL')
    running.delete(this)
    rmSync(this.folder, { recursive: true, force: true, maxRetries: 5, retryDelay: 50 })
  }

  async serves() {
    const end = Date.now() + PATIENCE
    while (this.exited === null && Date.now() < end) {
      if (/^Mode:/m.test(await askWord(this.port, 'srvr'))) return
      await new Promise((resolve) => setTimeout(resolve, 50))
    }
    const why = this.exited ?? `not within ${PATIENCE / 1000} s`
    throw new Error(`the real server does not come to serve: ${why}\n${this.output}`)
  }
}

/** All of them held before any is let go, so that no two are the same. */
async function freePorts(count) {
  const held = await Promise.all(Array.from({ length: count }, holdPort))
  const ports = held.map((server) => server.address().port)
  await Promise.all(held.map((server) => new Promise((resolve) => server.close(resolve))))
  return ports
}

function holdPort() {
  return new Promise((resolve, reject) => {
    const server = createServer()
    server.on('error', reject)
    server.listen(0, HOST, () => resolve(server))
  })
}

function askWord(port, word) {
  return new Promise((resolve) => {
    let answer = ''
    const socket = connect({ port, host: HOST }, () => socket.write(word))
    socket.setTimeout(2000, () => socket.destroy())
    socket.on('data', (text) => {
      answer += text
    })
    socket.on('error', () => {})
    socket.on('close', () => resolve(answer))
  })
}
