import type { PeerConfig } from '../PeerConfig.ts'
import type { AuthenticationProvider } from './AuthenticationProvider.ts'
import { digest } from './digest.ts'
import { ip } from './ip.ts'
import { sasl } from './sasl.ts'
import { x509 } from './x509.ts'

/** The schemes of identities that a server knows; null for any other. Java: ProviderRegistry */
export function getProvider(config: PeerConfig, scheme: string): AuthenticationProvider | null {
  switch (scheme) {
    case 'ip':
      return ip
    case 'digest':
      return digest
    case 'x509':
      return isConfigured(config, scheme) ? x509 : null
    case 'sasl':
      return isConfigured(config, scheme) ? sasl : null
    default:
      return null
  }
}

function isConfigured(config: PeerConfig, scheme: string): boolean {
  return schemesOf(config.authProviders).includes(scheme)
}

/** A list of schemes as settings give it, parted by commas. */
export function schemesOf(setting: string): string[] {
  return setting.split(',').map((scheme) => scheme.trim())
}
