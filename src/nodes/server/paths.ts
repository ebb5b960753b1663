/** Rules for the paths of znodes. Java: PathUtils.validatePath, ZKDatabase.isSpecialPath */

const SLASH = 0x2f
const DOT = 0x2e

/** Whether a znode may have this path. */
export function isValidPath(path: string): boolean {
  const length = path.length
  if (length === 0 || path.charCodeAt(0) !== SLASH) return false
  if (length === 1) return true
  if (path.charCodeAt(length - 1) === SLASH) return false
  let start = 1
  for (let i = 1; i < length; i++) {
    const c = path.charCodeAt(i)
    if (c === SLASH) {
      if (!isValidName(path, start, i)) return false
      start = i + 1
    } else if (isForbidden(c)) return false
  }
  return isValidName(path, start, length)
}

/** Never empty, `.` or `..`. */
function isValidName(path: string, start: number, end: number): boolean {
  if (end === start) return false
  if (path.charCodeAt(start) !== DOT) return true
  return end - start > 1 && !(end - start === 2 && path.charCodeAt(start + 1) === DOT)
}

/** Control characters, surrogates and private use, specials. */
function isForbidden(c: number): boolean {
  if (c >= 0x20 && c < 0x7f) return false
  return c < 0x20 || c <= 0x9f || (c >= 0xd800 && c <= 0xf8ff) || c >= 0xfff0
}

/**
 * The path of the parent, `/` for the children of the root; null where the path has no slash or has a NUL.
 */
export function parentPath(path: string): string | null {
  const slash = path.lastIndexOf('/')
  if (slash === -1 || path.includes('\0')) return null
  return slash === 0 ? '/' : path.slice(0, slash)
}

/** Paths that cannot be deleted. */
export function isSpecialPath(path: string): boolean {
  return path === '/' || path === '/zookeeper' || path === '/zookeeper/quota' || path === '/zookeeper/config'
}
