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
/** u32: 128 … 255. */
export const RANGE: usize = 16
/** A macroblock may be read without a look at the input while POS is not above this; the highest address once the partition's end is in the window. */
const LOW: usize = 20
/** Behind the last byte of the window. */
const END: usize = 24

/** Address of reader `index`; the driver writes POS, LOW and END. */
export function vp8Reader(index: i32): usize {
  return READERS + <usize>index * READER_BYTES
}

/** Begins a partition, whose first bytes are in the window. */
export function vp8StartReader(reader: usize): void {
  store<u64>(reader, 0, VALUE)
  store<i32>(reader, 0, COUNT)
  store<u32>(reader, 255, RANGE)
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
  const split = 1 + (((range - 1) * probability) >> 8)
  const edge = <u64>split << 56
  const isSet = value >= edge
  range = isSet ? range - split : split
  const shift = clz(range) - 24
  store<u64>(reader, (isSet ? value - edge : value) << shift, VALUE)
  store<u32>(reader, range << shift, RANGE)
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
