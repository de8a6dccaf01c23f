import type { Shape } from '../../../raster.ts'
import type { Core } from '../../core.ts'
import type { Band, PlaneComponent, PlaneStream } from '../../plane-stream.ts'
import type { Vp8Bands, Vp8Shrink } from './decoder.ts'
import type { Vp8DecoderExports } from './exports.ts'

/**
 * Planes of the same size for luma and chroma, `shrink` times smaller than the picture, as JFIF has them (0 … 255). `source` is shrunk; `shape`: of the luma that
 * it was made of.
 */
export function vp8Planes(
  { exports }: Core<Vp8DecoderExports>,
  source: Generator<Vp8Bands, void>,
  shape: Shape,
  shrink: Vp8Shrink,
): PlaneStream {
  const width = Math.ceil(shape.width / shrink)
  const component: PlaneComponent = {
    width,
    height: Math.ceil(shape.height / shrink),
    originX: 0,
    originY: 0,
    scaleX: 1 / shrink,
    scaleY: 1 / shrink,
  }
  const stretch = ({ ptr, stride, rows }: Band, stretchRow: (row: number, width: number) => void): void => {
    for (let row = 0; row < rows; row++) stretchRow(ptr + row * stride, width)
  }
  return {
    colour: 'ycbcr',
    components: [component, component, component],
    grows: false,
    next() {
      const { value } = source.next()
      if (!value) return null
      const [luma, cb, cr] = value
      stretch(luma, exports.vp8StretchLuma)
      stretch(cb, exports.vp8StretchChroma)
      stretch(cr, exports.vp8StretchChroma)
      return value
    },
    warnings: [],
  }
}
