import { AppError } from '../../errors.ts'
import { startsWith, viewOf } from '../engine/bytes.ts'
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
