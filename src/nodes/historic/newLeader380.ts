import type { Cast } from '../cast.ts'

export function newLeader380(cast: Cast): Cast {
  return cast
}
