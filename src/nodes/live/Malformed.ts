/** Bytes from a socket or a file that are not what this code writes. `offset` counts from the start of the stream. */
export class Malformed extends Error {
  override readonly name = 'Malformed'
  readonly offset: number
  readonly reason: string

  constructor(offset: number, reason: string) {
    super(`malformed at byte ${offset}: ${reason}`)
    this.offset = offset
    this.reason = reason
  }
}
