// The JPEG encoder's arithmetic: forward DCT, quantisation, run-length tokens and the bit writer (ITU-T T.81, annexes A and F).
// A token is one Huffman symbol with its extra bits: bits 0–9 name the table (0 DC luma, 1 AC luma, 2 DC chroma, 3 AC chroma) and the symbol,
// bits 10–13 the number of extra bits, bits 14–31 the extra bits. Tokens are counted while they are made, so that the tables can fit the
// picture, and written when the tables are known.

/** Offset of a component's fields; all are i32. `plane` is the first sample of the current row of MCUs. */
const PLANE: usize = 0
const STRIDE: usize = 4
/** Blocks of an MCU, across and down. */
const ACROSS: usize = 8
const DOWN: usize = 12
/** 64 f32 reciprocals: 1 ÷ (8 × quantiser), in the order of `coefficients`. */
const RECIPROCALS: usize = 16
/** Bits 8–9 of the tokens' table index: 0 for luma, 512 for chroma. */
const TABLES: usize = 20
/** DC of the previous block. */
const PREDICTION: usize = 24
/** Progressive: the first stored block of the current row of MCUs, and bytes from one row of stored blocks to the next. */
const BLOCKS: usize = 28
const BLOCK_STRIDE: usize = 32
const COMPONENT_BYTES: usize = 48

/** A stored block: the u64 mask of its coefficients that are not zero, then 64 i16 in zigzag order. */
const STORED_MASK: usize = 0
const STORED_VALUES: usize = 8
const STORED_BYTES: usize = 136

/** One quantised block, transposed: coefficient (u across, v down) is at u × 8 + v. */
const coefficients: usize = memory.data(128, 16)
/** 64 bytes: place in `coefficients` of each zigzag position. */
const places: usize = memory.data(64, 16)
/** For each byte of a block's 64-bit mask of non-zero coefficients, in the order of `coefficients`: the same bits in zigzag order. */
const zigzagMasks: usize = memory.data(8 * 256 * 8, 16)

/** Must be called once in an instance, before any other function here. `zigzag` is 64 bytes: natural position of each zigzag position. */
export function prepareEncoder(zigzag: usize): void {
  for (let k: usize = 0; k < 64; k++) {
    const natural = load<u8>(zigzag + k)
    const place = ((natural & 7) << 3) | (natural >> 3)
    store<u8>(places + k, place)
    const masks = zigzagMasks + ((<usize>(place >> 3)) << 11)
    for (let byte: usize = 0; byte < 256; byte++) {
      if ((byte >> (place & 7)) & 1) store<u64>(masks + (byte << 3), load<u64>(masks + (byte << 3)) | ((<u64>1) << k))
    }
  }
}

/** Products of pairs (a, b) of the lower and of the upper four lanes with a pair of constants, plus `rounding`, shifted to i16. */
function rotate(low: v128, high: v128, pair: v128, roundLow: v128, roundHigh: v128, shift: i32): v128 {
  return i16x8.narrow_i32x4_s(
    i32x4.shr_s(i32x4.add(i32x4.dot_i16x8_s(low, pair), roundLow), shift),
    i32x4.shr_s(i32x4.add(i32x4.dot_i16x8_s(high, pair), roundHigh), shift),
  )
}

function interleaveLow(a: v128, b: v128): v128 {
  return i8x16.shuffle(a, b, 0, 1, 16, 17, 2, 3, 18, 19, 4, 5, 20, 21, 6, 7, 22, 23)
}

function interleaveHigh(a: v128, b: v128): v128 {
  return i8x16.shuffle(a, b, 8, 9, 24, 25, 10, 11, 26, 27, 12, 13, 28, 29, 14, 15, 30, 31)
}

function samples(row: usize): v128 {
  return i16x8.sub(v128.load8x8_u(row), i16x8.splat(128))
}

/** Quantises one line of eight coefficients to its place, rounding to nearest. Answers a mask of the lanes that are not zero, as i16. */
function quantise(line: v128, reciprocals: usize, target: usize): v128 {
  const low = f32x4.nearest(f32x4.mul(f32x4.convert_i32x4_s(i32x4.extend_low_i16x8_s(line)), v128.load(reciprocals)))
  const high = f32x4.nearest(f32x4.mul(f32x4.convert_i32x4_s(i32x4.extend_high_i16x8_s(line)), v128.load(reciprocals, 16)))
  const quantised = i16x8.narrow_i32x4_s(i32x4.trunc_sat_f32x4_s(low), i32x4.trunc_sat_f32x4_s(high))
  v128.store(target, quantised)
  return i16x8.ne(quantised, i16x8.splat(0))
}

/**
 * Forward DCT of 8 × 8 samples after Loeffler, Ligtenberg and Moschytz (1989) with 13-bit constants, columns first; then quantisation to
 * `target` (128 bytes, transposed). Answers which coefficients are not zero, bit k for zigzag position k.
 */
function transformBlock(plane: usize, stride: usize, reciprocals: usize, target: usize): u64 {
  let d0 = samples(plane)
  let d1 = samples(plane + stride)
  let d2 = samples(plane + stride * 2)
  let d3 = samples(plane + stride * 3)
  let d4 = samples(plane + stride * 4)
  let d5 = samples(plane + stride * 5)
  let d6 = samples(plane + stride * 6)
  let d7 = samples(plane + stride * 7)
  for (let pass = 0; pass < 2; pass++) {
    // The first pass keeps 2 fractional bits, the second removes them: the result is 8 × the true coefficient.
    const shift = pass == 0 ? 11 : 15
    const rounding = i32x4.splat(1 << (shift - 1))
    const sum07 = i16x8.add(d0, d7)
    const diff07 = i16x8.sub(d0, d7)
    const sum16 = i16x8.add(d1, d6)
    const diff16 = i16x8.sub(d1, d6)
    const sum25 = i16x8.add(d2, d5)
    const diff25 = i16x8.sub(d2, d5)
    const sum34 = i16x8.add(d3, d4)
    const diff34 = i16x8.sub(d3, d4)
    const outerSum = i16x8.add(sum07, sum34)
    const outerDiff = i16x8.sub(sum07, sum34)
    const innerSum = i16x8.add(sum16, sum25)
    const innerDiff = i16x8.sub(sum16, sum25)
    if (pass == 0) {
      d0 = i16x8.shl(i16x8.add(outerSum, innerSum), 2)
      d4 = i16x8.shl(i16x8.sub(outerSum, innerSum), 2)
    } else {
      const half = i16x8.splat(2)
      d0 = i16x8.shr_s(i16x8.add(i16x8.add(outerSum, innerSum), half), 2)
      d4 = i16x8.shr_s(i16x8.add(i16x8.sub(outerSum, innerSum), half), 2)
    }
    const evenLow = interleaveLow(outerDiff, innerDiff)
    const evenHigh = interleaveHigh(outerDiff, innerDiff)
    d2 = rotate(evenLow, evenHigh, i32x4.splat(pairOf(10703, 4433)), rounding, rounding, shift)
    d6 = rotate(evenLow, evenHigh, i32x4.splat(pairOf(4433, -10704)), rounding, rounding, shift)

    const z3 = i16x8.add(diff34, diff16)
    const z4 = i16x8.add(diff25, diff07)
    const zLow = interleaveLow(z3, z4)
    const zHigh = interleaveHigh(z3, z4)
    const z3Low = i32x4.add(i32x4.dot_i16x8_s(zLow, i32x4.splat(pairOf(-6436, 9633))), rounding)
    const z3High = i32x4.add(i32x4.dot_i16x8_s(zHigh, i32x4.splat(pairOf(-6436, 9633))), rounding)
    const z4Low = i32x4.add(i32x4.dot_i16x8_s(zLow, i32x4.splat(pairOf(9633, 6437))), rounding)
    const z4High = i32x4.add(i32x4.dot_i16x8_s(zHigh, i32x4.splat(pairOf(9633, 6437))), rounding)
    const oddLow = interleaveLow(diff34, diff07)
    const oddHigh = interleaveHigh(diff34, diff07)
    d7 = rotate(oddLow, oddHigh, i32x4.splat(pairOf(-4927, -7373)), z3Low, z3High, shift)
    d1 = rotate(oddLow, oddHigh, i32x4.splat(pairOf(-7373, 4926)), z4Low, z4High, shift)
    const midLow = interleaveLow(diff25, diff16)
    const midHigh = interleaveHigh(diff25, diff16)
    d5 = rotate(midLow, midHigh, i32x4.splat(pairOf(-4176, -20995)), z4Low, z4High, shift)
    d3 = rotate(midLow, midHigh, i32x4.splat(pairOf(-20995, 4177)), z3Low, z3High, shift)

    if (pass == 0) {
      const p0 = interleaveLow(d0, d1)
      const p1 = interleaveHigh(d0, d1)
      const p2 = interleaveLow(d2, d3)
      const p3 = interleaveHigh(d2, d3)
      const p4 = interleaveLow(d4, d5)
      const p5 = interleaveHigh(d4, d5)
      const p6 = interleaveLow(d6, d7)
      const p7 = interleaveHigh(d6, d7)
      const q0 = i32x4.shuffle(p0, p2, 0, 4, 1, 5)
      const q1 = i32x4.shuffle(p0, p2, 2, 6, 3, 7)
      const q2 = i32x4.shuffle(p1, p3, 0, 4, 1, 5)
      const q3 = i32x4.shuffle(p1, p3, 2, 6, 3, 7)
      const q4 = i32x4.shuffle(p4, p6, 0, 4, 1, 5)
      const q5 = i32x4.shuffle(p4, p6, 2, 6, 3, 7)
      const q6 = i32x4.shuffle(p5, p7, 0, 4, 1, 5)
      const q7 = i32x4.shuffle(p5, p7, 2, 6, 3, 7)
      d0 = i64x2.shuffle(q0, q4, 0, 2)
      d1 = i64x2.shuffle(q0, q4, 1, 3)
      d2 = i64x2.shuffle(q1, q5, 0, 2)
      d3 = i64x2.shuffle(q1, q5, 1, 3)
      d4 = i64x2.shuffle(q2, q6, 0, 2)
      d5 = i64x2.shuffle(q2, q6, 1, 3)
      d6 = i64x2.shuffle(q3, q7, 0, 2)
      d7 = i64x2.shuffle(q3, q7, 1, 3)
    }
  }
  // Transposed once, the second pass leaves line v of eight u; the lines are stored as they are.
  const n0 = quantise(d0, reciprocals, target)
  const n1 = quantise(d1, reciprocals + 32, target + 16)
  const n2 = quantise(d2, reciprocals + 64, target + 32)
  const n3 = quantise(d3, reciprocals + 96, target + 48)
  const n4 = quantise(d4, reciprocals + 128, target + 64)
  const n5 = quantise(d5, reciprocals + 160, target + 80)
  const n6 = quantise(d6, reciprocals + 192, target + 96)
  const n7 = quantise(d7, reciprocals + 224, target + 112)
  return (
    zigzagMask(i8x16.bitmask(i8x16.narrow_i16x8_s(n0, n1)), 0) |
    zigzagMask(i8x16.bitmask(i8x16.narrow_i16x8_s(n2, n3)), 2) |
    zigzagMask(i8x16.bitmask(i8x16.narrow_i16x8_s(n4, n5)), 4) |
    zigzagMask(i8x16.bitmask(i8x16.narrow_i16x8_s(n6, n7)), 6)
  )
}

function pairOf(first: i32, second: i32): i32 {
  return (first & 0xffff) | (second << 16)
}

/** The zigzag bits of two lines of a mask, `line` and the next. */
function zigzagMask(bits: i32, line: usize): u64 {
  const masks = zigzagMasks + (line << 11)
  return load<u64>(masks + ((<usize>(bits & 255)) << 3)) | load<u64>(masks + 2048 + ((<usize>(bits >> 8)) << 3))
}

function sizeOf(value: i32): i32 {
  return 32 - clz(value < 0 ? -value : value)
}

/** A token of a value: T.81 F.1.2.1: the extra bits of a negative value are those of value − 1. */
function valueToken(table: u32, run: u32, value: i32, size: u32): u32 {
  const extra = (<u32>(value + (value >> 31))) & ((1 << size) - 1)
  return table | (run << 4) | size | (size << 10) | (extra << 14)
}

function put(tokens: usize, token: u32, counts: usize): usize {
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

/** Transforms one row of MCUs and stores its blocks at the components' `BLOCKS`. Progressive scans pass over them several times. */
export function storeRow(components: usize, count: i32, mcus: i32): void {
  for (let c = 0; c < count; c++) {
    const component = components + <usize>c * COMPONENT_BYTES
    const stride = <usize>load<i32>(component, STRIDE)
    const reciprocals = <usize>load<i32>(component, RECIPROCALS)
    for (let v = 0; v < load<i32>(component, DOWN); v++) {
      let plane = <usize>load<i32>(component, PLANE) + <usize>v * stride * 8
      let block = <usize>load<i32>(component, BLOCKS) + <usize>(v * load<i32>(component, BLOCK_STRIDE))
      for (let h = mcus * load<i32>(component, ACROSS); h > 0; h--, plane += 8, block += STORED_BYTES) {
        const nonZero = transformBlock(plane, stride, reciprocals, coefficients)
        memory.fill(block, 0, STORED_BYTES)
        store<u64>(block, nonZero, STORED_MASK)
        for (let rest = nonZero; rest != 0; rest &= rest - 1) {
          const k = <usize>ctz(rest)
          store<i16>(block + (k << 1), load<i16>(coefficients + ((<usize>load<u8>(places + k)) << 1)), STORED_VALUES)
        }
      }
    }
  }
}

/** Bits that belong to no symbol: a token of AC symbol 0xFF, which no picture has, whose code is empty. Not counted. */
function putRaw(tokens: usize, bits: u32, length: u32): usize {
  store<u32>(tokens, 511 | (length << 10) | (bits << 14))
  return tokens + 4
}

/** Progressive DC, interleaved, one row of MCUs: the values without their `low` last bits, or when `refine`, bit `low` alone. T.81 G.1.2.1. */
export function scanDcRow(components: usize, count: i32, mcus: i32, low: i32, refine: i32, tokens: usize, counts: usize): usize {
  for (let mcu = 0; mcu < mcus; mcu++) {
    for (let c = 0; c < count; c++) {
      const component = components + <usize>c * COMPONENT_BYTES
      const across = load<i32>(component, ACROSS)
      for (let v = 0; v < load<i32>(component, DOWN); v++) {
        const row = <usize>load<i32>(component, BLOCKS) + <usize>(v * load<i32>(component, BLOCK_STRIDE))
        for (let h = 0; h < across; h++) {
          const dc = (<i32>load<i16>(row + <usize>(mcu * across + h) * STORED_BYTES, STORED_VALUES)) >> low
          if (refine) tokens = putRaw(tokens, dc & 1, 1)
          else {
            const difference = dc - load<i32>(component, PREDICTION)
            store<i32>(component, dc, PREDICTION)
            tokens = put(tokens, valueToken(load<u32>(component, TABLES), 0, difference, sizeOf(difference)), counts)
          }
        }
      }
    }
  }
  return tokens
}

/** Blocks that ended with the current run of ends, not yet written; T.81 G.1.2.2. */
let endOfBandRun: i32 = 0
/** Correction bits of those blocks, one a byte, that follow the run's symbol. T.81 G.1.2.3. */
const MAX_CORRECTIONS: i32 = 1000
const corrections: usize = memory.data(1064, 16)
let correctionCount: i32 = 0

function putCorrections(tokens: usize, from: i32, to: i32): usize {
  while (from < to) {
    let bits: u32 = 0
    let length: u32 = 0
    for (; from < to && length < 15; from++, length++) bits = (bits << 1) | load<u8>(corrections + from)
    tokens = putRaw(tokens, bits, length)
  }
  return tokens
}

/** Writes the run of ended blocks, if there is one. `ac` is the table's bits of a token. At most 72 tokens. */
export function endBandRun(ac: u32, tokens: usize, counts: usize): usize {
  if (endOfBandRun == 0) return tokens
  const size = 31 - clz(endOfBandRun)
  tokens = put(tokens, ac | (size << 4) | (size << 10) | ((endOfBandRun - (1 << size)) << 14), counts)
  endOfBandRun = 0
  tokens = putCorrections(tokens, 0, correctionCount)
  correctionCount = 0
  return tokens
}

/** The mask's bits `first` to `last`. */
function bandOf(block: usize, first: i32, last: i32): u64 {
  return load<u64>(block, STORED_MASK) & ((<u64>-1) << first) & ((<u64>-1) >> (63 - last))
}

/** Progressive AC of `count` blocks of one component, first visit of a band. `counts` of tokens: at most 72 a block. T.81 G.1.2.2. */
export function scanAcRow(block: usize, count: i32, first: i32, last: i32, low: i32, ac: u32, tokens: usize, counts: usize): usize {
  for (; count > 0; count--, block += STORED_BYTES) {
    let previous = first - 1
    for (let rest = bandOf(block, first, last); rest != 0; rest &= rest - 1) {
      const k = <i32>ctz(rest)
      const value = <i32>load<i16>(block + ((<usize>k) << 1), STORED_VALUES)
      const magnitude = (value < 0 ? -value : value) >> low
      if (magnitude == 0) continue
      tokens = endBandRun(ac, tokens, counts)
      let run = k - previous - 1
      for (; run > 15; run -= 16) tokens = put(tokens, ac | 0xf0, counts)
      tokens = put(tokens, valueToken(ac, run, value < 0 ? -magnitude : magnitude, sizeOf(magnitude)), counts)
      previous = k
    }
    if (previous != last && ++endOfBandRun == 0x7fff) tokens = endBandRun(ac, tokens, counts)
  }
  return tokens
}

/** Progressive AC of `count` blocks of one component, refining visit of a band: adds bit `low`. T.81 G.1.2.3. */
export function refineAcRow(block: usize, count: i32, first: i32, last: i32, low: i32, ac: u32, tokens: usize, counts: usize): usize {
  for (; count > 0; count--, block += STORED_BYTES) {
    const band = bandOf(block, first, last)
    const lastNew = lastOfMagnitudeOne(block, band, low)
    // This block's correction bits stand behind those of the run until a symbol is written.
    let start = correctionCount
    let previous = first - 1
    let run = 0
    for (let rest = band; rest != 0; rest &= rest - 1) {
      const k = <i32>ctz(rest)
      const value = <i32>load<i16>(block + ((<usize>k) << 1), STORED_VALUES)
      const magnitude = (value < 0 ? -value : value) >> low
      if (magnitude == 0) continue
      run += k - previous - 1
      previous = k
      while (run > 15 && k <= lastNew) {
        tokens = putWithCorrections(ac | 0xf0, start, ac, tokens, counts)
        start = 0
        run -= 16
      }
      if (magnitude > 1) {
        store<u8>(corrections + correctionCount++, magnitude & 1)
        continue
      }
      tokens = putWithCorrections(ac | (run << 4) | 1 | (1 << 10) | ((value < 0 ? 0 : 1) << 14), start, ac, tokens, counts)
      start = 0
      run = 0
    }
    if (previous != last || correctionCount > start) {
      endOfBandRun++
      if (endOfBandRun == 0x7fff || correctionCount > MAX_CORRECTIONS - 63) tokens = endBandRun(ac, tokens, counts)
    }
  }
  return tokens
}

/** The last coefficient of a band that becomes non-zero with bit `low`; −1 for none. */
function lastOfMagnitudeOne(block: usize, band: u64, low: i32): i32 {
  for (let rest = band; rest != 0;) {
    const k = 63 - <i32>clz(rest)
    const value = <i32>load<i16>(block + ((<usize>k) << 1), STORED_VALUES)
    if ((value < 0 ? -value : value) >> low == 1) return k
    rest &= ~((<u64>1) << k)
  }
  return -1
}

/** Writes the run before this block, then a symbol, then this block's corrections so far, which stand from `start` on. */
function putWithCorrections(token: u32, start: i32, ac: u32, tokens: usize, counts: usize): usize {
  const own = correctionCount - start
  if (endOfBandRun > 0) {
    correctionCount = start
    tokens = endBandRun(ac, tokens, counts)
  }
  tokens = put(tokens, token, counts)
  tokens = putCorrections(tokens, start, start + own)
  correctionCount = 0
  return tokens
}

/** Forgets what a scan left. */
export function startScan(): void {
  endOfBandRun = 0
  correctionCount = 0
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
