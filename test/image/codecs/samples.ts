import sharp from 'sharp'
import type { FormatName } from '../../../src/image/plan.ts'
import { type Bytes, once, sample } from '../../support/pictures.ts'
import { encodeJxl } from '../../support/jxl/encode.ts'
import { writeIcon } from '../engine/ico/writer.ts'
import { writeBmp } from '../engine/bmp/writer.ts'
import { codePoints, writeAvif } from './avif-file.ts'
import { hevcItem } from './hevc-picture.ts'
import { bytesOf, drawing } from './svg/documents.ts'

const rgbOf = async (width: number) =>
  sharp(await sample())
    .resize(width)
    .raw()
    .toBuffer({ resolveWithObject: true })

async function bmp(width: number): Promise<Bytes> {
  const { data, info } = await rgbOf(width)
  const words = Array.from({ length: info.width * info.height }, (_, i) => data.readUIntBE(3 * i, 3))
  return writeBmp({ width: info.width, height: info.height, bitsPerPixel: 24, words })
}

/** Its RGB as it is: green, blue and red in whole planes. */
async function heic(width: number): Promise<Bytes> {
  const { data, info } = await rgbOf(width)
  const [height, channels] = [info.height, [1, 2, 0]]
  const sample = (plane: number, x: number, y: number): number => data[3 * (y * width + x) + (channels[plane] ?? 0)] ?? 0
  const item = hevcItem({ width, height, chroma: 3, bits: 8, sample })
  return Uint8Array.from(writeAvif({ brand: 'heic', items: [{ ...item, properties: [...item.properties, codePoints(1, 13)] }] }))
}

async function ico(width: number): Promise<Bytes> {
  const file = new Uint8Array(
    await sharp(await sample())
      .resize(width)
      .png()
      .toBuffer(),
  )
  return writeIcon([{ content: file }])
}

async function jxl(width: number): Promise<Bytes> {
  const picture = sharp(await sample())
    .resize(width)
    .ensureAlpha()
  const { data, info } = await picture.raw().toBuffer({ resolveWithObject: true })
  return encodeJxl({ width: info.width, height: info.height, data: new Uint8ClampedArray(data) }, { quality: 80, effort: 1 })
}

const OWN: Partial<Record<FormatName, (width: number) => Promise<Bytes>>> = {
  bmp,
  heic,
  ico,
  jxl,
  svg: (width) => Promise.resolve(bytesOf(drawing(width))),
}

/** A photograph in any format that is read, and a drawing in SVG; what sharp does not write, the tests' own writers do. */
export const sampleIn = (format: FormatName, width = 160, quality = 80): Promise<Bytes> =>
  once(`sample ${format} ${width} ${quality}`, async () => {
    const write = OWN[format]
    if (write) return write(width)
    const picture = sharp(await sample()).resize(width)
    return format === 'png' ? picture.png({ palette: quality < 50 }).toBuffer() : picture.toFormat(format as 'jpeg', { quality }).toBuffer()
  })
