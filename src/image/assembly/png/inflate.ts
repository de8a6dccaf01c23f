// Inflate (RFC 1950 and 1951) that stops and goes on: at the end of the given input, or when the output is full. Longer than most files
// here because the symbol loop must keep its state in locals: V8 keeps WASM globals in memory.
import {
  buildTable,
  CODE_LENGTH_BITS,
  DISTANCE_BITS,
  DISTANCE_ENTRIES,
  END_OF_BLOCK,
  LITERAL,
  LITERAL_BITS,
  LITERAL_ENTRIES,
  OF_CODE_LENGTHS,
  OF_DISTANCES,
  OF_LITERALS,
  SPECIAL,
  SUB_TABLE,
} from './inflate-tables'

const NEED_INPUT: i32 = 0
const OUTPUT_FULL: i32 = 1
const DONE: i32 = 2
const TRUNCATED: i32 = 3
const CORRUPT: i32 = 4

const AT_ZLIB_HEADER: u32 = 0
const AT_BLOCK: u32 = 1
const IN_STORED: u32 = 2
const IN_CODES: u32 = 3
const AT_END: u32 = 4

/** A dynamic block's header is at most 3 + 14 + 19·3 + 316·14 bits. */
const MOST_HEADER_BYTES: usize = 576
/** One turn of the symbol loop loads 8 bytes at most twice, each time going on by at most 7. */
const INPUT_MARGIN: usize = 24
/** One turn writes at most three literals or a match of 258 bytes, the latter rounded up to whole vectors. */
const OUTPUT_MARGIN: usize = 288

// Layout of the state that the driver allocates (`inflateStateBytes`). The first two words are read by it.
const INPUT_AT: usize = 0
const OUTPUT_AT: usize = 4
const MODE: usize = 8
const IS_LAST_BLOCK: usize = 12
const STORED_LEFT: usize = 16
const BITS: usize = 20
const BIT_COUNT: usize = 24
const LENGTHS: usize = 32
const LITERAL_TABLE: usize = 384
const DISTANCE_TABLE: usize = LITERAL_TABLE + <usize>LITERAL_ENTRIES * 4
const STATE_BYTES: usize = DISTANCE_TABLE + <usize>DISTANCE_ENTRIES * 4

/** RFC 1951 §3.2.7: the order in which the code lengths of the code length alphabet come. */
const LENGTH_ORDER = memory.data<u8>([16, 17, 18, 0, 8, 7, 9, 6, 10, 5, 11, 4, 12, 3, 13, 2, 14, 1, 15])

/** Row d: where byte i of a match at distance d < 16 comes from, `i % d`. Made once. */
const repeats = memory.data(256, 16)
let repeatsMade = false

// The bit reader between blocks. `bits` holds `bitCount` unused bits of the bytes before `input`.
let bits: u64 = 0
let bitCount: u32 = 0
let input: usize = 0
let inputEnd: usize = 0

export function inflateStateBytes(): usize {
  return STATE_BYTES
}

export function inflateStart(state: usize): void {
  memory.fill(state, 0, LENGTHS)
  if (repeatsMade) return
  for (let d: usize = 1; d < 16; d++) for (let i: usize = 0; i < 16; i++) store<u8>(repeats + (d << 4) + i, <u8>(i % d))
  repeatsMade = true
}

/**
 * Inflates from `from` (up to `fromEnd`) to `to` (up to `toEnd`). `history` is the first byte of output that matches may refer to: the caller
 * keeps the last 32 KiB in front of `to`. Between calls the caller takes the positions from the state, may move the rest of the input and
 * the history, and calls again with `last` set when no more input will come.
 *
 * Touches nothing outside [from, fromEnd + 32) and [history, toEnd). `fromEnd - from` must be at least 1 KiB unless `last`;
 * `toEnd - to` at least 1 KiB.
 * @returns 0 more input wanted, 1 output full, 2 stream complete, 3 input ended too early, 4 not a deflate stream.
 */
export function inflate(state: usize, from: usize, fromEnd: usize, last: bool, history: usize, to: usize, toEnd: usize): i32 {
  bits = <u64>load<u32>(state, BITS)
  bitCount = load<u32>(state, BIT_COUNT)
  input = from
  inputEnd = fromEnd
  store<u32>(state, <u32>to, OUTPUT_AT)
  let status = NEED_INPUT
  while (true) {
    const mode = load<u32>(state, MODE)
    if (mode == AT_END) {
      status = DONE
      break
    }
    if (mode == IN_CODES) status = inflateCodes(state, last, history, toEnd)
    else if (mode == IN_STORED) status = copyStored(state, toEnd)
    else if (!last && inputEnd - input < MOST_HEADER_BYTES) status = NEED_INPUT
    else status = mode == AT_ZLIB_HEADER ? readZlibHeader(state) : readBlockHeader(state)
    if (last && status == NEED_INPUT) status = TRUNCATED
    if (status != DONE) break
  }
  store<u32>(state, <u32>input, INPUT_AT)
  store<u32>(state, <u32>bits, BITS)
  store<u32>(state, bitCount, BIT_COUNT)
  return status
}

/** Takes `n` ≤ 16 bits; past the end of the input they are zero, and `overrun` tells. */
function take(n: u32): u32 {
  while (bitCount < n) {
    if (input < inputEnd) bits |= (<u64>load<u8>(input)) << bitCount
    input++
    bitCount += 8
  }
  const value = (<u32>bits) & ((1 << n) - 1)
  bits >>= n
  bitCount -= n
  return value
}

function overrun(): bool {
  return input > inputEnd
}

/** RFC 1950 §2.2. The window size is not held against the stream: 32 KiB are always there. */
function readZlibHeader(state: usize): i32 {
  const method = take(8)
  const flags = take(8)
  if (overrun()) return TRUNCATED
  if ((method & 15) != 8 || method >> 4 > 7 || (flags & 0x20) != 0 || ((method << 8) | flags) % 31 != 0) return CORRUPT
  store<u32>(state, AT_BLOCK, MODE)
  return DONE
}

/** RFC 1951 §3.2.3. @returns DONE when the block's mode is set. */
function readBlockHeader(state: usize): i32 {
  if (load<u32>(state, IS_LAST_BLOCK) != 0) {
    store<u32>(state, AT_END, MODE)
    return DONE
  }
  const isLast = take(1)
  const kind = take(2)
  let status = DONE
  if (kind == 0) status = readStoredHeader(state)
  else if (kind == 1) fixedTables(state)
  else if (kind == 2) status = readDynamicTables(state)
  else status = CORRUPT
  if (overrun()) return TRUNCATED
  if (status != DONE) return status
  store<u32>(state, isLast, IS_LAST_BLOCK)
  store<u32>(state, kind == 0 ? IN_STORED : IN_CODES, MODE)
  return DONE
}

function readStoredHeader(state: usize): i32 {
  take(bitCount & 7)
  const length = take(16)
  const complement = take(16)
  // `take` fetches whole bytes and no more than it needs: nothing is left in `bits` here.
  store<u32>(state, length, STORED_LEFT)
  return length == (complement ^ 0xffff) ? DONE : CORRUPT
}

function copyStored(state: usize, toEnd: usize): i32 {
  const to = <usize>load<u32>(state, OUTPUT_AT)
  const left = <usize>load<u32>(state, STORED_LEFT)
  const bytes = min(left, min(inputEnd - input, toEnd - to))
  memory.copy(to, input, bytes)
  input += bytes
  store<u32>(state, <u32>(to + bytes), OUTPUT_AT)
  store<u32>(state, <u32>(left - bytes), STORED_LEFT)
  if (bytes < left) return input == inputEnd ? NEED_INPUT : OUTPUT_FULL
  store<u32>(state, AT_BLOCK, MODE)
  return DONE
}

function fixedTables(state: usize): void {
  const lengths = state + LENGTHS
  memory.fill(lengths, 8, 144)
  memory.fill(lengths + 144, 9, 112)
  memory.fill(lengths + 256, 7, 24)
  memory.fill(lengths + 280, 8, 8)
  buildTable(lengths, 288, state + LITERAL_TABLE, LITERAL_BITS, LITERAL_ENTRIES, OF_LITERALS)
  memory.fill(lengths, 5, 32)
  buildTable(lengths, 32, state + DISTANCE_TABLE, DISTANCE_BITS, DISTANCE_ENTRIES, OF_DISTANCES)
}

/** RFC 1951 §3.2.7. */
function readDynamicTables(state: usize): i32 {
  const lengths = state + LENGTHS
  const literals = take(5) + 257
  const distances = take(5) + 1
  const codeLengths = take(4) + 4
  if (literals > 286 || distances > 30) return CORRUPT
  memory.fill(lengths, 0, 19)
  for (let i: u32 = 0; i < codeLengths; i++) store<u8>(lengths + <usize>load<u8>(LENGTH_ORDER + i), <u8>take(3))
  const table = state + DISTANCE_TABLE // free until the distance code is built
  if (!buildTable(lengths, 19, table, CODE_LENGTH_BITS, DISTANCE_ENTRIES, OF_CODE_LENGTHS)) return CORRUPT
  if (!readCodeLengths(lengths, literals + distances, table)) return CORRUPT
  if (load<u8>(lengths + 256) == 0) return CORRUPT // no end-of-block code
  if (!buildTable(lengths, literals, state + LITERAL_TABLE, LITERAL_BITS, LITERAL_ENTRIES, OF_LITERALS)) return CORRUPT
  const complete = buildTable(lengths + literals, distances, state + DISTANCE_TABLE, DISTANCE_BITS, DISTANCE_ENTRIES, OF_DISTANCES)
  return complete ? DONE : CORRUPT
}

function readCodeLengths(lengths: usize, total: u32, table: usize): bool {
  let at: u32 = 0
  let previous: u32 = 0
  while (at < total) {
    while (bitCount < CODE_LENGTH_BITS) {
      if (input < inputEnd) bits |= (<u64>load<u8>(input)) << bitCount
      input++
      bitCount += 8
    }
    const entry = load<u32>(table + ((<usize>((<u32>bits) & 127)) << 2))
    if ((entry & SPECIAL) != 0) return false
    take(entry & 63)
    const symbol = entry >> 16
    if (symbol < 16) {
      previous = symbol
      store<u8>(lengths + at++, <u8>symbol)
      continue
    }
    if (symbol == 16 && at == 0) return false
    const value = symbol == 16 ? previous : 0
    const run = symbol == 16 ? 3 + take(2) : symbol == 17 ? 3 + take(3) : 11 + take(7)
    if (at + run > total) return false
    memory.fill(lengths + at, <u8>value, run)
    previous = value
    at += run
  }
  return true
}

/**
 * Literals and matches up to the end of the block. A refill ORs eight bytes of input over the bits at hand and moves on by the whole bytes that
 * fit below bit 64: `n |= 56` is the new count, since `n` modulo 8 stays and at least 56 bits are there. The bits above the count belong
 * to the next byte, and the next refill ORs the same bits again.
 */
function inflateCodes(state: usize, last: bool, history: usize, toEnd: usize): i32 {
  const literals = state + LITERAL_TABLE
  const distances = state + DISTANCE_TABLE
  const safeInput = <isize>inputEnd - <isize>INPUT_MARGIN
  const safeOutput = toEnd - OUTPUT_MARGIN
  let to = <usize>load<u32>(state, OUTPUT_AT)
  let before = to
  let from = input
  let bb = bits
  let n = bitCount
  let status = DONE
  while (true) {
    if (<isize>from > safeInput) {
      if (!last) {
        status = NEED_INPUT
        break
      }
      if (from - (n >> 3) > inputEnd) break
    }
    before = to
    if (to > safeOutput) {
      status = OUTPUT_FULL
      break
    }
    bb |= load<u64>(from) << n
    from += (63 - n) >> 3
    n |= 56
    let entry = load<u32>(literals + (((<usize>bb) & 2047) << 2))
    if ((entry & LITERAL) != 0) {
      store<u8>(to++, <u8>(entry >> 16))
      bb >>= <u64>(entry & 63)
      n -= entry & 63
      entry = load<u32>(literals + (((<usize>bb) & 2047) << 2))
      if ((entry & LITERAL) != 0) {
        store<u8>(to++, <u8>(entry >> 16))
        bb >>= <u64>(entry & 63)
        n -= entry & 63
        entry = load<u32>(literals + (((<usize>bb) & 2047) << 2))
        if ((entry & LITERAL) != 0) {
          store<u8>(to++, <u8>(entry >> 16))
          bb >>= <u64>(entry & 63)
          n -= entry & 63
          continue
        }
      }
      // A length and a distance need up to 48 bits.
      bb |= load<u64>(from) << n
      from += (63 - n) >> 3
      n |= 56
    }
    if ((entry & SPECIAL) != 0) {
      if ((entry & SUB_TABLE) != 0) {
        bb >>= LITERAL_BITS
        n -= LITERAL_BITS
        const index = (entry >> 16) + ((<u32>bb) & ((1 << ((entry >> 8) & 15)) - 1))
        entry = load<u32>(literals + ((<usize>index) << 2))
        if ((entry & LITERAL) != 0) {
          store<u8>(to++, <u8>(entry >> 16))
          bb >>= <u64>(entry & 63)
          n -= entry & 63
          continue
        }
      }
      if ((entry & SPECIAL) != 0) {
        if ((entry & END_OF_BLOCK) == 0) status = CORRUPT
        else store<u32>(state, AT_BLOCK, MODE)
        bb >>= <u64>(entry & 63)
        n -= entry & 63
        break
      }
    }
    const length = (entry >> 16) + (((<u32>bb) & ((1 << (entry & 63)) - 1)) >> ((entry >> 8) & 15))
    bb >>= <u64>(entry & 63)
    n -= entry & 63

    entry = load<u32>(distances + (((<usize>bb) & 255) << 2))
    if ((entry & SPECIAL) != 0) {
      if ((entry & SUB_TABLE) != 0) {
        bb >>= DISTANCE_BITS
        n -= DISTANCE_BITS
        const index = (entry >> 16) + ((<u32>bb) & ((1 << ((entry >> 8) & 15)) - 1))
        entry = load<u32>(distances + ((<usize>index) << 2))
      }
      if ((entry & SPECIAL) != 0) {
        status = CORRUPT
        break
      }
    }
    const distance = <usize>((entry >> 16) + (((<u32>bb) & ((1 << (entry & 63)) - 1)) >> ((entry >> 8) & 15)))
    bb >>= <u64>(entry & 63)
    n -= entry & 63
    if (distance > to - history) {
      status = CORRUPT
      break
    }
    const end = to + <usize>length
    if (distance >= 16) {
      do {
        v128.store(to, v128.load(to - distance))
        to += 16
      } while (to < end)
    } else {
      const pattern = i8x16.swizzle(v128.load(to - distance), v128.load(repeats + (distance << 4)))
      const step = 16 - (<usize>16 % distance)
      do {
        v128.store(to, pattern)
        to += step
      } while (to < end)
    }
    to = end
  }
  // Give whole unused bytes back, so that between calls only the bits of one begun byte are kept.
  from -= n >> 3
  n &= 7
  bb &= (1 << n) - 1
  if (from > inputEnd) {
    status = TRUNCATED
    to = before
    from = inputEnd
  }
  input = from
  bits = bb
  bitCount = n
  store<u32>(state, <u32>to, OUTPUT_AT)
  return status
}
