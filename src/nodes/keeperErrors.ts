/**
 * The codes of KeeperException that this simulator answers with. `definite` says that the operation certainly did not
 * happen; without it the operation may have happened, or may yet.
 * Java: KeeperException.Code
 */
export const keeperErrors = Object.freeze({
  OK: { code: 0, definite: false },
  RUNTIMEINCONSISTENCY: { code: -2, definite: true },
  CONNECTIONLOSS: { code: -4, definite: false },
  MARSHALLINGERROR: { code: -5, definite: true },
  UNIMPLEMENTED: { code: -6, definite: true },
  OPERATIONTIMEOUT: { code: -7, definite: false },
  BADARGUMENTS: { code: -8, definite: true },
  NONODE: { code: -101, definite: true },
  BADVERSION: { code: -103, definite: true },
  NOCHILDRENFOREPHEMERALS: { code: -108, definite: true },
  NODEEXISTS: { code: -110, definite: true },
  NOTEMPTY: { code: -111, definite: true },
  SESSIONEXPIRED: { code: -112, definite: false },
  SESSIONMOVED: { code: -118, definite: true },
} as const)

export type KeeperErrorName = keyof typeof keeperErrors

const nameOfCode = new Map<number, KeeperErrorName>(
  (Object.entries(keeperErrors) as [KeeperErrorName, { code: number }][]).map(([name, { code }]) => [
    code,
    name,
  ]),
)

/** The name of a code: `NONODE` for -101, the number itself where it has no name here. */
export function keeperErrorName(code: number): KeeperErrorName | `${number}` {
  return nameOfCode.get(code) ?? `${code}`
}
