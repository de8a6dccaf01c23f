import { type BitReader, damagedJxl } from '../bits.ts'

/** Reads a symbol. */
export type ReadSymbol = () => number

const LONGEST = 15
/** The order in which the lengths of the code of lengths are stored (RFC 7932 §3.5, as ISO/IEC 18181-1 §C.2.4 has it). */
const LENGTH_ORDER = [1, 2, 3, 4, 0, 5, 17, 6, 16, 7, 8, 9, 10, 11, 12, 13, 14, 15]
/** Their own code: by four bits, its length and what it says. */
const LENGTH_CODE: readonly (readonly [bits: number, length: number])[] = [0, 4, 3, 2, 0, 4, 3, 1, 0, 4, 3, 2, 0, 4, 3, 5].map((length) => [
  length === 2 ? 3 : length === 1 || length === 5 ? 4 : 2,
  length,
])
/** Lengths of the simple codes of so many symbols; of four there are two. */
const SIMPLE = [[0], [1, 1], [1, 2, 2], [2, 2, 2, 2], [1, 2, 3, 3]]

/** A prefix code over `size` symbols. */
export function readPrefixCode(bits: BitReader, size: number): ReadSymbol {
  if (size === 1) return () => 0
  const skipped = bits.bits(2)
  return skipped === 1
    ? simpleCode(bits, size)
    : codeOfLengths(bits, readLengths(bits, size, codeOfLengths(bits, readCodeLengths(bits, skipped))))
}

function simpleCode(bits: BitReader, size: number): ReadSymbol {
  const count = 1 + bits.bits(2)
  const width = Math.ceil(Math.log2(size))
  const symbols = Array.from({ length: count }, () => bits.bits(width))
  const shape = SIMPLE[count - 1 + (count === 4 ? bits.bits(1) : 0)] as readonly number[] // one to four symbols
  if (new Set(symbols).size < count || symbols.some((symbol) => symbol >= size)) throw damagedJxl('a code is damaged')
  if (count === 1) return () => symbols[0] as number
  const lengths = new Uint8Array(size)
  for (const [i, symbol] of symbols.entries()) lengths[symbol] = shape[i] as number // as many
  return codeOfLengths(bits, lengths)
}

function readCodeLengths(bits: BitReader, skipped: number): Uint8Array {
  const lengths = new Uint8Array(LENGTH_ORDER.length)
  let space = 32
  for (const place of LENGTH_ORDER.slice(skipped)) {
    if (space <= 0) break
    const [taken, length] = LENGTH_CODE[bits.peek(4)] as readonly [number, number] // sixteen
    bits.skip(taken)
    lengths[place] = length
    if (length > 0) space -= 32 >> length
  }
  return lengths
}

function readLengths(bits: BitReader, size: number, read: ReadSymbol): Uint8Array {
  const lengths = new Uint8Array(size)
  let [at, space, last, repeated, repeats] = [0, 1 << LONGEST, 8, 0, 0]
  while (at < size && space > 0) {
    const symbol = read()
    if (symbol < 16) {
      repeats = 0
      lengths[at++] = symbol
      if (symbol === 0) continue
      last = symbol
      space -= (1 << LONGEST) >> symbol
      continue
    }
    const length = symbol === 16 ? last : 0
    if (length !== repeated) repeats = 0
    repeated = length
    const before = repeats
    const extra = symbol - 14
    repeats = (repeats > 0 ? (repeats - 2) << extra : 0) + bits.bits(extra) + 3
    const count = repeats - before
    if (at + count > size) throw damagedJxl('a code is damaged')
    lengths.fill(length, at, at + count)
    at += count
    if (length > 0) space -= count << (LONGEST - length)
  }
  if (space !== 0) throw damagedJxl('a code is damaged')
  return lengths
}

/** The canonical code of lengths. One of a single symbol takes no bits. */
function codeOfLengths(bits: BitReader, lengths: Uint8Array): ReadSymbol {
  const counts = new Uint16Array(LONGEST + 1)
  for (const length of lengths) counts[length] = (counts[length] as number) + 1
  const symbols = [...lengths.keys()].filter((symbol) => lengths[symbol] !== 0)
  symbols.sort((a, b) => (lengths[a] as number) - (lengths[b] as number) || a - b)
  const [only] = symbols
  if (only === undefined) throw damagedJxl('a code is empty')
  if (symbols.length === 1) return () => only
  let space = 0
  for (let length = 1; length <= LONGEST; length++) space += (counts[length] as number) << (LONGEST - length)
  if (space !== 1 << LONGEST) throw damagedJxl('a code is damaged')
  return () => {
    for (let length = 1, code = 0, first = 0, index = 0; length <= LONGEST; length++) {
      code = (code << 1) | bits.bits(1)
      first <<= 1
      const count = counts[length] as number
      if (code - first < count) return symbols[index + code - first] as number
      first += count
      index += count
    }
    throw damagedJxl('a code is damaged') // never: the code is complete
  }
}
