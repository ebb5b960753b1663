import { ProgramKilled } from './Environment.ts'
import type { Program } from './Program.ts'

/** A program that has begun, and what it comes to. */
export class Begun<R> {
  readonly program: Program
  readonly done: Promise<R>
  /** Somebody asked for what it comes to, so its error is theirs. */
  observed = false

  constructor(program: Program, result: Promise<R>) {
    this.program = program
    this.done = new Promise<R>((resolve, reject) => {
      result.then(
        (value) => {
          if (program.gone) return
          program.state = 'finished'
          resolve(value)
        },
        (error: unknown) => {
          if (program.gone) return
          program.state = 'failed'
          program.error = error
          reject(error)
        },
      )
      program.onKilled = () => reject(new ProgramKilled(`${program.name} was killed`))
    })
  }
}
