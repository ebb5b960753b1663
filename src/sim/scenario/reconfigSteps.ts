/**
 * Changes of the membership: by reconfig, and by starting servers one after the other with another configuration.
 *
 * Servers are meant by their number; a line such as `server.4=4:2888:3888:participant;0.0.0.0:2181` says the same of them
 * as every other server's does.
 */

import type { LearnerType } from '../../nodes/PeerConfig.ts'
import type { Operation } from '../../nodes/packets.ts'
import { serverText } from '../../nodes/quorum/configText.ts'
import type { Sid, Zxid } from '../../nodes/zxid.ts'
import { operation } from './clientSteps.ts'
import { deedStep, type Step } from './step.ts'

const ANY_VERSION = -1

interface Change {
  readonly joining?: readonly string[]
  readonly leaving?: readonly Sid[]
  readonly members?: readonly string[]
  readonly version?: Zxid
}

function reconfig({ joining, leaving, members, version = ANY_VERSION }: Change): Operation {
  return {
    type: 'reconfig',
    joiningServers: joining?.join(',') ?? null,
    leavingServers: leaving?.join(',') ?? null,
    newMembers: members?.join('\n') ?? null,
    curConfigId: version,
  }
}

function servers(sids: readonly Sid[], type: LearnerType): readonly string[] {
  return sids.map((sid) => `server.${sid}=${serverText({ sid, host: String(sid), type })}`)
}

const incremental = [
  ...operation(
    '{client:client} reconfigures adding {joining:sids}',
    'ann reconfigures adding 3',
    'Ask for these servers to vote; who observed before is promoted.',
    ({ joining }) => reconfig({ joining: servers(joining, 'participant') }),
  ),
  ...operation(
    '{client:client} reconfigures adding observers {joining:sids}',
    'ann reconfigures adding observers 3',
    'Ask for these servers to observe; who voted before is demoted.',
    ({ joining }) => reconfig({ joining: servers(joining, 'observer') }),
  ),
  ...operation(
    '{client:client} reconfigures removing {leaving:sids}',
    'ann reconfigures removing 3',
    'Ask for these servers to be left out.',
    ({ leaving }) => reconfig({ leaving }),
  ),
  ...operation(
    '{client:client} reconfigures adding {joining:sids} removing {leaving:sids}',
    'ann reconfigures adding 3 removing 2',
    'Both at once.',
    ({ joining, leaving }) => reconfig({ joining: servers(joining, 'participant'), leaving }),
  ),
  ...operation(
    '{client:client} reconfigures adding {joining:sids} at version {version:zxid}',
    'ann reconfigures adding 3 at version 1:9',
    'The same if the configuration has this version.',
    ({ joining, version }) => reconfig({ joining: servers(joining, 'participant'), version }),
  ),
  ...operation(
    '{client:client} reconfigures removing {leaving:sids} at version {version:zxid}',
    'ann reconfigures removing 3 at version 1:9',
    'The same if the configuration has this version.',
    ({ leaving, version }) => reconfig({ leaving, version }),
  ),
  ...operation(
    '{client:client} reconfigures joining {joining:text} leaving {leaving:text}',
    'ann reconfigures joining "server.4=4:2888:3888;2181" leaving "3"',
    'The same in ZooKeeper’s own words.',
    ({ joining, leaving }) => ({
      type: 'reconfig',
      joiningServers: joining,
      leavingServers: leaving,
      newMembers: null,
      curConfigId: ANY_VERSION,
    }),
  ),
]

const bulk = [
  ...operation(
    '{client:client} reconfigures to voters {voters:sids}',
    'ann reconfigures to voters 1 and 2',
    'Ask for these servers and no others.',
    ({ voters }) => reconfig({ members: servers(voters, 'participant') }),
  ),
  ...operation(
    '{client:client} reconfigures to voters {voters:sids} with observers {observers:sids}',
    'ann reconfigures to voters 1 and 2 with observers 3',
    'Ask for these servers and no others.',
    ({ voters, observers }) =>
      reconfig({ members: [...servers(voters, 'participant'), ...servers(observers, 'observer')] }),
  ),
  ...operation(
    '{client:client} reconfigures to members {members:text}',
    'ann reconfigures to members "server.1=1:2888:3888;2181,server.2=2:2888:3888;2181"',
    'The same in ZooKeeper’s own words; lines may be parted by commas, and hierarchies have groups and weights.',
    ({ members }) => reconfig({ members: [members] }),
  ),
]

const configuring = [
  deedStep(
    'configure {peers:peers} with voters {voters:sids}',
    'These servers, when they are next started, are in this configuration and know of no other.',
    ({ ensemble }, { peers, voters }) => {
      for (const sid of peers) ensemble.configure(sid, voters, [])
    },
    'configure 1 with voters 1, 2 and 3',
  ),
  deedStep(
    'configure {peers:peers} with voters {voters:sids} with observers {observers:sids}',
    'The same, with servers that do not vote.',
    ({ ensemble }, { peers, voters, observers }) => {
      for (const sid of peers) ensemble.configure(sid, voters, observers)
    },
    'configure 1 with voters 1 and 2 with observers 3',
  ),
]

export const reconfigSteps: readonly Step[] = [...incremental, ...bulk, ...configuring]
