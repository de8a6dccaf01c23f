import type { Geometry, Rectangle, ResampleKernel } from '../../src/image/geometry.ts'
import type { Core } from '../../src/image/engine/core.ts'
import { createJpegRowEncoder } from '../../src/image/engine/jpeg/encode/rows.ts'
import type { JpegEncoderCore } from '../../src/image/engine/jpeg/encode/frame.ts'
import type { JpegEncodeOptions } from '../../src/image/engine/jpeg/encode/encoder.ts'
import { probeJpeg } from '../../src/image/engine/jpeg/header.ts'
import { jpegConversion } from '../../src/image/engine/jpeg/icc.ts'
import * as convert from '../../src/image/engine/jpeg/scaled/convert.ts'
import { jpegToJpegs, type RecodeOptions } from '../../src/image/engine/jpeg/scaled/recode.ts'
import * as shared from '../../src/image/engine/jpeg/scaled/shared-pass.ts'
import type { PixelRows } from '../../src/image/engine/rows/pixel-rows.ts'
import { rasterRows, rowsBytes } from '../../src/image/engine/rows/pixel-rows.ts'
import * as affines from '../../src/image/engine/pixels/affine.ts'
import * as blurs from '../../src/image/engine/pixels/blur.ts'
import * as composites from '../../src/image/engine/pixels/composite.ts'
import * as convolutions from '../../src/image/engine/pixels/convolve.ts'
import * as neighbourhoods from '../../src/image/engine/pixels/neighbourhood.ts'
import * as pixelwise from '../../src/image/engine/pixels/pixelwise.ts'
import * as turns from '../../src/image/engine/rows/turn.ts'
import * as png from '../../src/image/engine/png/encoder.ts'
import { type ResampleExports } from '../../src/image/engine/resample/resampler.ts'
import { resampleRowsBytes, scaleRows } from '../../src/image/engine/resample/rows.ts'
import type { LayerPlace } from '../../src/image/definitions/blend-modes.ts'
import type { Orientation } from '../../src/image/orientation.ts'
import type { Raster, Shape } from '../../src/image/raster.ts'
import { drainAtOnce, noPace, pictureOf, throughRows, toRaster } from './rows.ts'

/** The engine's stages as functions of rasters, to be held to their definitions. */
const onRaster =
  <E extends object, A extends readonly unknown[]>(stage: (core: Core<E>, input: PixelRows, ...rest: A) => PixelRows) =>
  (core: Core<E>, raster: Raster, ...rest: A): Raster =>
    throughRows(core, raster, (rows) => stage(core, rows, ...rest))

export const affine = onRaster(affines.affine)
export const rotate = onRaster(affines.rotate)
export const blur = onRaster(blurs.blur)
export const sharpen = onRaster(blurs.sharpen)
export const convolve = onRaster(convolutions.convolve)
export const enhance = onRaster(neighbourhoods.enhance)
export const median = onRaster(neighbourhoods.median)
export const selectiveBlur = onRaster(neighbourhoods.selectiveBlur)
export const changeLab = onRaster(pixelwise.changeLab)
export const flatten = onRaster(pixelwise.flatten)
export const lookUp = onRaster(pixelwise.lookUp)
export const lookUpLuma = onRaster(pixelwise.lookUpLuma)
export const multiplyColours = onRaster(pixelwise.multiplyColours)
export const premultiply = onRaster(pixelwise.premultiply)
export const unpremultiply = onRaster(pixelwise.unpremultiply)
export const turn = onRaster(turns.turnRows)

export const composite = (
  core: Core<composites.CompositeExports>,
  input: Raster,
  { raster, ...place }: LayerPlace & { readonly raster: Raster },
): Raster => throughRows(core, input, (rows) => composites.composite(core, rows, { ...place, pixels: composites.rasterLayer(raster) }))

const geometryOf = (source: Shape, width: number, height: number, kernel: ResampleKernel, window?: Rectangle): Geometry => ({
  window: window ?? { x: 0, y: 0, width: source.width, height: source.height },
  width,
  height,
  kernel,
})

/** Resamples `window` (default: all) of a raster into a new one of `width` × `height`. */
export const resampleRaster = (
  core: Core<ResampleExports>,
  raster: Raster,
  width: number,
  height: number,
  kernel: ResampleKernel,
  window?: Rectangle,
): Raster => throughRows(core, raster, (rows) => scaleRows(core, rows, geometryOf(raster, width, height, kernel, window)))

/** Core memory that `resampleRaster` takes at most. */
export const estimateResampleRasterBytes = (source: Shape, width: number, height: number, kernel: ResampleKernel): number =>
  rowsBytes(source.width, 16) + resampleRowsBytes(source, geometryOf(source, width, height, kernel))

export function encodeRaster(core: JpegEncoderCore, raster: Raster, options: JpegEncodeOptions): Uint8Array {
  const mark = core.mark()
  try {
    const rows = rasterRows(core, raster)
    const encoder = createJpegRowEncoder(core, raster, options)
    for (const band of rows.bands) encoder.take(band)
    return encoder.finish()
  } finally {
    core.release(mark)
  }
}

export const encodePng = (core: Core<png.PngEncoderExports>, raster: Raster, options?: png.PngEncodeOptions): Promise<Uint8Array> =>
  png.encodePng(core, pictureOf(core, raster), drainAtOnce, options)

export function jpegToRaster(
  core: convert.ScaledJpegCore,
  file: Uint8Array,
  orientation: Orientation,
  geometry: Geometry,
  warnings = new Set<string>(),
): Raster {
  const mark = core.mark()
  try {
    return toRaster(core, convert.jpegRows(core, file, orientation, geometry, warnings))
  } finally {
    core.release(mark)
  }
}

export const jpegToRasters = (
  core: convert.ScaledJpegCore,
  file: Uint8Array,
  orientation: Orientation,
  geometries: readonly Geometry[],
): Promise<readonly Raster[]> => shared.jpegToRasters(core, file, orientation, geometries, new Set(), noPace)

/** JPEG to JPEG; colours that are not kept in planes go through RGBA. */
export async function jpegToJpeg(
  core: convert.ScaledJpegCore,
  file: Uint8Array,
  orientation: Orientation,
  geometry: Geometry,
  options: RecodeOptions,
  warnings = new Set<string>(),
): Promise<Uint8Array> {
  const planar = await jpegToJpegs(
    core,
    file,
    orientation,
    [{ geometry, options, conversion: jpegConversion(file, probeJpeg(file), geometry.keepsColours) }],
    warnings,
    noPace,
  )
  const [body] = planar ?? []
  return body ?? encodeRaster(core, jpegToRaster(core, file, orientation, geometry, warnings), { ...options, colour: 'ycbcr' })
}
