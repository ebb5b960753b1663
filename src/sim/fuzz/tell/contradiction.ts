/** The events that cannot all be: the one that showed it, and those that it is held against. */
import type { Violation } from '../../../invariants/invariant.ts'
import type { Fact, FactType } from '../../../nodes/facts.ts'
import type { Zxid } from '../../../nodes/zxid.ts'
import type { Chronicle, Told } from './Chronicle.ts'

/** As many as somebody compares. */
const MOST = 6

/** In the order of time; empty where nothing but the end of the run shows it. */
export function contradiction({ triggers, told }: Chronicle, violation: Violation): readonly Told[] {
  const trigger = triggers.get(violation.code)
  if (trigger === undefined) return againstTheEnd(told, violation)
  const before = told.slice(0, told.indexOf(trigger))
  const found = new Set<Told>()
  for (const zxid of violation.zxids)
    for (const one of lifeOf(zxid, before, trigger, violation)) found.add(one)
  // Who has acknowledged the very transaction needs no other promise.
  const isPromised = [...found].some(({ fact }) => fact.type === 'acked')
  if (!isPromised) for (const one of promises(before, trigger, violation)) found.add(one)
  for (const one of sameOf(before, trigger, violation)) found.add(one)
  const chosen = [...found].slice(0, MOST - 1)
  return inOrder([...chosen, trigger])
}

function inOrder(told: readonly Told[]): Told[] {
  return [...told].sort((a, b) => a.event - b.event)
}

/** What was asked for and has no answer: of a client that waits for ever. */
function againstTheEnd(told: readonly Told[], { what }: Violation): readonly Told[] {
  const answered = new Set(
    told.flatMap(({ fact }) => (fact.type === 'completed' ? [`${fact.client}#${fact.id}`] : [])),
  )
  const open = told.filter(
    ({ fact }) =>
      fact.type === 'invoked' &&
      !answered.has(`${fact.client}#${fact.id}`) &&
      what.startsWith(`${fact.client} `),
  )
  return open.slice(0, 1)
}

/** What of a transaction's life matters beside a fact of this type. */
const lives: ReadonlyMap<FactType, readonly FactType[]> = new Map<FactType, readonly FactType[]>([
  ['proposed', ['proposed']],
  ['logged', ['proposed', 'logged']],
  ['acked', ['logged']],
  ['committed', ['committed', 'proposed']],
  ['delivered', ['proposed', 'committed', 'delivered']],
  ['syncApplied', ['proposed', 'committed', 'delivered']],
  ['ackedNewLeader', ['logged']],
  ['voted', ['logged']],
])

function lifeOf(zxid: Zxid, before: readonly Told[], trigger: Told, { code }: Violation): Told[] {
  const about = before.filter(({ fact }) => zxidOf(fact) === zxid)
  const teller = 'peer' in trigger.fact ? trigger.fact.peer : null
  const ofTeller = (fact: Fact): boolean => 'peer' in fact && fact.peer === teller
  const types = code.startsWith('C') ? CLIENT_LIFE : (lives.get(trigger.fact.type) ?? LIFE)
  const found = types.flatMap((type) => {
    // What a peer itself has of it, but for what others have delivered.
    const own = type === 'logged' || type === 'acked'
    const fits = (fact: Fact): boolean => (own ? ofTeller(fact) : type !== 'delivered' || !ofTeller(fact))
    return about.filter(({ fact }) => fact.type === type && fits(fact)).slice(0, 1)
  })
  return found.length > 0 ? found : about.filter(({ fact }) => fact.type === 'proposed').slice(0, 1)
}

const LIFE: readonly FactType[] = ['acked', 'committed']
const CLIENT_LIFE: readonly FactType[] = ['committed', 'completed']

/** What a peer had written, promised or done before it started, looked or acknowledged in spite of it. */
const bindings: ReadonlyMap<FactType, readonly FactType[]> = new Map<FactType, readonly FactType[]>([
  ['recovered', ['ackedNewLeader', 'acked']],
  ['acceptedEpochWritten', ['ackedEpoch', 'acceptedEpochWritten']],
  ['currentEpochWritten', ['currentEpochWritten', 'acceptedEpochWritten']],
  ['ackedEpoch', ['ackedEpoch']],
  ['ackedNewLeader', ['syncStarted', 'forced']],
  ['acked', ['forced', 'ackedNewLeader']],
  ['lookingAgain', ['logged']],
  ['voted', ['logged']],
])
/** The same, where the invariant says better than the fact what that is. */
const bindingsOf: ReadonlyMap<string, readonly FactType[]> = new Map<string, readonly FactType[]>([
  ['E1', ['acceptedEpochWritten', 'currentEpochWritten']],
  ['E4', ['voted']],
  ['E7', ['proposed']],
  ['A4', ['acked']],
])

function promises(before: readonly Told[], { fact: shown }: Told, { code }: Violation): Told[] {
  if (!('peer' in shown)) return []
  const last = (type: FactType): Told[] =>
    before.filter(({ fact }) => fact.type === type && 'peer' in fact && fact.peer === shown.peer).slice(-1)
  const types = bindingsOf.get(code) ?? bindings.get(shown.type) ?? []
  return [...types.flatMap(last), ...sameSession(before, shown, code)]
}

/** What a session had been answered before it was found expired; a request that took effect before. */
function sameSession(before: readonly Told[], shown: Fact, code: string): Told[] {
  if (shown.type === 'sessionExpired') {
    return before
      .filter(({ fact }) => fact.type === 'replied' && fact.sessionId === shown.sessionId)
      .slice(-1)
  }
  if (code !== 'C13' || !('txn' in shown)) return []
  const { sessionId, cxid, zxid } = shown.txn
  return before
    .filter(({ fact: { type }, fact }) => {
      if (type !== 'committed' || !('txn' in fact)) return false
      return fact.txn.sessionId === sessionId && fact.txn.cxid === cxid && fact.txn.zxid !== zxid
    })
    .slice(-1)
}

/** The last time that another of those concerned did the same; or that a client asked for what it is answered. */
function sameOf(before: readonly Told[], { fact: shown }: Told, { peers }: Violation): Told[] {
  if ('client' in shown) {
    return before
      .filter(
        ({ fact }) =>
          'client' in fact &&
          fact.client === shown.client &&
          (fact.type === 'clientConnected' ||
            (fact.type === 'invoked' && shown.type === 'completed' && fact.id === shown.id)),
      )
      .slice(-2)
  }
  return peers
    .filter((sid) => sid !== shown.peer)
    .flatMap((sid) =>
      before.filter(({ fact }) => fact.type === shown.type && 'peer' in fact && fact.peer === sid).slice(-1),
    )
}

function zxidOf(fact: Fact): Zxid | null {
  if ('txn' in fact) return fact.txn.zxid
  if (fact.type === 'acked' || fact.type === 'completed' || fact.type === 'commitReceived') return fact.zxid
  return null
}
