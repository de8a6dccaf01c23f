import type { Core } from '../../core.ts'
import type { Band, PlaneStream } from '../../plane-stream.ts'
import { type RowQueue, createRowQueue } from '../../row-queue.ts'
import type { ColourExports } from './colour-exports.ts'
import { createUpsampler } from './upsample.ts'

/** A picture that arrives by rows of RGBA (straight alpha, always 255), top to bottom. */
export interface RgbaRows {
  readonly width: number
  readonly height: number
  /** Position of the rows inside the whole scaled picture, in its pixels; 0, 0 without a region. */
  readonly originX: number
  readonly originY: number
  /** The next rows, perhaps none yet, or `null` after the last. They lie in the core's memory until the next call; 16 bytes behind each may be read. */
  next(): Band | null
}

/** Rows of RGBA that are made at once. */
const ROWS = 16

/**
 * Converts planes to RGBA as libjpeg does: smooth chroma upsampling for ratios of 2, exact 16-bit colour equations, CMYK without a profile. `keepsInks`:
 * a picture of four inks gives their amounts, C, M, Y, K, in place of RGBA.
 */
export function rgbaRows(core: Core<ColourExports>, stream: PlaneStream, keepsInks: boolean): RgbaRows {
  const finest = finestComponent(stream)
  const { width, height, originX, originY } = finest
  const stride = ((width + 15) & ~15) * 4
  const out = core.alloc(stride * Math.min(ROWS, height) + 64)
  const queues = stream.components.map((component) => ({ component, queue: createRowQueue(core, component.height) }))
  const rowOf = queues.map(({ component, queue }) => createUpsampler(core, queue, component, finest))
  const convert = converter(core.exports, stream.colour, width, keepsInks)
  let row = 0
  return {
    width,
    height,
    originX,
    originY,
    next() {
      if (row === height) return null
      const first = row
      while (row < height && row - first < ROWS) {
        if (rowOf.some((upsample) => !upsample.isReady(row))) {
          // The next pull overwrites the bands, so their remaining rows are copied first. Nothing is pulled while converted rows wait.
          if (row > first) break
          if (!pull(stream, queues)) break
          continue
        }
        convert(
          rowOf.map((upsample) => upsample.row(row)),
          out + (row - first) * stride,
        )
        row++
        rowOf.forEach((upsample, i) => queues[i]?.queue.drop(upsample.firstNeeded(row)))
      }
      return { ptr: out, stride, rows: row - first }
    },
  }
}

function finestComponent(stream: PlaneStream): PlaneStream['components'][number] {
  return stream.components.reduce((finest, component) => ({
    width: Math.max(finest.width, component.width),
    height: Math.max(finest.height, component.height),
    originX: Math.max(finest.originX, component.originX),
    originY: Math.max(finest.originY, component.originY),
    scaleX: Math.max(finest.scaleX, component.scaleX),
    scaleY: Math.max(finest.scaleY, component.scaleY),
  }))
}

/** False when the stream works and has no rows yet. */
function pull(stream: PlaneStream, queues: readonly { readonly queue: RowQueue }[]): boolean {
  for (const { queue } of queues) queue.keep()
  const bands = stream.next()
  queues.forEach(({ queue }, i) => {
    const band = bands?.[i]
    if (band) queue.push(band)
    else queue.end()
  })
  return bands === null || bands.some(({ rows }) => rows > 0)
}

type Convert = (rows: readonly number[], out: number) => void

/** Component rows (addresses) of full width to one row of RGBA. */
function converter(exports: ColourExports, colour: PlaneStream['colour'], width: number, keepsInks: boolean): Convert {
  const at = (rows: readonly number[], i: number) => rows[i] ?? 0
  switch (colour) {
    case 'gray':
      return (rows, out) => exports.grayToRgbaRow(at(rows, 0), out, width)
    case 'rgb':
      return (rows, out) => exports.rgbToRgbaRow(at(rows, 0), at(rows, 1), at(rows, 2), out, width)
    case 'ycbcr':
      return (rows, out) => exports.yccToRgbaRow(at(rows, 0), at(rows, 1), at(rows, 2), out, width)
    case 'cmyk': {
      const convert = keepsInks ? exports.cmykToInkRow : exports.cmykToRgbaRow
      return (rows, out) => convert(at(rows, 0), at(rows, 1), at(rows, 2), at(rows, 3), out, width)
    }
    case 'ycck': {
      const addBlack = keepsInks ? exports.addInkRow : exports.inkRgbaRow
      return (rows, out) => {
        exports.yccToRgbaRow(at(rows, 0), at(rows, 1), at(rows, 2), out, width)
        addBlack(out, at(rows, 3), width)
      }
    }
  }
}
