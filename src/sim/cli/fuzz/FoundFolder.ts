/** Where `--out` leads: what was found is written there, and nothing that is there already is lost. */
import { join } from 'node:path'
import { type Io, whyNotWritten } from '../io.ts'
import { visible } from '../layout.ts'

/** Texts by the ends of their names, such as `.scenario`. */
export type Texts = ReadonlyMap<string, string>

export class FoundFolder {
  /** Something could not be written, which was said. */
  failed = false
  private readonly path: string
  private readonly io: Io

  constructor(path: string, io: Io) {
    this.path = path
    this.io = io
  }

  /** @param asked it is made at once. @returns why nothing could be written there; null where it can. */
  prepare(asked: boolean): string | null {
    try {
      if (asked) this.io.makeFolder(this.path)
      this.io.checkFolder(this.path)
      return null
    } catch (error) {
      return whyNotWritten(error)
    }
  }

  /** Where a text of this name and ending is written, unless something else is there. */
  pathOf(name: string, end: string): string {
    return join(this.path, name + end)
  }

  /**
   * Writes texts that belong together under one name, with a number behind it where others have it.
   *
   * @returns the path of each by the end of its name, without those that could not be written; these are printed.
   */
  write(name: string, texts: Texts): ReadonlyMap<string, string> {
    const paths = new Map<string, string>()
    const free = this.freeName(name, texts)
    for (const [end, meant] of texts) {
      const path = this.pathOf(free, end)
      const text = this.renamed(meant, name, free)
      try {
        this.io.makeFolder(this.path)
        this.io.writeFile(path, text)
        paths.set(end, path)
      } catch (error) {
        this.failed = true
        this.io.err(
          `zksim: ${visible(path)} cannot be written: ${whyNotWritten(error)}. It would say:\n\n${text}\n`,
        )
      }
    }
    return paths
  }

  private freeName(name: string, texts: Texts): string {
    for (let n = 1; ; n += 1) {
      const candidate = n === 1 ? name : `${name}-${n}`
      const isFree = ([end, text]: readonly [string, string]): boolean =>
        this.isFree(this.pathOf(candidate, end), this.renamed(text, name, candidate))
      if ([...texts].every(isFree)) return candidate
    }
  }

  /** Texts say where they are written. */
  private renamed(text: string, from: string, to: string): string {
    return text.replaceAll(this.pathOf(from, '.'), this.pathOf(to, '.'))
  }

  /** Nothing is there, or this very text. */
  private isFree(path: string, text: string): boolean {
    try {
      return new TextDecoder().decode(this.io.readFile(path)) === text
    } catch (error) {
      const { code } = error as { readonly code?: string }
      return code === 'ENOENT' || code === 'ENOTDIR' || code === 'EACCES'
    }
  }
}
