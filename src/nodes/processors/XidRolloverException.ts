/**
 * The counter of an epoch is used up: nothing more can be proposed in it. Java: Leader.XidRolloverException
 */
export class XidRolloverException extends Error {
  override readonly name = 'XidRolloverException'

  constructor() {
    super('zxid lower 32 bits have rolled over, forcing re-election, and therefore new epoch start')
  }
}
