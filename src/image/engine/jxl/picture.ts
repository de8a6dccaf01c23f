import { AppError } from '../../../errors.ts'
import { CutShort, damagedJxl, readBits } from './bits.ts'
import type { Shape } from '../../raster.ts'
import { codestreamOf } from './container.ts'
import { type JxlFrame, readFrame } from './frames.ts'
import { type JxlHeader, readHeader } from './header.ts'
import { readProfileStream } from './profile.ts'

/** What a file has around its pixels. */
export interface JxlPicture {
  readonly codestream: Uint8Array
  readonly header: JxlHeader
  /** The ICC profile in it; for a picture in XYB what its colours once were in. */
  readonly profile: Uint8Array | null
  /** Where the header and its profile end, in bits. */
  readonly headerEnd: number
  /** The frames that the first picture is made of, as far as the bytes go. */
  readonly layers: readonly JxlFrame[]
}

/** Frames that are walked through before a file is given up: a bound on work. */
const MOST_FRAMES = 10_000
/** Pixels of the layers below a picture, together. */
const MOST_LAYER_PIXELS = 100_000_000

/** @throws AppError `invalid_image`, `unsupported_format`, `too_many_pixels`. */
export function readJxl(file: Uint8Array): JxlPicture {
  const codestream = codestreamOf(file)
  const header = readHeader(codestream)
  const profile = header.colour.hasProfile ? readProfileStream(header.rest) : null
  if (header.extra.some(({ kind }) => kind === 'black')) throw refused('gray or RGB', 'one of inks')
  const { depth, isXyb } = header
  if (!isXyb && (depth.isFloat || depth.bits > 16))
    throw refused('whole samples of at most 16 bits', depth.isFloat ? 'one of floats' : `${depth.bits} bits`)
  const headerEnd = header.rest.at
  const layers: JxlFrame[] = []
  let pixels = 0
  for (const frame of framesOf(codestream, header, headerEnd)) {
    layers.push(frame)
    if (endsPicture(frame, header)) break
    const [own, canvas] = [frame.width * frame.height, header.width * header.height]
    pixels += frame.kind === 'shown' ? Math.max(own, canvas) : own
    if (pixels > MOST_LAYER_PIXELS)
      throw new AppError('too_many_pixels', {
        reason: `JPEG XL: Expected layers of at most ${MOST_LAYER_PIXELS} pixels, received ${pixels} and more.`,
      })
  }
  return { codestream, header, profile, headerEnd, layers }
}

const refused = (expected: string, received: string): AppError =>
  new AppError('unsupported_format', { reason: `Expected a JPEG XL of ${expected}, received ${received}.` })

/** Whether a picture is complete with this frame: the others are laid over it. */
export const endsPicture = ({ kind, isLast, duration }: JxlFrame, { clock }: JxlHeader): boolean =>
  kind === 'shown' && (isLast || (clock !== null && duration > 0))

/** The frames, one behind the other, as far as the bytes go. @throws AppError `invalid_image` where a header is damaged. */
export function* framesOf(codestream: Uint8Array, header: JxlHeader, headerEnd: number): Generator<JxlFrame> {
  const bits = readBits(codestream, Math.ceil(headerEnd / 8))
  const next = (image: Shape): JxlFrame | null => {
    try {
      return readFrame(bits, header, image)
    } catch (error) {
      if (error instanceof CutShort) return null
      throw error
    }
  }
  if (header.preview) {
    const preview = next(header.preview)
    if (!preview || !bits.has(8 * preview.bytes)) return
    bits.skip(8 * preview.bytes)
  }
  for (let count = 0; count < MOST_FRAMES; count++) {
    const frame = next(header)
    if (!frame) return
    yield frame
    if (frame.isLast || !bits.has(8 * frame.bytes)) return
    bits.skip(8 * frame.bytes)
  }
  throw damagedJxl('it has too many frames')
}
