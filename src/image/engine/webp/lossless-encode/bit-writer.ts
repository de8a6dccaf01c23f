/** Bits in the order of VP8L: the lowest first (RFC 9649 §3.3). */
export interface BitWriter {
  /** Appends the lowest `count` ≤ 32 bits of `value`. */
  put(value: number, count: number): void
  /** Appends whole bytes, and of the last only so many bits that there are `bits` in all. */
  putBytes(parts: readonly Uint8Array[], bits: number): void
  readonly bits: number
  /** All bits; those that are missing in the last byte are 0. */
  bytes(): Uint8Array<ArrayBuffer>
}

export function createBitWriter(): BitWriter {
  const whole: number[] = []
  let [held, count] = [0, 0]
  const put = (value: number, bits: number): void => {
    for (let left = bits, rest = value >>> 0; left > 0;) {
      const taken = Math.min(8 - count, left)
      held |= (rest & ((1 << taken) - 1)) << count
      count += taken
      left -= taken
      rest >>>= taken
      if (count < 8) break
      whole.push(held)
      held = 0
      count = 0
    }
  }
  return {
    put,
    putBytes(parts, bits) {
      let left = bits
      for (const part of parts) {
        for (const byte of part) {
          if (left <= 0) return
          put(byte, Math.min(8, left))
          left -= 8
        }
      }
    },
    get bits() {
      return whole.length * 8 + count
    },
    bytes: () => Uint8Array.from(count > 0 ? [...whole, held] : whole),
  }
}

/** Moves the bits of `parts` up by `shift` < 8, in place; `low` are the bits below them. Answers the bits that have no byte any more. */
export function shiftBits(parts: readonly Uint8Array[], shift: number, low: number): number {
  let carried = low
  for (const part of parts) {
    for (let i = 0; i < part.length; i++) {
      const byte = part[i] as number // within the part
      part[i] = (byte << shift) | carried
      carried = byte >> (8 - shift)
    }
  }
  return carried
}
