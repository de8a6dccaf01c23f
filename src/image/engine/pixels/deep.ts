import type { Conversion } from '../../icc/conversion.ts'
import { deepLayout, MAX_DEEP_BYTES, writeDeepTables } from '../../icc/deep.ts'
import type { Core } from '../core.ts'

export interface DeepExports {
  convertDeep(from: number, to: number, pixels: number, tables: number, apart: number): void
  convertDeepByGrid3(from: number, to: number, pixels: number, tables: number, curves: number, points: number): void
  convertDeepByGrid4(from: number, to: number, pixels: number, tables: number, curves: number, points: number): void
}

/**
 * Converts a row: `pixels` of four samples of 16 bits each at `from` (R, G, B, A, little-endian; or C, M, Y, K) become RGBA of 8 bits in sRGB at `to`. Both
 * are offsets in the core; they do not overlap.
 */
export type ConvertDeep = (from: number, to: number, pixels: number) => void

/** Puts the conversion's tables into the core. Within a level of `convertDeepColour` and `convertDeepByGrid`. */
export function deepConverter(core: Core<DeepExports>, conversion: Conversion): ConvertDeep {
  const grid = conversion.kind === 'grid' ? conversion.grid() : null
  const { bytes, apart, curvesAt } = deepLayout(conversion, grid)
  const tables = core.alloc(bytes)
  writeDeepTables(conversion, grid, core.bytes().subarray(tables, tables + bytes))
  const { exports } = core
  if (!grid) return (from, to, pixels) => exports.convertDeep(from, to, pixels, tables, apart)
  const convert = grid.inputs === 3 ? exports.convertDeepByGrid3 : exports.convertDeepByGrid4
  return (from, to, pixels) => convert(from, to, pixels, tables, tables + curvesAt, grid.points)
}

/** Core memory that `deepConverter` takes at most. */
export const deepConverterBytes = (inputs: 3 | 4): number => MAX_DEEP_BYTES[inputs]
