/** The process that made this Host call is no more. Nodes do not catch it; the World does. */
export class Stopped extends Error {
  override readonly name = 'Stopped'

  constructor() {
    super('the process has ended in the middle of a step')
  }
}
