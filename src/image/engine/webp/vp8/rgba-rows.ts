import type { Shape } from '../../../raster.ts'
import type { Core } from '../../core.ts'
import type { Band } from '../../plane-stream.ts'
import { createRowQueue } from '../../row-queue.ts'
import { allocateRows, BAND_ROWS, NO_ROWS, type PixelRows, rowsBytes } from '../../rows/pixel-rows.ts'
import type { Vp8Bands } from './decoder.ts'
import type { Vp8DecoderExports } from './exports.ts'

/** Upper bound of the core's memory that `vp8RgbaRows` takes: its rows, and those that wait for chroma below them. */
export const vp8RgbaBytes = ({ width }: Shape): number => rowsBytes(width, BAND_ROWS) + 12 * (width + 96)

/** Opaque RGBA as libwebp makes it: chroma through a triangle filter, BT.601. `shape`: of the bands' luma; `height`: rows that are wanted. */
export function vp8RgbaRows(
  core: Core<Vp8DecoderExports>,
  source: Generator<Vp8Bands, void>,
  { width, height: sourceHeight }: Shape,
  height: number,
): PixelRows {
  const chroma = { width: Math.ceil(width / 2), height: Math.ceil(sourceHeight / 2) }
  const target = allocateRows(core, width, BAND_ROWS)
  const queues = [sourceHeight, chroma.height, chroma.height].map((rows) => createRowQueue(core, rows)) as [RowQueue, RowQueue, RowQueue]
  const [luma, cb, cr] = queues
  /** An even row lies nearer to the chroma above its pair, an odd one to that below. */
  const far = (y: number): number => Math.max(0, Math.min((y >> 1) + (y % 2 === 0 ? -1 : 1), chroma.height - 1))
  const isReady = (y: number): boolean => y < luma.arrived && Math.max(y >> 1, far(y)) < cb.arrived

  function* bands(): Generator<Band> {
    let y = 0
    for (const arrived of source) {
      queues.forEach((queue, i) => queue.push(arrived[i] ?? NO_ROWS))
      while (y < height && isReady(y)) {
        const first = y
        for (; y < height && y - first < BAND_ROWS && isReady(y); y++) {
          const [near, other] = [y >> 1, far(y)]
          const out = target.ptr + (y - first) * target.stride
          core.exports.vp8RgbaRow(luma.row(y), cb.row(near), cb.row(other), cr.row(near), cr.row(other), chroma.width, out, width)
        }
        yield { ...target, rows: y - first }
      }
      luma.drop(y)
      for (const queue of [cb, cr]) queue.drop(Math.min(y >> 1, far(y)))
      for (const queue of queues) queue.keep()
      if (y === height) return
      yield NO_ROWS
    }
  }
  return { width, height, isOpaque: true, bands: bands() }
}

type RowQueue = ReturnType<typeof createRowQueue>
