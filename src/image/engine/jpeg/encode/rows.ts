import type { Band } from '../../plane-stream.ts'
import type { Shape } from '../../../raster.ts'
import type { JpegEncoderCore } from './frame.ts'
import { createJpegEncoder, type EncoderPlane, type JpegEncodeOptions } from './encoder.ts'

/** Takes a picture's rows of RGBA, whose alpha is ignored, and gives its file. */
export interface JpegRowEncoder {
  take(band: Band): void
  /** When all rows have been taken. */
  finish(): Uint8Array
}

/** An encoder for rows that come from stages which allocate in the same core: all that it needs is allocated now. */
export function createJpegRowEncoder(core: JpegEncoderCore, shape: Shape, options: JpegEncodeOptions): JpegRowEncoder {
  // Chroma at full size, two rows of each, with room to repeat the last sample.
  const encoder = createJpegEncoder(core, shape, { ...options, reservesTokens: true })
  const [luma, cb, cr] = encoder.planes as [EncoderPlane, EncoderPlane?, EncoderPlane?]
  const wide = luma.stride + 16
  const chroma = core.alloc(wide * 4)
  const { exports } = core
  const { width, height } = shape
  const isOdd = width % 2 === 1

  /** Row `y` of the picture as row `at` of the MCUs that are filled. */
  const convert = (rgba: number, at: number): void => {
    const to = luma.ptr + at * luma.stride
    if (!cb || !cr) return exports.rgbaToGray(rgba, to, width)
    if (options.subsampling === '4:4:4') return exports.rgbaToYcc(rgba, to, cb.ptr + at * cb.stride, cr.ptr + at * cr.stride, width)
    const half = options.subsampling === '4:2:0' ? at % 2 : 0
    exports.rgbaToYcc(rgba, to, chroma + half * wide, chroma + (2 + half) * wide, width)
  }
  /** Chroma of the rows up to `at`, the first of a pair standing for a second that does not come. */
  const subsample = (at: number, isPair: boolean): void => {
    if (!cb || !cr || options.subsampling === '4:4:4') return
    if (isOdd) exports.padRows(chroma, wide, 4, width, width + 1)
    ;[cb, cr].forEach((plane, i) => {
      const source = chroma + i * 2 * wide
      if (options.subsampling === '4:2:2') return exports.halveRow(source, plane.ptr + at * plane.stride, plane.width)
      const second = isPair ? source + wide : source
      return exports.quarterRows(source, second, plane.ptr + (at >> 1) * plane.stride, plane.width)
    })
  }
  let y = 0
  return {
    take({ ptr, stride, rows }) {
      for (let row = 0; row < rows; row++, y++) {
        const at = y % luma.rowsPerMcu
        const isLast = y === height - 1
        convert(ptr + row * stride, at)
        const isPair = at % 2 === 1
        if (options.subsampling !== '4:2:0' || isPair || isLast) subsample(at, isPair)
        if (isLast || at === luma.rowsPerMcu - 1) encoder.encodeRow()
      }
    },
    finish: () => encoder.finish(),
  }
}
