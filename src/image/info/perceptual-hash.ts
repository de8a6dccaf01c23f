import type { Raster } from '../raster.ts'
import { areaMeans } from './areas.ts'

/** Areas a side, of which frequencies are taken, and frequencies a side that count. */
const [SIDE, FREQUENCIES] = [32, 8]
/** Rec. 601, as grays are made in most tools. */
const LUMA = [0.299, 0.587, 0.114] as const

/**
 * 64 bits as 16 hexadecimal digits; pictures that look alike differ in few of them (pHash, C. Zauner, "Implementation and Benchmarking of Perceptual Image
 * Hash Functions", 2010): the picture is reduced to 32 × 32 grays, of whose cosine transform the 8 × 8 lowest frequencies are taken, each as a bit:
 * above the median of them or not. The mean, which is the first, does not count for the median. `picture` is opaque.
 */
export function perceptualHash(picture: Raster): string {
  const { data } = areaMeans(picture, { width: SIDE, height: SIDE })
  const grays = Array.from({ length: SIDE * SIDE }, (_, i) =>
    LUMA.reduce((sum, share, channel) => sum + share * (data[i * 4 + channel] ?? 0), 0),
  )
  const rows = Array.from({ length: SIDE }, (_, y) => lowest(grays.slice(y * SIDE, (y + 1) * SIDE)))
  const columns = Array.from({ length: FREQUENCIES }, (_, x) => lowest(rows.map((row) => row[x] ?? 0)))
  const values = Array.from({ length: FREQUENCIES ** 2 }, (_, i) => columns[i % FREQUENCIES]?.[Math.floor(i / FREQUENCIES)] ?? 0)
  const sorted = values.slice(1).sort((a, b) => a - b)
  const median = sorted[sorted.length >> 1] ?? 0
  const bits = values.map((value) => (value > median ? '1' : '0')).join('')
  return BigInt(`0b${bits}`).toString(16).padStart(16, '0')
}

/** The lowest frequencies of a cosine transform (type II), not scaled. */
const lowest = (values: readonly number[]): readonly number[] =>
  Array.from({ length: FREQUENCIES }, (_, k) =>
    values.reduce((sum, value, i) => sum + value * Math.cos((Math.PI / values.length) * (i + 0.5) * k), 0),
  )
