import { decodeJpeg } from '../jpeg/decode/decoder.ts'
import type { ColourExports } from '../jpeg/decode/colour-exports.ts'
import type { JpegDecoderExports } from '../jpeg/decode/exports.ts'
import { rgbaRows } from '../jpeg/decode/rgba-rows.ts'
import { concat } from '../bytes.ts'
import type { Core } from '../core.ts'
import { giveBack } from '../parts.ts'
import type { TiffPicture } from './picture.ts'
import type { BlockStream } from './block-stream.ts'

export type JpegBlockCore = Core<JpegDecoderExports & ColourExports>

/** Adobe's marker: it says whether three components are YCbCr, where else their names would decide. */
const adobe = (isYcc: boolean): readonly number[] => [0xff, 0xee, 0, 14, 0x41, 0x64, 0x6f, 0x62, 0x65, 0, 100, 0, 0, 0, 0, isYcc ? 1 : 0]

/**
 * A block that is a JPEG without its tables (TIFF Technical Note 2), decoded at once into `pixels`: nobody else takes of the core's arena meanwhile.
 * @throws AppError as `decodeJpeg` does.
 */
export function decodeBlock(core: JpegBlockCore, data: Uint8Array, picture: TiffPicture, pixels: Uint8Array): BlockStream {
  const { block, samples } = picture
  const mark = core.mark()
  const file = fileOf(data, picture)
  let done = 0
  pixels.fill(0)
  try {
    const rows = rgbaRows(core, decodeJpeg(core, file, { scale: 1 }), false)
    const width = Math.min(rows.width, block.width)
    for (let band = rows.next(); band !== null; band = rows.next()) {
      const memory = core.bytes()
      for (let row = 0; row < band.rows && done < block.height; row++, done++) {
        const from = band.ptr + row * band.stride
        for (let x = 0, to = done * block.width * samples; x < width; x++)
          for (let c = 0; c < samples; c++) pixels[to++] = memory[from + 4 * x + c] as number // inside
      }
    }
  } finally {
    core.release(mark)
    giveBack(file)
  }
  let at = 0
  return {
    read(to) {
      const part = pixels.subarray(at, Math.min(at + to.length, done * block.width * samples))
      to.set(part)
      at += part.length
      return part.length
    },
  }
}

function fileOf(data: Uint8Array, { jpegTables, jpegIsYcc, samples }: TiffPicture): Uint8Array {
  const isWhole = data[0] === 0xff && data[1] === 0xd8
  return concat([
    Uint8Array.of(0xff, 0xd8, ...(samples === 3 ? adobe(jpegIsYcc) : [])),
    jpegTables ? jpegTables.subarray(2, jpegTables.length - 2) : new Uint8Array(0),
    isWhole ? data.subarray(2) : data,
  ])
}
