// Reads the coefficients of baseline JPEG files with one interleaved scan, by the letter of the standard (annexes B, C, F.2), one bit at a time.
import { blockGrid } from '../../../support/jpeg-writer.ts'

export interface ReadComponent {
  readonly id: number
  readonly h: number
  readonly v: number
  /** 64 quantisers in zigzag order. */
  readonly quantisers: readonly number[]
  /** Quantised coefficients in zigzag order of each block, row by row, of whole interleaved MCUs. */
  readonly blocks: readonly Int16Array[]
}

export interface ReadJpeg {
  readonly width: number
  readonly height: number
  readonly components: readonly ReadComponent[]
  /** The codes of its segments in order, without SOI and EOI. */
  readonly markers: readonly number[]
}

type Codes = ReadonlyMap<number, number>
interface Component {
  readonly id: number
  readonly h: number
  readonly v: number
  readonly table: number
}

/** @throws Error for anything but a file of the kind that the transcoder writes. */
export function readJpeg(file: Uint8Array): ReadJpeg {
  const quantisers: number[][] = []
  const codes = new Map<number, Codes>()
  const markers: number[] = []
  let frame: { width: number; height: number; components: readonly Component[] } | undefined
  for (let at = 2; ;) {
    const code = byteAt(file, at + 1)
    if (byteAt(file, at) !== 0xff) throw new Error(`no marker at ${at}`)
    markers.push(code)
    const data = file.subarray(at + 4, at + 2 + (byteAt(file, at + 2) << 8) + byteAt(file, at + 3))
    at += 4 + data.length
    if (code === 0xdb) readQuantisers(data, quantisers)
    else if (code === 0xc4) readCodes(data, codes)
    else if (code === 0xc0 || code === 0xc1) frame = readFrame(data)
    else if (code === 0xda) {
      if (!frame) throw new Error('a scan without a frame')
      const { width, height, components } = frame
      const blocks = readScan(file, at, data, { width, height, components }, codes)
      return {
        width,
        height,
        markers,
        components: components.map(({ id, h, v, table }, i) => ({
          id,
          h,
          v,
          quantisers: quantisers[table] ?? [],
          blocks: blocks[i] ?? [],
        })),
      }
    }
  }
}

const byteAt = (bytes: Uint8Array, at: number): number => bytes[at] ?? 0

function readQuantisers(data: Uint8Array, tables: number[][]): void {
  for (let at = 0; at < data.length;) {
    const [isWide, number] = [byteAt(data, at) >> 4 === 1, byteAt(data, at) & 15]
    at++
    tables[number] = Array.from({ length: 64 }, (_, k) =>
      isWide ? (byteAt(data, at + 2 * k) << 8) | byteAt(data, at + 2 * k + 1) : byteAt(data, at + k),
    )
    at += isWide ? 128 : 64
  }
}

/** Codes by length << 16 | code. */
function readCodes(data: Uint8Array, tables: Map<number, Codes>): void {
  for (let at = 0; at < data.length;) {
    const number = byteAt(data, at)
    const codes = new Map<number, number>()
    let [code, next] = [0, at + 17]
    for (let length = 1; length <= 16; length++, code <<= 1)
      for (let i = 0; i < byteAt(data, at + length); i++) codes.set((length << 16) | code++, byteAt(data, next++))
    tables.set(number, codes)
    at = next
  }
}

function readFrame(data: Uint8Array) {
  const components = Array.from({ length: byteAt(data, 5) }, (_, i): Component => {
    const at = 6 + 3 * i
    return { id: byteAt(data, at), h: byteAt(data, at + 1) >> 4, v: byteAt(data, at + 1) & 15, table: byteAt(data, at + 2) }
  })
  return { height: (byteAt(data, 1) << 8) | byteAt(data, 2), width: (byteAt(data, 3) << 8) | byteAt(data, 4), components }
}

function readScan(
  file: Uint8Array,
  start: number,
  header: Uint8Array,
  frame: { readonly width: number; readonly height: number; readonly components: readonly Component[] },
  codes: ReadonlyMap<number, Codes>,
): Int16Array[][] {
  if (byteAt(header, 0) !== frame.components.length) throw new Error('a scan of some components')
  const bits = bitReader(file, start)
  const grids = frame.components.map((_, i) => blockGrid(frame, i))
  const blocks = grids.map(({ across, down }) => Array.from({ length: across * down }, () => new Int16Array(64)))
  const predictions = frame.components.map(() => 0)
  const { mcusAcross, mcusDown } = grids[0] ?? { mcusAcross: 0, mcusDown: 0 }
  for (let mcu = 0; mcu < mcusAcross * mcusDown; mcu++) {
    for (const [i, { h, v }] of frame.components.entries()) {
      const selectors = byteAt(header, 2 + 2 * i)
      const [dc, ac] = [codes.get(selectors >> 4), codes.get(0x10 | (selectors & 15))]
      for (let n = 0; n < h * v; n++) {
        const x = (mcu % mcusAcross) * h + (n % h)
        const y = Math.floor(mcu / mcusAcross) * v + Math.floor(n / h)
        const block = blocks[i]?.[y * (grids[i]?.across ?? 0) + x] ?? new Int16Array(64)
        predictions[i] = block[0] = (predictions[i] ?? 0) + bits.value(bits.symbol(dc))
        for (let k = 1; k < 64; k++) {
          const symbol = bits.symbol(ac)
          if (symbol === 0) break
          k += symbol >> 4
          if ((symbol & 15) > 0) block[k] = bits.value(symbol & 15)
        }
      }
    }
  }
  return blocks
}

function bitReader(file: Uint8Array, start: number) {
  let [at, left, current] = [start, 0, 0]
  const bit = (): number => {
    if (left === 0) {
      current = byteAt(file, at++)
      if (current === 0xff && byteAt(file, at++) !== 0) throw new Error('the data end too early')
      left = 8
    }
    return (current >> --left) & 1
  }
  const raw = (count: number): number => {
    let value = 0
    for (let i = 0; i < count; i++) value = (value << 1) | bit()
    return value
  }
  return {
    value(size: number): number {
      const value = raw(size)
      return size > 0 && value < 1 << (size - 1) ? value - (1 << size) + 1 : value
    },
    symbol(codes: Codes | undefined): number {
      for (let [length, code] = [1, 0]; length <= 16; length++) {
        code = (code << 1) | bit()
        const symbol = codes?.get((length << 16) | code)
        if (symbol !== undefined) return symbol
      }
      throw new Error('no such code')
    },
  }
}
