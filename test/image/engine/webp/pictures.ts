import { type Core, createCore } from '../../../../src/image/engine/core.ts'
import { bitstreamShape, webpChunks } from '../../../../src/image/engine/webp/container.ts'
import type { LosslessExports } from '../../../../src/image/engine/webp/lossless/exports.ts'
import { losslessRows, losslessRowsBytes } from '../../../../src/image/engine/webp/lossless/rows.ts'
import type { Raster } from '../../../../src/image/raster.ts'
import { coreModule } from '../../../support/core-module.ts'

/** RGBA of a picture, R first: what is `(random, x, y, channel)` there. Random numbers are bytes, from a seed. */
export type Paint = (random: number, x: number, y: number, channel: number) => number

export function painted(width: number, height: number, paint: Paint): Raster {
  let state = width * 73 + height
  const data = new Uint8ClampedArray(width * height * 4)
  for (let y = 0, at = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      for (let channel = 0; channel < 4; channel++) {
        state = (Math.imul(state, 1_103_515_245) + 12_345) | 0
        data[at++] = paint(state >>> 24, x, y, channel) & 255
      }
    }
  }
  return { width, height, data }
}

const isAlpha = (channel: number): boolean => channel === 3
/** Palettes of so many colours, in places that no predictor finds. */
const palette =
  (colours: number): Paint =>
  (_random, x, y, channel) =>
    isAlpha(channel) ? 255 : ((((x * 7 + y * 13) ^ (x * y)) % colours) * (channel * 2 + 3) * 5) & 255

/** What encoders take different ways for. */
export const PAINTS: Readonly<Record<string, Paint>> = {
  noise: (random) => random,
  'opaque noise': (random, _x, _y, channel) => (isAlpha(channel) ? 255 : random & 63),
  gradient: (random, x, y, channel) => (isAlpha(channel) ? 255 : x * 3 + y * (channel + 1) + (random & 3)),
  'see-through gradient': (random, x, y, channel) => (isAlpha(channel) ? x * 4 : x + y * channel * 2 + (random & 1)),
  flat: () => 77,
  stripes: (_random, x, y, channel) => (isAlpha(channel) ? 255 : ((x >> 2) & 1) * 90 + ((y >> 3) & 1) * 60),
  '2 colours': palette(2),
  '4 colours': palette(4),
  '16 colours': palette(16),
  '17 colours': palette(17),
  '256 colours': palette(256),
}

/** Decodes a still lossless file by itself, and says how much of the core's memory was taken at once: never more than was said before. */
export async function openDecoder(): Promise<(file: Uint8Array) => Raster & { readonly coreBytes: number }> {
  const module = await coreModule()
  return (file) => {
    const plain: Core<LosslessExports> = createCore(module)
    const start = plain.mark()
    let coreBytes = 0
    const alloc = (bytes: number): number => {
      const at = plain.alloc(bytes)
      coreBytes = Math.max(coreBytes, plain.mark() - start)
      return at
    }
    const core = { ...plain, alloc }
    const chunk = [...webpChunks(file, 12, file.length)].find(({ kind }) => kind === 'VP8L')
    if (!chunk) throw new Error('no VP8L')
    const { width, height, hasAlpha } = bitstreamShape(file, chunk)
    const data = new Uint8ClampedArray(width * height * 4)
    let at = 0
    for (const { ptr, stride, rows } of losslessRows(core, file, chunk, { width, height }, !hasAlpha).bands) {
      for (let row = 0; row < rows; row++, at += width * 4)
        data.set(core.bytes().subarray(ptr + row * stride, ptr + row * stride + width * 4), at)
    }
    const promised = losslessRowsBytes({ width, height }, file.length)
    if (coreBytes > promised) throw new Error(`${width}×${height}: ${coreBytes} bytes were taken, ${promised} were promised`)
    return { width, height, data, coreBytes }
  }
}
