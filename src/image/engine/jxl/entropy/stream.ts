import { type BitReader, damagedJxl } from '../bits.ts'
import { readAns, readDistribution } from './ans.ts'
import { readPrefixCode } from './prefix.ts'

/** How the numbers of a distribution are made of a symbol and further bits (ISO/IEC 18181-1 §C.2.3). */
interface Split {
  readonly exponent: number
  readonly high: number
  readonly low: number
}

/** Numbers, coded with a distribution for each context. */
export interface EntropyStream {
  /** The next number. */
  read(context: number): number
  /** @throws AppError `invalid_image` when the stream does not end here. */
  end(): void
}

/** How far a copy reaches back: also what a stream remembers. */
const WINDOW = 1 << 20
/** The most bits of a number behind its symbol. */
const MOST_BITS = 29

const bitsFor = (most: number): number => Math.ceil(Math.log2(most + 1))

function readSplit(bits: BitReader, alphabetBits: number): Split {
  const exponent = bits.bits(bitsFor(alphabetBits))
  if (exponent > alphabetBits) throw damagedJxl('a distribution is damaged')
  if (exponent === alphabetBits) return { exponent, high: 0, low: 0 }
  const high = bits.bits(bitsFor(exponent))
  if (high > exponent) throw damagedJxl('a distribution is damaged')
  const low = bits.bits(bitsFor(exponent - high))
  if (high + low > exponent) throw damagedJxl('a distribution is damaged')
  return { exponent, high, low }
}

function numberOf(bits: BitReader, { exponent, high, low }: Split, symbol: number): number {
  const plain = 2 ** exponent
  if (symbol < plain) return symbol
  const count = exponent - (high + low) + ((symbol - plain) >> (high + low))
  if (count > MOST_BITS) throw damagedJxl('a number is too large')
  const top = (1 << high) | ((symbol >> low) & ((1 << high) - 1))
  return (top * 2 ** count + bits.bits(count)) * 2 ** low + (symbol & ((1 << low) - 1))
}

/** Reads the distributions of a stream (§C.2.1). @param mayCopy whether it may repeat what it had before. */
export function readEntropyStream(bits: BitReader, contexts: number, mayCopy = true): EntropyStream {
  const copies = bits.flag()
    ? { first: bits.choice(224, 512, 4096, [15, 8]), least: bits.choice(3, 4, [2, 5], [8, 9]), split: readSplit(bits, 8) }
    : null
  if (copies && !mayCopy) throw damagedJxl('a map of contexts copies')
  const all = contexts + (copies ? 1 : 0)
  const clusters = all > 1 ? readClusters(bits, all) : [0]
  const count = Math.max(...clusters) + 1
  const isPrefix = bits.flag()
  const alphabetBits = isPrefix ? 15 : 5 + bits.bits(2)
  const splits = Array.from({ length: count }, () => readSplit(bits, alphabetBits))
  const { read, isAtEnd } = isPrefix ? prefixSymbols(bits, count) : ansSymbols(bits, count, alphabetBits)
  const numberIn = (cluster: number, symbol: number): number => numberOf(bits, splits[cluster] as Split, symbol)

  const window = copies ? new Float64Array(WINDOW) : null
  let [made, left, from] = [0, 0, 0]
  function next(context: number): number {
    if (copies && left > 0) return repeat()
    const cluster = clusters[context] as number
    const symbol = read(cluster)
    if (!copies || symbol < copies.first) return numberIn(cluster, symbol)
    left = copies.least + numberOf(bits, copies.split, symbol - copies.first)
    const distances = clusters[contexts] as number
    from = made - Math.min(1 + numberIn(distances, read(distances)), made, WINDOW)
    return repeat()
  }
  function repeat(): number {
    left--
    return window?.[from++ % WINDOW] ?? 0
  }
  return {
    read(context) {
      const value = next(context)
      if (window) window[made++ % WINDOW] = value
      return value
    },
    end() {
      if (!isAtEnd()) throw damagedJxl('a stream does not end where it should')
    },
  }
}

interface Symbols {
  read(cluster: number): number
  isAtEnd(): boolean
}

function prefixSymbols(bits: BitReader, count: number): Symbols {
  const sizes = Array.from({ length: count }, () => {
    if (!bits.flag()) return 1
    const width = bits.bits(4)
    return 1 + (1 << width) + bits.bits(width)
  })
  const codes = sizes.map((size) => readPrefixCode(bits, size))
  return { read: (cluster) => (codes[cluster] as (typeof codes)[number])(), isAtEnd: () => true }
}

function ansSymbols(bits: BitReader, count: number, alphabetBits: number): Symbols {
  const distributions = Array.from({ length: count }, () => readDistribution(bits, 1 << alphabetBits))
  const { read, isAtEnd } = readAns(bits)
  return { read: (cluster) => read(distributions[cluster] as (typeof distributions)[number]), isAtEnd }
}

/** Which contexts share a distribution (§C.2.2). */
function readClusters(bits: BitReader, contexts: number): readonly number[] {
  const clusters = bits.flag() ? simpleClusters(bits, contexts) : codedClusters(bits, contexts)
  if (new Set(clusters).size !== Math.max(...clusters) + 1) throw damagedJxl('a map of contexts is damaged')
  return clusters
}

function simpleClusters(bits: BitReader, contexts: number): readonly number[] {
  const width = bits.bits(2)
  return Array.from({ length: contexts }, () => bits.bits(width))
}

function codedClusters(bits: BitReader, contexts: number): readonly number[] {
  const isMoved = bits.flag()
  const stream = readEntropyStream(bits, 1, contexts > 2)
  const indices = Array.from({ length: contexts }, () => {
    const index = stream.read(0)
    if (index > 255) throw damagedJxl('a map of contexts is damaged')
    return index
  })
  stream.end()
  if (!isMoved) return indices
  const order = Array.from({ length: 256 }, (_, i) => i)
  return indices.map((index) => {
    const [value] = order.splice(index, 1) as [number] // below 256
    order.unshift(value)
    return value
  })
}
