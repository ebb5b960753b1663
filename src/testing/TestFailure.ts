/** An error whose message is the report. Test runners would print all that is in its fields beside it. */
export class TestFailure extends Error {
  toJSON(): { readonly name: string; readonly message: string } {
    const { name, message } = this
    return { name, message }
  }
}
