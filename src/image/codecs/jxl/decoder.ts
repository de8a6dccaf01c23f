import { AppError } from '../../../errors.ts'
import { damagedJxl } from '../../engine/jxl/bits.ts'
import type { JxlHeader } from '../../engine/jxl/header.ts'
import type { Shape } from '../../raster.ts'
import { startHost } from './host.ts'

/** A picture in libjxl's memory, as it is stored. */
export interface DecodedPicture extends Shape {
  /** 8, or 16 for samples of more: then all the bits count, the lower byte first. */
  readonly bits: 8 | 16
  /** Red, green, blue and alpha of a row's pixels. */
  row(y: number): Uint8Array
}

/**
 * Decodes a codestream with a module of its own, whose memory has `most` bytes at most. @throws AppError `invalid_image`, `too_many_pixels` where the memory
 * is too small.
 */
export function decodePicture(module: WebAssembly.Module, codestream: Uint8Array, header: JxlHeader, most: number): DecodedPicture {
  const host = startHost(module, most)
  const given = attempt(() => host.decode(codestream, (copy) => standUpright(copy, header)))
  if (host.refusedBytes() > 0 && 'problem' in given)
    throw new AppError('too_many_pixels', { reason: `JPEG XL: Expected a picture that takes at most ${most} bytes, this one takes more.` })
  if ('problem' in given)
    throw new AppError('invalid_image', { reason: 'JPEG XL: the pixels are damaged.', detail: `libjxl: ${given.problem}` })
  const { pixels, width, height } = given
  const bits = given.bits > 8 ? 16 : 8
  const stride = (width * 4 * bits) / 8
  if (width !== header.width || height !== header.height || pixels.bytes !== stride * height)
    throw damagedJxl('the header lies about the size')
  const memory = host.memory().subarray(pixels.at, pixels.at + pixels.bytes)
  return { width, height, bits, row: (y) => memory.subarray(y * stride, (y + 1) * stride) }
}

const ORIENTATION_BITS = 3

/** Zeros for the orientation: the decoder is not to turn what our rows turn, joined with turns of the plan. */
function standUpright(codestream: Uint8Array, { orientationAt }: JxlHeader): void {
  if (orientationAt === null) return
  for (let at = orientationAt; at < orientationAt + ORIENTATION_BITS; at++)
    codestream[at >>> 3] = (codestream[at >>> 3] ?? 0) & ~(1 << (at & 7))
}

/** A trap is the file's fault: the module is used once, and no other file suffers from it. */
function attempt(decode: () => ReturnType<ReturnType<typeof startHost>['decode']>): ReturnType<typeof decode> {
  try {
    return decode()
  } catch (cause) {
    return { problem: String(cause) }
  }
}

/** What the module starts with. */
const START_BYTES = 16 * 1024 * 1024

/** Upper bound of the module's memory for a picture, by measurement. */
export function decoderBytes({ width, height, depth, extra, isXyb }: JxlHeader, codestreamBytes: number): number {
  const result = depth.bits > 8 ? 8 : 4
  const working = extra.length > 0 ? 40 : isXyb ? 6 : 13
  return Math.max(START_BYTES, 6_500_000 + 2 * codestreamBytes + width * height * (result + working))
}
