import { AppError } from '../../../errors.ts'

export const damagedJxl = (why: string): AppError => new AppError('invalid_image', { reason: `JPEG XL: ${why}.` })

/** That the bytes end too early. */
export class CutShort extends AppError {
  constructor() {
    super('invalid_image', { reason: 'JPEG XL: the header is cut short.' })
  }
}

/** One of the four ways in which a `U32` may be written (ISO/IEC 18181-1 §B.2.2): a number, or so many bits and what is added to them. */
export type Choice = number | readonly [bits: number, plus?: number]

/** Reads a codestream bit by bit, the lowest of each byte first (ISO/IEC 18181-1 §B.2). Methods throw AppError `invalid_image` beyond its end. */
export interface BitReader {
  /** Bits that have been read. */
  readonly at: number
  /** An unsigned number of up to 32 bits. */
  bits(count: number): number
  /** The same without going on; zeros beyond the end. */
  peek(count: number): number
  flag(): boolean
  /** Two bits choose which one. */
  choice(first: Choice, second: Choice, third: Choice, fourth: Choice): number
  /** An enumeration's number (§B.2.4). */
  enumerated(): number
  /** Up to 64 bits; exact below 2 ** 53 (§B.2.5). */
  long(): number
  /** 16 bits. */
  half(): number
  /** Whether there are so many bits more. */
  has(bits: number): boolean
  skip(bits: number): void
  /** Goes on at the next whole byte. */
  align(): void
}

/** @param start the byte to begin at. */
export function readBits(bytes: Uint8Array, start = 0): BitReader {
  const end = bytes.length * 8
  let at = start * 8
  const has = (count: number): boolean => at + count <= end
  function skip(count: number): void {
    if (!has(count)) throw new CutShort()
    at += count
  }
  function bits(count: number): number {
    const value = peek(count)
    skip(count)
    return value
  }
  function peek(count: number): number {
    const from = at
    let value = 0
    for (let done = 0; done < count;) {
      const shift = (from + done) & 7
      const taken = Math.min(8 - shift, count - done)
      const part = ((bytes[(from + done) >>> 3] ?? 0) >>> shift) & ((1 << taken) - 1)
      value += part * 2 ** done
      done += taken
    }
    return value
  }
  function choice(...choices: [Choice, Choice, Choice, Choice]): number {
    const chosen = choices[bits(2)] as Choice // one of four
    if (typeof chosen === 'number') return chosen
    const [count, plus = 0] = chosen
    return plus + bits(count)
  }
  function long(): number {
    const chosen = bits(2)
    if (chosen === 0) return 0
    if (chosen === 1) return 1 + bits(4)
    if (chosen === 2) return 17 + bits(8)
    let value = bits(12)
    for (let shift = 12; bits(1) === 1; shift += 8) {
      if (shift === 60) return value + bits(4) * 2 ** shift
      value += bits(8) * 2 ** shift
    }
    return value
  }
  return {
    get at() {
      return at
    },
    bits,
    peek,
    flag: () => bits(1) === 1,
    choice,
    enumerated: () => choice(0, 1, [4, 2], [6, 18]),
    long,
    half: () => halfFloat(bits(16)),
    has,
    skip,
    align: () => skip((8 - (at & 7)) & 7),
  }
}

function halfFloat(word: number): number {
  const [exponent, fraction] = [(word >>> 10) & 31, word & 1023]
  if (exponent === 31) throw damagedJxl('a number is infinite')
  const value = exponent === 0 ? fraction * 2 ** -24 : (1 + fraction / 1024) * 2 ** (exponent - 15)
  return word >>> 15 === 1 ? -value : value
}
