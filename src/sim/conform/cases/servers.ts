import { base64 } from '../../../nodes/auth/base64.ts'
import { sha1 } from '../../../nodes/auth/sha1.ts'
import type { Cast } from '../../../nodes/cast.ts'
import { type Troupe, troupeOf, type Understudy } from '../../../nodes/historic/Understudy.ts'
import type { PeerSettings } from '../../../nodes/PeerConfig.ts'
import type { Sid } from '../../../nodes/zxid.ts'
import { Ensemble } from '../../ensemble.ts'
import type { Mode, Profile } from './Case.ts'

/** Who may do everything, by scheme digest. */
export const SUPER = 'super:secret'

/** Milliseconds. */
const TICK_TIME = 200
const AN_HOUR = 3_600_000

/** What the recorded servers were set to, where it is not the default. */
const settings: Partial<PeerSettings> = Object.freeze({
  tickTime: TICK_TIME,
  minSessionTimeout: 2 * TICK_TIME,
  maxSessionTimeout: 60_000,
  extendedTypesEnabled: true,
  superDigest: `super:${base64(sha1(SUPER))}`,
  reconfigEnabled: true,
  containerCheckInterval: AN_HOUR,
})

const profileSettings: Readonly<Record<Profile, Partial<PeerSettings>>> = Object.freeze({
  default: settings,
  ttl: Object.freeze({ ...settings, containerCheckInterval: TICK_TIME }),
  noext: Object.freeze({ ...settings, extendedTypesEnabled: false }),
  quota: Object.freeze({ ...settings, enforceQuota: true }),
})

const VOTERS: Readonly<Record<Mode, number>> = Object.freeze({ sa: 1, e3: 3 })

/**
 * All on one computer, with ports of five digits: so long is the text of their configuration. Each is reached by a name
 * of its own here.
 */
const servers = Object.freeze(
  [1, 2, 3].map((sid) =>
    Object.freeze({
      host: `127.0.0.${sid}`,
      ports: `2${sid}888:2${sid}889`,
      client: `127.0.0.1:2${sid}890`,
    }),
  ),
)

/** Microseconds. */
const GLANCE = 50_000
const PATIENCE = 60_000_000

/** Servers that have just come up, empty; each case gets a copy. */
export class FreshServers {
  readonly troupe: Troupe
  private readonly booted = new Map<string, Ensemble>()

  constructor(understudies: readonly Understudy[]) {
    this.troupe = troupeOf(understudies)
  }

  /** @returns null where they do not come to serve. */
  take(mode: Mode, profile: Profile): Ensemble | null {
    const name = `${mode} ${profile}`
    let ensemble = this.booted.get(name)
    if (ensemble === undefined) {
      ensemble = boot(mode, profile, this.troupe.cast)
      this.booted.set(name, ensemble)
    }
    return serves(ensemble) ? ensemble.fork() : null
  }
}

function boot(mode: Mode, profile: Profile, cast: Cast): Ensemble {
  const spec = { seed: 1, peers: VOTERS[mode], settings: profileSettings[profile] }
  const ensemble = new Ensemble(spec, { cast, check: false, servers })
  const { world } = ensemble
  // Whoever dials where nothing gets through is refused soon, as by a proxy that has closed.
  world.network.dialRetransmission = GLANCE
  world.network.dialRetries = 0
  while (!serves(ensemble) && world.now < PATIENCE) world.runUntil(world.now + GLANCE)
  return ensemble
}

function serves(ensemble: Ensemble): boolean {
  return ensemble.leader() !== null && ensemble.sids.every((sid) => follows(ensemble, sid))
}

function follows(ensemble: Ensemble, sid: Sid): boolean {
  const peer = ensemble.quorumPeer(sid)
  return peer === null || peer.leader !== null || peer.learner?.synced === true
}
