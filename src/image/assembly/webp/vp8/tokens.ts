// Coefficients (RFC 6386 §13).
import { COUNT, NEXT_RANGES, POS, RANGE, RANGES, SET, SHIFTS, VALUE, readBool, refill } from './bits'
import { CONTEXT, P_PLACE, POSITION } from './header'

/** The bits of large values behind their base, the highest first; 0 ends. */
const category3: usize = memory.data<u8>([173, 148, 140, 0])
const category4: usize = memory.data<u8>([176, 155, 140, 135, 0])
const category5: usize = memory.data<u8>([180, 157, 141, 134, 130, 0])
const category6: usize = memory.data<u8>([254, 254, 243, 230, 196, 177, 153, 140, 133, 130, 129, 0])

/** Valid bits that are wanted before they are counted again: three booleans take seven each at most, and a fourth looks at eight. */
const TOKEN_BITS: i32 = 29

/** The magnitude of a value above 4. `probabilities`: of its band and context. */
function readLarge(reader: usize, probabilities: usize): i32 {
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
  const start = kind + first * POSITION
  const end = kind + 16 * POSITION
  let tops = above
  let sides: u32 = 0
  for (let y: u32 = 0; y < size; y++) {
    let side = (left >> y) & 1
    for (let x: u32 = 0; x < size; x++) {
      let position = start
      let probabilities = start + <usize>(side + ((tops >> x) & 1)) * CONTEXT
      let step = firstStep
      for (;;) {
        if (count < TOKEN_BITS) {
          value |= bswap(load<u64>(pos)) >> count
          pos += <usize>((63 - count) >> 3)
          count |= 56
        }
        // Is there a further one?
        let probability = <u32>load<u8>(probabilities)
        let at = <usize>((probability << 8) + range)
        let split = (range * probability) >> 8
        let bound = <u64>(split + 1) << 56
        if (value < bound) {
          value <<= clz(bound)
          count -= <i32>clz(bound)
          range = load<u8>(at, NEXT_RANGES)
          break
        }
        value -= bound
        let shift = <u64>load<u8>(range - split, SHIFTS - 1)
        value <<= shift
        count -= <i32>shift
        range = load<u8>(at, NEXT_RANGES + SET)
        // Is it zero? Behind a zero there is always a further one.
        for (;;) {
          probability = <u32>load<u8>(probabilities, 1)
          at = <usize>((probability << 8) + range)
          split = (range * probability) >> 8
          bound = <u64>(split + 1) << 56
          if (value >= bound) break
          value <<= clz(bound)
          count -= <i32>clz(bound)
          range = load<u8>(at, NEXT_RANGES)
          step = acStep
          position += POSITION
          probabilities = position
          if (position == end) break
          if (count < TOKEN_BITS) {
            value |= bswap(load<u64>(pos)) >> count
            pos += <usize>((63 - count) >> 3)
            count |= 56
          }
        }
        if (position == end) break
        value -= bound
        shift = <u64>load<u8>(range - split, SHIFTS - 1)
        value <<= shift
        count -= <i32>shift
        range = load<u8>(at, NEXT_RANGES + SET)
        // Is it more than one?
        probability = <u32>load<u8>(probabilities, 2)
        at = <usize>((probability << 8) + range)
        split = (range * probability) >> 8
        bound = <u64>(split + 1) << 56
        let magnitude = 1
        let next = CONTEXT
        if (value < bound) {
          value <<= clz(bound)
          count -= <i32>clz(bound)
          range = load<u8>(at, NEXT_RANGES)
        } else {
          value -= bound
          shift = <u64>load<u8>(range - split, SHIFTS - 1)
          value <<= shift
          count -= <i32>shift
          range = load<u8>(at, NEXT_RANGES + SET)
          next = 2 * CONTEXT
          if (count < TOKEN_BITS) {
            value |= bswap(load<u64>(pos)) >> count
            pos += <usize>((63 - count) >> 3)
            count |= 56
          }
          // Is it more than four?
          probability = <u32>load<u8>(probabilities, 3)
          at = <usize>((probability << 8) + range)
          split = (range * probability) >> 8
          bound = <u64>(split + 1) << 56
          if (value < bound) {
            value <<= clz(bound)
            count -= <i32>clz(bound)
            range = load<u8>(at, NEXT_RANGES)
            // Two, or three or four?
            probability = <u32>load<u8>(probabilities, 4)
            at = <usize>((probability << 8) + range)
            split = (range * probability) >> 8
            bound = <u64>(split + 1) << 56
            if (value < bound) {
              magnitude = 2
              range = split
            } else {
              value -= bound
              shift = <u64>load<u8>(range - split, SHIFTS - 1)
              value <<= shift
              count -= <i32>shift
              range = load<u8>(at, NEXT_RANGES + SET)
              split = (range * <u32>load<u8>(probabilities, 5)) >> 8
              bound = <u64>(split + 1) << 56
              const isFour = value >= bound
              magnitude = 3 + <i32>isFour
              value = isFour ? value - bound : value
              range = isFour ? range - split - 1 : split
            }
            value <<= <u64>load<u8>(range, SHIFTS)
            count -= <i32>load<u8>(range, SHIFTS)
            range = load<u8>(range, RANGES)
          } else {
            value -= bound
            range -= split + 1
            store<u64>(reader, value << <u64>load<u8>(range, SHIFTS), VALUE)
            store<i32>(reader, count - <i32>load<u8>(range, SHIFTS), COUNT)
            store<u32>(reader, load<u8>(range, RANGES), RANGE)
            store<usize>(reader, pos, POS)
            magnitude = readLarge(reader, probabilities)
            if (load<i32>(reader, COUNT) < TOKEN_BITS) refill(reader)
            value = load<u64>(reader, VALUE)
            count = load<i32>(reader, COUNT)
            range = load<u32>(reader, RANGE)
            pos = load<usize>(reader, POS)
          }
        }
        // Its sign: as likely as not, so that one bit goes and the range stays but for its parity.
        split = range >> 1
        const sign = <i32>(split - <u32>(value >> 56)) >> 31
        value = (value - ((<u64>(split + 1) << 56) & <u64><i64>sign)) << 1
        count--
        range = (range + sign) | 1
        store<i16>(block + <usize>load<u8>(position, P_PLACE), ((magnitude ^ sign) - sign) * step)
        step = acStep
        position += POSITION
        if (position == end) break
        probabilities = position + next
      }
      side = <u32>(position > start)
      tops = (tops & ~(1 << x)) | (side << x)
      store<u8>(residue, position > kind + POSITION ? 2 : load<i16>(block) != 0 ? 1 : 0)
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
