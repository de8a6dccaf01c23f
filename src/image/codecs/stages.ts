import type { Codec } from './define.ts'
import type { RowsContext } from '../context.ts'
import type { PixelRows } from '../engine/rows/pixel-rows.ts'
import { resampleRows, resampleRowsBytes } from '../engine/resample/rows.ts'
import type { Geometry } from '../geometry.ts'
import { codec, type FormatName } from '../plan.ts'
import type { Shape } from '../raster.ts'

/** `core`: the pixel engine. `second`: other people's decoders, scaler and encoders, for files on which the core fails. */
export type EngineName = 'core' | 'second'

/** Who decodes, scales and encodes. The other steps are the core's in either case. */
export interface Stages {
  readonly name: EngineName
  codec(name: FormatName): Codec
  /** Cuts and scales rows in the middle of a plan. */
  resample(context: RowsContext, rows: PixelRows, geometry: Geometry): PixelRows | Promise<PixelRows>
  /** Upper bound of the memory that `resample` takes. */
  resampleBytes(source: Shape, geometry: Geometry, isOpaque: boolean): number
}

export const CORE_STAGES: Stages = {
  name: 'core',
  codec,
  resample: ({ core }, rows, geometry) => resampleRows(core, rows, geometry),
  resampleBytes: resampleRowsBytes,
}
