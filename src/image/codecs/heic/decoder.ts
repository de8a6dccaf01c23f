import createLibheif from 'libheif-js/libheif-wasm/libheif.js'
import { AppError } from '../../../errors.ts'
import { type StartOptions, startOptions } from '../emscripten-instances.ts'
import type { Shape } from '../../raster.ts'
import { digestOf, type Ground, groundOf, hasGround } from './ground.ts'

/** The functions of libheif's C interface (heif.h) that we call. Numbers are addresses; a first argument `error` takes a `heif_error`. */
interface Libheif {
  readonly HEAPU8: Uint8Array<ArrayBuffer>
  readonly HEAPU32: Uint32Array<ArrayBuffer>
  _malloc(bytes: number): number
  _free(at: number): void
  _heif_context_alloc(): number
  _heif_context_free(context: number): void
  _heif_context_read_from_memory(error: number, context: number, data: number, bytes: number, options: 0): void
  _heif_context_get_primary_image_handle(error: number, context: number, handle: number): void
  _heif_image_handle_release(handle: number): void
  _heif_decoding_options_alloc(): number
  _heif_decoding_options_free(options: number): void
  _heif_decode_image(error: number, handle: number, image: number, colorspace: number, chroma: number, options: number): void
  _heif_image_get_width(image: number, channel: number): number
  _heif_image_get_height(image: number, channel: number): number
  _heif_image_get_plane_readonly2(image: number, channel: number, stride: number): number
  _heif_image_release(image: number): void
}

const start = createLibheif as unknown as (options: StartOptions) => Libheif // its declarations know no options

const COLORSPACE_RGB = 1
const CHROMA_INTERLEAVED_RGBA = 11
const CHANNEL_INTERLEAVED = 10
/** Its offset in `heif_decoding_options`. */
const CONVERT_TO_8_BITS = 20
/** `heif_error`: code, subcode, message. */
const ERROR_BYTES = 12

/** A picture in libheif's memory. */
export interface DecodedPicture extends Shape {
  /** RGBA of a row, until anything else is decoded. */
  row(y: number): Uint8Array
  release(): void
}

/** What is known of a picture before it is decoded. */
export interface Planes {
  readonly bits: number
  /** Of all its samples. */
  readonly bytes: number
}

/** Decodes files of one picture each, without turns. @throws AppError `invalid_image`; then it is of no use any more. */
export type DecodeStill = (file: Uint8Array, planes: Planes) => DecodedPicture

/**
 * Makes a decoder with so much memory. It is for the pictures of one file: what a damaged picture leaves out is shown as what lay in the memory, which
 * must not be of a file of others.
 */
export function createDecoder(module: WebAssembly.Module, memoryBytes: number): DecodeStill {
  let heif: Libheif | undefined
  return function decodeStill(file, planes) {
    try {
      return decodeWhole((heif ??= start(startOptions(module, memoryBytes))), file, planes)
    } catch (cause) {
      if (cause instanceof AppError) throw cause
      throw new AppError('invalid_image', { cause, reason: 'HEIC: the pixels are damaged.', detail: `libheif: ${String(cause)}` })
    }
  }
}

/** @throws AppError `invalid_image` also where blocks are missing. */
function decodeWhole(heif: Libheif, file: Uint8Array, planes: Planes): DecodedPicture {
  paint(heif, file.length, planes, 1)
  const picture = decode(heif, file)
  if (!hasGround(picture)) return picture
  const digest = digestOf(picture)
  picture.release()
  paint(heif, file.length, planes, 2)
  const again = decode(heif, file)
  if (digestOf(again) === digest) return again
  throw new AppError('invalid_image', { reason: 'HEIC: parts of the pixels are missing.' })
}

/** What a decoder takes for its tables. */
const TABLES_BYTES = 1_000_000

/** Gives a ground to the memory in which the planes will lie, and their copy for the last filter, behind copies of the file. */
function paint(heif: Libheif, fileBytes: number, { bits, bytes }: Planes, ground: Ground): void {
  const words = bytes + 2 * fileBytes + TABLES_BYTES / 2
  const free = heif._malloc(2 * words)
  new Uint16Array(heif.HEAPU8.buffer, free, words).fill(groundOf(bits, ground))
  heif._free(free)
}

function decode(heif: Libheif, file: Uint8Array): DecodedPicture {
  const data = heif._malloc(file.length)
  heif.HEAPU8.set(file, data)
  const error = heif._malloc(ERROR_BYTES + 4)
  const result = error + ERROR_BYTES
  const context = heif._heif_context_alloc()
  const options = heif._heif_decoding_options_alloc()
  heif.HEAPU8[options + CONVERT_TO_8_BITS] = 1
  const check = (): number => {
    if (heif.HEAPU32[error / 4] !== 0) throw new AppError('invalid_image', { reason: 'HEIC: the pixels are damaged.' })
    return heif.HEAPU32[result / 4] as number // written by the call
  }
  let handle = 0
  try {
    heif._heif_context_read_from_memory(error, context, data, file.length, 0)
    check()
    heif._heif_context_get_primary_image_handle(error, context, result)
    handle = check()
    heif._heif_decode_image(error, handle, result, COLORSPACE_RGB, CHROMA_INTERLEAVED_RGBA, options)
    const image = check()
    const [width, height] = [
      heif._heif_image_get_width(image, CHANNEL_INTERLEAVED),
      heif._heif_image_get_height(image, CHANNEL_INTERLEAVED),
    ]
    const pixels = heif._heif_image_get_plane_readonly2(image, CHANNEL_INTERLEAVED, result)
    const stride = check()
    return {
      width,
      height,
      row: (y) => heif.HEAPU8.subarray(pixels + y * stride, pixels + y * stride + width * 4),
      release: () => heif._heif_image_release(image),
    }
  } finally {
    if (handle !== 0) heif._heif_image_handle_release(handle)
    heif._heif_decoding_options_free(options)
    heif._heif_context_free(context)
    heif._free(error)
    heif._free(data)
  }
}
