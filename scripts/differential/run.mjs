/**
 * Plays random scripts on a real ZooKeeper 3.8.0 and on the simulated one as of 3.8.0, a fresh server for each, and
 * stops at the first answer that differs; then looks for the shortest part of the script that still makes it differ.
 *
 *     node scripts/differential/run.mjs [--seed N] [--steps N] [--servers 1|3] [--no-shrink]
 *
 * Needs Java and Debian 12's package zookeeper (or ZOOKEEPER_HOME); without them it is skipped.
 */
import { parseArgs } from 'node:util'
import { releases } from '../../dist/nodes/historic/releases.js'
import { FreshServers } from '../../dist/sim/conform/cases/servers.js'
import { Duel } from './Duel.mjs'
import { Generator } from './generate.mjs'
import { findZooKeeper, RealServer } from './RealServer.mjs'

/** Steps that one pair of servers plays. */
const LENGTH = 150
/** Milliseconds. */
const TIME_TO_SHRINK = 120_000

const { values } = parseArgs({
  options: {
    seed: { type: 'string', default: '1' },
    steps: { type: 'string', default: '600' },
    servers: { type: 'string', default: '1' },
    shrink: { type: 'boolean', default: true },
  },
  allowNegative: true,
})
const seed = Number(values.seed)
const steps = Number(values.steps)
const count = Number(values.servers)
if (!Number.isSafeInteger(seed) || !(steps > 0) || (count !== 1 && count !== 3)) {
  console.error('usage: npm run differential -- [--seed N] [--steps N] [--servers 1|3] [--no-shrink]')
  process.exit(2)
}

const found = findZooKeeper()
if (found.classPath === null) {
  console.log(`SKIPPED: the comparison with a real ZooKeeper needs ${found.missing}`)
  process.exit(0)
}
const fresh = new FreshServers(releases.get('3.8.0-11+deb12u2'))

for (let done = 0; done < steps; done += LENGTH) {
  const scriptSeed = seed + done / LENGTH
  const length = Math.min(LENGTH, steps - done)
  const { script, difference } = await onFreshServers((duel) => playSeed(duel, scriptSeed, length))
  if (difference === null) {
    console.log(`equal   seed ${scriptSeed}: ${length} steps`)
    continue
  }
  console.log(`DIFFERS seed ${scriptSeed}, step ${script.length}`)
  tell(script.slice(-1), difference)
  console.log(
    `again: npm run differential -- --seed ${scriptSeed} --steps ${Math.min(length, script.length)}${count > 1 ? ` --servers ${count}` : ''}`,
  )
  if (values.shrink) await shrink(script)
  process.exit(1)
}
process.exit(0)

async function onFreshServers(use) {
  const servers = await RealServer.start(found.classPath, count)
  const ensemble = fresh.take(count > 1 ? 'e3' : 'sa', 'default')
  const duel = new Duel(servers, ensemble)
  try {
    return await use(duel)
  } finally {
    duel.stop()
    for (const server of servers) server.stop()
  }
}

async function playSeed(duel, scriptSeed, length) {
  const generator = new Generator(scriptSeed, count)
  let difference = null
  for (let i = 0; i < length && difference === null; i++) {
    difference = await duel.play(generator.next(duel.names('open'), duel.names('lost')))
    for (const path of duel.created) generator.hear(path)
  }
  difference ??= await duel.readTree()
  return { script: duel.script, difference }
}

/** @returns the difference in the last step, if there is one. */
function replay(script) {
  return onFreshServers(async (duel) => {
    for (const step of script) {
      if (!duel.canPlay(step)) continue
      const difference = await duel.play(step)
      if (difference !== null) return { script: duel.script, difference }
    }
    return null
  })
}

/** Leaves out parts, larger ones first, as long as something differs. */
async function shrink(script) {
  const end = Date.now() + TIME_TO_SHRINK
  let shortest = { script, difference: null }
  for (let size = Math.ceil(script.length / 2); size >= 1; size = size === 1 ? 0 : Math.ceil(size / 2)) {
    // The last step is the one that differs.
    for (let at = shortest.script.length - 1 - size; at >= 0 && Date.now() < end; at -= size) {
      const without = shortest.script.filter((_, i) => i < at || i >= at + size)
      shortest = (await replay(without)) ?? shortest
    }
  }
  if (shortest.difference === null) return
  console.log(`\nshortest (${shortest.script.length} steps):`)
  tell(shortest.script, shortest.difference)
}

function tell(script, [session, real, simulated]) {
  for (const step of script) console.log(`  ${describe(step)}`)
  console.log(`  ${session}\n    real:      ${print(real)}\n    simulated: ${print(simulated)}`)
}

function print(news) {
  return news.map((one) => (typeof one === 'string' ? one : JSON.stringify(one))).join('\n               ')
}

function describe(step) {
  if (step.do === 'hangUp') return `${step.session} hangs up`
  if (step.do === 'connect') return JSON.stringify(step)
  const { session, xid, opcode, body, text } = step
  const bytes = Buffer.from(body, 'latin1').toString('hex')
  return `${session} ${xid} ${opcode} ${text} ${bytes.length > 4000 ? `${bytes.slice(0, 4000)}…` : bytes}`
}
