// Huffman decoding tables: four for DC (0..3) and four for AC (4..7) at fixed addresses. Written out as the JPEG standard's annex C and F.2.2.3
// have it, with look-ahead tables that answer code, run and value of a coefficient in one load.

/** Bits that a look-ahead table is indexed by. */
export const LOOK_BITS: i32 = 10
export const LOOK_SHIFT: u64 = 54
const LOOK_SIZE: i32 = 1 << LOOK_BITS

// Layout of one table. It begins, at offset 0, with an i32 per look-ahead. AC: value << 16 | (run + 1) << 8 | bits taken; an end of block is a
// run that leaves the block. DC: difference << 16 | bits taken. 0: code and value together are longer than the look-ahead.
/** u16 per look-ahead: bits of the code << 8 | symbol; 0: the code is longer than the look-ahead. */
const T_SYMBOLS: usize = LOOK_SIZE * 4
/** i32 for each code length 0..17: the first 16-bit look-ahead that is not of this length or shorter. */
const T_LIMITS: usize = T_SYMBOLS + LOOK_SIZE * 2
/** i32 for each code length 0..17: index of a code's symbol minus the code. */
const T_OFFSETS: usize = T_LIMITS + 18 * 4
/** The symbols, one byte each: at most 256 (T.81 B.2.4.2: 16 counts, and a symbol is a byte). */
const T_VALUES: usize = T_OFFSETS + 18 * 4
const T_BYTES: usize = T_VALUES + 256

/** Four DC and four AC tables: the most that a frame may define (T.81 table B.5). */
const TABLES: usize = memory.data(8 * T_BYTES, 16)
/** Bits that a skip table is indexed by. */
const SKIP_BITS: i32 = 12
export const SKIP_SHIFT: u64 = 52
/** A u16 for each of the 4,096 look-aheads. */
const SKIP_BYTES: usize = 2 << SKIP_BITS
/** Added to the advance of an entry that includes the end of its block. */
export const SKIP_END: i32 = 256
/** Skip tables of AC 0..3: see `jpegBuildSkip`. */
const SKIPS: usize = memory.data(4 * SKIP_BYTES, 16)
/** Bits that a pair table is indexed by. */
const PAIR_BITS: i32 = 11
export const PAIR_SHIFT: u64 = 53
/** A u64 for each of the 2,048 look-aheads. */
const PAIR_BYTES: usize = 8 << PAIR_BITS
/** Pair tables of AC 0..3: see `jpegBuildPairs`. */
const PAIRS: usize = memory.data(4 * PAIR_BYTES, 16)
/** One definition as the file has it: 16 counts of codes, then up to 256 symbols. The driver writes it. */
const DEFINITION: usize = memory.data(16 + 256, 16)

/** What `longSymbol` answers for a code that the table lacks: libjpeg takes 17 bits and goes on with symbol 0. */
export const BAD_CODE: i32 = 17 << 8

export function jpegHuffmanTable(index: i32): usize {
  return TABLES + <usize>index * T_BYTES
}

export function jpegHuffmanDefinition(): usize {
  return DEFINITION
}

/** Builds table `index` from the definition. Returns 0 when its counts or symbols cannot be (too many codes, a DC symbol over 15). */
export function jpegBuildHuffman(index: i32): i32 {
  const table = jpegHuffmanTable(index)
  const isAc = index >= 4
  memory.fill(table, 0, T_BYTES)
  memory.copy(table + T_VALUES, DEFINITION + 16, 256)
  let code = 0
  let symbols = 0
  for (let length = 1; length <= 16; length++) {
    const count = <i32>load<u8>(DEFINITION + length - 1)
    if (symbols + count > 256 || code + count > 1 << length) return 0
    store<i32>(table + T_OFFSETS + (length << 2), symbols - code)
    for (let i = 0; i < count; i++, symbols++, code++) {
      const symbol = <i32>load<u8>(table + T_VALUES + symbols)
      if (!isAc && symbol > 15) return 0
      if (length <= LOOK_BITS) fillLookAhead(table, code, length, symbol, isAc)
    }
    store<i32>(table + T_LIMITS + (length << 2), code << (16 - length))
    code <<= 1
  }
  store<i32>(table + T_LIMITS + 17 * 4, i32.MAX_VALUE)
  return 1
}

function fillLookAhead(table: usize, code: i32, length: i32, symbol: i32, isAc: bool): void {
  const first = code << (LOOK_BITS - length)
  const size = symbol & 15
  const run = isAc ? symbol >> 4 : 0
  for (let i = first; i < first + (1 << (LOOK_BITS - length)); i++) {
    store<u16>(table + T_SYMBOLS + (i << 1), (length << 8) | symbol)
    let entry = 0
    if (isAc && size == 0) entry = ((run == 15 ? 16 : 64) << 8) | length
    else if (length + size <= LOOK_BITS) {
      const raw = (i >> (LOOK_BITS - length - size)) & ((1 << size) - 1)
      entry = (extend(raw, size) << 16) | (isAc ? (run + 1) << 8 : 0) | (length + size)
    }
    store<i32>(table + (i << 2), entry)
  }
}

/**
 * Builds the skip table of AC table `number`, for blocks whose AC coefficients are not needed: u16 per look-ahead, coefficients advanced << 5 |
 * bits taken, over all symbols whose codes fit (the last one's magnitude need not), up to an end of block. 0 when not one fits.
 */
export function jpegBuildSkip(number: i32): usize {
  const symbols = jpegHuffmanTable(number + 4) + T_SYMBOLS
  const skips = SKIPS + <usize>number * SKIP_BYTES
  for (let look = 0; look < 1 << SKIP_BITS; look++) {
    let taken = 0
    let advance = 0
    while (advance < SKIP_END && taken < SKIP_BITS) {
      const ahead = ((look << taken) & ((1 << SKIP_BITS) - 1)) >> (SKIP_BITS - LOOK_BITS)
      const entry = <i32>load<u16>(symbols + (ahead << 1))
      const size = entry & 15
      const run = (entry & 255) >> 4
      const length = (entry >> 8) + size
      const isEnd = size == 0 && run < 15
      if (entry == 0 || taken + (entry >> 8) > SKIP_BITS || (!isEnd && advance + run + 1 > 64)) break
      taken += length
      advance += isEnd ? SKIP_END : run + 1
    }
    store<u16>(skips + (look << 1), (advance << 5) | taken)
  }
  return skips
}

/** What stands for a coefficient that does not fit into the bits. */
const NONE: i32 = 0

/** The coefficient at the head of `look`, of whose bits `valid` count, as in a look-ahead table: value << 16 | (run + 1) << 8 | bits taken. */
function coefficientAt(symbols: usize, look: i32, valid: i32): i32 {
  const entry = <i32>load<u16>(symbols + (<usize>(look >> (PAIR_BITS - LOOK_BITS)) << 1))
  const length = entry >> 8
  const size = entry & 15
  if (entry == 0 || length + size > valid) return NONE
  const run = (entry & 255) >> 4
  if (size == 0) return ((run == 15 ? 16 : 64) << 8) | length
  const raw = (look >> (PAIR_BITS - length - size)) & ((1 << size) - 1)
  return (extend(raw, size) << 16) | ((run + 1) << 8) | (length + size)
}

/**
 * Builds the pair table of AC table `number`: u64 per look-ahead. The lower half is the first coefficient as a look-ahead table has it, but with the bits of
 * both; the upper half is the second, with the bits of the first alone. Without a second it is the first's value again and no run. 0: not even one fits.
 */
export function jpegBuildPairs(number: i32): usize {
  const symbols = jpegHuffmanTable(number + 4) + T_SYMBOLS
  const pairs = PAIRS + <usize>number * PAIR_BYTES
  for (let look = 0; look < 1 << PAIR_BITS; look++) {
    const first = coefficientAt(symbols, look, PAIR_BITS)
    const taken = first & 255
    const isEnd = (first & 0xff00) == 0x4000
    const behind = (look << taken) & ((1 << PAIR_BITS) - 1)
    const second = first == NONE || isEnd ? NONE : coefficientAt(symbols, behind, PAIR_BITS - taken)
    const lower = first + (second & 255)
    const upper = ((second == NONE ? first & ~0xffff : second & ~255)) | taken
    store<u64>(pairs + (<usize>look << 3), <u64><u32>lower | (<u64>upper << 32))
  }
  return pairs
}

/** "EXTEND" of F.2.2.1: the value of `size` magnitude bits. */
@inline
export function extend(raw: i32, size: i32): i32 {
  return raw < (1 << size) >> 1 ? raw - (1 << size) + 1 : raw
}

/** Symbol at the head of `bits` by the look-ahead or, for longer codes, by their limits: bits of the code << 8 | symbol. */
@inline
export function symbolAt(table: usize, bits: u64): i32 {
  const entry = <i32>load<u16>(table + (<usize>(bits >> LOOK_SHIFT) << 1), T_SYMBOLS)
  return entry != 0 ? entry : longSymbol(table, bits)
}

function longSymbol(table: usize, bits: u64): i32 {
  const look = <i32>(bits >> 48)
  let length = LOOK_BITS + 1
  while (look >= load<i32>(table + (<usize>length << 2), T_LIMITS)) length++
  if (length > 16) return BAD_CODE
  const code = look >> (16 - length)
  const index = (code + load<i32>(table + (<usize>length << 2), T_OFFSETS)) & 255
  return (length << 8) | <i32>load<u8>(table + <usize>index, T_VALUES)
}
