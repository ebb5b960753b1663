/**
 * Reading one of many sentences: the longest that fits, or the miss of the one that was most likely meant.
 */
import { isMiss, type Kind, type Miss, type Read, type Sentence } from '../sentence.ts'
import type { Play } from './Scenario.ts'

/** Reads the longest sentence that stands at `at`; else the miss that came furthest. */
export function readOne(sentences: readonly Sentence[], text: string, at: number): Read<Play> | Miss {
  const beginning = new Beginning(text, at)
  let longest: Read<Play> | null = null
  let furthest: Miss = { missAt: at, expected: 'a sentence' }
  for (const sentence of sentences) {
    if (!beginning.fits(sentence, furthest.missAt)) continue
    const read = sentence.read(text, at)
    if (isMiss(read)) {
      if (read.missAt > furthest.missAt) furthest = read
    } else if (longest === null || read.end > longest.end) {
      longest = { value: Object.freeze({ sentence: sentence.text, filled: read.value }), end: read.end }
    }
  }
  return longest ?? furthest
}

/** Tells quickly of most sentences that they do not stand there: there are hundreds, and files have many lines. */
class Beginning {
  private readonly text: string
  private readonly at: number
  /** What sentences begin with that begin with a hole: the same few kinds again and again. */
  private readonly holes = new Map<Kind<unknown>, Read<unknown> | Miss>()

  constructor(text: string, at: number) {
    this.text = text
    this.at = at
  }

  /** False where it would miss no further than `furthest`. */
  fits({ parts: [first, second] }: Sentence, furthest: number): boolean {
    const { text, at } = this
    if (first === undefined) return true
    if ('words' in first) return first.words[0] === text[at]
    let read = this.holes.get(first.kind)
    if (read === undefined) this.holes.set(first.kind, (read = first.kind.read(text, at)))
    if (isMiss(read)) return read.missAt > furthest
    if (second === undefined || !('words' in second) || second.words[0] !== ' ') return true
    let end = read.end
    while (text[end] === ' ') end += 1
    return furthest < end || (end > read.end && text[end] === second.words[1])
  }
}

/** A whole line of declarations, and where each begins. */
export interface Declared {
  readonly plays: readonly Play[]
  readonly starts: readonly number[]
}

/** Declarations with commas between them, to the end of the text; else where the one begins that does not read. */
export function readDeclarations(
  sentences: readonly Sentence[],
  text: string,
  start: number,
): Declared | { readonly at: number; readonly miss: Miss } {
  const plays: Play[] = []
  const starts: number[] = []
  let at = start
  while (true) {
    const read = readOne(sentences, text, at)
    if (isMiss(read)) return { at, miss: read }
    plays.push(read.value)
    starts.push(at)
    if (read.end === text.length) return { plays: Object.freeze(plays), starts }
    COMMA.lastIndex = read.end
    if (!COMMA.test(text)) {
      return { at, miss: { missAt: read.end, expected: 'a comma, or the end of the line' } }
    }
    at = COMMA.lastIndex
  }
}

const COMMA = / *, */y

/** Where and why a sentence does not stand there; null where it does, or there is no sentence. */
export function missOf(sentence: Sentence | null, text: string, at: number): Miss | null {
  const read = sentence?.read(text, at)
  return read !== undefined && isMiss(read) ? read : null
}

/** The sentence that a line most likely meant; null where none is near. */
export function nearestTo(sentences: readonly Sentence[], line: string): Sentence | null {
  const words = line.trim().split(/\s+/).slice(0, 24)
  const costs: Costs = new Map()
  let nearest: Sentence | null = null
  let least = Number.POSITIVE_INFINITY
  for (const sentence of sentences) {
    const distance = distanceTo(slotsOf(sentence), words, costs, least)
    if (distance >= least) continue
    least = distance
    nearest = sentence
  }
  return least <= words.length * 0.75 + 1 ? nearest : null
}

type Slot = string | Kind<unknown>
/** What it costs to have these words in the place of this slot. */
type Costs = Map<Slot, number[]>

const slotsBySentence = new Map<Sentence, readonly Slot[]>()

function slotsOf(sentence: Sentence): readonly Slot[] {
  const known = slotsBySentence.get(sentence)
  if (known !== undefined) return known
  const slots = sentence.parts.flatMap((part): Slot[] =>
    'words' in part ? part.words.split(' ').filter((word) => word !== '') : [part.kind],
  )
  slotsBySentence.set(sentence, slots)
  return slots
}

/**
 * Edit distance over words. A hole takes any words: cheaply those that fit its kind, dearly others. Infinite as soon as
 * it is sure to be no less than `least`.
 */
function distanceTo(slots: readonly Slot[], words: readonly string[], costs: Costs, least: number): number {
  let row = [0, ...words].map((_, taken) => taken)
  for (const slot of slots) {
    const cost = costsOf(slot, words, costs)
    const widening = typeof slot === 'string' ? 1 : 0.4
    const next = [row[0]! + 1]
    let lowest = next[0]!
    for (let j = 1; j <= words.length; j++) {
      const here = Math.min(row[j - 1]! + cost[j - 1]!, row[j]! + 1, next[j - 1]! + widening)
      next.push(here)
      if (here < lowest) lowest = here
    }
    if (lowest >= least) return Number.POSITIVE_INFINITY
    row = next
  }
  return row[words.length]!
}

function costsOf(slot: Slot, words: readonly string[], costs: Costs): number[] {
  const known = costs.get(slot)
  if (known !== undefined) return known
  const fresh = words.map((word) => costOf(slot, word))
  costs.set(slot, fresh)
  return fresh
}

function costOf(slot: Slot, word: string): number {
  if (slot === word) return 0
  if (typeof slot !== 'string') return slot.isSentence === true ? 0.3 : isMiss(slot.read(word, 0)) ? 0.6 : 0.1
  const [a, b] = [slot.slice(0, 24).toLowerCase(), word.slice(0, 24).toLowerCase()]
  return Math.min(1.4, (2 * editDistance(a, b)) / Math.max(a.length, b.length))
}

/** Levenshtein's. */
function editDistance(a: string, b: string): number {
  const row = Array.from({ length: b.length + 1 }, (_, j) => j)
  for (let i = 1; i <= a.length; i++) {
    const code = a.charCodeAt(i - 1)
    // What stood where the last one stands now.
    let before = i - 1
    row[0] = i
    for (let j = 1; j <= b.length; j++) {
      const swap = before + (code === b.charCodeAt(j - 1) ? 0 : 1)
      before = row[j]!
      row[j] = Math.min(swap, before + 1, row[j - 1]! + 1)
    }
  }
  return row[b.length]!
}
