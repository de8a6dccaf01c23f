// The boolean entropy decoder (RFC 6386 §7). Each partition of a frame has a reader: a record at a fixed address, whose window of bytes the driver
// refills. Bits are kept left aligned, and zeros follow behind the last byte.

/** Readers: the first partition, and up to eight of tokens. */
const READERS: usize = memory.data(9 * 32, 16)
const READER_BYTES: usize = 32

/** u64: bits not yet shifted out, left aligned. */
export const VALUE: usize = 0
/** i32: how many of them are of the window. */
export const COUNT: usize = 8
/** Next byte of the window to load. */
export const POS: usize = 12
/** u32: the range without one, 127 … 254. */
export const RANGE: usize = 16
/** A macroblock may be read without a look at the input while POS is not above this; the highest address once the partition's end is in the window. */
const LOW: usize = 20
/** Behind the last byte of the window. */
const END: usize = 24

/** By how many bits a range without one is shifted so that its range is at least 128 again, 256 u8. */
export const SHIFTS: usize = memory.data<u8>([
  7, 6, 6, 5, 5, 5, 5, 4, 4, 4, 4, 4, 4, 4, 4, 3, 3, 3, 3, 3, 3, 3, 3, 3, 3, 3, 3, 3, 3, 3, 3, 2,
  2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 1,
  1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1,
  1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 0,
  0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0,
  0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0,
  0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0,
  0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0,
])
/** What it is then, 256 u8: a look-up is faster than to count and shift, and all that follows waits for it. */
export const RANGES: usize = memory.data<u8>([
  127, 127, 191, 127, 159, 191, 223, 127, 143, 159, 175, 191, 207, 223, 239, 127, 135, 143, 151, 159, 167, 175, 183, 191, 199, 207, 215, 223, 231, 239, 247, 127,
  131, 135, 139, 143, 147, 151, 155, 159, 163, 167, 171, 175, 179, 183, 187, 191, 195, 199, 203, 207, 211, 215, 219, 223, 227, 231, 235, 239, 243, 247, 251, 127,
  129, 131, 133, 135, 137, 139, 141, 143, 145, 147, 149, 151, 153, 155, 157, 159, 161, 163, 165, 167, 169, 171, 173, 175, 177, 179, 181, 183, 185, 187, 189, 191,
  193, 195, 197, 199, 201, 203, 205, 207, 209, 211, 213, 215, 217, 219, 221, 223, 225, 227, 229, 231, 233, 235, 237, 239, 241, 243, 245, 247, 249, 251, 253, 127,
  128, 129, 130, 131, 132, 133, 134, 135, 136, 137, 138, 139, 140, 141, 142, 143, 144, 145, 146, 147, 148, 149, 150, 151, 152, 153, 154, 155, 156, 157, 158, 159,
  160, 161, 162, 163, 164, 165, 166, 167, 168, 169, 170, 171, 172, 173, 174, 175, 176, 177, 178, 179, 180, 181, 182, 183, 184, 185, 186, 187, 188, 189, 190, 191,
  192, 193, 194, 195, 196, 197, 198, 199, 200, 201, 202, 203, 204, 205, 206, 207, 208, 209, 210, 211, 212, 213, 214, 215, 216, 217, 218, 219, 220, 221, 222, 223,
  224, 225, 226, 227, 228, 229, 230, 231, 232, 233, 234, 235, 236, 237, 238, 239, 240, 241, 242, 243, 244, 245, 246, 247, 248, 249, 250, 251, 252, 253, 254, 0,
])

/**
 * The range behind a boolean, u8: for each probability those behind a 0 and then those behind a 1, by the range before. All that follows waits for it, and
 * a look-up by both is the shortest way from range to range. From the address where a range of 0 would stand.
 */
export const NEXT_RANGES: usize = memory.data(65536, 256) - 127
/** From the range behind a 0 to that behind a 1. */
export const SET: usize = 128

/** Once in the life of an instance: before the first tokens. */
export function fillNextRanges(): void {
  if (load<u8>(NEXT_RANGES + 127)) return
  for (let probability: u32 = 0; probability < 256; probability++) {
    for (let range: u32 = 127; range < 255; range++) {
      const at = <usize>((probability << 8) + range)
      const split = (range * probability) >> 8
      store<u8>(at, load<u8>(split, RANGES), NEXT_RANGES)
      store<u8>(at, load<u8>(range - split - 1, RANGES), NEXT_RANGES + SET)
    }
  }
}

/** Address of reader `index`; the driver writes POS, LOW and END. */
export function vp8Reader(index: i32): usize {
  return READERS + <usize>index * READER_BYTES
}

/** Begins a partition, whose first bytes are in the window. */
export function vp8StartReader(reader: usize): void {
  store<u64>(reader, 0, VALUE)
  store<i32>(reader, 0, COUNT)
  store<u32>(reader, 254, RANGE)
}

@inline
export function wantsInput(reader: usize): bool {
  return load<usize>(reader, POS) > load<usize>(reader, LOW)
}

/** Bits of the partition that have not been shifted out, when its end is in the window: negative when zeros behind it have. Otherwise many. */
export function bitsLeft(reader: usize): i32 {
  if (load<usize>(reader, LOW) != usize.MAX_VALUE) return i32.MAX_VALUE
  return ((<i32>load<usize>(reader, END) - <i32>load<usize>(reader, POS)) << 3) + load<i32>(reader, COUNT)
}

/** At least 56 bits are valid then: enough for seven booleans. */
export function refill(reader: usize): void {
  const count = load<i32>(reader, COUNT)
  const pos = load<usize>(reader, POS)
  store<u64>(reader, load<u64>(reader, VALUE) | (bswap(load<u64>(pos)) >> count), VALUE)
  store<usize>(reader, pos + <usize>((63 - count) >> 3), POS)
  store<i32>(reader, count | 56, COUNT)
}

/** One boolean that is 0 with probability `probability` / 256. */
export function readBool(reader: usize, probability: u32): u32 {
  if (load<i32>(reader, COUNT) < 16) refill(reader)
  const value = load<u64>(reader, VALUE)
  let range = load<u32>(reader, RANGE)
  const split = (range * probability) >> 8
  const isSet = <u32>(value >> 56) > split
  range = isSet ? range - split - 1 : split
  const shift = load<u8>(range, SHIFTS)
  store<u64>(reader, (isSet ? value - (<u64>(split + 1) << 56) : value) << shift, VALUE)
  store<u32>(reader, load<u8>(range, RANGES), RANGE)
  store<i32>(reader, load<i32>(reader, COUNT) - <i32>shift, COUNT)
  return <u32>isSet
}

export function readFlag(reader: usize): bool {
  return readBool(reader, 128) != 0
}

/** An unsigned number of `bits` bits, the highest first. */
export function readNumber(reader: usize, bits: i32): i32 {
  let number = 0
  for (let i = 0; i < bits; i++) number = (number << 1) | readBool(reader, 128)
  return number
}

/** A flag, and behind it when it is set a number of `bits` bits and its sign; 0 otherwise. */
export function readOptionalSigned(reader: usize, bits: i32): i32 {
  if (!readFlag(reader)) return 0
  const magnitude = readNumber(reader, bits)
  return readFlag(reader) ? -magnitude : magnitude
}
