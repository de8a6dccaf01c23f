import { crc32, deflateSync, type ZlibOptions } from 'node:zlib'
import { adam7Passes } from '../../../../src/image/engine/png/interlace.ts'

/** A plain, slow PNG writer for the tests: every colour type, depth, filter and chunk layout that the format allows, and some it does not. */
export interface PngPicture {
  readonly width: number
  readonly height: number
  readonly colourType: number
  readonly bitDepth: number
  /** One number a sample, row by row, below 2^bitDepth. */
  readonly samples: readonly number[]
  readonly interlaced?: boolean
  /** Filter type of row n: `filters[n % length]`. */
  readonly filters?: readonly number[]
  /** Chunks between IHDR and IDAT. */
  readonly before?: readonly Uint8Array[]
  /** Chunks between IDAT and IEND. */
  readonly behind?: readonly Uint8Array[]
  /** Bytes of each IDAT chunk, cycled; one chunk when absent. */
  readonly split?: readonly number[]
  readonly zlib?: ZlibOptions
}

export const CHANNELS: Record<number, number> = { 0: 1, 2: 3, 3: 1, 4: 2, 6: 4 }
/** Every pair of colour type and bit depth that PNG allows. */
export const KINDS: readonly (readonly [colourType: number, bitDepth: number])[] = [
  ...[1, 2, 4, 8, 16].map((depth) => [0, depth] as const),
  ...[8, 16].map((depth) => [2, depth] as const),
  ...[1, 2, 4, 8].map((depth) => [3, depth] as const),
  ...[8, 16].flatMap((depth) => [[4, depth] as const, [6, depth] as const]),
]

export function chunk(type: string, data: Uint8Array): Uint8Array {
  const bytes = Buffer.alloc(12 + data.length)
  bytes.writeUInt32BE(data.length)
  bytes.write(type, 4, 'latin1')
  bytes.set(data, 8)
  bytes.writeUInt32BE(crc32(bytes.subarray(4, 8 + data.length)), 8 + data.length)
  return bytes
}

export function imageHeader(width: number, height: number, bitDepth: number, colourType: number, interlaced = false): Uint8Array {
  const data = Buffer.alloc(13)
  data.writeUInt32BE(width)
  data.writeUInt32BE(height, 4)
  data.set([bitDepth, colourType, 0, 0, interlaced ? 1 : 0], 8)
  return chunk('IHDR', data)
}

export const SIGNATURE = Uint8Array.of(0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a)
export const END = chunk('IEND', new Uint8Array(0))
export const assemble = (...parts: readonly Uint8Array[]): Uint8Array => new Uint8Array(Buffer.concat([SIGNATURE, ...parts]))

export function writePng(picture: PngPicture): Uint8Array {
  const data = deflateSync(filteredRows(picture), picture.zlib ?? {})
  const header = imageHeader(picture.width, picture.height, picture.bitDepth, picture.colourType, picture.interlaced)
  return assemble(header, ...(picture.before ?? []), ...dataChunks(data, picture.split), ...(picture.behind ?? []), END)
}

export function dataChunks(data: Uint8Array, split: readonly number[] = [data.length]): Uint8Array[] {
  const chunks = []
  for (let at = 0, n = 0; at < data.length; n++) {
    const bytes = split[n % split.length] ?? data.length
    chunks.push(chunk('IDAT', data.subarray(at, at + bytes)))
    at += bytes
  }
  return chunks
}

/** The rows with their filter bytes, pass by pass, as they go into the compressor. */
export function filteredRows(picture: PngPicture): Uint8Array {
  const { width, height, interlaced, filters = [0] } = picture
  const whole = { x: 0, y: 0, stepX: 1, stepY: 1, width, height }
  const rows: Uint8Array[] = []
  for (const pass of interlaced === true ? adam7Passes(picture) : [whole]) {
    let above = new Uint8Array(packedRow(picture, pass, 0).length)
    for (let row = 0; row < pass.height; row++) {
      const plain = packedRow(picture, pass, row)
      const type = filters[rows.length % filters.length] ?? 0
      rows.push(Uint8Array.of(type), filter(type, plain, above, Math.max(1, (picture.bitDepth * (CHANNELS[picture.colourType] ?? 1)) >> 3)))
      above = plain
    }
  }
  return Buffer.concat(rows)
}

function packedRow(
  picture: PngPicture,
  pass: { x: number; y: number; stepX: number; stepY: number; width: number },
  row: number,
): Uint8Array<ArrayBuffer> {
  const { width, bitDepth, colourType, samples } = picture
  const channels = CHANNELS[colourType] ?? 1
  const packed = new Uint8Array(Math.ceil((pass.width * channels * bitDepth) / 8))
  for (let i = 0; i < pass.width * channels; i++) {
    const x = pass.x + Math.floor(i / channels) * pass.stepX
    const sample = samples[((pass.y + row * pass.stepY) * width + x) * channels + (i % channels)] ?? 0
    if (bitDepth === 16) packed.set([sample >> 8, sample & 255], i * 2)
    else packed[(i * bitDepth) >> 3]! |= sample << (8 - bitDepth - ((i * bitDepth) & 7))
  }
  return packed
}

function filter(type: number, plain: Uint8Array, above: Uint8Array, bpp: number): Uint8Array {
  return plain.map((value, i) => {
    const [a, b, c] = [plain[i - bpp] ?? 0, above[i] ?? 0, above[i - bpp] ?? 0]
    return value - ([0, a, b, (a + b) >> 1, paeth(a, b, c)][type] ?? 0)
  })
}

/** PNG §9.4, as it is written there. */
function paeth(a: number, b: number, c: number): number {
  const p = a + b - c
  const [pa, pb, pc] = [Math.abs(p - a), Math.abs(p - b), Math.abs(p - c)]
  return pa <= pb && pa <= pc ? a : pb <= pc ? b : c
}

/** A small generator with a fixed seed (mulberry32), so that a failure repeats. */
export function random(seed: number): (below: number) => number {
  let state = seed >>> 0
  return (below) => {
    state = (state + 0x6d2b79f5) >>> 0
    let t = Math.imul(state ^ (state >>> 15), 1 | state)
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t
    return Math.floor((((t ^ (t >>> 14)) >>> 0) / 2 ** 32) * below)
  }
}

export function randomSamples(seed: number, count: number, bitDepth: number): number[] {
  const next = random(seed)
  return Array.from({ length: count }, () => next(2 ** bitDepth))
}

/** 2^bitDepth distinct colours. */
export const palette = (bitDepth: number): Uint8Array =>
  chunk(
    'PLTE',
    Uint8Array.from({ length: 3 * 2 ** bitDepth }, (_, i) => (i * 89 + 31) & 255),
  )
