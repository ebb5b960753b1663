/** What the facts told about one session. */
import type { Micros } from '../../nodes/Host.ts'

export class SessionScene {
  /** Whose it is; '' before anybody was told. */
  client = ''
  /** Of the handshake. */
  timeout: Micros = 0
  /** Since when its client is not connected, dead perhaps; -1: it is, or never was. */
  lostAt: Micros = -1
  /** The last request of it that was committed. */
  lastCxid = 0
  /** The last write of which the client lost the answer; 0: none. */
  lostXid = 0
  /** A server found it due. */
  expired = false
  /** It was due while nobody led. */
  overdue = false
}
