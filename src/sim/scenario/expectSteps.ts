import { printZxid, type Sid } from '../../nodes/zxid.ts'
import type { PeerApi } from './EnsembleApi.ts'
import { factFormOf } from './facts.ts'
import type { Play } from './Scenario.ts'
import { deedStep, type Stage } from './step.ts'

/** A running peer, or a failed expectation where it is down. */
function running(stage: Stage, sid: Sid): PeerApi | null {
  const peer = stage.ensemble.peer(sid)
  if (peer === null) stage.fail(`${sid} is down`)
  return peer
}

/** `expect` and `do not expect` ask conditions about now, and events about the whole run so far. */
function isSo(stage: Stage, play: Play): boolean {
  return factFormOf(play).holds === null ? stage.timesTold(play) > 0 : stage.holds(play)
}

function said(play: Play): string {
  return factFormOf(play).sentence.print(play.filled)
}

/** What was found of an invariant, by its name or its code: undefined where there is no such invariant. */
function violated(stage: Stage, called: string): string | null | undefined {
  const { checks, violations } = stage.ensemble.checker
  const found = violations.find(({ name, code }) => name === called || code === called)
  if (found !== undefined) return found.what
  return checks.some(({ invariant: { name, code } }) => name === called || code === called) ? null : undefined
}

/** Data at a path of one peer's tree: undefined where there is no node. */
function dataAt(peer: PeerApi, path: string): string | null | undefined {
  return peer.zkDb.tree.get(path)?.data
}

const facts = [
  deedStep(
    'expect {fact:fact}',
    'This is so now (a condition), or has happened (an event).',
    (stage, { fact }) => {
      if (!isSo(stage, fact)) stage.fail(`it is not so that ${said(fact)}`)
    },
    'expect 3 leads',
  ),
  deedStep(
    'do not expect {fact:fact}',
    'This is not so now (a condition), or has never happened (an event).',
    (stage, { fact }) => {
      if (isSo(stage, fact)) stage.fail(`it is so that ${said(fact)}`)
    },
    'do not expect committed 1:9',
  ),
  deedStep(
    'expect to see {text:text}',
    'A line of the transcript so far contains this text, or did so while the transcript was quiet.',
    (stage, { text }) => {
      if (!stage.transcript.saw(text))
        stage.fail(`no line of the transcript contains ${JSON.stringify(text)}`)
    },
  ),
]

const state = [
  deedStep(
    'expect {client:client} got {answer:answer}',
    'The last answer to this client.',
    (stage, holes) => {
      const got = stage.answerTo(holes.client)
      if (got !== holes.answer) stage.fail(`${holes.client} got ${got ?? 'no answer'}`)
    },
  ),
  deedStep(
    'expect {path:path} is {data:data} on {peer:peer}',
    'The data of a node in the tree of one peer.',
    (stage, holes) => {
      const peer = running(stage, holes.peer)
      const data = peer && dataAt(peer, holes.path)
      if (peer === null || data === holes.data) return
      stage.fail(
        `on ${holes.peer} ${holes.path} ${data === undefined ? 'does not exist' : `is ${JSON.stringify(data)}`}`,
      )
    },
  ),
  deedStep(
    'expect {path:path} exists on {peer:peer}',
    'The tree of one peer has this node.',
    (stage, holes) => {
      const peer = running(stage, holes.peer)
      if (peer !== null && dataAt(peer, holes.path) === undefined) {
        stage.fail(`on ${holes.peer} ${holes.path} does not exist`)
      }
    },
  ),
  deedStep(
    'expect {path:path} does not exist on {peer:peer}',
    'The tree of one peer lacks this node.',
    (stage, holes) => {
      const peer = running(stage, holes.peer)
      if (peer !== null && dataAt(peer, holes.path) !== undefined)
        stage.fail(`on ${holes.peer} ${holes.path} exists`)
    },
  ),
  deedStep(
    'expect log of {peer:peer} ends at {zxid:zxid}',
    'The last transaction in the log of one peer.',
    (stage, holes) => {
      const peer = running(stage, holes.peer)
      if (peer !== null && peer.zkDb.lastLoggedZxid !== holes.zxid) {
        stage.fail(`the log of ${holes.peer} ends at ${printZxid(peer.zkDb.lastLoggedZxid)}`)
      }
    },
  ),
  deedStep(
    'expect all peers agree',
    'The trees of all running peers are equal; one that is paused does not run.',
    (stage) => expectAgreement(stage, stage.ensemble.sids),
  ),
  deedStep(
    'expect all who serve agree',
    'The trees of all running peers that lead, or are up to date with a leader, are equal.',
    (stage) =>
      expectAgreement(
        stage,
        stage.ensemble.sids.filter((sid) => stage.view.peer(sid).serves),
      ),
  ),
  deedStep(
    'expect nothing acknowledged',
    'No write of any client was answered with success so far.',
    (stage) => {
      const count = stage.view.acknowledgedWrites
      if (count > 0) stage.fail(`${count} writes were acknowledged`)
    },
  ),
]

const invariants = [
  deedStep(
    'expect {invariant:invariant} held',
    'This invariant was not broken so far.',
    (stage, { invariant }) => {
      const what = violated(stage, invariant)
      if (what === undefined) stage.fail(`no invariant is called ${invariant}`)
      else if (what !== null) stage.fail(`${invariant} is broken: ${what}`)
    },
  ),
  deedStep(
    'expect {invariant:invariant} broken',
    'This invariant was broken; that it was is what the scenario shows, so its verdict is held.',
    (stage, { invariant }) => {
      const what = violated(stage, invariant)
      if (what === undefined) stage.fail(`no invariant is called ${invariant}`)
      else if (what === null) stage.fail(`${invariant} held`)
    },
  ),
]

export const BROKEN = 'expect {invariant:invariant} broken'

/** Steps that ask. One that is not met makes the outcome `failed`; the run ends there. */
export const expectSteps = [...facts, ...state, ...invariants]

/** The facts that steps of a scenario expect as events: they have to be counted from the beginning. */
export function expectedFact(play: Play): Play | null {
  const isExpectation =
    play.sentence === 'expect {fact:fact}' || play.sentence === 'do not expect {fact:fact}'
  return isExpectation ? (play.filled.fact as Play) : null
}

function expectAgreement(stage: Stage, sids: readonly Sid[]): void {
  const trees = sids.flatMap((sid) => {
    const peer = stage.ensemble.machineOf(sid).state === 'up' ? stage.ensemble.peer(sid) : null
    return peer === null ? [] : [{ sid, tree: peer.zkDb.tree, at: peer.zkDb.lastProcessedZxid }]
  })
  const first = trees[0]
  for (const { sid, tree, at } of trees) {
    if (first === undefined || tree === first.tree || tree.digest === first.tree.digest) continue
    stage.fail(`the trees of ${first.sid} at ${printZxid(first.at)} and ${sid} at ${printZxid(at)} differ`)
    return
  }
}
