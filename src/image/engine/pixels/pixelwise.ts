import type { ColourMatrix } from '../../definitions/colour-matrix.ts'
import { chromaFactor, type LabChange, labSpace } from '../../definitions/lab.ts'
import type { LookUpTables } from '../../definitions/look-up.ts'
import type { Core } from '../core.ts'
import type { PixelRows } from '../rows/pixel-rows.ts'
import { mapRows } from '../rows/stages.ts'

export interface PixelwiseExports {
  lookUpPixels(at: number, bytes: number, tables: number): void
  lookUpLumaPixels(at: number, bytes: number, tables: number): void
  multiplyPixels(at: number, bytes: number, matrix: number): void
  changeLabPixels(at: number, bytes: number, linear: number, levels: number, change: number): void
  premultiplyPixels(at: number, bytes: number): void
  unpremultiplyPixels(at: number, bytes: number): void
  flattenPixels(at: number, bytes: number, background: number): void
}

/** Core memory that any of these stages takes. */
export const PIXELWISE_BYTES = 20_000

/** Copies parameters into the core. */
function placeParameters(core: Core, bytes: Uint8Array): number {
  const at = core.alloc(bytes.length)
  core.bytes().set(bytes, at)
  return at
}

const lookUpParameters = (tables: LookUpTables): Uint8Array => {
  const bytes = new Uint8Array(768)
  tables.forEach((table, channel) => bytes.set(table, channel * 256))
  return bytes
}

/** Every level by its table's; `test/image/definitions/look-up.ts`. */
export function lookUp(core: Core<PixelwiseExports>, input: PixelRows, tables: LookUpTables): PixelRows {
  const at = placeParameters(core, lookUpParameters(tables))
  return mapRows(input, (from, length) => core.exports.lookUpPixels(from, length, at))
}

/** Every pixel by its luma's values of the tables; `test/image/definitions/look-up.ts`. */
export function lookUpLuma(core: Core<PixelwiseExports>, input: PixelRows, tables: LookUpTables): PixelRows {
  const at = placeParameters(core, lookUpParameters(tables))
  return mapRows(input, (from, length) => core.exports.lookUpLumaPixels(from, length, at))
}

/** Every colour by a 3×4 matrix; `test/image/definitions/colour-matrix.ts`, within one level of it (32-bit floats). */
export function multiplyColours(core: Core<PixelwiseExports>, input: PixelRows, matrix: ColourMatrix): PixelRows {
  const at = placeParameters(core, new Uint8Array(Float32Array.from(matrix).buffer))
  return mapRows(input, (from, length) => core.exports.multiplyPixels(from, length, at))
}

/**
 * Every colour in L*a*b*; `test/image/definitions/lab.ts`, within one level of it. Saturations far over 20 take colours so far beyond sRGB that single pixels
 * show the rounding of 32-bit floats.
 */
export function changeLab(core: Core<PixelwiseExports>, input: PixelRows, change: LabChange): PixelRows {
  const { linear, levels } = labSpace()
  const floats = Float32Array.of(...linear, change.brightness, change.lightness, ...chromaFactor(change))
  const parameters = new Uint8Array(floats.byteLength + levels.length)
  parameters.set(new Uint8Array(floats.buffer))
  parameters.set(levels, floats.byteLength)
  const at = placeParameters(core, parameters)
  const changeAt = at + linear.length * 4
  return mapRows(input, (from, length) => core.exports.changeLabPixels(from, length, at, at + floats.byteLength, changeAt))
}

/** Straight to premultiplied alpha, `test/image/definitions/premultiply.ts`. */
export const premultiply = (core: Core<PixelwiseExports>, input: PixelRows): PixelRows =>
  mapRows(input, (at, bytes) => core.exports.premultiplyPixels(at, bytes))

/** Premultiplied to straight alpha, `test/image/definitions/premultiply.ts`. */
export const unpremultiply = (core: Core<PixelwiseExports>, input: PixelRows): PixelRows =>
  mapRows(input, (at, bytes) => core.exports.unpremultiplyPixels(at, bytes))

/** Onto an opaque background, `test/image/definitions/premultiply.ts`. Opaque rows stay as they are. */
export function flatten(
  core: Core<PixelwiseExports>,
  input: PixelRows,
  [red, green, blue]: readonly [red: number, green: number, blue: number],
): PixelRows {
  if (input.isOpaque) return input
  return mapRows(input, (at, bytes) => core.exports.flattenPixels(at, bytes, red | (green << 8) | (blue << 16)), true)
}
