import type { AclList } from '../acl.ts'
import type { Request } from '../processors/Request.ts'
import { understudy } from './Understudy.ts'

export const zookeeper4240 = understudy({
  issue: 'ZOOKEEPER-4240',
  since: '3.0.0',
  mendedIn: ['3.9.4'],
  story:
    'An access control list could not name an address of version 6: that was no valid id of the scheme ip.',
  recast: (cast) =>
    Object.freeze({
      ...cast,
      PrepRequestProcessor: class extends cast.PrepRequestProcessor {
        protected override fixupACL(request: Request, acl: AclList | null): AclList | null {
          if (acl?.some(({ scheme, id }) => scheme === 'ip' && id.includes(':')) === true) return null
          return super.fixupACL(request, acl)
        }
      },
    }),
})
