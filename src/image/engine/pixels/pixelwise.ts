import type { ColourMatrix } from '../../definitions/colour-matrix.ts'
import { chromaFactor, type LabChange, labSpace } from '../../definitions/lab.ts'
import type { LookUpTables } from '../../definitions/look-up.ts'
import type { Raster } from '../../raster.ts'
import type { Core } from '../core.ts'
import { mapStrips } from './row-window.ts'

export interface PixelwiseExports {
  lookUpPixels(at: number, bytes: number, tables: number): void
  multiplyPixels(at: number, bytes: number, matrix: number): void
  changeLabPixels(at: number, bytes: number, linear: number, levels: number, change: number): void
  premultiplyPixels(at: number, bytes: number): void
  unpremultiplyPixels(at: number, bytes: number): void
  flattenPixels(at: number, bytes: number, background: number): void
}

/** Runs `apply` with `bytes` copied into the core. */
function withParameters(core: Core, bytes: Uint8Array, apply: (at: number) => Raster): Raster {
  const mark = core.mark()
  const at = core.alloc(bytes.length)
  core.bytes().set(bytes, at)
  const output = apply(at)
  core.release(mark)
  return output
}

/** Every level by its table's; `test/image/definitions/look-up.ts`. */
export function lookUp(core: Core<PixelwiseExports>, input: Raster, tables: LookUpTables): Raster {
  const bytes = new Uint8Array(768)
  tables.forEach((table, channel) => bytes.set(table, channel * 256))
  return withParameters(core, bytes, (at) => mapStrips(core, input, (from, length) => core.exports.lookUpPixels(from, length, at)))
}

/** Every colour by a 3×4 matrix; `test/image/definitions/colour-matrix.ts`, within one level of it (32-bit floats). */
export function multiplyColours(core: Core<PixelwiseExports>, input: Raster, matrix: ColourMatrix): Raster {
  return withParameters(core, new Uint8Array(Float32Array.from(matrix).buffer), (at) =>
    mapStrips(core, input, (from, length) => core.exports.multiplyPixels(from, length, at)),
  )
}

/**
 * Every colour in L*a*b*; `test/image/definitions/lab.ts`, within one level of it. Saturations far over 20 take colours so far beyond sRGB that single pixels
 * show the rounding of 32-bit floats.
 */
export function changeLab(core: Core<PixelwiseExports>, input: Raster, change: LabChange): Raster {
  const { linear, levels } = labSpace()
  const floats = Float32Array.of(...linear, change.brightness, change.lightness, ...chromaFactor(change))
  const parameters = new Uint8Array(floats.byteLength + levels.length)
  parameters.set(new Uint8Array(floats.buffer))
  parameters.set(levels, floats.byteLength)
  const changeAt = linear.length * 4
  return withParameters(core, parameters, (at) =>
    mapStrips(core, input, (from, length) => core.exports.changeLabPixels(from, length, at, at + floats.byteLength, at + changeAt)),
  )
}

/** Straight to premultiplied alpha, `test/image/definitions/premultiply.ts`. */
export const premultiply = (core: Core<PixelwiseExports>, input: Raster): Raster =>
  mapStrips(core, input, (at, bytes) => core.exports.premultiplyPixels(at, bytes))

/** Premultiplied to straight alpha, `test/image/definitions/premultiply.ts`. */
export const unpremultiply = (core: Core<PixelwiseExports>, input: Raster): Raster =>
  mapStrips(core, input, (at, bytes) => core.exports.unpremultiplyPixels(at, bytes))

/** Onto an opaque background, `test/image/definitions/premultiply.ts`. */
export const flatten = (
  core: Core<PixelwiseExports>,
  input: Raster,
  [red, green, blue]: readonly [red: number, green: number, blue: number],
): Raster => mapStrips(core, input, (at, bytes) => core.exports.flattenPixels(at, bytes, red | (green << 8) | (blue << 16)))
