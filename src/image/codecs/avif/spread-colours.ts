import type { Raster } from '../../raster.ts'

/**
 * Gives pixels of alpha 0 the colours of those beside them, else above or below: where chroma is halved and blocks are smoothed, what nobody sees would
 * otherwise show at the edges. Changes the raster.
 */
export function spreadColours({ width, height, data }: Raster): void {
  const pixels = new Uint32Array(data.buffer, data.byteOffset, width * height)
  const alphaOf = (pixel: number): number => pixel >>> 24
  /** Rows whose pixels all have colours that may be taken over. */
  let first = -1
  for (let y = 0; y < height; y++) {
    const row = pixels.subarray(y * width, (y + 1) * width)
    const seen = row.findIndex((pixel) => alphaOf(pixel) !== 0)
    if (seen < 0) {
      if (first >= 0) copyColours(pixels, (y - 1) * width, y * width, width)
      continue
    }
    if (first < 0) first = y
    let last = row[seen] ?? 0
    for (const [x, pixel] of row.entries()) {
      if (alphaOf(pixel) === 0) row[x] = last & 0xffffff
      else last = pixel
    }
  }
  for (let y = first - 1; y >= 0; y--) copyColours(pixels, first * width, y * width, width)
}

function copyColours(pixels: Uint32Array, from: number, to: number, count: number): void {
  for (let i = 0; i < count; i++) pixels[to + i] = (pixels[from + i] ?? 0) & 0xffffff
}
