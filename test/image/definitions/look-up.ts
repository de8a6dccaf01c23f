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
