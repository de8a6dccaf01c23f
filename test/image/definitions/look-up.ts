import type { LookUpTables } from '../../../src/image/definitions/look-up.ts'
import { createRaster, type Raster } from '../../../src/image/raster.ts'

/** Replaces every level by its table's; alpha untouched. The definition of the engine's `lookUp`. */
export function lookUp(input: Raster, tables: LookUpTables): Raster {
  const output = createRaster(input)
  input.data.forEach((value, at) => {
    output.data[at] = at % 4 === 3 ? value : (tables[at % 4]?.[value] ?? 0)
  })
  return output
}

/** Replaces every pixel by the tables' values of its luma, GD's grey; alpha untouched. The definition of the engine's `lookUpLuma`. */
export function lookUpLuma(input: Raster, tables: LookUpTables): Raster {
  const output = createRaster(input)
  input.data.forEach((value, at) => {
    const [red, green, blue] = [0, 1, 2].map((c) => input.data[at - (at % 4) + c] ?? 0) as [number, number, number]
    const luma = Math.trunc(red * 0.299 + green * 0.587 + blue * 0.114)
    output.data[at] = at % 4 === 3 ? value : (tables[at % 4]?.[luma] ?? 0)
  })
  return output
}
