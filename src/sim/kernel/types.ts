import type { Host } from '../../nodes/Host.ts'

// The kernel moves packets, records and facts without looking inside. All it ever reads is a `type`, for its trace and
// for faults that pick packets. The types themselves come through Host, so that nothing here names ZooKeeper's.

export type Packet = Parameters<Host['send']>[1]
export type DiskRecord = Parameters<Host['append']>[1]
export type Fact = Parameters<Host['tell']>[0]
