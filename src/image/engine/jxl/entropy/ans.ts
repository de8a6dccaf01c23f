import { type BitReader, damagedJxl } from '../bits.ts'

/** Probabilities are shares of this. */
const WHOLE_BITS = 12
const WHOLE = 1 << WHOLE_BITS
/** The state behind the last symbol. */
const FINAL = 0x130000

/** A distribution as an alias table (ISO/IEC 18181-1 §C.2.6): for each of 4,096 positions a symbol and what the state becomes. */
export interface Distribution {
  readonly symbols: Uint8Array
  readonly offsets: Uint16Array
  readonly counts: Uint16Array
}

/** Up to 255, small ones in few bits. */
const byte = (bits: BitReader): number => {
  if (!bits.flag()) return 0
  const count = bits.bits(3)
  return (1 << count) + bits.bits(count)
}

/** The code of the logarithms of counts: each its bits, the first lowest, how many, and what it says; `REPEAT` repeats the count before. */
const LOGARITHMS: readonly (readonly [code: number, bits: number, value: number])[] = [
  [0, 3, 10],
  [2, 3, 7],
  [4, 3, 6],
  [5, 3, 8],
  [6, 3, 9],
  [3, 4, 3],
  [7, 4, 5],
  [9, 4, 4],
  [11, 4, 1],
  [15, 4, 2],
  [17, 5, 0],
  [33, 6, 11],
  [1, 7, 12],
  [65, 7, 13],
]
const REPEAT = 13

function readLogarithm(bits: BitReader): number {
  const next = bits.peek(7)
  const [, taken, value] = LOGARITHMS.find(([code, count]) => (next & ((1 << count) - 1)) === code) as (typeof LOGARITHMS)[number] // complete
  bits.skip(taken)
  return value
}

/** §C.2.5. @param size symbols that the table has room for, a power of two. */
export function readDistribution(bits: BitReader, size: number): Distribution {
  const counts = readCounts(bits)
  if (counts.length > size) throw damagedJxl('a distribution has too many symbols')
  return aliasTable(Uint16Array.from({ length: size }, (_, symbol) => counts[symbol] ?? 0))
}

function readCounts(bits: BitReader): readonly number[] {
  if (bits.flag()) {
    const isTwo = bits.flag()
    const [first, second] = [byte(bits), isTwo ? byte(bits) : 0]
    const share = isTwo ? bits.bits(WHOLE_BITS) : WHOLE
    if (isTwo && first === second) throw damagedJxl('a distribution is damaged')
    const counts = Array.from({ length: Math.max(first, second) + 1 }, () => 0)
    if (isTwo) counts[second] = WHOLE - share
    counts[first] = share
    return counts
  }
  if (bits.flag()) {
    const size = 1 + byte(bits)
    return Array.from({ length: size }, (_, i) => Math.floor(WHOLE / size) + (i < WHOLE % size ? 1 : 0))
  }
  return readGeneralCounts(bits)
}

function readGeneralCounts(bits: BitReader): readonly number[] {
  let width = 0
  while (width < 3 && bits.flag()) width++
  const precision = (1 << width) + bits.bits(width) - 1
  if (precision > WHOLE_BITS + 1) throw damagedJxl('a distribution is damaged')
  const length = 3 + byte(bits)
  const logarithms = Array.from({ length }, () => 0)
  const repeats = new Map<number, number>()
  let most = -1
  for (let i = 0; i < length; i++) {
    const value = readLogarithm(bits)
    if (value === REPEAT) {
      const count = 4 + byte(bits)
      repeats.set(i, count)
      i += count - 1
      continue
    }
    logarithms[i] = value
    if (most < 0 || value > (logarithms[most] as number)) most = i
  }
  if (most < 0 || repeats.has(most + 1)) throw damagedJxl('a distribution is damaged')
  const counts = Array.from({ length }, () => 0)
  let total = 0
  for (let i = 0; i < length; i++) {
    const count = repeats.get(i)
    if (count !== undefined) {
      if (i + count > length) throw damagedJxl('a distribution is damaged')
      counts.fill(counts[i - 1] ?? 0, i, i + count)
      total += count * (counts[i - 1] ?? 0)
      i += count - 1
      continue
    }
    const logarithm = (logarithms[i] as number) - 1
    if (i === most || logarithm < 0) continue
    const exact = Math.max(0, Math.min(logarithm, precision - ((WHOLE_BITS - logarithm) >> 1)))
    counts[i] = (1 << logarithm) + (bits.bits(exact) << (logarithm - exact))
    total += counts[i] as number
  }
  // The most likely one has the rest.
  if (total >= WHOLE) throw damagedJxl('a distribution is damaged')
  counts[most] = WHOLE - total
  return counts
}

/** Shares of each bucket that are its own symbol's; the rest is another's, who has more than a bucket. */
function aliasTable(counts: Uint16Array): Distribution {
  const size = counts.length
  const bucket = WHOLE / size
  const own = Uint16Array.from(counts)
  const [others, starts] = [new Uint16Array(size), new Uint16Array(size)]
  const whole = counts.indexOf(WHOLE)
  const [full, free]: [number[], number[]] = [[], []]
  const sort = (symbol: number): void => {
    const share = own[symbol] as number
    if (share > bucket) full.push(symbol)
    if (share < bucket) free.push(symbol)
  }
  if (whole < 0) for (let symbol = 0; symbol < size; symbol++) sort(symbol)
  for (let giver = full.pop(); giver !== undefined; giver = full.pop()) {
    const taker = free.pop()
    if (taker === undefined) throw damagedJxl('a distribution is damaged')
    own[giver] = (own[giver] as number) - (bucket - (own[taker] as number))
    others[taker] = giver
    starts[taker] = own[giver] as number
    sort(giver)
  }
  const [symbols, offsets] = [new Uint8Array(WHOLE), new Uint16Array(WHOLE)]
  for (let at = 0; at < WHOLE; at++) {
    const [place, within] = [Math.floor(at / bucket), at % bucket]
    const isOwn = whole < 0 && within < (own[place] as number)
    symbols[at] = whole >= 0 ? whole : isOwn ? place : (others[place] as number)
    offsets[at] = whole >= 0 ? at : isOwn ? within : (starts[place] as number) + within - (own[place] as number)
  }
  return { symbols, offsets, counts }
}

/** The state of a stream of symbols (§C.2.2). */
export function readAns(bits: BitReader) {
  let state = bits.bits(32)
  return {
    read({ symbols, offsets, counts }: Distribution): number {
      const at = state % WHOLE
      const symbol = symbols[at] as number
      state = (counts[symbol] as number) * Math.floor(state / WHOLE) + (offsets[at] as number)
      if (state < 65_536) state = state * 65_536 + bits.bits(16)
      return symbol
    },
    isAtEnd: () => state === FINAL,
  }
}
