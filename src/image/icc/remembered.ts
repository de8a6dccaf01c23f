import { conversionOf, type Channels, type Conversion } from './conversion.ts'

/** Pictures of one camera or program share a profile: the last few are not read anew. */
const MAX_KEPT = 8
/** A profile of curves and a matrix has some kilobytes; a larger one counts as none. */
export const MAX_PROFILE_BYTES = 65_536

interface Kept {
  readonly bytes: Uint8Array
  readonly channels: Channels
  readonly conversion: Conversion | null
}

const kept: Kept[] = []

/** `conversionOf` of a profile, remembered by its bytes. Does not keep `bytes`. */
export function conversionByProfile(bytes: Uint8Array, channels: Channels): Conversion | null {
  const at = kept.findIndex((one) => one.channels === channels && isEqual(one.bytes, bytes))
  const found = kept[at]
  if (found) {
    kept.splice(at, 1)
    kept.push(found)
    return found.conversion
  }
  if (bytes.length > MAX_PROFILE_BYTES) return null
  const conversion = conversionOf(bytes, channels)
  kept.push({ bytes: bytes.slice(), channels, conversion })
  if (kept.length > MAX_KEPT) kept.shift()
  return conversion
}

const isEqual = (a: Uint8Array, b: Uint8Array): boolean => a.length === b.length && a.every((byte, i) => byte === b[i])
