/** What happens to texts and files on their way: words lost, doubled and swapped, characters that nobody sees, torn ends. */
import fc from 'fast-check'

/** A small change. `at` and `with` are drawn once; the text decides what they mean. */
type Damage = (text: string) => string

const position = fc.double({ min: 0, max: 1, noNaN: true, maxExcluded: true })
const placeIn = (text: string, at: number): number => Math.floor(at * (text.length + 1))

const ODD = [
  '\u202e',
  '\u2066',
  '\u200b',
  '\u0301'.repeat(30),
  '\ufeff',
  '\u0000',
  '\r',
  '\t',
  '\v',
  '\u00a0',
  '\u2028',
  '\u0085',
  '\ud800',
  '\udc00',
  '\u{1f600}',
  '\u{10ffff}',
  '\u001b[2J',
  '\u001b]0;x\u0007',
  '\u0661',
  'İ',
  'ß',
  '----',
  '\n----\n',
  '#',
  '"',
  '\\',
  ',',
  '  ',
  '\n\n',
  '|',
  '%s',
  '__proto__',
  '${x}',
] as const

const inserted: fc.Arbitrary<Damage> = fc
  .tuple(position, fc.oneof(fc.constantFrom(...ODD), fc.string({ unit: 'binary', maxLength: 4 })))
  .map(
    ([at, odd]) =>
      (text) =>
        text.slice(0, placeIn(text, at)) + odd + text.slice(placeIn(text, at)),
  )

const cut: fc.Arbitrary<Damage> = position.map((at) => (text) => text.slice(0, placeIn(text, at)))

const removed: fc.Arbitrary<Damage> = fc.tuple(position, fc.integer({ min: 1, max: 12 })).map(
  ([at, many]) =>
    (text) =>
      text.slice(0, placeIn(text, at)) + text.slice(placeIn(text, at) + many),
)

const doubled: fc.Arbitrary<Damage> = fc
  .tuple(position, fc.integer({ min: 1, max: 20 }), fc.constantFrom(2, 2, 2, 50, 1_000))
  .map(([at, many, times]) => (text) => {
    const from = placeIn(text, at)
    return text.slice(0, from) + text.slice(from, from + many).repeat(times) + text.slice(from + many)
  })

/** Words, or lines. */
const swapped: fc.Arbitrary<Damage> = fc
  .tuple(position, position, fc.constantFrom(' ', '\n'))
  .map(([a, b, between]) => (text) => {
    const words = text.split(between)
    const [i, j] = [Math.floor(a * words.length), Math.floor(b * words.length)]
    ;[words[i], words[j]] = [words[j] as string, words[i] as string]
    return words.join(between)
  })

const letterChanged: fc.Arbitrary<Damage> = fc
  .tuple(position, fc.integer({ min: 0x21, max: 0x7e }))
  .map(([at, code]) => (text) => {
    const place = placeIn(text, at)
    return text.slice(0, place) + String.fromCharCode(code) + text.slice(place + 1)
  })

const lineEnds: fc.Arbitrary<Damage> = fc
  .constantFrom('\r\n', '\r', '\n\r', '\u2028', '\n\n', ' \n\t')
  .map((ends) => (text) => text.replaceAll('\n', ends))

const cased: fc.Arbitrary<Damage> = fc.constantFrom<Damage>(
  (text) => text.toUpperCase(),
  (text) => text.normalize('NFD'),
  (text) => `\ufeff${text}`,
  (text) => [...text].reverse().join(''),
)

/** A text, damaged in one to four places. */
export function damaged(texts: fc.Arbitrary<string>): fc.Arbitrary<string> {
  const damages = fc.array(
    fc.oneof(
      { weight: 4, arbitrary: inserted },
      { weight: 2, arbitrary: removed },
      { weight: 2, arbitrary: doubled },
      { weight: 3, arbitrary: swapped },
      { weight: 3, arbitrary: letterChanged },
      { weight: 1, arbitrary: cut },
      { weight: 1, arbitrary: lineEnds },
      { weight: 1, arbitrary: cased },
    ),
    { minLength: 1, maxLength: 4 },
  )
  return fc.tuple(texts, damages).map(([text, all]) => all.reduce((one, damage) => damage(one), text))
}

/** Bytes of a text, some of them flipped: seldom UTF-8 any more. */
export function damagedBytes(texts: fc.Arbitrary<string>): fc.Arbitrary<Uint8Array> {
  return fc
    .tuple(
      texts,
      fc.array(fc.tuple(position, fc.integer({ min: 1, max: 255 })), { minLength: 1, maxLength: 3 }),
    )
    .map(([text, flips]) => {
      const bytes = new TextEncoder().encode(text)
      for (const [at, bits] of flips) {
        const place = Math.floor(at * bytes.length)
        if (bytes.length > 0) bytes[place] = (bytes[place] as number) ^ bits
      }
      return bytes
    })
}

/** The beginnings of files that are no text at all. */
const MAGIC: readonly (readonly number[])[] = [
  [0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a],
  [0x1f, 0x8b, 0x08, 0x00],
  [0x50, 0x4b, 0x03, 0x04],
  [0x7f, 0x45, 0x4c, 0x46],
  [0xff, 0xfe, 0x73, 0x00, 0x65, 0x00],
  [0xef, 0xbb, 0xbf],
  [0x5a, 0x4b, 0x4c, 0x47, 0x00, 0x00, 0x00, 0x02],
]

export const otherFiles: fc.Arbitrary<Uint8Array> = fc
  .tuple(fc.constantFrom(...MAGIC), fc.uint8Array({ maxLength: 60 }))
  .map(([magic, rest]) => Uint8Array.from([...magic, ...rest]))
