/** What a file says beside its pixels. */
export interface Metadata {
  /** A TIFF structure, from its `II*` or `MM*` on. */
  readonly exif: Uint8Array | null
  /** An XMP packet, UTF-8. */
  readonly xmp: Uint8Array | null
}

/** What a result takes along from its source. */
export interface Carried extends Metadata {
  /** The profile that the result's colours are in. */
  readonly icc: Uint8Array | null
}

export const NO_METADATA: Metadata = { exif: null, xmp: null }
