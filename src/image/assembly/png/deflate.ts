// Deflate (RFC 1951), block by block: lazy matching over hash chains, then the cheapest of a dynamic, a fixed and a stored block.
// Longer than most files because finding matches and writing them share the state's layout.
import { huffmanCodes, huffmanLengths } from './huffman'

/** Bytes 0–255, the end of a block, and 29 codes of lengths (RFC 1951 §3.2.5). The fixed code has two more that nothing uses: 288. */
const LITERALS: u32 = 286
/** Codes of distances up to 32,768 (RFC 1951 §3.2.5). */
const DISTANCES: u32 = 30
const END_OF_BLOCK: usize = 256
/** Bytes that are hashed to find a match. */
const HASHED: u32 = 4
/** In filtered rows a match of four bytes mostly costs more than its literals. */
const SHORTEST: u32 = 5
/** The longest match that RFC 1951 §3.2.5 can say. */
const LONGEST: u32 = 258
/** The farthest match. The RFC allows 32,768, but there the ring of chains has just been overwritten by the position itself. */
const WINDOW: u32 = 32767
/** As many heads as the window has positions, so that a chain holds about one position on random data. */
const HASH_BITS: u32 = 15
/** The longest block: a stored block tells its length in 16 bits (RFC 1951 §3.2.4), so one is always enough. */
const MOST_BLOCK: usize = 65535

// Layout of the state that the driver allocates (`deflateStateBytes`). Frequencies are u32, code lengths bytes, codes u16. Arrays of literals
// have 288 entries and those of distances 32: the sizes of the fixed codes.
const BITS: usize = 0
const BIT_COUNT: usize = 4
const CHAIN: usize = 8
const NICE: usize = 12
const TOKEN_COUNT: usize = 16
const LITERAL_FREQUENCIES: usize = 32
const DISTANCE_FREQUENCIES: usize = LITERAL_FREQUENCIES + 288 * 4
/** Lengths of the 288 literal codes and, right behind those in use, of the distance codes: 320 at most. */
const LENGTHS: usize = DISTANCE_FREQUENCIES + 32 * 4
const LITERAL_CODES: usize = LENGTHS + 320
const DISTANCE_CODES: usize = LITERAL_CODES + 288 * 2
/** The code lengths as RFC 1951 §3.2.7 packs them: pairs of symbol and extra bits, at most one for each of the 316 lengths. */
const PACKED: usize = DISTANCE_CODES + 32 * 2
/** The code of the packed lengths has 19 symbols (RFC 1951 §3.2.7). */
const PACKED_FREQUENCIES: usize = PACKED + 320 * 2
const PACKED_LENGTHS: usize = PACKED_FREQUENCIES + 19 * 4
const PACKED_CODES: usize = PACKED_LENGTHS + 20
/** u32 for each hash: its last position, plus one. The arrays above end at 3,046: this is the next multiple of 1 KiB. */
const HEADS: usize = 3072
/** u16 for each position of the window: the distance to the one before with the same hash. */
const CHAINS: usize = HEADS + (4 << HASH_BITS)
/** u32 each: a literal's byte, or MATCH | (length − 3) << 16 | (distance − 1). */
const TOKENS: usize = CHAINS + (2 << 15)
/** A block of literals alone has as many tokens as bytes. */
const STATE_BYTES: usize = TOKENS + 4 * (MOST_BLOCK + 1)
const MATCH: u32 = 1 << 31
const NO_CHAIN: u32 = 65535

const LENGTH_BASE = memory.data<u16>([
  3, 4, 5, 6, 7, 8, 9, 10, 11, 13, 15, 17, 19, 23, 27, 31, 35, 43, 51, 59, 67, 83, 99, 115, 131, 163, 195, 227, 258,
])
const LENGTH_EXTRA = memory.data<u8>([0, 0, 0, 0, 0, 0, 0, 0, 1, 1, 1, 1, 2, 2, 2, 2, 3, 3, 3, 3, 4, 4, 4, 4, 5, 5, 5, 5, 0])
const LENGTH_ORDER = memory.data<u8>([16, 17, 18, 0, 8, 7, 9, 6, 10, 5, 11, 4, 12, 3, 13, 2, 14, 1, 15])
/** Code (less 257) of length − 3, made once. */
const lengthCodes = memory.data(256, 16)
let tablesMade = false

export function deflateStateBytes(): usize {
  return STATE_BYTES
}

/** @param chain how many earlier places are tried for a match. @param nice a match of this length is taken at once. */
export function deflateStart(state: usize, chain: u32, nice: u32): void {
  memory.fill(state, 0, TOKENS)
  store<u32>(state, chain, CHAIN)
  store<u32>(state, nice, NICE)
  if (tablesMade) return
  for (let code: usize = 0; code < 29; code++) {
    const base = <usize>load<u16>(LENGTH_BASE + (code << 1)) - 3
    memory.fill(lengthCodes + base, <u8>code, min<usize>(1 << load<u8>(LENGTH_EXTRA + code), 256 - base))
  }
  tablesMade = true
}

function distanceCode(distance: u32): u32 {
  const d = distance - 1
  if (d < 4) return d
  const top = 31 - clz(d)
  return (top << 1) + ((d >> (top - 1)) & 1)
}

/**
 * Compresses the `bytes` ≤ 65,535 at `from` as one block to `to` and returns where the output ends; at most `bytes` + 16 are written.
 * `position` is the number of bytes compressed before; the last 32 KiB of them must lie in front of `from`, and 8 bytes behind the block be
 * readable. After the last block the stream is padded to a whole byte. Traps when `bytes` is more.
 */
export function deflateBlock(state: usize, from: usize, bytes: usize, position: u32, isLast: bool, to: usize): usize {
  if (bytes > MOST_BLOCK) unreachable()
  memory.fill(state + LITERAL_FREQUENCIES, 0, LENGTHS - LITERAL_FREQUENCIES)
  findMatches(state, from - <usize>position, position, position + <u32>bytes)
  store<u32>(state + LITERAL_FREQUENCIES + (END_OF_BLOCK << 2), 1)
  const lengths = state + LENGTHS
  huffmanLengths(state + LITERAL_FREQUENCIES, LITERALS, 15, lengths)
  huffmanLengths(state + DISTANCE_FREQUENCIES, DISTANCES, 15, lengths + LITERALS)
  const packed = packLengths(state)
  const dynamicBits = headerBits(state, packed) + bodyBits(state)
  const storedBits: u64 = 40 + ((<u64>bytes) << 3)
  let out: usize
  if (storedBits <= dynamicBits && storedBits <= fixedBits(state)) out = writeStored(state, from, bytes, isLast, to)
  else {
    const isFixed = fixedBits(state) <= dynamicBits
    out = put(state, (isLast ? 1 : 0) | (isFixed ? 2 : 4), 3, to)
    if (isFixed) setFixedLengths(lengths)
    else out = writeTables(state, packed, out)
    huffmanCodes(lengths, isFixed ? 288 : LITERALS, state + LITERAL_CODES)
    huffmanCodes(lengths + (isFixed ? 288 : LITERALS), DISTANCES, state + DISTANCE_CODES)
    out = writeTokens(state, lengths, lengths + (isFixed ? 288 : LITERALS), out)
  }
  return isLast ? finish(state, out) : out
}

/** RFC 1951 §3.2.6. Distances follow the 288 literals and lengths. */
function setFixedLengths(lengths: usize): void {
  memory.fill(lengths, 8, 144)
  memory.fill(lengths + 144, 9, 112)
  memory.fill(lengths + 256, 7, 24)
  memory.fill(lengths + 280, 8, 8)
  memory.fill(lengths + 288, 5, 30)
}

/**
 * Turns positions [start, end) into tokens. The byte of position p is at `origin + p`. A match is held back for one position and given up for a
 * literal when the next position has a longer one (lazy matching). A candidate is compared in full only when the four bytes that end one behind
 * the best length agree: no other candidate can be longer.
 */
function findMatches(state: usize, origin: usize, start: u32, end: u32): void {
  const heads = state + HEADS
  const chains = state + CHAINS
  const chainLimit = load<u32>(state, CHAIN)
  const nice = load<u32>(state, NICE)
  let token = state + TOKENS
  let heldLength: u32 = 0
  let heldDistance: u32 = 0
  let isHeld = false
  for (let p = start; p < end;) {
    let best: u32 = 0
    let bestDistance: u32 = 0
    if (p + HASHED <= end) {
      let step = insert(heads, chains, origin, p)
      if (heldLength < nice) {
        const here = origin + p
        const most = min(LONGEST, end - p)
        best = max(heldLength, SHORTEST - 1)
        let distance: u32 = 0
        for (let left = chainLimit; left > 0 && best < most; left--) {
          distance += step
          if (distance > WINDOW || distance > p) break
          const there = here - distance
          if (load<u32>(there + best - 3) == load<u32>(here + best - 3)) {
            const length = matchLength(here, there, most)
            if (length > best) {
              best = length
              bestDistance = distance
              if (length >= nice) break
            }
          }
          step = load<u16>(chains + ((<usize>((p - distance) & 32767)) << 1))
        }
      }
    }
    if (isHeld && heldLength > 0 && bestDistance == 0) {
      token = putMatch(state, token, heldLength, heldDistance)
      const stop = p - 1 + heldLength
      const lastInsert = min(stop, end - HASHED + 1)
      for (p++; p < lastInsert; p++) insert(heads, chains, origin, p)
      p = stop
      isHeld = false
      heldLength = 0
      continue
    }
    if (isHeld) token = putLiteral(state, token, load<u8>(origin + p - 1))
    isHeld = true
    heldLength = bestDistance == 0 ? 0 : best
    heldDistance = bestDistance
    p++
  }
  if (isHeld) token = putLiteral(state, token, load<u8>(origin + end - 1))
  store<u32>(state, (<u32>(token - state - TOKENS)) >> 2, TOKEN_COUNT)
}

/** Makes position p findable; returns the distance to the last one with the same hash. */
function insert(heads: usize, chains: usize, origin: usize, p: u32): u32 {
  const head = heads + ((<usize>((load<u32>(origin + p) * 0x9e3779b1) >> (32 - HASH_BITS))) << 2)
  const distance = min(p + 1 - load<u32>(head), NO_CHAIN)
  store<u32>(head, p + 1)
  store<u16>(chains + ((<usize>(p & 32767)) << 1), <u16>distance)
  return distance
}

function matchLength(here: usize, there: usize, most: u32): u32 {
  let n: u32 = 0
  while (n < most) {
    const differ = load<u64>(here + n) ^ load<u64>(there + n)
    if (differ != 0) return min(most, n + <u32>(ctz(differ) >> 3))
    n += 8
  }
  return most
}

function count(at: usize): void {
  store<u32>(at, load<u32>(at) + 1)
}

function putLiteral(state: usize, token: usize, byte: u32): usize {
  store<u32>(token, byte)
  count(state + LITERAL_FREQUENCIES + ((<usize>byte) << 2))
  return token + 4
}

function putMatch(state: usize, token: usize, length: u32, distance: u32): usize {
  store<u32>(token, MATCH | ((length - 3) << 16) | (distance - 1))
  count(state + LITERAL_FREQUENCIES + ((<usize>(257 + <u32>load<u8>(lengthCodes + (length - 3)))) << 2))
  count(state + DISTANCE_FREQUENCIES + ((<usize>distanceCode(distance)) << 2))
  return token + 4
}

/** RFC 1951 §3.2.7: runs in the two rows of code lengths become symbols 16 to 18. Returns the number of packed symbols. */
function packLengths(state: usize): u32 {
  const lengths = state + LENGTHS
  const total = LITERALS + DISTANCES
  memory.fill(state + PACKED_FREQUENCIES, 0, 19 * 4)
  let packed: u32 = 0
  for (let at: u32 = 0; at < total;) {
    const value = <u32>load<u8>(lengths + at)
    let run: u32 = 1
    while (at + run < total && load<u8>(lengths + at + run) == value) run++
    at += run
    while (run > 0) {
      if (value == 0 && run >= 3) {
        const taken = min<u32>(run, 138)
        packed = pack(state, packed, taken < 11 ? 17 : 18, taken < 11 ? taken - 3 : taken - 11)
        run -= taken
      } else if (value != 0 && run >= 4) {
        packed = pack(state, packed, value, 0)
        const taken = min<u32>(run - 1, 6)
        packed = pack(state, packed, 16, taken - 3)
        run -= taken + 1
      } else {
        packed = pack(state, packed, value, 0)
        run--
      }
    }
  }
  huffmanLengths(state + PACKED_FREQUENCIES, 19, 7, state + PACKED_LENGTHS)
  return packed
}

function pack(state: usize, packed: u32, symbol: u32, extra: u32): u32 {
  store<u16>(state + PACKED + ((<usize>packed) << 1), <u16>(symbol | (extra << 8)))
  count(state + PACKED_FREQUENCIES + ((<usize>symbol) << 2))
  return packed + 1
}

function packedExtra(symbol: u32): u32 {
  return symbol < 16 ? 0 : symbol == 16 ? 2 : symbol == 17 ? 3 : 7
}

/** Bits of a dynamic block before its tokens. */
function headerBits(state: usize, packed: u32): u64 {
  let bits: u64 = 3 + 14 + <u64>sentCodeLengths(state) * 3
  for (let i: u32 = 0; i < packed; i++) {
    const symbol = <u32>load<u8>(state + PACKED + ((<usize>i) << 1))
    bits += <u64>load<u8>(state + PACKED_LENGTHS + symbol) + packedExtra(symbol)
  }
  return bits
}

function sentCodeLengths(state: usize): u32 {
  let n: u32 = 19
  while (n > 4 && load<u8>(state + PACKED_LENGTHS + load<u8>(LENGTH_ORDER + n - 1)) == 0) n--
  return n
}

/** Bits of the tokens with the block's own codes. */
function bodyBits(state: usize): u64 {
  const lengths = state + LENGTHS
  let bits: u64 = extraBits(state)
  for (let i: u32 = 0; i < LITERALS; i++) bits += <u64>load<u32>(state + LITERAL_FREQUENCIES + ((<usize>i) << 2)) * load<u8>(lengths + i)
  for (let i: u32 = 0; i < DISTANCES; i++) {
    bits += <u64>load<u32>(state + DISTANCE_FREQUENCIES + ((<usize>i) << 2)) * load<u8>(lengths + LITERALS + i)
  }
  return bits
}

/** Bits of a whole block with the fixed codes. */
function fixedBits(state: usize): u64 {
  let bits: u64 = 3 + extraBits(state)
  for (let i: u32 = 0; i < LITERALS; i++) {
    bits += <u64>load<u32>(state + LITERAL_FREQUENCIES + ((<usize>i) << 2)) * (i < 144 ? 8 : i < 256 ? 9 : i < 280 ? 7 : 8)
  }
  for (let i: u32 = 0; i < DISTANCES; i++) bits += <u64>load<u32>(state + DISTANCE_FREQUENCIES + ((<usize>i) << 2)) * 5
  return bits
}

function extraBits(state: usize): u64 {
  let bits: u64 = 0
  for (let i: u32 = 0; i < 29; i++)
    bits += <u64>load<u32>(state + LITERAL_FREQUENCIES + ((<usize>(257 + i)) << 2)) * load<u8>(LENGTH_EXTRA + i)
  for (let i: u32 = 4; i < DISTANCES; i++) bits += <u64>load<u32>(state + DISTANCE_FREQUENCIES + ((<usize>i) << 2)) * ((i >> 1) - 1)
  return bits
}

/** Appends `n` ≤ 16 bits, first bit lowest; the whole bytes go out. Returns where the output ends. */
function put(state: usize, value: u32, n: u32, to: usize): usize {
  let bits = load<u32>(state, BITS) | (value << load<u32>(state, BIT_COUNT))
  let held = load<u32>(state, BIT_COUNT) + n
  for (; held >= 8; held -= 8) {
    store<u8>(to++, <u8>bits)
    bits >>= 8
  }
  store<u32>(state, bits, BITS)
  store<u32>(state, held, BIT_COUNT)
  return to
}

function finish(state: usize, to: usize): usize {
  const held = load<u32>(state, BIT_COUNT)
  return held == 0 ? to : put(state, 0, 8 - held, to)
}

function writeStored(state: usize, from: usize, bytes: usize, isLast: bool, to: usize): usize {
  let out = put(state, isLast ? 1 : 0, 3, to)
  out = finish(state, out)
  store<u16>(out, <u16>bytes)
  store<u16>(out + 2, <u16>~bytes)
  memory.copy(out + 4, from, bytes)
  return out + 4 + bytes
}

function writeTables(state: usize, packed: u32, to: usize): usize {
  const sent = sentCodeLengths(state)
  huffmanCodes(state + PACKED_LENGTHS, 19, state + PACKED_CODES)
  let out = put(state, LITERALS - 257, 5, to)
  out = put(state, DISTANCES - 1, 5, out)
  out = put(state, sent - 4, 4, out)
  for (let i: u32 = 0; i < sent; i++) out = put(state, load<u8>(state + PACKED_LENGTHS + load<u8>(LENGTH_ORDER + i)), 3, out)
  for (let i: u32 = 0; i < packed; i++) {
    const symbol = <u32>load<u8>(state + PACKED + ((<usize>i) << 1))
    out = put(state, load<u16>(state + PACKED_CODES + ((<usize>symbol) << 1)), load<u8>(state + PACKED_LENGTHS + symbol), out)
    out = put(state, load<u8>(state + PACKED + ((<usize>i) << 1) + 1), packedExtra(symbol), out)
  }
  return out
}

/** The tokens and the end of the block. A match takes at most 48 bits, so that one 8-byte store a token is enough. */
function writeTokens(state: usize, literalLengths: usize, distanceLengths: usize, to: usize): usize {
  const literalCodes = state + LITERAL_CODES
  const distanceCodes = state + DISTANCE_CODES
  let bits = <u64>load<u32>(state, BITS)
  let n = load<u32>(state, BIT_COUNT)
  let out = to
  const end = state + TOKENS + ((<usize>load<u32>(state, TOKEN_COUNT)) << 2)
  for (let at = state + TOKENS; at <= end; at += 4) {
    const token = at == end ? <u32>END_OF_BLOCK : load<u32>(at)
    if ((token & MATCH) == 0) {
      bits |= (<u64>load<u16>(literalCodes + ((<usize>token) << 1))) << n
      n += load<u8>(literalLengths + token)
    } else {
      const length = (token >> 16) & 255
      const code = <usize>load<u8>(lengthCodes + length)
      bits |= (<u64>load<u16>(literalCodes + ((code + 257) << 1))) << n
      n += load<u8>(literalLengths + code + 257)
      bits |= (<u64>(length + 3 - load<u16>(LENGTH_BASE + (code << 1)))) << n
      n += load<u8>(LENGTH_EXTRA + code)
      const d = token & 0xffff
      const distance = distanceCode(d + 1)
      bits |= (<u64>load<u16>(distanceCodes + ((<usize>distance) << 1))) << n
      n += load<u8>(distanceLengths + distance)
      if (distance >= 4) {
        const extra = (distance >> 1) - 1
        bits |= (<u64>(d & ((1 << extra) - 1))) << n
        n += extra
      }
    }
    store<u64>(out, bits)
    out += n >> 3
    bits >>= n & ~7
    n &= 7
  }
  store<u32>(state, <u32>bits, BITS)
  store<u32>(state, n, BIT_COUNT)
  return out
}

/** RFC 1950 §9. Continues `adler` (1 to begin). 5,552 bytes are the most before the sums could overflow. */
export function adler32(adler: u32, from: usize, bytes: usize): u32 {
  let a = adler & 0xffff
  let b = adler >> 16
  let p = from
  for (let left = bytes; left > 0;) {
    const run = min<usize>(left, 5552)
    for (const end = p + run; p < end; p++) {
      a += load<u8>(p)
      b += a
    }
    a %= 65521
    b %= 65521
    left -= run
  }
  return (b << 16) | a
}
