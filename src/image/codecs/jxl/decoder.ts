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
const TABLES_BYTES = 9_500_000
/** What a picture may have in any case, however it is coded. */
const ENOUGH_BYTES = 64_000_000

/** Bytes a pixel beside the result, by measurement: as most pictures are coded, and as any is. */
function workingBytes({ header, layers }: JxlPicture): readonly [usual: number, most: number] {
  const extra = header.extra.length
  const channels = (header.colour.isGray && !header.isXyb ? 1 : 3) + extra
  const transformed = extra > 0 ? 44 + 4 * extra : 5
  if (!layers.at(-1)?.isModular) return [transformed, transformed]
  const most = 9.5 * channels + 2
  return [header.isXyb ? most : 4 * channels + 1, most]
}

/** Upper bound of the module's memory for a picture. The decoder gets no more, so that a picture that needs it is refused. */
export function decoderBytes(picture: JxlPicture, codestreamBytes: number): number {
  const { header, layers } = picture
  const main = layers.at(-1)
  const below = layers.slice(0, -1).filter(({ kind }) => kind !== 'low-frequencies')
  const pixels = Math.max(header.width * header.height, main ? main.width * main.height : 0)
  const layered = header.clock !== null || below.some(({ kind }) => kind === 'shown') ? 32 * pixels : 0
  const referred = below.reduce((sum, { width, height }) => sum + 20 * width * height, 0)
  const fixed = TABLES_BYTES + 2 * codestreamBytes + layered + referred
  const result = isDeep(picture) ? 8 : 4
  const [usual, most] = workingBytes(picture).map((working) => fixed + pixels * (result + working)) as [number, number] // two
  return Math.max(START_BYTES, usual, Math.min(most, ENOUGH_BYTES))
}
