import { directoryOf } from './engine/tiff/directory.ts'
import type { Orientation } from './orientation.ts'

const ORIENTATION_TAG = 0x0112
const SHORT = 3

/**
 * The orientation of an EXIF block, from its TIFF header on (`II*` or `MM*`). Reads the first image directory only; anything damaged or out
 * of range counts as upright: a wrong tag is no reason to refuse a picture. Source: EXIF 2.32 §4.6.2, TIFF 6.0 §2.
 */
export function exifOrientation(tiff: Uint8Array): Orientation {
  const field = directoryOf(tiff, 0)?.field(ORIENTATION_TAG)
  const value = field?.type === SHORT ? field.at(0) : 0
  return value >= 1 && value <= 8 ? (value as Orientation) : 1
}
