import createDecoder from '@jsquash/webp/codec/dec/webp_dec.js'
import * as z from 'zod'
import { AppError } from '../../errors.ts'
import { collect } from '../collect.ts'
import type { RowsContext } from '../context.ts'
import { profileTablesBytes, toSrgb } from '../engine/pixels/to-srgb.ts'
import { BAND_ROWS, lastRows, type PixelRows, rowsBytes } from '../engine/rows/pixel-rows.ts'
import { turnRows, turnRowsBytes } from '../engine/rows/turn.ts'
import { resampleRows, resampleRowsBytes } from '../engine/resample/rows.ts'
import type { Conversion } from '../icc/conversion.ts'
import { isRgbProfile } from '../icc/profile.ts'
import { conversionByProfile, MAX_PROFILE_BYTES } from '../icc/remembered.ts'
import { storedGeometry } from '../orientation.ts'
import type { Raster, Shape } from '../raster.ts'
import { defineCodec } from './define.ts'
import { emscriptenInstances } from './emscripten-instances.ts'
import { pageRows } from './webp/canvas.ts'
import { stillFile, type WebpFrame } from './webp/frame.ts'
import { encodeWebp, encodeWebpBytes } from './webp/encode.ts'
import { canvasBytes } from '../engine/webp/canvas.ts'
import type { WebpChunk } from '../engine/webp/container.ts'
import { losslessRows, losslessRowsBytes } from '../engine/webp/lossless/rows.ts'
import { embedInWebp, exifOfWebp, webpAnimation, webpHasC2pa, xmpOfWebp } from './webp/metadata.ts'
import { isWebp, probeWebp, type WebpProbe } from './webp/header.ts'

interface Decoder {
  decode(file: Uint8Array): (Shape & { readonly data: Uint8ClampedArray }) | null
}
const withDecoder = emscriptenInstances<Decoder>(createDecoder, 'invalid_image')

/** Upper bound of what libwebp's decoder takes: RGBA, as much again for lossless pixels or alpha, the file twice, and some rows. */
const decoderBytes = ({ width, height }: Shape, isLossy: boolean, fileBytes: number): number =>
  width * height * (isLossy ? 4 : 8.5) + 200 * width + 2 * fileBytes + 500_000

interface Still extends Shape {
  readonly hasAlpha: boolean
  readonly isLossy: boolean
}

async function decodeStill(file: Uint8Array, { hasAlpha, isLossy, ...shape }: Still, context: Pick<RowsContext, 'wasm'>): Promise<Raster> {
  const run = { load: context.wasm.webpDecoder, memoryBytes: decoderBytes(shape, isLossy, file.length) }
  const decoded = await withDecoder(run, (decoder) => decoder.decode(file))
  if (decoded === null) throw new AppError('invalid_image', { reason: 'WebP: the pixels are damaged.' })
  const { width, height, data } = decoded
  if (width !== shape.width || height !== shape.height)
    throw new AppError('invalid_image', { reason: 'WebP: the header lies about the size.' })
  // Without alpha in its header a picture is opaque to everyone, whatever its pixels hold.
  if (!hasAlpha) for (let i = 3; i < data.length; i += 4) data[i] = 255
  return { width, height, data }
}

/** A frame's picture by libwebp, whose plain decoder knows still files only. */
const decodeFrame = (file: Uint8Array, frame: WebpFrame, context: Pick<RowsContext, 'wasm'>): Promise<Raster> =>
  decodeStill(stillFile(file, frame), { width: frame.width, height: frame.height, hasAlpha: true, isLossy: false }, context)

/** The picture, or a page of an animation from 1 on, as libwebp has it, as stored: not turned. @throws AppError `invalid_image`, `too_many_pixels`. */
export async function decodeWebp(context: RowsContext, file: Uint8Array, probe: WebpProbe, page: number): Promise<Raster> {
  if (probe.animation.length === 0) return decodeStill(file, probe, context)
  const { core } = context
  const mark = core.mark()
  const rows = await pageRows(context, file, probe, page, async (frame) => lastRows(core, await decodeFrame(file, frame, context)))
  const raster = await collect(context, rows)
  core.release(mark)
  return raster
}

/**
 * The decoder's memory and its result; an animation's canvas, its copy and its frame's own file as well. What the instance of small runs has from its
 * start is the isolate's, as its code is: those runs use it one after the other.
 */
export function decodeWebpBytes(probe: WebpProbe, fileBytes: number): number {
  const stored = probe.width * probe.height * 4
  const animation = probe.animation.length > 0 ? canvasBytes(probe) + stored + fileBytes : 0
  return decoderBytes(probe, probe.isLossy, fileBytes) + stored + animation
}

/** The rows of a page, lossless frames by the core. */
function animationRows(context: RowsContext, file: Uint8Array, probe: WebpProbe, page: number): Promise<PixelRows> {
  const { core } = context
  return pageRows(context, file, probe, page, async (frame) =>
    frame.bitstream.kind === 'VP8L'
      ? losslessRows(core, file, frame.bitstream, frame, false)
      : lastRows(core, await decodeFrame(file, frame, context)),
  )
}

/** A frame is as large as its canvas, at most. */
const animationRowsBytes = (probe: WebpProbe, fileBytes: number): number =>
  canvasBytes(probe) +
  Math.max(
    losslessRowsBytes(probe, fileBytes),
    decodeWebpBytes({ ...probe, animation: [] }, fileBytes) + fileBytes + rowsBytes(probe.width, BAND_ROWS),
  )

/** RFC 9649 §2.7.1.4: a chunk ICCP. VP8 and VP8L hold RGB alone. */
function webpConversion(file: Uint8Array, icc: WebpChunk | null, keepsColours = false): Conversion | null {
  if (keepsColours && webpProfile(file, icc)) return null
  return icc && conversionByProfile(file.subarray(icc.start, icc.end), 'rgb')
}

function webpProfile(file: Uint8Array, icc: WebpChunk | null): Uint8Array | null {
  const profile = icc && file.subarray(icc.start, icc.end)
  return profile && profile.length <= MAX_PROFILE_BYTES && isRgbProfile(profile) ? profile : null
}

export const webp = defineCodec({
  mime: 'image/webp',
  extension: 'webp',
  can: { decode: true, encode: true, alpha: true },
  options: z.object({ quality: z.int().min(1).max(100), effort: z.int().min(1).max(100).optional() }),
  sniff: isWebp,
  probe: probeWebp,
  conversion: (file, { icc }) => webpConversion(file, icc),
  profile: (file, { icc }) => webpProfile(file, icc),
  exif: exifOfWebp,
  xmp: xmpOfWebp,
  about: (file, { icc, animation }) => ({
    bitDepth: 8,
    colours: 'rgb',
    icc: () => icc && file.subarray(icc.start, icc.end),
    animation: () => webpAnimation(file, animation),
    hasC2pa: () => webpHasC2pa(file),
  }),
  embed: embedInWebp,
  async rows(file, probe, geometry, context) {
    const { core } = context
    const stored = probe.lossless
      ? losslessRows(core, file, probe.lossless, probe, !probe.hasAlpha)
      : probe.animation.length > 0
        ? await animationRows(context, file, probe, geometry.page ?? 1)
        : lastRows(core, await decodeStill(file, probe, context))
    const rows = resampleRows(core, stored, storedGeometry(geometry, probe, probe.orientation))
    return turnRows(core, toSrgb(core, rows, webpConversion(file, probe.icc, geometry.keepsColours)), probe.orientation)
  },
  holdsPicture: true,
  encode: encodeWebp,
  rowsBytes(probe, geometry, fileBytes) {
    const turned = storedGeometry(geometry, probe, probe.orientation)
    const decoding = probe.lossless
      ? losslessRowsBytes(probe, fileBytes)
      : probe.animation.length > 0
        ? animationRowsBytes(probe, fileBytes)
        : decodeWebpBytes(probe, fileBytes)
    const converting = profileTablesBytes(probe.icc !== null)
    return decoding + converting + resampleRowsBytes(probe, turned) + turnRowsBytes(turned, probe.orientation, false)
  },
  encodeBytes: (shape, options, opaque = false) => encodeWebpBytes(shape, options, opaque),
})
