import type { Raster } from '../../raster.ts'

export interface PngPalette {
  /** RGBA pixels as they lie in memory; those that are not opaque come first, so that tRNS is short (PNG §11.3.2.1). */
  readonly colours: Uint32Array
  /** Writes the indices of the `count` pixels from `from` on, `8 / depth` to a byte, leftmost in the high bits. */
  pack(from: number, count: number, depth: number, to: Uint8Array): void
}

const MOST_COLOURS = 256
/** Cells of the hash table: four for each colour. */
const CELLS = 1024

/** The colours of a raster, or `null` when they are more than 256. Stops at the 257th. */
export function findPalette({ data, width, height }: Raster): PngPalette | null {
  const pixels =
    data.byteOffset % 4 === 0 ? new Uint32Array(data.buffer, data.byteOffset, width * height) : new Uint32Array(data.slice().buffer)
  const keys = new Uint32Array(CELLS)
  const indices = new Int16Array(CELLS).fill(-1)
  const found: number[] = []
  const cellOf = (pixel: number): number => {
    let cell = Math.imul(pixel, 0x9e3779b1) >>> 22
    while ((indices[cell] as number) >= 0 && keys[cell] !== pixel) cell = (cell + 1) % CELLS // never full: a quarter at most
    return cell
  }
  let last = -1
  for (const pixel of pixels) {
    if (pixel === last) continue
    last = pixel
    const cell = cellOf(pixel)
    if ((indices[cell] as number) >= 0) continue
    if (found.length === MOST_COLOURS) return null
    keys[cell] = pixel
    indices[cell] = found.length
    found.push(pixel)
  }
  const alphaOf = (pixel: number): number => pixel >>> 24
  const colours = Uint32Array.from(found.filter((pixel) => alphaOf(pixel) < 255).concat(found.filter((pixel) => alphaOf(pixel) === 255)))
  colours.forEach((pixel, index) => (indices[cellOf(pixel)] = index))
  return {
    colours,
    pack(from, count, depth, to) {
      const perByte = 8 / depth
      to.fill(0)
      for (let i = 0; i < count; i++) {
        const index = indices[cellOf(pixels[from + i] as number)] as number // every pixel was found
        const at = Math.floor(i / perByte)
        to[at] = (to[at] as number) | (index << (8 - depth * (1 + (i % perByte))))
      }
    },
  }
}
