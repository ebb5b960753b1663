import { IllegalConfig } from './QuorumVerifier.ts'

/**
 * Keys and values of a text, in the order in which they stand; of two of one key, the last counts.
 * Java: Properties.load, whose order is that of a hash table
 */
export function parseProperties(text: string): ReadonlyMap<string, string> {
  const found = new Map<string, string>()
  for (const line of logicalLines(text)) {
    const end = endOfKey(line)
    const separator = /^[ \t\f]*[=:]?[ \t\f]*/.exec(line.slice(end)) as RegExpExecArray
    const key = unescaped(line.slice(0, end))
    found.delete(key)
    found.set(key, unescaped(line.slice(end + separator[0].length)))
  }
  return found
}

/** Without comments and blank lines; a backslash at the end joins the next one. */
function logicalLines(text: string): string[] {
  const lines: string[] = []
  let begun: string | null = null
  for (const natural of text.split(/\r\n|\n|\r/)) {
    const line = natural.replace(/^[ \t\f]+/, '')
    if (begun === null && (line === '' || line.startsWith('#') || line.startsWith('!'))) continue
    const whole: string = (begun ?? '') + line
    const backslashes = (/\\*$/.exec(line) as RegExpExecArray)[0].length
    begun = backslashes % 2 === 1 ? whole.slice(0, -1) : null
    if (begun === null) lines.push(whole)
  }
  if (begun !== null && begun !== '') lines.push(begun)
  return lines
}

function endOfKey(line: string): number {
  for (let i = 0; i < line.length; i++) {
    if (line[i] === '\\') i += 1
    else if (/[=: \t\f]/.test(line[i] as string)) return i
  }
  return line.length
}

const ESCAPES = new Map([
  ['t', '\t'],
  ['n', '\n'],
  ['r', '\r'],
  ['f', '\f'],
])

function unescaped(text: string): string {
  let read = ''
  for (let i = 0; i < text.length; i++) {
    if (text[i] !== '\\') {
      read += text[i]
      continue
    }
    i += 1
    const escaped = text[i] ?? ''
    if (escaped !== 'u') {
      read += ESCAPES.get(escaped) ?? escaped
      continue
    }
    const digits = text.slice(i + 1, i + 5)
    if (!/^[0-9a-fA-F]{4}$/.test(digits)) throw new IllegalConfig('malformed \\uxxxx encoding')
    read += String.fromCharCode(Number.parseInt(digits, 16))
    i += 4
  }
  return read
}
