import { type HuffmanDefinition, STANDARD_HUFFMAN } from '../standard-huffman.ts'

/** T.81 tables K.1 and K.2, by rows. */
// prettier-ignore
const BASE_QUANTISERS = {
  luma: [
    16, 11, 10, 16,  24,  40,  51,  61,
    12, 12, 14, 19,  26,  58,  60,  55,
    14, 13, 16, 24,  40,  57,  69,  56,
    14, 17, 22, 29,  51,  87,  80,  62,
    18, 22, 37, 56,  68, 109, 103,  77,
    24, 35, 55, 64,  81, 104, 113,  92,
    49, 64, 78, 87, 103, 121, 120, 101,
    72, 92, 95, 98, 112, 100, 103,  99,
  ],
  chroma: [
    17, 18, 24, 47, 99, 99, 99, 99,
    18, 21, 26, 66, 99, 99, 99, 99,
    24, 26, 56, 99, 99, 99, 99, 99,
    47, 66, 99, 99, 99, 99, 99, 99,
    99, 99, 99, 99, 99, 99, 99, 99,
    99, 99, 99, 99, 99, 99, 99, 99,
    99, 99, 99, 99, 99, 99, 99, 99,
    99, 99, 99, 99, 99, 99, 99, 99,
  ],
} as const

/** 64 quantisers by rows, for a quality of 1…100 on the scale that the Independent JPEG Group's library made common. */
export function quantisers(kind: 'luma' | 'chroma', quality: number): number[] {
  const percent = quality < 50 ? Math.floor(5000 / quality) : 200 - 2 * quality
  return BASE_QUANTISERS[kind].map((base) => Math.min(255, Math.max(1, Math.floor((base * percent + 50) / 100))))
}

/** A Huffman table as a DHT segment has it. */
export interface HuffmanTable {
  /** How many codes have 1, 2, … 16 bits. */
  readonly lengths: readonly number[]
  /** Symbols by increasing length of code. */
  readonly symbols: readonly number[]
}

/** DC luma, AC luma, DC chroma, AC chroma: the order of the core's token tables. */
export type HuffmanTables = readonly HuffmanTable[]

/** T.81 tables K.3 to K.6, in the order above. */
export const STANDARD_TABLES: HuffmanTables = [0, 4, 1, 5].map((index) => {
  const { counts, symbols } = STANDARD_HUFFMAN[index] as HuffmanDefinition
  return { lengths: [...counts], symbols: [...symbols] }
})

/** Codes of a table by symbol: code | length << 24, 0 for symbols without one. T.81 annex C. */
export function huffmanCodes({ lengths, symbols }: HuffmanTable): Uint32Array {
  const codes = new Uint32Array(256)
  let code = 0
  let next = 0
  lengths.forEach((count, index) => {
    for (let i = 0; i < count; i++) codes[symbols[next++] as number] = (code++ | ((index + 1) << 24)) >>> 0
    code <<= 1
  })
  return codes
}

const MAX_CODE_BITS = 16

/** The Huffman table for symbols that occur `counts[symbol]` times, no code longer than 16 bits or all ones. T.81 K.2. */
export function optimalTable(counts: ArrayLike<number>): HuffmanTable {
  const used = Array.from({ length: 256 }, (_, symbol) => symbol).filter((symbol) => (counts[symbol] ?? 0) > 0)
  // A last symbol of frequency 1 takes a longest code, which becomes the one of all ones.
  const bits = codeLengths([...used.map((symbol) => counts[symbol] as number), 1])
  const lengths = limitLengths(bits)
  lengths[lengths.findLastIndex((count) => count > 0)]!--
  // Longer codes go to rarer symbols; the sort is stable, so equal pictures have equal files.
  const ranked = used.map((symbol, i) => ({ symbol, bits: bits[i] as number })).sort((a, b) => a.bits - b.bits)
  return { lengths, symbols: ranked.map(({ symbol }) => symbol) }
}

/** Depth of each leaf in Huffman's tree over at least two weights. */
function codeLengths(counts: readonly number[]): number[] {
  const weights = [...counts]
  const parents: number[] = []
  const live = weights.map((_, node) => node)
  while (live.length > 1) {
    live.sort((a, b) => (weights[b] as number) - (weights[a] as number) || a - b)
    const [first, second] = [live.pop() as number, live.pop() as number]
    parents[first] = parents[second] = weights.length
    live.push(weights.length)
    weights.push((weights[first] as number) + (weights[second] as number))
  }
  return counts.map((_, leaf) => {
    let depth = 0
    for (let node = parents[leaf]; node !== undefined; node = parents[node]) depth++
    return depth
  })
}

/** How many codes have 1 … 16 bits after codes that are too long were shortened, at the cost of others. T.81 figure K.3. */
function limitLengths(bits: readonly number[]): number[] {
  const counts = Array.from({ length: Math.max(MAX_CODE_BITS, ...bits) + 1 }, () => 0)
  for (const length of bits) counts[length]!++
  for (let long = counts.length - 1; long > MAX_CODE_BITS; long--) {
    while ((counts[long] as number) > 0) {
      let short = long - 2
      while (counts[short] === 0) short--
      // Two longest codes go: their common prefix serves one of them, a shorter code becomes the prefix of the other and of itself.
      counts[long]! -= 2
      counts[long - 1]! += 1
      counts[short + 1]! += 2
      counts[short]! -= 1
    }
  }
  return counts.slice(1, MAX_CODE_BITS + 1)
}
