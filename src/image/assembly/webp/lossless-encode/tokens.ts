// The chosen steps as tokens, and tokens as bits (RFC 9649 §3.6.2.2). A token has two words: a literal's pixel and 0; or anything and CACHE_TOKEN with the
// index in the colour cache; or a distance code and a length.
import { cachedCost, literalCost } from './parse'
import {
  ALPHA,
  BIT_COUNT,
  BITS,
  BLUE,
  CACHE_SYMBOLS,
  CACHED,
  COUNTS,
  DISTANCE,
  extraBitsOf,
  field,
  GREEN,
  LENGTHS,
  MODEL,
  ORIGIN,
  prefixOf,
  record,
  RED,
  STEP_CODES,
  STEP_LENGTHS,
} from './state'

const CACHE_TOKEN: u32 = 1 << 31

@inline
function count(counts: usize, symbol: usize): void {
  const at = counts + (symbol << 2)
  store<u32>(at, load<u32>(at) + 1)
}

/** Writes the tokens of the block from position `start` to `end` and counts their symbols. Returns where they end. */
export function vp8leTokens(start: u32, end: u32, to: usize): usize {
  const model = field(MODEL)
  const counts = field(COUNTS)
  const origin = field(ORIGIN)
  const cached = field(CACHED)
  const lengths = field(STEP_LENGTHS)
  const codes = field(STEP_CODES)
  const pixels = <usize>(end - start)
  for (let i: usize = 0; i < pixels; to += 8) {
    const length = <u32>load<u16>(lengths + (i << 1))
    const code = load<u32>(codes + (i << 2))
    if (code != 0) {
      store<u32>(to, code)
      store<u32>(to, length, 4)
      count(counts, LENGTHS + prefixOf(length))
      count(counts, DISTANCE + prefixOf(code))
    } else {
      const pixel = load<u32>(origin + ((<usize>start + i) << 2))
      const place = <u32>load<u16>(cached + (i << 1))
      store<u32>(to, pixel)
      if (place != 0 && cachedCost(model, place) < literalCost(model, pixel)) {
        store<u32>(to, CACHE_TOKEN | (place - 1), 4)
        count(counts, CACHE_SYMBOLS + place - 1)
      } else {
        store<u32>(to, 0, 4)
        count(counts, GREEN + ((pixel >> 8) & 255))
        count(counts, RED + ((pixel >> 16) & 255))
        count(counts, BLUE + (pixel & 255))
        count(counts, ALPHA + (pixel >> 24))
      }
    }
    i += length
  }
  return to
}

let bits: u64 = 0
let held: u32 = 0

@inline
function put(value: u32, n: u32): void {
  bits |= (<u64>value) << held
  held += n
}

@inline
function putCode(codes: usize, symbol: usize): void {
  const entry = load<u32>(codes + (symbol << 2))
  put(entry >> 8, entry & 255)
}

@inline
function putPrefixed(codes: usize, symbols: usize, value: u32, to: usize): usize {
  const prefix = prefixOf(value)
  putCode(codes, symbols + prefix)
  to = flush(to)
  const extra = extraBitsOf(prefix)
  put((value - 1) & ((1 << extra) - 1), extra)
  return flush(to)
}

/** Fewer than 32 bits stay. */
@inline
function flush(to: usize): usize {
  if (held < 32) return to
  store<u32>(to, <u32>bits)
  bits >>= 32
  held -= 32
  return to + 4
}

/**
 * Writes the tokens from `from` to `end` with codes of u32 each, which have a code above its length in the low byte. At most 8 bytes a token, and 8 more.
 * Returns where the bytes end; bits of a word that is not full stay in the record.
 */
export function vp8leWrite(from: usize, end: usize, codes: usize, to: usize): usize {
  bits = load<u64>(record, BITS)
  held = load<u32>(record, BIT_COUNT)
  for (; from < end; from += 8) {
    const value = load<u32>(from)
    const kind = load<u32>(from, 4)
    if (kind == 0) {
      putCode(codes, GREEN + ((value >> 8) & 255))
      putCode(codes, RED + ((value >> 16) & 255))
      to = flush(to)
      putCode(codes, BLUE + (value & 255))
      putCode(codes, ALPHA + (value >> 24))
      to = flush(to)
    } else if (kind & CACHE_TOKEN) {
      putCode(codes, CACHE_SYMBOLS + (kind & 0xffff))
      to = flush(to)
    } else {
      to = putPrefixed(codes, LENGTHS, kind, to)
      to = putPrefixed(codes, DISTANCE, value, to)
    }
  }
  store<u64>(record, bits, BITS)
  store<u32>(record, held, BIT_COUNT)
  return to
}
