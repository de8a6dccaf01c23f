import { conversionBytes, type Conversion } from '../../icc/conversion.ts'
import { gridBytes, MAX_GRID_BYTES } from '../../icc/grid.ts'
import type { Core } from '../core.ts'
import { giveBack } from '../parts.ts'
import type { PixelRows } from '../rows/pixel-rows.ts'
import { mapRows } from '../rows/stages.ts'
import { lookUp, type PixelwiseExports } from './pixelwise.ts'

export interface ConvertExports extends PixelwiseExports {
  convertPixels(at: number, bytes: number, tables: number): void
  convertByGrid3(at: number, bytes: number, tables: number, points: number): void
  convertByGrid4(at: number, bytes: number, tables: number, points: number): void
}

/** Core memory that curves and a matrix take. */
const CURVES_BYTES = 20_000

/** What `toSrgb` takes at most, the tables on their way into the core included, when all that is known is whether the file has a profile. */
export const profileTablesBytes = (hasProfile: boolean): number => (hasProfile ? 2 * MAX_GRID_BYTES : CURVES_BYTES)

/** The same for a known conversion. */
export const toSrgbBytes = (conversion: Conversion | null): number => (conversion ? profileTablesBytes(conversion.kind === 'grid') : 0)

/**
 * Colours of a file as sRGB; `null`: they are. Rows of four inks (C, M, Y, K) become rows of pixels. Within a level of `convertColour` and
 * `convertByGrid` (32-bit floats).
 */
export function toSrgb(core: Core<ConvertExports>, input: PixelRows, conversion: Conversion | null): PixelRows {
  if (!conversion) return input
  switch (conversion.kind) {
    case 'gray':
      return lookUp(core, input, [conversion.levels, conversion.levels, conversion.levels])
    case 'rgb':
    case 'grid':
      return mapRows(input, rowConverter(core, conversion))
  }
}

/** One of colours, not of gray. */
export type ColourConversion = Exclude<Conversion, { readonly kind: 'gray' }>

/** Converts a row of pixels, or of inks, where it lies. */
export function rowConverter(core: Core<ConvertExports>, conversion: ColourConversion): (at: number, bytes: number) => void {
  const { exports } = core
  if (conversion.kind === 'rgb') {
    const tables = put(core, conversionBytes(conversion.shares))
    return (at, bytes) => exports.convertPixels(at, bytes, tables)
  }
  const grid = conversion.grid()
  const tables = put(core, gridBytes(grid))
  const convert = conversion.inputs === 3 ? exports.convertByGrid3 : exports.convertByGrid4
  return (at, bytes) => convert(at, bytes, tables, grid.points)
}

function put(core: Core, tables: Uint8Array): number {
  const at = core.alloc(tables.length)
  core.bytes().set(tables, at)
  giveBack(tables)
  return at
}
