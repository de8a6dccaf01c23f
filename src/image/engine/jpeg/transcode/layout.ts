import { isResampled, type Geometry, type Rectangle } from '../../../geometry.ts'
import { type Orientation, storedGeometry, SYMMETRY, swapsSides } from '../../../orientation.ts'
import type { Shape } from '../../../raster.ts'
import { type JpegFrame, planFrame } from '../decode/frame.ts'
import { MAX_MCU_BLOCKS } from '../decode/input.ts'
import type { JpegHeader } from '../header.ts'

/** What a result without loss keeps of one component. */
export interface KeptComponent {
  /** Blocks of an MCU of the result. */
  readonly across: number
  readonly down: number
  /** The blocks of the file that are kept: columns [left, right), rows [top, bottom). */
  readonly left: number
  readonly right: number
  readonly top: number
  readonly bottom: number
  /** The kept block that the result has first, and the steps from one of its blocks to the next, counted in kept blocks row by row. */
  readonly origin: number
  readonly stepAcross: number
  readonly stepDown: number
  /** The result's blocks that have pixels. */
  readonly columns: number
  readonly rows: number
}

/** A result whose blocks are blocks of the file. */
export interface TranscodeLayout extends Shape {
  readonly orientation: Orientation
  /** Of the file, whole. */
  readonly frame: JpegFrame
  readonly mcusAcross: number
  readonly mcuRows: number
  readonly components: readonly KeptComponent[]
}

/** Where blocks do not fit: a sentence with the numbers that do. */
export interface Misfit {
  readonly reason: string
}

/**
 * Which blocks of a file make the result that `geometry` (in pixels of the turned picture) describes. A cut has to begin where an MCU begins; an edge that
 * a mirror or turn makes the left or upper one has to end where an MCU ends, as `jpegtran -perfect` wants it. The other two edges may lie anywhere.
 */
export function layOutTranscode(header: JpegHeader, orientation: Orientation, geometry: Geometry): TranscodeLayout | Misfit {
  if (isResampled(geometry)) return { reason: 'Expected a result of the size of its cut, received another: scaling needs pixels.' }
  const frame = planFrame(header, 1)
  const mcu = { width: 8 * Math.max(...frame.components.map(({ h }) => h)), height: 8 * Math.max(...frame.components.map(({ v }) => v)) }
  const blocks = frame.components.reduce((sum, { h, v }) => sum + h * v, 0)
  if (frame.components.length > 1 && blocks > MAX_MCU_BLOCKS)
    return { reason: `Expected at most ${MAX_MCU_BLOCKS} blocks in an MCU, received ${blocks}.` }
  const { window } = storedGeometry(geometry, header, orientation)
  const { transpose, mirrorX, mirrorY } = SYMMETRY[orientation]
  const isFit =
    (mirrorX ? window.x + window.width : window.x) % mcu.width === 0 && (mirrorY ? window.y + window.height : window.y) % mcu.height === 0
  if (!isFit) return misfit(header, orientation, geometry, mcu)
  const size = { width: geometry.width, height: geometry.height }
  const turnedMcu = transpose ? { width: mcu.height, height: mcu.width } : mcu
  return {
    ...size,
    orientation,
    frame,
    mcusAcross: Math.ceil(size.width / turnedMcu.width),
    mcuRows: Math.ceil(size.height / turnedMcu.height),
    components: frame.components.map(({ h, v }) => {
      const [left, right] = span(window.x, window.width, h, mcu.width)
      const [top, bottom] = span(window.y, window.height, v, mcu.height)
      const [columns, rows] = [right - left, bottom - top]
      const [stepX, stepY] = [mirrorX ? -1 : 1, mirrorY ? -columns : columns]
      return {
        ...(transpose ? { across: v, down: h, columns: rows, rows: columns } : { across: h, down: v, columns, rows }),
        ...(transpose ? { stepAcross: stepY, stepDown: stepX } : { stepAcross: stepX, stepDown: stepY }),
        origin: (mirrorX ? columns - 1 : 0) + (mirrorY ? (rows - 1) * columns : 0),
        left,
        right,
        top,
        bottom,
      }
    }),
  }
}

/** The blocks of a component that pixels [start, start + length) touch; `factor` blocks have the width of an MCU. */
const span = (start: number, length: number, factor: number, mcu: number): readonly [number, number] => [
  Math.floor((start * factor) / mcu),
  Math.ceil(((start + length) * factor) / mcu),
]

/** What would have to be asked instead. */
function misfit(header: Shape, orientation: Orientation, { window }: Geometry, mcu: Shape): Misfit {
  const { transpose, mirrorX, mirrorY } = SYMMETRY[orientation]
  const [width, height] = swapsSides(orientation) ? [header.height, header.width] : [header.width, header.height]
  const [acrossMcu, downMcu] = transpose ? [mcu.height, mcu.width] : [mcu.width, mcu.height]
  const [mirrorsAcross, mirrorsDown] = transpose ? [mirrorY, mirrorX] : [mirrorX, mirrorY]
  const across = nearest(window.x, window.width, width, acrossMcu, mirrorsAcross)
  const down = nearest(window.y, window.height, height, downMcu, mirrorsDown)
  const found = text({ x: across.start, y: down.start, width: across.length, height: down.length })
  const received = text(window)
  return {
    reason: `Expected a cut whose left and upper edge lie between blocks of ${acrossMcu}×${downMcu} pixels, received ${received} of the turned picture of ${width}×${height}; the nearest is ${found}.`,
  }
}

const text = ({ x, y, width, height }: Rectangle): string => `${width}×${height} at ${x},${y}`

/** The nearest start that fits, and the length that remains there. A mirrored axis counts its blocks from the picture's end. */
function nearest(
  start: number,
  length: number,
  side: number,
  mcu: number,
  isMirrored: boolean,
): { readonly start: number; readonly length: number } {
  const first = isMirrored ? side % mcu : 0
  const steps = Math.max(0, Math.min(Math.round((start - first) / mcu), Math.ceil((side - first) / mcu) - 1))
  const at = first + steps * mcu
  return { start: at, length: Math.max(1, Math.min(length, side - at)) }
}
