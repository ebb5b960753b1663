/**
 * The codes of KeeperException that this simulator answers with. `definite` says that the operation certainly did not
 * happen; without it the operation may have happened, or may yet.
 * Java: KeeperException.Code
 */
export const keeperErrors = Object.freeze({
  OK: { code: 0, definite: false },
  SYSTEMERROR: { code: -1, definite: false },
  RUNTIMEINCONSISTENCY: { code: -2, definite: true },
  DATAINCONSISTENCY: { code: -3, definite: false },
  CONNECTIONLOSS: { code: -4, definite: false },
  MARSHALLINGERROR: { code: -5, definite: true },
  UNIMPLEMENTED: { code: -6, definite: true },
  OPERATIONTIMEOUT: { code: -7, definite: false },
  BADARGUMENTS: { code: -8, definite: true },
  UNKNOWNSESSION: { code: -12, definite: true },
  NEWCONFIGNOQUORUM: { code: -13, definite: true },
  RECONFIGINPROGRESS: { code: -14, definite: true },
  APIERROR: { code: -100, definite: false },
  NONODE: { code: -101, definite: true },
  NOAUTH: { code: -102, definite: true },
  BADVERSION: { code: -103, definite: true },
  NOCHILDRENFOREPHEMERALS: { code: -108, definite: true },
  NODEEXISTS: { code: -110, definite: true },
  NOTEMPTY: { code: -111, definite: true },
  SESSIONEXPIRED: { code: -112, definite: false },
  INVALIDCALLBACK: { code: -113, definite: true },
  INVALIDACL: { code: -114, definite: true },
  AUTHFAILED: { code: -115, definite: false },
  SESSIONMOVED: { code: -118, definite: true },
  NOTREADONLY: { code: -119, definite: true },
  EPHEMERALONLOCALSESSION: { code: -120, definite: true },
  NOWATCHER: { code: -121, definite: true },
  REQUESTTIMEOUT: { code: -122, definite: false },
  RECONFIGDISABLED: { code: -123, definite: true },
  SESSIONCLOSEDREQUIRESASLAUTH: { code: -124, definite: true },
  QUOTAEXCEEDED: { code: -125, definite: true },
  THROTTLEDOP: { code: -127, definite: true },
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
