import { CACHE_SYMBOLS, CODE_STARTS, codeSizes, LENGTH_SYMBOLS, SYMBOLS } from './record.ts'

/** What symbols cost is counted in 1/256 bit. */
const BIT = 256
/** Uses that a symbol without any counts as. */
const UNUSED = 0.3
/** Rough bits that a prefix code's header takes for each symbol that is used, and what a group takes beside. */
const HEADER_BITS_PER_SYMBOL = 4
const GROUP_BITS = 80

/** Writes to `prices` what symbols cost whose counts these are. */
export function setPrices(prices: Uint32Array, counts: Uint32Array, cacheBits: number): void {
  codeSizes(cacheBits).forEach((size, code) => {
    const start = CODE_STARTS[code] ?? 0
    let total = 1
    for (let at = start; at < start + size; at++) total += counts[at] as number // within the counts
    const price = (count: number): number => Math.round(BIT * Math.log2(total / count))
    // A small picture uses few symbols.
    prices.fill(price(UNUSED), start, start + size)
    for (let at = start; at < start + size; at++) {
      const count = counts[at] as number // within the counts
      if (count > 0) prices[at] = price(count)
    }
  })
}

/** What they may cost before anything is known. */
export function firstPrices(): Uint32Array {
  const prices = new Uint32Array(SYMBOLS)
  const [green, red, blue, alpha, distance] = CODE_STARTS
  for (const [start, most] of [
    [green, 7],
    [red, 6],
    [blue, 6],
    [alpha, 1],
  ] as const)
    prices.fill(most * BIT, start, start + 256)
  prices.fill(6 * BIT, LENGTH_SYMBOLS, CACHE_SYMBOLS)
  prices.fill(8 * BIT, CACHE_SYMBOLS, red)
  prices.fill(5 * BIT, distance, SYMBOLS)
  return prices
}

/** About the bits that these symbols and their codes take, without the extra bits of lengths and distances. */
export function symbolBits(counts: Uint32Array, cacheBits: number): number {
  let bits = GROUP_BITS
  codeSizes(cacheBits).forEach((size, code) => {
    const start = CODE_STARTS[code] ?? 0
    let total = 0
    let used = 0
    let sum = 0
    for (let at = start; at < start + size; at++) {
      const count = counts[at] as number // within the counts
      if (count === 0) continue
      total += count
      used++
      sum += count * Math.log2(count)
    }
    if (used > 1) bits += total * Math.log2(total) - sum + used * HEADER_BITS_PER_SYMBOL
  })
  return bits
}

/** Extra bits of lengths and distances (RFC 9649 §3.6.2.2). */
export function extraBits(counts: Uint32Array): number {
  let bits = 0
  const add = (start: number, size: number): void => {
    for (let prefix = 4; prefix < size; prefix++) bits += ((prefix - 2) >> 1) * (counts[start + prefix] ?? 0)
  }
  add(LENGTH_SYMBOLS, 24)
  add(CODE_STARTS[4], 40)
  return bits
}
