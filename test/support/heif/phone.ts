import sharp from 'sharp'
import { enlarge } from '../../../scripts/samples/enlarge.ts'
import { P3_PRIMARIES } from '../../../src/image/icc/primaries.ts'
import { auxiliary, grid, irot, ispe, profile, type WrittenItem, writeAvif } from '../../image/codecs/avif-file.ts'
import { matrixProfile, SRGB_CURVE } from '../icc/profile.ts'
import { sample } from '../pictures.ts'
import { codedPicture, heifEnc } from './debian.ts'

export const PHONE = { width: 4032, height: 3024, side: 512, columns: 8, rows: 6 } as const

/** About the bits that phones spend. */
const OPTIONS = ['-q', '55', '-p', 'preset=fast']
const GAIN_MAP = 'urn:com:apple:photo:2020:aux:hdrgainmap'

const hidden = (file: Uint8Array): WrittenItem => ({ ...codedPicture(file), isHidden: true })

/**
 * A photograph as iPhones write it: 12 megapixels in 48 cells of 512 × 512, in Display P3, with a thumbnail and a gain map.
 * @param quarters by which it is turned anticlockwise.
 */
export async function phoneHeic(quarters = 0): Promise<Uint8Array> {
  const { width, height, side, columns, rows } = PHONE
  const [codedWidth, codedHeight] = [columns * side, rows * side]
  const rgb = await enlarge(await sample(), codedWidth, codedHeight, 12)
  const picture = sharp(rgb, { raw: { width: codedWidth, height: codedHeight, channels: 3 } })
  const cells: WrittenItem[] = []
  for (let i = 0; i < columns * rows; i++) {
    const place = { left: (i % columns) * side, top: Math.floor(i / columns) * side, width: side, height: side }
    cells.push(hidden(heifEnc([await picture.clone().extract(place).png({ compressionLevel: 1 }).toBuffer()], OPTIONS)))
  }
  const small = (w: number) => sharp(rgb, { raw: { width: codedWidth, height: codedHeight, channels: 3 } }).resize(w)
  const thumbnail = hidden(heifEnc([await small(320).png().toBuffer()], OPTIONS))
  const gains = hidden(
    heifEnc(
      [
        await small(width / 4)
          .toColourspace('b-w')
          .png()
          .toBuffer(),
      ],
      OPTIONS,
    ),
  )
  const colours = profile(matrixProfile(P3_PRIMARIES, SRGB_CURVE))
  const main: WrittenItem = {
    type: 'grid',
    data: grid(rows, columns, width, height),
    properties: [colours, ispe(width, height), irot(quarters)],
  }
  const [thumbnailId, gainsId, firstCell] = [2, 3, 4]
  return writeAvif({
    brand: 'heic',
    items: [main, thumbnail, { ...gains, properties: [...gains.properties, auxiliary(GAIN_MAP)] }, ...cells],
    references: [
      { type: 'dimg', from: 1, to: cells.map((_, i) => firstCell + i) },
      { type: 'thmb', from: thumbnailId, to: [1] },
      { type: 'auxl', from: gainsId, to: [1] },
    ],
  })
}
