// The JPEG encoder's run-length tokens, and the writer of their bits (ITU-T T.81, annex F).
// A token is one Huffman symbol with its extra bits: bits 0–9 name the table (0 DC luma, 1 AC luma, 2 DC chroma, 3 AC chroma) and the symbol,
// bits 10–13 the number of extra bits, bits 14–31 the extra bits. Tokens are counted while they are made, so that the tables can fit the
// picture, and written when the tables are known.
import { coefficients, places, transformBlock } from './forward-dct'

/** Offset of a component's fields; all are i32. `plane` is the first sample of the current row of MCUs. */
export const PLANE: usize = 0
export const STRIDE: usize = 4
/** Blocks of an MCU, across and down. */
export const ACROSS: usize = 8
export const DOWN: usize = 12
/** 64 f32 reciprocals: 1 ÷ (8 × quantiser), in the order of `coefficients`. */
export const RECIPROCALS: usize = 16
/** Bits 8–9 of the tokens' table index: 0 for luma, 512 for chroma. */
export const TABLES: usize = 20
/** DC of the previous block. */
export const PREDICTION: usize = 24
/** The structure's size; the progressive fields at 28 and 32 are in ./encode-progressive.ts. */
export const COMPONENT_BYTES: usize = 48

export function sizeOf(value: i32): i32 {
  return 32 - clz(value < 0 ? -value : value)
}

/** A token of a value: T.81 F.1.2.1: the extra bits of a negative value are those of value − 1. */
export function valueToken(table: u32, run: u32, value: i32, size: u32): u32 {
  const extra = (<u32>(value + (value >> 31))) & ((1 << size) - 1)
  return table | (run << 4) | size | (size << 10) | (extra << 14)
}

export function put(tokens: usize, token: u32, counts: usize): usize {
  store<u32>(tokens, token)
  const count = counts + ((<usize>(token & 1023)) << 2)
  store<u32>(count, load<u32>(count) + 1)
  return tokens + 4
}

/** The tokens of the block in `coefficients`. At most 64. */
function tokeniseBlock(component: usize, nonZero: u64, tokens: usize, counts: usize): usize {
  const table = load<u32>(component, TABLES)
  const dc = <i32>load<i16>(coefficients)
  const difference = dc - load<i32>(component, PREDICTION)
  store<i32>(component, dc, PREDICTION)
  tokens = put(tokens, valueToken(table, 0, difference, sizeOf(difference)), counts)
  const ac = table | 256
  let last = 0
  for (let rest = nonZero & ~1; rest != 0; rest &= rest - 1) {
    const k = <i32>ctz(rest)
    let run = k - last - 1
    for (; run > 15; run -= 16) tokens = put(tokens, ac | 0xf0, counts)
    const value = <i32>load<i16>(coefficients + ((<usize>load<u8>(places + k)) << 1))
    tokens = put(tokens, valueToken(ac, run, value, sizeOf(value)), counts)
    last = k
  }
  return last == 63 ? tokens : put(tokens, ac, counts)
}

/**
 * Tokens of one interleaved row of `mcus` MCUs. `components` is an array of `count` structures as above. `counts` are 1,024 u32. Writes up to
 * 256 bytes a block at `tokens`; answers their end.
 */
export function tokeniseRow(components: usize, count: i32, mcus: i32, tokens: usize, counts: usize): usize {
  for (let mcu = 0; mcu < mcus; mcu++) {
    for (let c = 0; c < count; c++) {
      const component = components + <usize>c * COMPONENT_BYTES
      const across = load<i32>(component, ACROSS)
      const stride = <usize>load<i32>(component, STRIDE)
      const reciprocals = <usize>load<i32>(component, RECIPROCALS)
      for (let v = 0; v < load<i32>(component, DOWN); v++) {
        let plane = <usize>load<i32>(component, PLANE) + <usize>v * stride * 8 + <usize>(mcu * across * 8)
        for (let h = 0; h < across; h++, plane += 8) {
          const nonZero = transformBlock(plane, stride, reciprocals, coefficients)
          tokens = tokeniseBlock(component, nonZero, tokens, counts)
        }
      }
    }
  }
  return tokens
}

let pendingBits: u64 = 0
let pendingCount: i32 = 0

/** Forgets pending bits. */
export function startBits(): void {
  pendingBits = 0
  pendingCount = 0
}

/** Writes four bytes, most significant first; T.81 B.1.1.5: a zero byte follows each 0xFF of the entropy-coded data. */
function putWord(target: usize, word: u32): usize {
  const inverted = ~word
  if (((inverted - 0x01010101) & word & 0x80808080) == 0) {
    store<u32>(target, bswap(word))
    return target + 4
  }
  for (let shift = 24; shift >= 0; shift -= 8) {
    const byte = (word >> shift) & 255
    store<u8>(target++, byte)
    if (byte == 255) store<u8>(target++, 0)
  }
  return target
}

/** Huffman-codes tokens. `codes` are 1,024 u32: code | length << 24. Writes at most 8 bytes a token, plus 8; answers the end. */
export function writeTokens(tokens: usize, end: usize, codes: usize, target: usize): usize {
  let bits = pendingBits
  let count = pendingCount
  for (; tokens < end; tokens += 4) {
    const token = load<u32>(tokens)
    const code = load<u32>(codes + ((<usize>(token & 1023)) << 2))
    const length = code >> 24
    const extraLength = (token >> 10) & 15
    bits = (bits << (length + extraLength)) | ((<u64>(code & 0xffffff)) << extraLength) | (token >> 14)
    count += length + extraLength
    if (count >= 32) {
      count -= 32
      target = putWord(target, <u32>(bits >> count))
    }
  }
  pendingBits = bits
  pendingCount = count
  return target
}

/** Writes the last bits of a scan; T.81 F.1.2.3: an incomplete byte is filled with ones. At most 8 bytes; answers the end. */
export function finishBits(target: usize): usize {
  const missing = -pendingCount & 7
  let bits = (pendingBits << missing) | ((1 << missing) - 1)
  for (let count = pendingCount + missing - 8; count >= 0; count -= 8) {
    const byte = (<u32>(bits >> count)) & 255
    store<u8>(target++, byte)
    if (byte == 255) store<u8>(target++, 0)
  }
  startBits()
  return target
}
