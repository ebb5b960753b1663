/**
 * What a value must look like, as data that the compiler checks against the type: a packet that gains a field does not
 * compile here until its shape has the field too.
 */

/**
 * Says what is wrong with a value (`.txn.body.path: not a string`), or null. Freezes the records and lists that are right.
 * The parameter is invariant, so that a shape allows neither more nor less than its type.
 */
export type Shape<T> = ((value: unknown) => string | null) & { readonly of?: (value: T) => T }

type Fields<T> = { readonly [K in keyof T]: Shape<T[K]> }

/** The member of a union with this tag, without the tag. */
type Member<U, Tag extends keyof U, K> = U extends unknown ? (K extends U[Tag] ? Omit<U, Tag> : never) : never
type Cases<U, Tag extends keyof U> = { readonly [K in U[Tag] & string]: Fields<Member<U, Tag, K>> }

function shape<T>(check: (value: unknown) => string | null): Shape<T> {
  return check as Shape<T>
}

export const text: Shape<string> = shape((value) => (typeof value === 'string' ? null : ': not a string'))

/** A string whose characters are bytes. */
export const bytes: Shape<string> = shape((value) => {
  if (typeof value !== 'string') return ': not a string'
  for (let i = 0; i < value.length; i++) if (value.charCodeAt(i) > 0xff) return `: character ${i} is no byte`
  return null
})

export const integer: Shape<number> = shape((value) =>
  Number.isSafeInteger(value) ? null : ': not a safe integer',
)

export const flag: Shape<boolean> = shape((value) => (typeof value === 'boolean' ? null : ': not a boolean'))

/** The keys are the strings allowed. */
export function oneOf<T extends string>(allowed: Readonly<Record<T, true>>): Shape<T> {
  return shape((value) =>
    typeof value === 'string' && Object.hasOwn(allowed, value) ? null : ': not one of those allowed',
  )
}

export function orNull<T>(inner: Shape<T>): Shape<T | null> {
  return shape((value) => (value === null ? null : inner(value)))
}

export function list<T>(item: Shape<T>): Shape<readonly T[]> {
  return shape((value) => {
    if (!Array.isArray(value)) return ': not a list'
    for (let i = 0; i < value.length; i++) {
      const wrong = item(value[i])
      if (wrong !== null) return `[${i}]${wrong}`
    }
    Object.freeze(value)
    return null
  })
}

export function pair<A, B>(first: Shape<A>, second: Shape<B>): Shape<readonly [A, B]> {
  return shape((value) => {
    if (!Array.isArray(value) || value.length !== 2) return ': not a pair'
    const wrong = first(value[0])
    if (wrong !== null) return `[0]${wrong}`
    const wrongToo = second(value[1])
    if (wrongToo !== null) return `[1]${wrongToo}`
    Object.freeze(value)
    return null
  })
}

export function record<T extends object>(fields: Fields<T>): Shape<T> {
  const entries = Object.entries(fields) as [string, Shape<unknown>][]
  return shape((value) => (isRecord(value) ? checkFields(value, entries, entries.length) : ': not a record'))
}

/** A union whose members are told apart by the string in field `tag`. */
export function tagged<U, Tag extends keyof U & string>(tag: Tag, cases: Cases<U, Tag>): Shape<U> {
  const byTag = new Map<unknown, [string, Shape<unknown>][]>()
  for (const [name, fields] of Object.entries(cases)) byTag.set(name, Object.entries(fields as object))
  return shape((value) => {
    if (!isRecord(value)) return ': not a record'
    if (!Object.hasOwn(value, tag)) return `.${tag}: missing`
    const entries = byTag.get(value[tag])
    if (entries === undefined) return `.${tag}: not one of those allowed`
    return checkFields(value, entries, entries.length + 1)
  })
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

function checkFields(
  value: Record<string, unknown>,
  entries: readonly [string, Shape<unknown>][],
  count: number,
): string | null {
  for (const [name, field] of entries) {
    if (!Object.hasOwn(value, name)) return `.${name}: missing`
    const wrong = field(value[name])
    if (wrong !== null) return `.${name}${wrong}`
  }
  if (Object.keys(value).length !== count) return ': has fields that do not belong here'
  Object.freeze(value)
  return null
}
