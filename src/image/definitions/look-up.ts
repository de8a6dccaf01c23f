import { createRaster, type Raster } from '../raster.ts'

/** One table of 256 levels for each of red, green and blue. */
export type LookUpTables = readonly [red: Uint8Array, green: Uint8Array, blue: Uint8Array]

/** Three tables from one function of the level, 0–255; clamped and rounded as `Uint8ClampedArray` does. */
export function tableOf(level: (value: number) => number): Uint8Array {
  return new Uint8Array(Uint8ClampedArray.from({ length: 256 }, (_, value) => level(value)))
}

/** Replaces every level by its table's; alpha untouched. The definition of the engine's `lookUp`. */
export function lookUp(input: Raster, tables: LookUpTables): Raster {
  const output = createRaster(input)
  input.data.forEach((value, at) => {
    output.data[at] = at % 4 === 3 ? value : (tables[at % 4]?.[value] ?? 0)
  })
  return output
}
