/** A database cannot be built from what is there: a server with it must not start, or not go on. */
export class DatabaseError extends Error {
  override readonly name = 'DatabaseError'
}
