/** Lines that fit a width: wrapping, columns, colours. */
import picocolors from 'picocolors'
import type { Io } from './io.ts'

export type Colours = ReturnType<typeof picocolors.createColors>

/** How a command prints. */
export interface Style {
  readonly colours: Colours
  /** Columns that a line may have. */
  readonly width: number
}

/** What is printed to, as far as the looks depend on it. */
export type StyledStream = Pick<Io, 'isTTY' | 'columns' | 'env'>

const WIDEST = 120
const NARROWEST = 72

/** Colour on terminals only, and not where NO_COLOR or --no-color forbids it (https://no-color.org). */
export function styleFor(io: StyledStream, wantsColour: boolean): Style {
  const allowed = (io.env.NO_COLOR ?? '') === '' && io.env.TERM !== 'dumb'
  const colours = picocolors.createColors(io.isTTY && wantsColour && allowed)
  return { colours, width: io.isTTY ? Math.min(WIDEST, Math.max(NARROWEST, io.columns)) : WIDEST }
}

/** Where less is left than this, lines are too wide. */
const LEAST_WIDTH = 10

/** At spaces; words that are too long are cut. Never empty. */
export function wrap(text: string, room: number): string[] {
  const width = Math.max(LEAST_WIDTH, room)
  const lines: string[] = []
  let line = ''
  for (let word of text.split(' ')) {
    if (line !== '' && line.length + 1 + word.length > width) {
      lines.push(line)
      line = ''
    }
    for (; word.length > width; word = word.slice(width)) lines.push(word.slice(0, width))
    line = line === '' ? word : `${line} ${word}`
  }
  return line === '' && lines.length > 0 ? lines : [...lines, line]
}

/** A first line after `label`, and the others below it. */
export function hang(label: string, text: string, width: number): string {
  const indent = ' '.repeat(label.length)
  return wrap(text, width - label.length)
    .map((line, i) => (i === 0 ? label : indent) + line)
    .join('\n')
}

/** Wraps every line, what follows under the line's own indentation and two more. */
export function fit(text: string, width: number): string {
  return text
    .split('\n')
    .map((line) => {
      if (line.length <= width) return line
      const indent = line.length - line.trimStart().length
      const [first = '', ...rest] = wrap(line.trimStart(), width - indent - 2)
      return [' '.repeat(indent) + first, ...rest.map((one) => ' '.repeat(indent + 2) + one)].join('\n')
    })
    .join('\n')
}

/** Columns as wide as what stands in them, without colours; the last one wraps. */
export function table(head: readonly string[], cells: readonly (readonly string[])[], style: Style): string {
  const rows = cells.map((row) => row.map(visible))
  const widths = head.map((cell, i) => Math.max(cell.length, ...rows.map((row) => row[i]?.length ?? 0)))
  const line = (row: readonly string[]): string => {
    const label = row.slice(0, -1).map((cell, i) => `${cell.padEnd(widths[i]!)}  `)
    return hang(label.join(''), row.at(-1) ?? '', style.width).replace(/ +$/gm, '')
  }
  return [style.colours.dim(line(head)), ...rows.map(line)].join('\n')
}

/** Names and values under each other. */
export function keyValues(pairs: readonly (readonly [string, string])[], { colours, width }: Style): string {
  const widest = Math.max(...pairs.map(([name]) => name.length))
  return pairs
    .map(([name, value]) => {
      const label = `${name.padEnd(widest)}  `
      return colours.dim(label) + hang(label, value, width).slice(label.length)
    })
    .join('\n')
}

/** What a shell takes as one word. */
export function shellWord(word: string): string {
  return /^[\w@%+=:,./-]+$/.test(word) && !word.startsWith('-') ? word : `'${word.replaceAll("'", "'\\''")}'`
}

/** A path as messages have it; of one that nobody would see, quotes show where it is. */
export function visiblePath(path: string): string {
  const shown = visible(path)
  return shown.trim() === '' ? `'${shown}'` : shown
}

/** The same of every line. */
export function visibleLines(text: string): string {
  return text.split('\n').map(visible).join('\n')
}

/** Control characters made visible, so that what a file holds cannot steer a terminal. */
export function visible(text: string): string {
  return text.replace(/[\p{Cc}\p{Cf}\u2028\u2029]/gu, (c) => (c === '\t' ? ' ' : '\u{fffd}'))
}
