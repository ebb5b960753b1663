import type { Bytes } from '../database/txns.ts'

const DIGITS = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/'

export function base64(bytes: Bytes): string {
  let text = ''
  for (let i = 0; i < bytes.length; i += 3) {
    const left = bytes.length - i
    const group =
      (bytes.charCodeAt(i) << 16) |
      (left > 1 ? bytes.charCodeAt(i + 1) << 8 : 0) |
      (left > 2 ? bytes.charCodeAt(i + 2) : 0)
    text += digit(group >> 18) + digit(group >> 12)
    text += left > 1 ? digit(group >> 6) : '='
    text += left > 2 ? digit(group) : '='
  }
  return text
}

function digit(bits: number): string {
  return DIGITS.charAt(bits & 0x3f)
}
