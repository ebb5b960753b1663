import { DatabaseError } from '../database/DatabaseError.ts'
import { understudy } from './Understudy.ts'

export const zookeeper2332 = understudy({
  issue: 'ZOOKEEPER-2332',
  since: '3.0.0',
  mendedIn: ['3.9.3'],
  story:
    'A server that had lost power when it had just begun a file of its log did not start: the file has no header.',
  recast: (cast) =>
    Object.freeze({
      ...cast,
      ZKDatabase: class extends cast.ZKDatabase {
        protected override removeEmptyTail(): void {
          const last = this.log.files().at(-1)
          if (last !== undefined && this.host.read(last)?.records.length === 0) {
            throw new DatabaseError(`${last} has no header`)
          }
        }
      },
    }),
})
