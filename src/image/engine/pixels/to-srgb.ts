import { conversionBytes, type Conversion } from '../../icc/conversion.ts'
import type { Core } from '../core.ts'
import type { PixelRows } from '../rows/pixel-rows.ts'
import { mapRows } from '../rows/stages.ts'
import { lookUp, type PixelwiseExports } from './pixelwise.ts'

export interface ConvertExports extends PixelwiseExports {
  convertPixels(at: number, bytes: number, tables: number): void
}

/** Core memory that `toSrgb` takes. */
export const TO_SRGB_BYTES = 20_000

/** Colours of a file as sRGB; `null`: they are. Within a level of `convertColour` (32-bit floats). */
export function toSrgb(core: Core<ConvertExports>, input: PixelRows, conversion: Conversion | null): PixelRows {
  if (!conversion) return input
  if (conversion.kind === 'gray') return lookUp(core, input, [conversion.levels, conversion.levels, conversion.levels])
  const tables = conversionBytes(conversion.shares)
  const at = core.alloc(tables.length)
  core.bytes().set(tables, at)
  return mapRows(input, (from, length) => core.exports.convertPixels(from, length, at))
}
