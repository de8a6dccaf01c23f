// How a distance is said (RFC 9649 §3.6.2.2): places near by have short codes.
import { NEAR_PLACES } from '../lossless/pixels'

/** Other distances have this more. */
const NEAR_CODES: u32 = 120
/** Codes of the places near by: rows up in the high half of the index, 8 less the pixels to the left in the low half. */
const codeOfPlace: usize = memory.data(128, 16)
let isMade = false

export function makeDistanceCodes(): void {
  if (isMade) return
  for (let code: usize = 0; code < <usize>NEAR_CODES; code++) store<u8>(codeOfPlace + load<u8>(NEAR_PLACES + code), <u8>(code + 1))
  isMade = true
}

/** The code of a distance in pixels, in an image of this width. */
export function distanceCode(distance: u32, width: u32): u32 {
  const rows = distance / width
  const left = distance - rows * width
  if (rows < 8 && left <= 8) {
    const code = <u32>load<u8>(codeOfPlace + (rows << 4) + 8 - left)
    if (code != 0) return code
  }
  const right = width - left
  if (rows < 7 && right < 8) return load<u8>(codeOfPlace + ((rows + 1) << 4) + 8 + right)
  return distance + NEAR_CODES
}
