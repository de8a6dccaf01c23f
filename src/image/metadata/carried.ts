import type { GainMap } from './gain-map/find.ts'

/** A gain map and what it means; `file` is encoded for the result. */
export type CarriedMap = Pick<GainMap, 'file' | 'segments' | 'iso' | 'version'>

/** What a result takes along from its source. */
export interface Carried {
  /** A TIFF structure, from its `II*` or `MM*` on. */
  readonly exif: Uint8Array | null
  /** An XMP packet, UTF-8. */
  readonly xmp: Uint8Array | null
  /** The profile that the result's colours are in. */
  readonly icc: Uint8Array | null
  /** In a JPEG alone. */
  readonly gainMap?: CarriedMap | null
}
