/**
 * Typed sentences: one literal such as `'hold {packet:packet} from {from:peer} to {to:peer}'` gives the types of its
 * holes, its parser, its printer and its line in the manual.
 *
 * A hole is `{name:kind}`. Reading is greedy and never backs up; a sentence that could be read in two ways is a
 * mistake of whoever wrote it, and the table test finds it. Imports nothing, so that everybody may import it.
 */

/** What was read, and where it ended. */
export interface Read<T> {
  readonly value: T
  readonly end: number
}

/** Why reading stopped: what stood there is not what could stand there. */
export interface Miss {
  /** Offset into the text. */
  readonly missAt: number
  readonly expected: string
}

/** Who is who at one moment, for holes such as `the leader`. */
export interface Roles {
  /** The established leader, if there is one. */
  leader(): number | null
  /** Running followers of the established leader, by sid. */
  followers(): readonly number[]
  /** Running observers of the established leader, by sid. */
  observers(): readonly number[]
  /** Every peer of the ensemble, by sid. */
  all(): readonly number[]
  /** The fewest running voters that decide, with the leader among them if there is one; null where they are too few. */
  quorum(): readonly number[] | null
  /** The most running voters that the others can do without: none that leads, the highest sids; null where none is. */
  minority(): readonly number[] | null
  /** Who told the fact that was last waited for; null where nobody did. */
  thatPeer(): number | null
}

/**
 * One kind of hole. What is written (`the leader`) may mean something only at the moment when the step is played
 * (`3`); every meaning can be written as well.
 */
export interface Kind<Written, Meant extends Written = Written> {
  /** After "expected": 'a duration, such as 300 ms'. */
  readonly expects: string
  /** One way to fill the hole. */
  readonly example: string
  /** Better ways for holes of these names, such as `to` beside `from`. */
  readonly examples?: Readonly<Record<string, string>>
  /** A whole sentence stands there, of several words. */
  readonly isSentence?: true
  read(text: string, at: number): Read<Written> | Miss
  print(value: Written): string
  /** Null where nothing fits now: `the leader` while nobody leads. */
  resolve(value: Written, roles: Roles): Meant | null
}

export type Kinds = Readonly<Record<string, Kind<unknown>>>
type MeantBy<K> = K extends { resolve(value: never, roles: Roles): infer M } ? Exclude<M, null> : never

/** The holes of a sentence with the types of what they mean. */
export type Holes<S extends string, K extends Kinds> = S extends `${string}{${infer Hole}}${infer Rest}`
  ? Hole extends `${infer Name}:${infer Of}`
    ? { readonly [N in Name]: Of extends keyof K ? MeantBy<K[Of]> : never } & Holes<Rest, K>
    : never
  : unknown

/** How holes are filled, as written. */
export type Filled = Readonly<Record<string, unknown>>

type Part = { readonly words: string } | { readonly hole: string; readonly kind: Kind<unknown> }

export class Sentence<S extends string = string> {
  /** The literal. It is the sentence's name as well. */
  readonly text: S
  readonly parts: readonly Part[]
  /** For manuals: the sentence with its holes filled. */
  readonly example: string

  /** @param example where what its kinds say of their holes reads oddly */
  constructor(text: S, kinds: Kinds, example?: string) {
    this.text = text
    this.parts = partsOf(text, kinds)
    this.example = example ?? this.parts.map(exampleOf).join('')
  }

  /** Reads the sentence from `at`; more text may follow it. */
  read(text: string, at: number): Read<Filled> | Miss {
    const filled: Record<string, unknown> = {}
    let end = at
    for (const part of this.parts) {
      const read = 'words' in part ? readWords(part.words, text, end) : part.kind.read(text, end)
      if ('missAt' in read) return read
      if ('hole' in part) filled[part.hole] = read.value
      end = read.end
    }
    return { value: Object.freeze(filled), end }
  }

  print(filled: Filled): string {
    return this.parts
      .map((part) => ('words' in part ? part.words : part.kind.print(filled[part.hole])))
      .join('')
  }

  /** Puts the peers meant in the place of their roles. Null where a role is nobody's. */
  resolve(filled: Filled, roles: Roles): Filled | null {
    const meant: Record<string, unknown> = {}
    for (const part of this.parts) {
      if ('words' in part) continue
      const value = part.kind.resolve(filled[part.hole], roles)
      if (value === null) return null
      meant[part.hole] = value
    }
    return Object.freeze(meant)
  }

  /** For manuals: holes as ‹name›. */
  get shape(): string {
    return this.parts.map((part) => ('words' in part ? part.words : `‹${part.hole}›`)).join('')
  }
}

function exampleOf(part: Part): string {
  return 'words' in part ? part.words : (part.kind.examples?.[part.hole] ?? part.kind.example)
}

export function isMiss(read: Read<unknown> | Miss): read is Miss {
  return 'missAt' in read
}

/** Any run of spaces may stand for one; words end where words end. */
function readWords(words: string, text: string, at: number): Read<null> | Miss {
  let end = at
  for (let i = 0; i < words.length; i++) {
    if (words[i] === ' ') {
      // A space of the literal at the end of the text is a word still missing.
      if (text[end] !== ' ') return { missAt: end, expected: quoteRest(words, i) }
      while (text[end] === ' ') end += 1
    } else if (text[end] === words[i]) end += 1
    else return { missAt: wordStart(text, end, at), expected: quoteRest(words, i) }
  }
  if (isWordCharacter(words.at(-1)) && isWordCharacter(text[end])) {
    return { missAt: wordStart(text, end, at), expected: quoteRest(words, words.length) }
  }
  return { value: null, end }
}

function quoteRest(words: string, at: number): string {
  const from = words.lastIndexOf(' ', at - 1) + 1
  const rest = words.slice(from).trim()
  return `\`${rest === '' ? words.trim() : rest}\``
}

function wordStart(text: string, at: number, least: number): number {
  let start = Math.min(at, text.length)
  while (start > least && isWordCharacter(text[start - 1])) start -= 1
  return start
}

export function isWordCharacter(character: string | undefined): boolean {
  return character !== undefined && /[\p{L}\p{N}_]/u.test(character)
}

function partsOf(text: string, kinds: Kinds): Part[] {
  const parts: Part[] = []
  for (const piece of text.split(/(\{[^}]*\})/)) {
    if (piece === '') continue
    if (!piece.startsWith('{')) {
      parts.push({ words: piece })
      continue
    }
    const [hole = '', of = ''] = piece.slice(1, -1).split(':')
    const kind = kinds[of]
    if (kind === undefined) throw new Error(`no kind of hole is called '${of}' (in '${text}')`)
    parts.push({ hole, kind })
  }
  return parts
}
