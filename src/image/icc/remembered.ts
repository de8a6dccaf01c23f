import { isEqual } from './bytes.ts'
import { conversionOf, type Channels, type Conversion } from './conversion.ts'

/** Pictures of one camera or program share a profile: the last few are not read anew. */
const MAX_KEPT = 8
/** Bytes of the profiles that are remembered, together. */
const MAX_KEPT_BYTES = 4_194_304
/** Profiles for printing have up to 3 MB; a larger one counts as none. */
export const MAX_PROFILE_BYTES = MAX_KEPT_BYTES

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
  kept.push({ bytes: new Uint8Array(bytes), channels, conversion })
  while (kept.length > MAX_KEPT || keptBytes() > MAX_KEPT_BYTES) kept.shift()
  return conversion
}

const keptBytes = (): number => kept.reduce((sum, one) => sum + one.bytes.length, 0)
