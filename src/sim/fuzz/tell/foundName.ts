import { CRC_START, crcOfText, crcValue } from '../../../nodes/database/crc32.ts'
import type { Failure } from '../Failure.ts'

/** What a file with this failure is called, without an ending: `D2-recovery-keeps-promises-1a2b3c4d`. */
export function foundName({ code, name, fingerprint }: Failure): string {
  const shape = crcValue(crcOfText(CRC_START, fingerprint)).toString(16).padStart(8, '0')
  // Where no invariant broke, the name is a step, or as long.
  return /^[A-Z][0-9]+$/.test(code) ? `${code}-${kebab(name)}-${shape}` : `${code}-${shape}`
}

function kebab(name: string): string {
  return name.replace(/(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])/g, '-').toLowerCase()
}
