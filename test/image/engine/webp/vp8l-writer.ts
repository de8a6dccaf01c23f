// Writes VP8L bitstreams (RFC 9649 §3) that no encoder makes: every choice is the caller's, or comes from a seed. It does not know the pixels that come out.
import { webpFile } from '../../codecs/webp-file.ts'

export type Random = (below: number) => number

export function randomFrom(seed: number): Random {
  let state = seed
  return (below) => {
    state = (Math.imul(state, 1_103_515_245) + 12_345) | 0
    return (state >>> 8) % below
  }
}

/** The code lengths of an alphabet's symbols. */
export type Lengths = readonly number[]

/** What a prefix code looks like. */
export type CodeKind = 'one' | 'two' | 'flat' | 'long' | 'some'

/** A complete code, with symbol `least` in it. */
export function codeOf(kind: CodeKind, alphabet: number, random: Random, least = 0): Lengths {
  const lengths = Array.from({ length: alphabet }, () => 0)
  const symbols = [least, ...shuffled(alphabet, random).filter((symbol) => symbol !== least)]
  const give = (all: Lengths): void => all.forEach((length, i) => (lengths[symbols[i] ?? 0] = length))
  if (kind === 'one') give([1])
  else if (kind === 'two') give([1, 1])
  else if (kind === 'long') give([...Array.from({ length: 15 }, (_, i) => i + 1), 15])
  else give(flat(kind === 'flat' ? alphabet : 2 + random(alphabet - 2)))
  return lengths
}

/** As even as a complete code of `n` symbols can be. */
function flat(n: number): Lengths {
  const longest = Math.ceil(Math.log2(n))
  return Array.from({ length: n }, (_, i) => (i < 2 ** longest - n ? longest - 1 : longest))
}

function shuffled(n: number, random: Random): number[] {
  const all = Array.from({ length: n }, (_, i) => i)
  for (let i = n - 1; i > 0; i--) {
    const j = random(i + 1)
    ;[all[i], all[j]] = [all[j] ?? 0, all[i] ?? 0]
  }
  return all
}

/** RFC 9649 §3.7.2.1.2 */
const LENGTH_ORDER = [17, 18, 0, 1, 2, 3, 4, 5, 16, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15]

export interface BitWriter {
  /** The lowest `n` bits, lowest first. */
  bits(value: number, n: number): void
  bytes(): Uint8Array
}

export function bitWriter(): BitWriter {
  const bytes: number[] = []
  let [held, count] = [0, 0]
  return {
    bits(value, n) {
      for (let i = 0; i < n; i++) {
        held |= ((value >> i) & 1) << count++
        if (count < 8) continue
        bytes.push(held)
        ;[held, count] = [0, 0]
      }
    },
    bytes: () => Uint8Array.from(count > 0 ? [...bytes, held] : bytes),
  }
}

/** Bits of each symbol, first bit highest. A code with one symbol has none. */
function codesOf(lengths: Lengths): readonly { readonly code: number; readonly length: number }[] {
  const used = lengths.filter((length) => length > 0).length
  let code = 0
  const codes = lengths.map(() => ({ code: 0, length: 0 }))
  for (let length = 1; length <= 15; length++, code *= 2) {
    lengths.forEach((own, symbol) => {
      if (own === length) codes[symbol] = { code: code++, length: used === 1 ? 0 : length }
    })
  }
  return codes
}

export function putSymbol(out: BitWriter, lengths: Lengths, symbol: number): void {
  const { code, length } = codesOf(lengths)[symbol] ?? { code: 0, length: 0 }
  for (let bit = length - 1; bit >= 0; bit--) out.bits((code >> bit) & 1, 1)
}

/** A writer of many symbols of one code. */
function symbolWriter(out: BitWriter, lengths: Lengths): (symbol: number) => void {
  const codes = codesOf(lengths)
  return (symbol) => {
    const { code, length } = codes[symbol] ?? { code: 0, length: 0 }
    for (let bit = length - 1; bit >= 0; bit--) out.bits((code >> bit) & 1, 1)
  }
}

/** Writes a code: in the short form when it may, unless `isLong`; otherwise with runs. `sent` symbols are told, the others have none. */
export function putCode(out: BitWriter, lengths: Lengths, isLong = false): void {
  const used = lengths.flatMap((length, symbol) => (length > 0 ? [symbol] : []))
  if (!isLong && used.length <= 2 && used.every((symbol) => symbol < 256)) {
    const [first = 0, second] = used
    out.bits(1, 1)
    out.bits(used.length - 1, 1)
    out.bits(first > 1 ? 1 : 0, 1)
    out.bits(first, first > 1 ? 8 : 1)
    if (second !== undefined) out.bits(second, 8)
    return
  }
  out.bits(0, 1)
  const forLengths = flat(19)
  out.bits(15, 4)
  for (const symbol of LENGTH_ORDER) out.bits(forLengths[symbol] ?? 0, 3)
  const put = symbolWriter(out, forLengths)
  const packed = pack(lengths)
  while (packed.at(-1)?.symbol === 0) packed.pop()
  out.bits(1, 1)
  out.bits(5, 3) // the count in 12 bits
  out.bits(packed.length - 2, 12)
  for (const { symbol, extra, bits } of packed) {
    put(symbol)
    out.bits(extra, bits)
  }
}

/** Runs of lengths as symbols 16 to 18; at least two symbols. */
function pack(lengths: Lengths): { symbol: number; extra: number; bits: number }[] {
  const packed: { symbol: number; extra: number; bits: number }[] = []
  for (let at = 0; at < lengths.length;) {
    const value = lengths[at] ?? 0
    let run = 1
    while (lengths[at + run] === value) run++
    const most = Math.min(run, value === 0 ? 138 : 7)
    if (value === 0 && most >= 3)
      packed.push(most < 11 ? { symbol: 17, extra: most - 3, bits: 3 } : { symbol: 18, extra: most - 11, bits: 7 })
    else packed.push({ symbol: value, extra: 0, bits: 0 })
    if (value !== 0 && most >= 4) packed.push({ symbol: 16, extra: most - 4, bits: 2 })
    at += (value === 0 && most >= 3) || (value !== 0 && most >= 4) ? most : 1
  }
  while (packed.length < 2) packed.push({ symbol: 0, extra: 0, bits: 0 })
  return packed
}

/** The five codes of a group: green with lengths and cache, red, blue, alpha, distances. */
export type Group = readonly [Lengths, Lengths, Lengths, Lengths, Lengths]

/** A small image of given pixels (A, R, G, B from the highest byte): no cache, no copies. */
export function putSmallImage(out: BitWriter, pixels: readonly number[]): void {
  out.bits(0, 1)
  const codes = [8, 16, 0, 24].map((shift) => {
    const values = [...new Set(pixels.map((pixel) => (pixel >>> shift) & 255))].toSorted((a, b) => a - b)
    const lengths = Array.from({ length: shift === 8 ? 280 : 256 }, () => 0)
    const own = values.length === 1 ? [1] : flat(values.length)
    values.forEach((value, i) => (lengths[value] = own[i] ?? 0))
    putCode(out, lengths)
    return { shift, put: symbolWriter(out, lengths) }
  })
  putCode(out, [1, ...Array.from({ length: 39 }, () => 0)])
  for (const pixel of pixels) for (const { shift, put } of codes) put((pixel >>> shift) & 255)
}

/** Extra bits and the least value of a length or distance symbol (RFC 9649 §3.6.2.2). */
export function prefixOf(symbol: number): { readonly bits: number; readonly least: number } {
  if (symbol < 4) return { bits: 0, least: symbol + 1 }
  const bits = (symbol - 2) >> 1
  return { bits, least: ((2 + (symbol & 1)) << bits) + 1 }
}

export interface PixelWriter {
  literal(x: number, y: number, symbols: readonly [number, number, number, number]): void
  /** A length symbol from 0, and a distance symbol, with their extra bits. */
  copy(x: number, y: number, length: number, lengthExtra: number, distance: number, distanceExtra: number): void
  /** A pixel of the colour cache. */
  cached(x: number, y: number, index: number): void
}

/** Writes pixels with the group of their place. */
export function pixelWriter(out: BitWriter, groups: readonly Group[], groupAt: (x: number, y: number) => number): PixelWriter {
  const writers = groups.map((group) => group.map((lengths) => symbolWriter(out, lengths)))
  const put = (x: number, y: number, code: number, symbol: number): void => writers[groupAt(x, y)]?.[code]?.(symbol)
  return {
    literal: (x, y, symbols) => symbols.forEach((symbol, code) => put(x, y, code, symbol)),
    copy(x, y, length, lengthExtra, distance, distanceExtra) {
      put(x, y, 0, 256 + length)
      out.bits(lengthExtra, prefixOf(length).bits)
      put(x, y, 4, distance)
      out.bits(distanceExtra, prefixOf(distance).bits)
    },
    cached: (x, y, index) => put(x, y, 0, 280 + index),
  }
}

/** The header of a picture with alpha (RFC 9649 §3.4). */
export function putHeader(out: BitWriter, width: number, height: number): void {
  out.bits(0x2f, 8)
  out.bits(width - 1, 14)
  out.bits(height - 1, 14)
  out.bits(1, 1)
  out.bits(0, 3)
}

export const losslessFile = (out: BitWriter): Uint8Array => webpFile({ kind: 'VP8L', payload: out.bytes() })
