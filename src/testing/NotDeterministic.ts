/** A program that is another each time, so that its seed says nothing. */
export class NotDeterministic extends Error {
  override readonly name = 'NotDeterministic'

  /** @param parted where two runs with this seed parted */
  constructor(seed: number | string, parted: string) {
    super(
      [
        `with seed ${seed} the program was another when it ran again. What does it keep from one run to the next (variables`,
        'outside of it, files), or what is not the same each time? The runs part here:',
        ...parted.split('\n').map((line) => `  ${line}`),
      ].join('\n'),
    )
  }
}
