import type { Fields, Json, Value } from '../reading.ts'
import {
  type Course,
  type Mode,
  modes,
  profiles,
  type RecordedCase,
  type RecordedResult,
  type Step,
} from './Case.ts'
import { parseStep } from './parseStep.ts'

/**
 * Reads a recording of client operations; fields that are not named here are ignored.
 *
 * @param place how messages name it, `file:line`.
 * @throws RecordingError
 */
export function parseCase(top: Fields, place: string): RecordedCase {
  const steps = Object.freeze(top.field('script').array().map(parseStep))
  checkSessions(top.field('script'), steps)
  const said = top.field('modes')
  const names = said.array().map((mode) => mode.oneOf(modes, 'mode'))
  if (names.length === 0) said.fail('no mode')
  const common = parseCourse(top, steps.length)
  const courses = new Map<Mode, Course>(names.map((mode) => [mode, common]))
  if (top.has('e3')) courses.set('e3', parseCourse(top.field('e3').object(), steps.length))
  return Object.freeze({
    place,
    name: top.field('name').string(),
    profile: top.has('profile') ? top.field('profile').oneOf(profiles, 'profile') : 'default',
    steps,
    courses,
  })
}

function parseCourse(fields: Fields, steps: number): Course {
  const list = fields.field('result')
  const results = list.array().map(parseResult)
  if (results.length !== steps) list.fail(`${results.length} results of ${steps} steps`)
  return Object.freeze({
    results: Object.freeze(results),
    final: fields.has('final') ? Object.freeze(fields.field('final').array().map(parseNode)) : null,
    zxids: fields.has('zx')
      ? Object.freeze(
          fields
            .field('zx')
            .array()
            .map((zxid) => zxid.integer()),
        )
      : null,
  })
}

function parseResult(value: Value): RecordedResult {
  const result = value.object()
  if (!result.mentions('rc') && !result.mentions('ex')) return value.fail('neither rc nor ex')
  for (const name of ['rc', 'z', 'hrc', 'n', 'to']) if (result.mentions(name)) result.field(name).integer()
  for (const name of ['ch', 'ephs', 'who', 'late']) {
    if (result.mentions(name)) for (const text of result.field(name).array()) text.string()
  }
  for (const name of ['ev', 'wev']) {
    if (!result.mentions(name)) continue
    for (const [, events] of result.field(name).object().entries()) {
      for (const event of events.array()) event.string()
    }
  }
  if (result.mentions('st')) parseStat(result.field('st'))
  return value.value as RecordedResult
}

/** `[path, data, stat, acl]` */
function parseNode(value: Value): readonly [string, ...Json[]] {
  const parts = value.array()
  const [path, data, stat, acl] = parts
  if (path === undefined || data === undefined || stat === undefined || acl === undefined) {
    return value.fail('a node is [path, data, stat, acl]')
  }
  path.string()
  parseStat(stat)
  return value.value as readonly [string, ...Json[]]
}

/** `[czxid, mzxid, pzxid, version, cversion, aversion, owner, dataLength, numChildren]`; zxids are ranks. */
const STAT_FIELDS = 9
const OWNER = 6

function parseStat(value: Value): void {
  const fields = value.array()
  if (fields.length !== STAT_FIELDS) return value.fail(`not the ${STAT_FIELDS} fields of a stat`)
  for (const [index, field] of fields.entries()) {
    if (index === OWNER && field.isString) continue
    field.integer()
  }
}

function checkSessions(script: Value, steps: readonly Step[]): void {
  const known = new Set<string>()
  const places = script.array()
  for (const [index, { session, deed }] of steps.entries()) {
    const step = (places[index] as Value).object()
    if (deed.op === 'connect' || deed.op === 'dup') {
      if (deed.of !== null && !known.has(deed.of)) step.field('of').fail(`there is no session ${deed.of} yet`)
      if (known.has(session)) step.field('s').fail(`there is a session ${session} already`)
      known.add(session)
    } else if (!known.has(session)) step.field('s').fail(`there is no session ${session} yet`)
  }
}
