// Coefficients (RFC 6386 §13).
import { COUNT, POS, RANGE, VALUE, readBool, refill } from './bits'

/** Bytes of the probabilities of one context; three make a band. */
const CONTEXT: usize = 11

/** The band of each coefficient, times 33; one more for what lies behind the last. */
const bands: usize = memory.data<u16>([0, 33, 66, 99, 198, 132, 165, 198, 198, 198, 198, 198, 198, 198, 198, 231, 0])
/** Byte offset of each coefficient of the zigzag in a block that is stored transposed: horizontal frequency × 4 + vertical. */
const places: usize = memory.data<u8>([0, 8, 2, 4, 10, 16, 24, 18, 12, 6, 14, 20, 26, 28, 22, 30])
/** The bits of large values behind their base, the highest first; 0 ends. */
const category3: usize = memory.data<u8>([173, 148, 140, 0])
const category4: usize = memory.data<u8>([176, 155, 140, 135, 0])
const category5: usize = memory.data<u8>([180, 157, 141, 134, 130, 0])
const category6: usize = memory.data<u8>([254, 254, 243, 230, 196, 177, 153, 140, 133, 130, 129, 0])

/** Valid bits that one token takes at most, without a large value's. */
const TOKEN_BITS: i32 = 36

/** The magnitude of a value above 1. `probabilities`: of its band and context. */
function readLarge(reader: usize, probabilities: usize): i32 {
  if (!readBool(reader, load<u8>(probabilities, 3))) {
    if (!readBool(reader, load<u8>(probabilities, 4))) return 2
    return 3 + readBool(reader, load<u8>(probabilities, 5))
  }
  if (!readBool(reader, load<u8>(probabilities, 6))) {
    if (!readBool(reader, load<u8>(probabilities, 7))) return 5 + readBool(reader, 159)
    const high = readBool(reader, 165)
    return 7 + 2 * high + readBool(reader, 145)
  }
  let bits = category3
  let base = 11
  if (readBool(reader, load<u8>(probabilities, 8))) {
    const isLast = readBool(reader, load<u8>(probabilities, 10))
    bits = isLast ? category6 : category5
    base = isLast ? 67 : 35
  } else if (readBool(reader, load<u8>(probabilities, 9))) {
    bits = category4
    base = 19
  }
  let extra = 0
  for (; load<u8>(bits) != 0; bits++) extra = (extra << 1) | readBool(reader, load<u8>(bits))
  return base + extra
}

/** Bytes of a block's coefficients: 16 i16. */
export const BLOCK: usize = 32

/**
 * The dequantised coefficients of a square of `size` by `size` blocks, from the `first` of each on, into `block` and what follows it, whose others stay.
 * `kind`: the probabilities of this kind of block; `above`, `left`: a bit for each neighbour that has coefficients; `steps`: of DC and AC. `residue` gets
 * a byte a block: 0 no coefficients, 1 DC alone, 2 more. Answers the blocks with coefficients at the lower edge in the upper 16 bits, and at the right
 * edge in the lower. Long, because the reader's state lives in locals from the first bit to the last.
 */
export function readBlocks(
  reader: usize,
  kind: usize,
  size: u32,
  above: u32,
  left: u32,
  steps: usize,
  first: usize,
  block: usize,
  residue: usize,
): u32 {
  let value = load<u64>(reader, VALUE)
  let count = load<i32>(reader, COUNT)
  let range = load<u32>(reader, RANGE)
  let pos = load<usize>(reader, POS)
  const firstStep = load<i32>(steps + (first << 2))
  const acStep = load<i32>(steps, 4)
  const firstBand = kind + <usize>load<u16>(bands + (first << 1))
  let tops = above
  let sides: u32 = 0
  for (let y: u32 = 0; y < size; y++) {
    let side = (left >> y) & 1
    for (let x: u32 = 0; x < size; x++) {
      let n = first
      let probabilities = firstBand + <usize>(side + ((tops >> x) & 1)) * CONTEXT
      let step = firstStep
      for (;;) {
        if (count < TOKEN_BITS) {
          value |= bswap(load<u64>(pos)) >> count
          pos += <usize>((63 - count) >> 3)
          count |= 56
        }
        // Is there a further one?
        let split = 1 + (((range - 1) * <u32>load<u8>(probabilities)) >> 8)
        let edge = <u64>split << 56
        if (value < edge) {
          const shift = clz(split) - 24
          value <<= shift
          range = split << shift
          count -= shift
          break
        }
        value -= edge
        range -= split
        let shift = clz(range) - 24
        value <<= shift
        range <<= shift
        count -= shift
        // Is it zero? Behind a zero there is always a further one.
        for (;;) {
          split = 1 + (((range - 1) * <u32>load<u8>(probabilities, 1)) >> 8)
          edge = <u64>split << 56
          if (value >= edge) break
          shift = clz(split) - 24
          value <<= shift
          range = split << shift
          count -= shift
          n++
          step = acStep
          if (n == 16) break
          probabilities = kind + <usize>load<u16>(bands + (n << 1))
          if (count < TOKEN_BITS) {
            value |= bswap(load<u64>(pos)) >> count
            pos += <usize>((63 - count) >> 3)
            count |= 56
          }
        }
        if (n == 16) break
        value -= edge
        range -= split
        shift = clz(range) - 24
        value <<= shift
        range <<= shift
        count -= shift
        // Is it more than one?
        split = 1 + (((range - 1) * <u32>load<u8>(probabilities, 2)) >> 8)
        edge = <u64>split << 56
        let magnitude = 1
        let next = CONTEXT
        if (value < edge) {
          shift = clz(split) - 24
          value <<= shift
          range = split << shift
          count -= shift
        } else {
          value -= edge
          range -= split
          shift = clz(range) - 24
          store<u64>(reader, value << shift, VALUE)
          store<u32>(reader, range << shift, RANGE)
          store<i32>(reader, count - shift, COUNT)
          store<usize>(reader, pos, POS)
          magnitude = readLarge(reader, probabilities)
          next = 2 * CONTEXT
          if (load<i32>(reader, COUNT) < TOKEN_BITS) refill(reader)
          value = load<u64>(reader, VALUE)
          count = load<i32>(reader, COUNT)
          range = load<u32>(reader, RANGE)
          pos = load<usize>(reader, POS)
        }
        split = (range + 1) >> 1
        edge = <u64>split << 56
        const isNegative = value >= edge
        value = isNegative ? value - edge : value
        range = isNegative ? range - split : split
        shift = clz(range) - 24
        value <<= shift
        range <<= shift
        count -= shift
        store<i16>(block + <usize>load<u8>(places + n), (isNegative ? -magnitude : magnitude) * step)
        step = acStep
        n++
        if (n == 16) break
        probabilities = kind + <usize>load<u16>(bands + (n << 1)) + next
      }
      side = <u32>(n > first)
      tops = (tops & ~(1 << x)) | (side << x)
      store<u8>(residue, n > 1 ? 2 : load<i16>(block) != 0 ? 1 : 0)
      block += BLOCK
      residue++
    }
    sides |= side << y
  }
  store<u64>(reader, value, VALUE)
  store<i32>(reader, count, COUNT)
  store<u32>(reader, range, RANGE)
  store<usize>(reader, pos, POS)
  return (tops << 16) | sides
}
