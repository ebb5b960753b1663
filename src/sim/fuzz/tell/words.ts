import type { Sid } from '../../../nodes/zxid.ts'
import { kinds } from '../../kinds.ts'

/** `1, 2 and 3`, in ascending order. */
export function listed(sids: readonly Sid[]): string {
  return kinds.sids.print([...sids].sort((a, b) => a - b))
}

/** `peer 2`, `peers 1 and 2` */
export function peers(sids: readonly Sid[]): string {
  return `${sids.length === 1 ? 'peer' : 'peers'} ${listed(sids)}`
}

/** `3 users`, `1 user` */
export function counted(count: number, plural: string): string {
  return `${count} ${count === 1 ? plural.replace(/s$/, '') : plural}`
}

export function capital(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1)
}

/** With a full stop, and no more than one. */
export function sentence(text: string): string {
  return /[.!?…]$/.test(text) ? capital(text) : `${capital(text)}.`
}

/** Columns of the prose in a file, without the `# ` before it. */
const WIDTH = 110

/** Lines of whole words; those behind the first begin with the indent. */
export function wrapped(text: string, indent = ''): string[] {
  const lines: string[] = []
  let line = ''
  for (const word of text.split(' ')) {
    if (line !== '' && line.length + 1 + word.length > WIDTH) {
      lines.push(line)
      line = `${indent}${word}`
    } else line = line === '' ? word : `${line} ${word}`
  }
  return line === '' ? lines : [...lines, line]
}
