import { AppError } from '../../../errors.ts'
import { damagedJxl } from '../../engine/jxl/bits.ts'
import { decodable } from '../../engine/jxl/decodable.ts'
import type { JxlPicture } from '../../engine/jxl/picture.ts'
import type { Shape } from '../../raster.ts'
import { type Given, startHost } from './host.ts'

/** A picture in libjxl's memory, as it is stored. */
export interface DecodedPicture extends Shape {
  /** Of each sample; those of more than 8 are 16 bits each, the lower byte first. */
  readonly bits: number
  /** Red, green, blue and alpha of a row's pixels. */
  row(y: number): Uint8Array
}

/** libjxl gives light, as linear sRGB, for colours in XYB that once were in a profile's: 8 bits are too few for it. */
export const isLight = ({ header }: JxlPicture): boolean => header.isXyb && header.colour.hasProfile

/** Whether the decoder gives samples of more than 8 bits. */
export const isDeep = (picture: JxlPicture): boolean => picture.header.depth.bits > 8 || isLight(picture)

/** Whether the decoder is told of samples of 16 bits: in XYB they are no matter of the data. */
const isDeepened = (picture: JxlPicture): boolean =>
  picture.header.isXyb && (isLight(picture) || picture.header.depth.isFloat || picture.header.depth.bits > 16)

/**
 * Decodes a picture with a module of its own, whose memory has `most` bytes at most. @throws AppError `invalid_image`, `too_many_pixels` where the memory is too
 * small.
 */
export function decodePicture(module: WebAssembly.Module, picture: JxlPicture, most: number): DecodedPicture {
  const { codestream, header, headerEnd } = picture
  const host = startHost(module, most)
  const given = attempt(() => host.decode(decodable(codestream, header, headerEnd, isDeepened(picture))))
  if ('problem' in given) {
    if (host.refusedBytes() > 0)
      throw new AppError('too_many_pixels', {
        reason: `JPEG XL: Expected a picture that takes at most ${most} bytes, this one takes more.`,
      })
    throw new AppError('invalid_image', { reason: 'JPEG XL: the pixels are damaged.', detail: `libjxl: ${given.problem}` })
  }
  const { pixels, width, height, bits } = given
  const stride = width * 4 * (bits > 8 ? 2 : 1)
  if (width !== header.width || height !== header.height || pixels.bytes !== stride * height)
    throw damagedJxl('the header lies about the size')
  const memory = host.memory().subarray(pixels.at, pixels.at + pixels.bytes)
  return { width, height, bits, row: (y) => memory.subarray(y * stride, (y + 1) * stride) }
}

/** A trap is the file's fault: the module is used once, and no other file suffers from it. */
function attempt(decode: () => Given): Given {
  try {
    return decode()
  } catch (cause) {
    return { problem: String(cause) }
  }
}

/** What the module starts with. */
const START_BYTES = 16 * 1024 * 1024
/** Of its tables and groups on their way. */
const TABLES_BYTES = 6_500_000

/** Upper bound of the module's memory for a picture, by measurement. */
export function decoderBytes(picture: JxlPicture, codestreamBytes: number): number {
  const { header, layers } = picture
  const main = layers.at(-1)
  const below = layers.slice(0, -1).filter(({ kind }) => kind !== 'low-frequencies')
  const pixels = Math.max(header.width * header.height, main ? main.width * main.height : 0)
  const result = isDeep(picture) ? 8 : 4
  const channels = (header.colour.isGray ? 1 : 3) + header.extra.length
  const working = main?.isModular ? 4 * channels + 1 : header.extra.length > 0 ? 37 + 4 * header.extra.length : 6
  const layered = below.some(({ kind }) => kind === 'shown') ? 32 * pixels : 0
  const referred = below.reduce((sum, { width, height }) => sum + 20 * width * height, 0)
  return Math.max(START_BYTES, TABLES_BYTES + 2 * codestreamBytes + pixels * (result + working) + layered + referred)
}
