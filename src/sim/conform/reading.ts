import type { SyncMode } from '../../nodes/facts.ts'
import { makeZxid, NONE, type Sid, UNKNOWN, type Zxid } from '../../nodes/zxid.ts'

/** Recordings are JSON, an object a line. What is read here knows where it stands, so that messages can say it. */

export type Json = null | boolean | number | string | readonly Json[] | { readonly [name: string]: Json }

/** A line that is not what it should be, and where. */
export class RecordingError extends Error {
  override readonly name = 'RecordingError'

  constructor(place: string, what: string) {
    super(`${place}: ${what}`)
  }
}

/**
 * Reads one line.
 *
 * @param place how messages name it, `file:line`.
 * @throws RecordingError
 */
export function readLine(text: string, place: string): Fields {
  if (depthOf(text) > DEEPEST) throw new RecordingError(place, `nested deeper than ${DEEPEST}`)
  let json: unknown
  try {
    json = JSON.parse(text)
  } catch (error) {
    throw new RecordingError(place, `not JSON: ${(error as Error).message}`)
  }
  return new Value(json, '', place).object()
}

/** No recording comes near it, and what walks through values need not fear for its stack. */
const DEEPEST = 100

/** How many lists and objects are open at most; what stands in strings is none. */
function depthOf(text: string): number {
  let [depth, deepest, isString] = [0, 0, false]
  for (let i = 0; i < text.length; i += 1) {
    const character = text[i]
    if (isString) {
      if (character === '\\') i += 1
      else if (character === '"') isString = false
    } else if (character === '"') isString = true
    else if (character === '[' || character === '{') deepest = Math.max(deepest, (depth += 1))
    else if (character === ']' || character === '}') depth -= 1
  }
  return deepest
}

/** A piece of a line, that knows where it stands. */
export class Value {
  private readonly json: unknown
  private readonly path: string
  private readonly place: string

  constructor(json: unknown, path: string, place: string) {
    this.json = json
    this.path = path
    this.place = place
  }

  fail(what: string): never {
    throw new RecordingError(this.place, this.path === '' ? what : `${this.path}: ${what}`)
  }

  get isArray(): boolean {
    return Array.isArray(this.json)
  }

  get isString(): boolean {
    return typeof this.json === 'string'
  }

  get isNull(): boolean {
    return this.json === null
  }

  object(): Fields {
    const { json } = this
    if (typeof json !== 'object' || json === null || Array.isArray(json)) return this.fail('not an object')
    return new Fields(new Map(Object.entries(json)), this.path, this.place)
  }

  array(): Value[] {
    const { json } = this
    if (!Array.isArray(json)) return this.fail('not a list')
    return json.map((item, index) => new Value(item, `${this.path}[${index}]`, this.place))
  }

  string(): string {
    return typeof this.json === 'string' ? this.json : this.fail('not a string')
  }

  stringOrNull(): string | null {
    return this.isNull ? null : this.string()
  }

  boolean(): boolean {
    return typeof this.json === 'boolean' ? this.json : this.fail('neither true nor false')
  }

  whole(least: number, most = Number.MAX_SAFE_INTEGER): number {
    const { json } = this
    if (typeof json !== 'number' || !Number.isSafeInteger(json) || json < least) {
      return this.fail(`not a whole number of at least ${least}`)
    }
    return json <= most ? json : this.fail(`more than ${most}`)
  }

  /** Any whole number, as exact as JSON gives it. */
  integer(): number {
    const { json } = this
    return typeof json === 'number' && Number.isInteger(json) ? json : this.fail('not a whole number')
  }

  /** One of these words. */
  oneOf<T extends string>(words: readonly T[], what: string): T {
    const word = this.string()
    const found = words.find((known) => known === word)
    return found ?? this.fail(`unknown ${what} ${JSON.stringify(word)}; known are ${words.join(', ')}`)
  }

  /** As it stands there. */
  get value(): Json {
    return this.json as Json
  }

  sid(sids: number): Sid {
    const sid = this.whole(1)
    return sid <= sids ? sid : this.fail(`there is no server ${sid}`)
  }

  sidOrNull(sids: number): Sid | null {
    return this.isNull ? null : this.sid(sids)
  }

  zxid(): Zxid {
    const digits = /^0x([0-9a-f]{1,16})$/.exec(this.string())?.[1]
    if (digits === undefined) return this.fail('not a zxid such as 0x100000002')
    if (digits === OBSERVERS) return NONE
    if (digits === MINUS_ONE) return UNKNOWN
    const epoch = Number.parseInt(digits.slice(0, -8) || '0', 16)
    if (epoch > MAX_EPOCH) return this.fail('an epoch beyond 2^21')
    return makeZxid(epoch, Number.parseInt(digits.slice(-8), 16))
  }

  mode(): SyncMode {
    const mode = this.string()
    return mode === 'DIFF' || mode === 'TRUNC' || mode === 'SNAP' ? mode : this.fail(`unknown mode ${mode}`)
  }
}

/** What observers propose: Long.MIN_VALUE. */
const OBSERVERS = '8000000000000000'
const MINUS_ONE = 'ffffffffffffffff'
const MAX_EPOCH = 0x1f_ffff

export class Fields {
  private readonly fields: ReadonlyMap<string, unknown>
  private readonly path: string
  private readonly place: string

  constructor(fields: ReadonlyMap<string, unknown>, path: string, place: string) {
    this.fields = fields
    this.path = path
    this.place = place
  }

  /** Present, and not null. */
  has(name: string): boolean {
    return (this.fields.get(name) ?? null) !== null
  }

  mentions(name: string): boolean {
    return this.fields.has(name)
  }

  field(name: string): Value {
    const path = this.path === '' ? name : `${this.path}.${name}`
    const value = this.fields.get(name)
    if (value === undefined) return new Value(null, path, this.place).fail('is missing')
    return new Value(value, path, this.place)
  }

  entries(): (readonly [string, Value])[] {
    return [...this.fields].map(
      ([name, json]) => [name, new Value(json, `${this.path}.${name}`, this.place)] as const,
    )
  }
}
