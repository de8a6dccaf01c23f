import type { Shape } from '../../../raster.ts'
import type { Core } from '../../core.ts'
import type { Band, PlaneComponent, PlaneStream } from '../../plane-stream.ts'
import type { Vp8Bands } from './decoder.ts'
import type { Vp8DecoderExports } from './exports.ts'

/** How much smaller planes are than the picture: means of so many samples a side. */
export type Vp8Shrink = 2 | 4 | 8

/** Bytes behind a row that whole vectors touch. */
const SLACK = 80
const stripStride = (width: number): number => ((width + 15) & ~15) + 16
const ROWS = 8

/** Upper bound of the core's memory that `vp8Planes` takes. */
export const vp8PlanesBytes = ({ width }: Shape): number => 3 * (stripStride(Math.ceil(width / 2)) * ROWS + SLACK + 16)

/**
 * Planes of the same size for luma and chroma, `shrink` times smaller than the picture: means of squares, as JFIF has them (0 … 255). `shape`: of the
 * bands' luma. The bands come in whole rows of macroblocks, not filtered; their last samples are repeated where a square is not full.
 */
export function vp8Planes(core: Core<Vp8DecoderExports>, source: Generator<Vp8Bands, void>, shape: Shape, shrink: Vp8Shrink): PlaneStream {
  const { exports } = core
  const bits = Math.log2(shrink)
  const width = Math.ceil(shape.width / shrink)
  const component: PlaneComponent = {
    width,
    height: Math.ceil(shape.height / shrink),
    originX: 0,
    originY: 0,
    scaleX: 1 / shrink,
    scaleY: 1 / shrink,
  }
  const stride = stripStride(width)
  const planes = [bits, bits - 1, bits - 1].map((reduction, i) => ({
    reduction,
    // A plane that is not reduced is made where it lies.
    ptr: reduction > 0 ? core.alloc(stride * ROWS + SLACK) : 0,
    width: i === 0 ? shape.width : Math.ceil(shape.width / 2),
    stretch: i === 0 ? exports.vp8StretchLuma : exports.vp8StretchChroma,
  }))

  const reduce = ({ reduction, ptr, width: full, stretch }: (typeof planes)[number], band: Band): Band => {
    const size = 1 << reduction
    const rows = Math.ceil(band.rows / size)
    const result = reduction > 0 ? { ptr, stride, rows } : { ...band, rows }
    if (reduction > 0) {
      repeatEdges(core, band, full, rows * size)
      for (let y = 0; y < rows; y++) exports.vp8MeanRow(band.ptr + y * size * band.stride, band.stride, reduction, ptr + y * stride, width)
    }
    for (let y = 0; y < rows; y++) stretch(result.ptr + y * result.stride, width)
    return result
  }
  return {
    colour: 'ycbcr',
    components: [component, component, component],
    grows: false,
    next() {
      const { value } = source.next()
      return value ? planes.map((plane, i) => reduce(plane, value[i] as Band)) : null
    },
    warnings: [],
  }
}

/** Repeats a band's last samples to the right as far as its stride goes, and its last row down to `rows`. */
function repeatEdges(core: Core, { ptr, stride, rows }: Band, width: number, wanted: number): void {
  const memory = core.bytes()
  if (width < stride) {
    for (let at = ptr; at < ptr + rows * stride; at += stride) memory.fill(memory[at + width - 1] ?? 0, at + width, at + stride)
  }
  const last = ptr + (rows - 1) * stride
  for (let row = rows; row < wanted; row++) memory.copyWithin(ptr + row * stride, last, last + stride)
}
