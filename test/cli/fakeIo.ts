import { Readable } from 'node:stream'
import type { Io, TextFile } from '../../src/sim/cli/io.ts'

/** Surroundings on paper: files in a map, output in strings. */
export class FakeIo implements Io {
  stdout = ''
  stderr = ''
  isTTY = false
  errIsTTY = false
  columns = 120
  input: NodeJS.ReadableStream = Readable.from([])
  env: Record<string, string | undefined> = {}
  readonly files = new Map<string, string | Uint8Array>()

  constructor(files: Readonly<Record<string, string | Uint8Array>> = {}) {
    for (const [path, text] of Object.entries(files)) this.files.set(path, text)
  }

  out(text: string): void {
    this.stdout += text
  }

  err(text: string): void {
    this.stderr += text
  }

  readFile(path: string): Uint8Array {
    const file = this.files.get(path)
    if (file === undefined) throw Object.assign(new Error(`ENOENT: ${path}`), { code: 'ENOENT' })
    return typeof file === 'string' ? new TextEncoder().encode(file) : file
  }

  writeFile(path: string, text: string): void {
    this.files.set(path, text)
  }

  createFile(path: string): TextFile {
    this.files.set(path, '')
    return {
      write: (text) => void this.files.set(path, `${this.files.get(path)}${text}`),
      close: () => {},
    }
  }

  appendFile(path: string, text: string): void {
    this.writeFile(path, `${this.files.get(path) ?? ''}${text}`)
  }

  makeFolder(): void {}

  checkFile(_path: string): void {}

  checkFolder(_path: string): void {}

  isSameFile(one: string, other: string): boolean {
    return one === other
  }

  get lines(): string[] {
    return this.stdout.trimEnd().split('\n')
  }

  get objects(): Record<string, unknown>[] {
    return this.lines.map((line) => JSON.parse(line))
  }
}

export const held = `three peers, seed 7

ann connects to 3
ann creates /x "v1"
----
ann  create /x "v1" → /x

settle
show logs
ann reads /x
expect ann got "v1"
`
export const failed = 'three peers\nsettle\nexpect 1 leads\n'
export const stuck = 'three peers, start only 1\nuntil 1 leads within 5 s\n'
export const misspelt = 'three peers\ncrsh 2\nsetle\n'
export const misrecorded = held.replace('→ /x', '→ /y')
