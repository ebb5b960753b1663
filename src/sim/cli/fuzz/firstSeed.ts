/** The first seed of a hunt: a number, or what the id of a git commit stands for. */
import { InvalidArgumentError } from 'commander'

export interface FirstSeed {
  readonly seed: number
  /** The commit that it was made of; null where it was given as a number or drawn. */
  readonly commit: string | null
  /** Nobody gave one. */
  readonly drawn: boolean
}

/** Digits of a commit that count: those that its abbreviation has, so that both stand for one seed. */
const DIGITS = 7
/** Seeds that a commit has for itself before those of the next one begin. */
const APART = 1_000_000

/**
 * Reads `--seed`. A commit is 7 to 40 hexadecimal digits with a letter among them, or all 40.
 *
 * @throws InvalidArgumentError
 */
export function firstSeed(text: string): FirstSeed {
  if (/^[0-9]{1,15}$/.test(text)) return { seed: Number(text), commit: null, drawn: false }
  if (/^[0-9a-f]{40}$/i.test(text) || /^(?=.*[a-f])[0-9a-f]{7,40}$/i.test(text)) {
    return { seed: Number.parseInt(text.slice(0, DIGITS), 16) * APART, commit: text, drawn: false }
  }
  throw new InvalidArgumentError(
    'It has to be a whole number of at most 15 digits, such as 7, or the id of a git commit of at least 7 digits.',
  )
}
