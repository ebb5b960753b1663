/** All that the command needs of its surroundings, so that tests can give it others. */
import {
  accessSync,
  appendFileSync,
  closeSync,
  constants,
  mkdirSync,
  openSync,
  readFileSync,
  statSync,
  writeFileSync,
  writeSync,
} from 'node:fs'
import { dirname, resolve } from 'node:path'

/** A file that is written from front to back. Both throw as `Io.readFile`. */
export interface TextFile {
  write(text: string): void
  close(): void
}

export interface Io {
  out(text: string): void
  err(text: string): void
  /** `out` goes to a terminal. */
  readonly isTTY: boolean
  /** `err` does. */
  readonly errIsTTY: boolean
  /** Columns of the terminal; 120 where it is none. */
  readonly columns: number
  /** Where lines come from that somebody types. */
  readonly input: NodeJS.ReadableStream & { readonly isTTY?: boolean }
  readonly env: Readonly<Record<string, string | undefined>>
  /** @throws an Error with Node's `code` where it cannot be read. */
  readFile(path: string): Uint8Array
  /** @throws as `readFile`. */
  writeFile(path: string, text: string): void
  /** Empty at first. @throws as `readFile`. */
  createFile(path: string): TextFile
  /** Behind what is there. @throws as `readFile`. */
  appendFile(path: string, text: string): void
  /** With those above it, where they are not there. @throws as `readFile`. */
  makeFolder(path: string): void
  /** Leaves everything as it is. @throws as `readFile` where the file could not be written, or made. */
  checkFile(path: string): void
  /** Likewise, of files in a folder that can be made. */
  checkFolder(path: string): void
  /** Whether two paths lead to one file. */
  isSameFile(one: string, other: string): boolean
}

export function processIo(): Io {
  const { stdout, stderr } = process
  return {
    out: (text) => void stdout.write(text),
    err: (text) => void stderr.write(text),
    isTTY: stdout.isTTY === true,
    errIsTTY: stderr.isTTY === true,
    columns: stdout.columns ?? 120,
    input: process.stdin,
    env: process.env,
    readFile: (path) => readFileSync(path),
    writeFile: (path, text) => writeFileSync(path, text),
    createFile,
    appendFile: (path, text) => appendFileSync(path, text),
    makeFolder,
    checkFile,
    checkFolder,
    isSameFile,
  }
}

function isSameFile(one: string, other: string): boolean {
  const [a, b] = [one, other].map((path) => statSync(path, { throwIfNoEntry: false }))
  return a !== undefined && b !== undefined && a.dev === b.dev && a.ino === b.ino
}

function checkFile(path: string): void {
  const file = statSync(path, { throwIfNoEntry: false })
  if (file?.isDirectory()) throw errno('EISDIR')
  if (file !== undefined) accessSync(path, constants.W_OK)
  else if (!statSync(dirname(path)).isDirectory()) throw errno('ENOTDIR')
  else accessSync(dirname(path), constants.W_OK)
}

/** One by one: where a folder can be made by nobody, as in /proc, Node's own way with `recursive` never returns. */
function makeFolder(path: string): void {
  const folder = statSync(path, { throwIfNoEntry: false })
  if (folder?.isDirectory()) return
  if (folder === undefined) makeFolder(dirname(resolve(path)))
  mkdirSync(path)
}

function checkFolder(path: string): void {
  const folder = statSync(path, { throwIfNoEntry: false })
  if (folder === undefined) checkFolder(dirname(resolve(path)))
  else if (!folder.isDirectory()) throw errno('ENOTDIR')
  else accessSync(path, constants.W_OK)
}

function errno(code: string): Error {
  return Object.assign(new Error(code), { code })
}

/** Written when this much has been gathered. */
const CHUNK = 1 << 18

function createFile(path: string): TextFile {
  const file = openSync(path, 'w')
  let gathered = ''
  const flush = (): void => {
    writeAll(file, Buffer.from(gathered))
    gathered = ''
  }
  return {
    write: (text) => {
      gathered += text
      if (gathered.length >= CHUNK) flush()
    },
    close: () => {
      flush()
      closeSync(file)
    },
  }
}

function writeAll(file: number, bytes: Uint8Array): void {
  for (let at = 0; at < bytes.length; ) at += writeSync(file, bytes, at)
}

/** What Node's error means to who wanted to read a file. */
export function whyNot(error: unknown): string {
  const { code, message } = error as { readonly code?: string; readonly message?: string }
  switch (code) {
    case 'ENOENT':
      return 'there is no such file'
    case 'EISDIR':
      return 'is a directory; name the files in it, such as scenarios/*.scenario'
    case 'EACCES':
    case 'EPERM':
      return 'may not be opened: permission denied'
    case 'ENOTDIR':
      return 'a part of the path is no directory'
    default:
      return message ?? String(error)
  }
}

/** The same, to who wanted to write one. */
export function whyNotWritten(error: unknown): string {
  const { code } = error as { readonly code?: string }
  switch (code) {
    case 'ENOENT':
      return 'there is no such directory'
    case 'EISDIR':
      return 'it is a directory; name a file in it'
    case 'EACCES':
    case 'EPERM':
      return 'permission denied'
    case 'EROFS':
      return 'it lies on a file system that is read-only'
    case 'ENOSPC':
      return 'no space is left there'
    case 'EEXIST':
      return 'something that is no directory has its name'
    default:
      return whyNot(error)
  }
}
