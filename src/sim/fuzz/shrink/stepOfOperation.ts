import { OPEN_ACL_UNSAFE } from '../../../nodes/acl.ts'
import { createModeOf } from '../../../nodes/createFlags.ts'
import type { CreateOperation, Operation } from '../../../nodes/packets.ts'
import type { Play } from '../../scenario/Scenario.ts'
import { deed } from '../assemble.ts'

/** The step by which a client asks for this; null where no step says so in few words. */
export function stepOfOperation(client: string, op: Operation): Play | null {
  switch (op.type) {
    case 'create':
    case 'create2':
    case 'createContainer':
      return stepOfCreate(client, op)
    case 'setData':
      return op.data === null
        ? null
        : atVersion('{client:client} sets {path:path} {data:data}', op.version, {
            client,
            path: op.path,
            data: op.data,
          })
    case 'delete':
      return atVersion('{client:client} deletes {path:path}', op.version, { client, path: op.path })
    case 'multi':
      return deed('{client:client} does all of {deeds:deeds}', { client, deeds: op.ops })
    case 'sync':
      return deed('{client:client} syncs {path:path}', { client, path: op.path })
    case 'closeSession':
      return deed('{client:client} closes', { client })
    default:
      return 'watch' in op ? stepOfRead(client, op) : null
  }
}

const reads: ReadonlyMap<string, string> = new Map([
  ['getData', 'reads'],
  ['exists', 'checks'],
  ['getChildren', 'lists'],
  ['getChildren2', 'lists'],
])

function stepOfRead(client: string, op: Operation & { readonly watch: boolean }): Play | null {
  const verb = reads.get(op.type)
  if (verb === undefined) return null
  const { path, watch } = op as Operation & { readonly path: string; readonly watch: boolean }
  return deed(`{client:client} ${verb} {path:path}${watch ? ' and watches' : ''}`, { client, path })
}

const creations: ReadonlyMap<string, string> = new Map([
  ['persistent', 'creates'],
  ['ephemeral', 'creates ephemeral'],
  ['persistentSequential', 'creates sequential'],
  ['ephemeralSequential', 'creates ephemeral sequential'],
  ['container', 'creates container'],
])

function stepOfCreate(client: string, { path, data, flags, acl }: CreateOperation): Play | null {
  const verb = creations.get(createModeOf(flags) ?? '')
  if (verb === undefined || data === null || acl !== OPEN_ACL_UNSAFE) return null
  return deed(`{client:client} ${verb} {path:path} {data:data}`, { client, path, data })
}

function atVersion(sentence: string, version: number, filled: Play['filled']): Play {
  if (version === -1) return deed(sentence, filled)
  return deed(`${sentence} at version {version:count}`, { ...filled, version })
}
