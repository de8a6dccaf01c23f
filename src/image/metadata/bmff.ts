import { AppError } from '../../errors.ts'
import { startsWith, viewOf } from '../engine/bytes.ts'
import { boxes } from '../engine/bmff/boxes.ts'
import { dataOf, type Item, readItems } from '../engine/bmff/items.ts'

/** What describes the main picture of a HEIF file (HEIF §6.5, annex A). `null` when there is none, or it is damaged or not in this part of the file. */
function describing(file: Uint8Array, isIt: (item: Item, data: Uint8Array) => boolean): Uint8Array | null {
  try {
    const { primary, referring } = readItems(file)
    for (const item of referring(primary.id, 'cdsc')) {
      const data = dataOf(file, item)
      if (isIt(item, data)) return data
    }
    return null
  } catch (thrown) {
    if (thrown instanceof AppError) return null
    throw thrown
  }
}

/** The item `Exif`, behind the offset of its TIFF header (HEIF annex A.2.1). */
export function exifOfBmff(file: Uint8Array): Uint8Array | null {
  const data = describing(file, ({ type }) => type === 'Exif')
  if (!data || data.length < 4) return null
  const start = 4 + viewOf(data).getUint32(0)
  return start < data.length ? data.subarray(start) : null
}

const PACKET = [new TextEncoder().encode('<?xpacket'), new TextEncoder().encode('<x:xmpmeta')]

/** The item of a media type whose text is a packet of XMP. */
export const xmpOfBmff = (file: Uint8Array): Uint8Array | null =>
  describing(file, ({ type }, data) => type === 'mime' && PACKET.some((start) => startsWith(data, start)))

/** Whether a gain map is derived from the main picture (ISO 21496-1, an item `tmap`). */
export function bmffHasGainMap(file: Uint8Array): boolean {
  const { primary, referring } = readItems(file)
  return referring(primary.id, 'dimg').some(({ type }) => type === 'tmap')
}

/** C2PA 2.1 §A.5: a box of this type beside the others. */
const C2PA = Uint8Array.of(0xd8, 0xfe, 0xc3, 0xd6, 0x1b, 0x0e, 0x48, 0x3c, 0x92, 0x97, 0x58, 0x28, 0x87, 0x7e, 0xc4, 0x81)

export const bmffHasC2pa = (file: Uint8Array): boolean =>
  [...boxes(file, 0, file.length)].some(({ type, start }) => type === 'uuid' && startsWith(file.subarray(start), C2PA))
