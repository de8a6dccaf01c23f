import { AppError } from '../errors.ts'
import type { StepContext } from './context.ts'
import { NS_OF_EMPTY_BAND, type Pace } from './engine/pace.ts'
import type { PixelRows } from './engine/rows/pixel-rows.ts'
import { turnRows } from './engine/rows/turn.ts'
import type { Band } from './engine/plane-stream.ts'
import { decodeNs, type Decoding } from './estimate.ts'
import { operation, type Step } from './plan.ts'
import { CORE_STAGES } from './codecs/stages.ts'

/** Rows that are counted as work when they pass; `emptyNs` is what a band without rows stands for. */
export function metered({ bands, ...shape }: PixelRows, pace: Pace, nsPerPixel: number, emptyNs = 0): PixelRows {
  function* counted(): Generator<Band> {
    for (const band of bands) {
      pace.count(band.rows > 0 ? band.rows * shape.width * nsPerPixel : emptyNs)
      yield band
    }
  }
  return { ...shape, bands: counted() }
}

/** The decoded rows of a file, counted with the work of reading it. */
export const meteredSource = (rows: PixelRows, pace: Pace, decoding: Decoding): PixelRows =>
  metered(rows, pace, decodeNs(decoding) / (rows.width * rows.height), NS_OF_EMPTY_BAND)

/** The rows of a picture behind a step. */
export async function openStep({ op, params }: Step, input: PixelRows, context: StepContext, stages = CORE_STAGES): Promise<PixelRows> {
  const definition = operation(op)
  const planned = definition.plan(params, input)
  const turn = definition.symmetry?.(params) ?? null
  const rows = turn
    ? turnRows(context.core, input, turn)
    : definition.geometry
      ? await stages.resample(context, input, definition.geometry(params, input))
      : await definition.rows?.(params, input, planned, context)
  if (rows?.width === planned.width && rows.height === planned.height) return rows
  const yielded = rows ? `${rows.width}×${rows.height}` : 'nothing'
  throw new AppError('internal', { detail: `${op} planned ${planned.width}×${planned.height} and yielded ${yielded}` })
}
