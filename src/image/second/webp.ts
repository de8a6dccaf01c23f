import createDecoder from '@jsquash/webp/codec/dec/webp_dec.js'
import createEncoder from '@jsquash/webp/codec/enc/webp_enc_simd.js'
import { AppError } from '../../errors.ts'
import { emscriptenInstances } from '../codecs/emscripten-instances.ts'
import { pageRows } from '../codecs/webp/canvas.ts'
import { isOpaque, webpFileBytes, webpMemoryBytes, webpSettings } from '../codecs/webp/encoder.ts'
import { stillFile, type WebpFrame } from '../codecs/webp/frame.ts'
import type { WebpProbe } from '../codecs/webp/header.ts'
import { collect } from '../collect.ts'
import type { RowsContext } from '../context.ts'
import { lastRows } from '../engine/rows/pixel-rows.ts'
import { canvasBytes } from '../engine/webp/canvas.ts'
import type { WebpPixels } from '../engine/webp/container.ts'
import type { Raster, Shape } from '../raster.ts'

interface Decoder {
  decode(file: Uint8Array): (Shape & { readonly data: Uint8ClampedArray }) | null
}
const withDecoder = emscriptenInstances<Decoder>(createDecoder, 'invalid_image')

/** Upper bound of what libwebp's decoder takes: RGBA, as much again for lossless pixels or alpha, the file twice, and some rows. */
const decoderBytes = ({ width, height }: Shape, isLossy: boolean, fileBytes: number): number =>
  width * height * (isLossy ? 4 : 8.5) + 200 * width + 2 * fileBytes + 500_000

interface Still extends Shape {
  readonly hasAlpha: boolean
  readonly pixels: WebpPixels | null
}

/** All pixels are VP8 without alpha: the decoder needs little beside its result. */
const isLossy = (pixels: WebpPixels | null): boolean => pixels?.bitstream.kind === 'VP8 ' && pixels.alpha === undefined

async function decodeStill(file: Uint8Array, { hasAlpha, pixels, ...shape }: Still, context: Pick<RowsContext, 'wasm'>): Promise<Raster> {
  const run = { load: context.wasm.webpDecoder, memoryBytes: decoderBytes(shape, isLossy(pixels), file.length) }
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
  decodeStill(stillFile(file, frame), { width: frame.width, height: frame.height, hasAlpha: true, pixels: null }, context)

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
  return decoderBytes(probe, isLossy(probe.pixels), fileBytes) + stored + animation
}

interface Encoder {
  encode(data: Uint8ClampedArray, width: number, height: number, settings: ReturnType<typeof webpSettings>): Uint8Array<ArrayBuffer> | null
}
const withEncoder = emscriptenInstances<Encoder>(createEncoder, 'internal')

/** Lossless bytes of a pixel and libwebp's memory for it, by measurement on noise of RGBA. */
const LOSSLESS_FILE_BYTES = 4.2
const LOSSLESS_MEMORY_BYTES = 58

/** With alpha when it has any; `lossless`: every pixel exactly, hidden colours too. */
export function encodeWebp({ wasm }: Pick<RowsContext, 'wasm'>, raster: Raster, quality: number, lossless: boolean): Promise<Uint8Array> {
  const opaque = isOpaque(raster)
  const run = { load: wasm.webpEncoder, memoryBytes: memoryBytes(raster, quality, opaque, lossless) }
  const settings = { ...webpSettings(raster, { quality }, opaque), ...(lossless && { lossless: 1, exact: 1 }) }
  return withEncoder(run, (encoder) => {
    const file = encoder.encode(raster.data, raster.width, raster.height, settings)
    if (file === null) throw new AppError('internal', { detail: 'libwebp did not encode' })
    return file
  })
}

const memoryBytes = (shape: Shape, quality: number, opaque: boolean, lossless: boolean): number =>
  lossless ? shape.width * shape.height * LOSSLESS_MEMORY_BYTES + 8_000_000 : webpMemoryBytes(shape, { quality }, opaque)

/** Upper bound of what encoding takes, its raster included. */
export function encodeWebpBytes(shape: Shape, quality: number, lossless: boolean): number {
  const pixels = shape.width * shape.height
  const fileBytes = (opaque: boolean): number => (lossless ? pixels * LOSSLESS_FILE_BYTES : webpFileBytes(shape, { quality }, opaque))
  return 4 * pixels + Math.max(...[true, false].map((opaque) => memoryBytes(shape, quality, opaque, lossless) + fileBytes(opaque)))
}
