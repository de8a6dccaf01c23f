import { directoryOf } from '../engine/tiff/directory.ts'

const [OFFSET, LENGTH] = [0x0201, 0x0202]
const LONG = 4
/** A segment of a JPEG is no longer. */
const MOST_BYTES = 65_536

/**
 * The JPEG that an EXIF block carries in its second directory (EXIF 2.32 §4.5.5); `null` without one. `tiff`: from `II*` or `MM*` on. What is damaged counts for none.
 */
export function exifThumbnail(tiff: Uint8Array): Uint8Array | null {
  const directory = directoryOf(tiff, 1)
  const valueOf = (tag: number): number => {
    const field = directory?.field(tag)
    return field?.type === LONG ? field.at(0) : 0
  }
  const [offset, length] = [valueOf(OFFSET), valueOf(LENGTH)]
  if (offset === 0 || length === 0 || length > MOST_BYTES || offset + length > tiff.length) return null
  return tiff.subarray(offset, offset + length)
}
