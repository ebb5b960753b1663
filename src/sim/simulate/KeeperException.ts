import { type KeeperErrorName, keeperErrorName, keeperErrors } from '../../nodes/keeperErrors.ts'
import type { OpResult } from '../../nodes/packets.ts'

/**
 * What an operation is rejected with. Its stack is that of whoever asked for the operation. Java: KeeperException
 */
export class KeeperException extends Error {
  /** `NONODE`; a number for codes without a name. */
  override readonly name: KeeperErrorName | `${number}`
  /** As KeeperException.Code has it. */
  readonly code: number
  /** What it was about; null for operations without a path. */
  readonly path: string | null
  /** The operation, by the name of its opcode. */
  readonly operation: string
  /** The operation certainly did not happen. If not: it may have, or may yet. */
  readonly definite: boolean
  /** Of a multi that failed: what each operation came to. */
  readonly results: readonly OpResult[] | null

  constructor(
    code: number,
    operation: string,
    path: string | null,
    results: readonly OpResult[] | null = null,
  ) {
    const name = keeperErrorName(code)
    super(path === null ? operation : `${operation} ${path}`)
    this.name = name
    this.code = code
    this.operation = operation
    this.path = path
    this.definite = name in keeperErrors && keeperErrors[name as KeeperErrorName].definite
    this.results = results
  }
}

/** Whether this is a KeeperException, and of one of these names if any are said. */
export function isKeeperException(
  error: unknown,
  ...names: readonly KeeperErrorName[]
): error is KeeperException {
  return error instanceof KeeperException && (names.length === 0 || names.some((name) => name === error.name))
}
