import type { HuffmanDefinition } from '../standard-huffman.ts'

/** Entropy-coded bytes without stuffing. */
export interface PlainBits {
  /** Zeros stand behind them, so that reading may run ahead. */
  readonly bytes: Uint8Array
  readonly length: number
  /** The bytes behind restart markers, by their numbers. */
  readonly restarts: readonly number[]
}

/** Takes out stuffed zeros, fill bytes and restart markers. */
export function unstuff(coded: Uint8Array): PlainBits {
  const bytes = new Uint8Array(coded.length + 4)
  const restarts: number[] = []
  let to = 0
  for (let at = 0; at < coded.length; at++) {
    const byte = coded[at] as number // inside
    if (byte !== 0xff) {
      bytes[to++] = byte
      continue
    }
    while (coded[at + 1] === 0xff) at++
    const next = coded[++at]
    if (next === undefined || next === 0) bytes[to++] = 0xff
    else restarts.push(to)
  }
  return { bytes, length: to, restarts }
}

/** Up to 16 bits from a bit on. */
export function bitsAt(bytes: Uint8Array, bit: number, count: number): number {
  const at = bit >> 3
  const four = ((bytes[at] ?? 0) << 24) | ((bytes[at + 1] ?? 0) << 16) | ((bytes[at + 2] ?? 0) << 8) | (bytes[at + 3] ?? 0)
  return count === 0 ? 0 : (four << (bit & 7)) >>> (32 - count)
}

/** Writes entropy-coded bytes. */
export interface BitWriter {
  /** Up to 16 bits. */
  put(value: number, count: number): void
  /** Bits `from` to `to` of others. */
  copy(bytes: Uint8Array, from: number, to: number): void
  /** Fills the last byte with ones, and puts a marker behind it. */
  mark(code: number): void
  /** What has been written; nothing may be written behind it. */
  take(): Uint8Array
}

export function createBitWriter(expectedBytes: number): BitWriter {
  let out = new Uint8Array(expectedBytes + 64)
  let [length, pending, count] = [0, 0, 0]
  const reserve = (bytes: number): void => {
    if (length + bytes <= out.length) return
    const larger = new Uint8Array(Math.max(2 * out.length, length + bytes))
    larger.set(out)
    out = larger
  }
  const flush = (): void => {
    while (count >= 8) {
      count -= 8
      const byte = (pending >>> count) & 255
      out[length++] = byte
      if (byte === 0xff) out[length++] = 0
    }
  }
  const put = (value: number, bits: number): void => {
    pending = ((pending & 127) << bits) | value
    count += bits
    flush()
  }
  return {
    put(value, bits) {
      reserve(8)
      put(value, bits)
    },
    copy(bytes, from, to) {
      reserve(2 + ((to - from) >> 2))
      let bit = from
      for (; to - bit >= 16; bit += 16) put(bitsAt(bytes, bit, 16), 16)
      if (bit < to) put(bitsAt(bytes, bit, to - bit), to - bit)
    },
    mark(code) {
      reserve(8)
      if (count > 0) put((1 << (8 - count)) - 1, 8 - count)
      out[length++] = 0xff
      out[length++] = code
    },
    take: () => out.subarray(0, length),
  }
}

/** The codes of a Huffman table, to read and to write with. */
export interface HuffmanCodes {
  /** The length of the code at a bit << 8 | its symbol; 0 where none is. */
  read(bytes: Uint8Array, bit: number): number
  /** The code of a symbol << 8 | its length. */
  readonly codes: Uint32Array
}

export function huffmanCodes({ counts, symbols }: HuffmanDefinition): HuffmanCodes {
  const codes = new Uint32Array(256)
  /** Of each length: the code behind the last one, and what leads from a code to its symbol. */
  const [ends, starts] = [new Int32Array(17), new Int32Array(17)]
  let [code, index] = [0, 0]
  for (let length = 1; length <= 16; length++) {
    starts[length] = index - code
    for (let i = 0; i < (counts[length - 1] ?? 0); i++) codes[symbols[index++] ?? 0] = (code++ << 8) | length
    ends[length] = code
    code *= 2
  }
  return {
    codes,
    read(bytes, bit) {
      const next = bitsAt(bytes, bit, 16)
      for (let length = 1; length <= 16; length++) {
        const prefix = next >> (16 - length)
        if (prefix < (ends[length] ?? 0)) return (length << 8) | (symbols[(starts[length] ?? 0) + prefix] ?? 0)
      }
      return 0
    },
  }
}
