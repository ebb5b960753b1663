import type { CallSite } from './callSite.ts'
import type { Program } from './Program.ts'

/** A promise that the simulation gave to a program and has not settled yet. */
export class Wait<T> {
  readonly promise: Promise<T>
  readonly program: Program
  readonly site: CallSite
  private readonly what: string | (() => string)
  private keep!: (value: T) => void
  private breakIt!: (error: unknown) => void

  /** @param what after "waits for" */
  constructor(program: Program, site: CallSite, what: string | (() => string)) {
    this.program = program
    this.site = site
    this.what = what
    this.promise = new Promise<T>((resolve, reject) => {
      this.keep = resolve
      this.breakIt = reject
    })
    if (!program.gone) program.waits.add(this as Wait<unknown>)
  }

  describe(): string {
    return typeof this.what === 'string' ? this.what : this.what()
  }

  settle(value: T): void {
    this.program.settle(this as Wait<unknown>, () => this.keep(value))
  }

  fail(error: unknown): void {
    this.program.settle(this as Wait<unknown>, () => this.breakIt(error))
  }
}
