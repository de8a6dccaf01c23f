import { createVp8Encoder, type Vp8EncodeOptions } from '../../../../../src/image/engine/webp/encode/encoder.ts'
import type { Vp8EncoderCore } from '../../../../../src/image/engine/webp/encode/exports.ts'
import type { Planes } from './colours.ts'

const ALL = ['y', 'cb', 'cr'] as const

/** Encodes planes; answers the file, and the planes that the encoder says a decoder has before its loop filter. */
export function encodePlanes(
  core: Vp8EncoderCore,
  planes: Planes,
  options: Vp8EncodeOptions,
): { readonly file: Uint8Array; readonly made: Planes } {
  const encoder = createVp8Encoder(core, planes, options)
  const made = { ...planes, y: planes.y.slice(), cb: planes.cb.slice(), cr: planes.cr.slice() }
  for (let row = 0; row < encoder.mcuRows; row++) {
    const each = (work: (at: number, from: number, width: number, name: (typeof ALL)[number]) => void): void =>
      encoder.planes.forEach(({ ptr, stride, width, height, rowsPerMcu }, i) => {
        for (let y = 0; y < Math.min(rowsPerMcu, height - row * rowsPerMcu); y++)
          work(ptr + y * stride, (row * rowsPerMcu + y) * width, width, ALL[i] as (typeof ALL)[number])
      })
    each((at, from, width, name) => core.bytes().set(planes[name].subarray(from, from + width), at))
    encoder.encodeRow()
    each((at, from, width, name) => made[name].set(core.bytes().subarray(at, at + width), from))
  }
  return { file: encoder.finish(), made }
}
