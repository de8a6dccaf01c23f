import type { Orientation } from './orientation.ts'

const ORIENTATION_TAG = 0x0112
const SHORT = 3

/**
 * The orientation of an EXIF block, from its TIFF header on (`II*` or `MM*`). Reads the first image directory only; anything damaged or out
 * of range counts as upright: a wrong tag is no reason to refuse a picture. Source: EXIF 2.32 §4.6.2, TIFF 6.0 §2.
 */
export function exifOrientation(tiff: Uint8Array): Orientation {
  if (tiff.length < 8) return 1
  const view = new DataView(tiff.buffer, tiff.byteOffset, tiff.byteLength)
  const order = view.getUint16(0)
  const little = order === 0x4949
  if ((!little && order !== 0x4d4d) || view.getUint16(2, little) !== 42) return 1
  const directory = view.getUint32(4, little)
  if (directory + 2 > tiff.length) return 1
  const entries = Math.min(view.getUint16(directory, little), Math.floor((tiff.length - directory - 2) / 12))
  for (let i = 0; i < entries; i++) {
    const entry = directory + 2 + i * 12
    if (view.getUint16(entry, little) !== ORIENTATION_TAG) continue
    const value = view.getUint16(entry + 2, little) === SHORT ? view.getUint16(entry + 8, little) : 0
    return value >= 1 && value <= 8 ? (value as Orientation) : 1
  }
  return 1
}
