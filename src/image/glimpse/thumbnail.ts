const [OFFSET, LENGTH] = [0x0201, 0x0202]
const LONG = 4
/** What a directory may have before it counts for none. */
const MOST_ENTRIES = 500
/** A segment of a JPEG is no longer. */
const MOST_BYTES = 65_536

/**
 * The JPEG that an EXIF block carries in its second directory (EXIF 2.32 §4.5.5); `null` without one. `tiff`: from `II*` or `MM*` on. What is damaged counts for none.
 */
export function exifThumbnail(tiff: Uint8Array): Uint8Array | null {
  if (tiff.length < 8) return null
  const view = new DataView(tiff.buffer, tiff.byteOffset, tiff.byteLength)
  const little = view.getUint16(0) === 0x4949
  if ((!little && view.getUint16(0) !== 0x4d4d) || view.getUint16(2, little) !== 42) return null
  const first = entriesAt(view, view.getUint32(4, little), little)
  if (!first || first.end + 4 > tiff.length) return null
  const second = entriesAt(view, view.getUint32(first.end, little), little)
  if (!second) return null
  const valueOf = (tag: number): number => {
    for (let i = 0; i < second.count; i++) {
      const entry = second.start + i * 12
      if (view.getUint16(entry, little) === tag && view.getUint16(entry + 2, little) === LONG) return view.getUint32(entry + 8, little)
    }
    return 0
  }
  const [offset, length] = [valueOf(OFFSET), valueOf(LENGTH)]
  if (offset === 0 || length === 0 || length > MOST_BYTES || offset + length > tiff.length) return null
  return tiff.subarray(offset, offset + length)
}

/** Where the entries of a directory begin and end, and how many there are; `null` when they are not all there. */
function entriesAt(
  view: DataView,
  at: number,
  little: boolean,
): { readonly start: number; readonly end: number; readonly count: number } | null {
  if (at < 8 || at + 2 > view.byteLength) return null
  const count = view.getUint16(at, little)
  const end = at + 2 + count * 12
  return count > MOST_ENTRIES || end > view.byteLength ? null : { start: at + 2, end, count }
}
