/** A command that was not carried out, or was refused: what is printed in place of its output. */
export class ShellError extends Error {
  override readonly name = 'ShellError'
  /** What was typed cannot be understood; otherwise the ensemble refused. */
  readonly isUsage: boolean

  constructor(message: string, isUsage = false) {
    super(message)
    this.isUsage = isUsage
  }
}
