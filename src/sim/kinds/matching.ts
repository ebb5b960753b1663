/** How kinds are made. */
import { isWordCharacter, type Kind, type Miss, type Read } from '../sentence.ts'

/** Kinds made of one regular expression. */
export function matching<T>(
  expects: string,
  example: string,
  pattern: RegExp,
  value: (match: RegExpExecArray) => T | null,
  print: (value: T) => string,
): Kind<T> {
  const sticky = new RegExp(pattern.source, 'uy')
  return {
    expects,
    example,
    read(text, at): Read<T> | Miss {
      sticky.lastIndex = at
      const match = sticky.exec(text)
      const end = sticky.lastIndex
      if (match === null || (isWordCharacter(text[end - 1]) && isWordCharacter(text[end]))) {
        return { missAt: at, expected: expects }
      }
      const read = value(match)
      return read === null ? { missAt: at, expected: expects } : { value: read, end }
    },
    print,
    resolve: (written) => written,
  }
}

/** One of a few words. */
export function oneOf<W extends string>(expects: string, words: readonly [W, ...W[]]): Kind<W> {
  const choice = [...words].sort((a, b) => b.length - a.length).join('|')
  return matching(`${expects}: ${words.join(', ')}`, words[0], new RegExp(choice), (m) => m[0] as W, String)
}

export function quoted(expects: string, example: string, fits: (value: string) => boolean): Kind<string> {
  return matching(
    expects,
    example,
    /"(?:[^"\\]|\\.)*"/,
    (m) => {
      const value = unquote(m[0])
      return value !== null && fits(value) ? value : null
    },
    (value) => JSON.stringify(value),
  )
}

export function unquote(text: string): string | null {
  try {
    return JSON.parse(text) as string
  } catch {
    return null
  }
}

export function isBytes(value: string): boolean {
  return /^[\0-\xff]*$/.test(value)
}

export function goodPath(value: string): boolean {
  return value === '/' || !/\/\/|\/$|\/\.\.?(?:\/|$)/.test(value)
}
