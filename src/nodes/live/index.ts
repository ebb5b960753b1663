export { type Ending, type FactHearer, type LiveConfig, LiveHost, Stopped } from './LiveHost.ts'
export { Malformed } from './Malformed.ts'
export { LiveNode, runNode } from './runNode.ts'
export type { AddressBook, TcpAddress } from './Wire.ts'
