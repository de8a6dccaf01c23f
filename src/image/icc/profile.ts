/** The parts of an ICC profile (ICC.1:2022 §7) that a reader of pictures needs. */
export interface Profile {
  /** The first number of the version. */
  readonly version: number
  /** Data colour space, §7.2.8: `RGB `, `GRAY`, `CMYK` … */
  readonly colourSpace: string
  /** Profile connection space, §7.2.9: `XYZ ` or `Lab ` as a rule. */
  readonly pcs: string
  /** The data of a tag with its type signature in front, `null` when it is absent or reaches beyond the profile. */
  tag(signature: string): Uint8Array | null
}

/** More than any profile has: a bound on work. */
const MAX_TAGS = 200
const HEADER_BYTES = 128

/** Four bytes as text. */
export const signatureAt = (bytes: Uint8Array, at: number): string => String.fromCharCode(...bytes.subarray(at, at + 4))

export const viewOf = (bytes: Uint8Array): DataView => new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)

/** Reads the header and the tag table. `null` for what is no profile. */
export function readProfile(bytes: Uint8Array): Profile | null {
  if (bytes.length < HEADER_BYTES + 4 || signatureAt(bytes, 36) !== 'acsp') return null
  const view = viewOf(bytes)
  const count = Math.min(view.getUint32(HEADER_BYTES), MAX_TAGS)
  const tags = new Map<string, Uint8Array>()
  for (let i = 0; i < count; i++) {
    const at = HEADER_BYTES + 4 + i * 12
    if (at + 12 > bytes.length) break
    const [offset, size] = [view.getUint32(at + 4), view.getUint32(at + 8)]
    if (offset + size <= bytes.length) tags.set(signatureAt(bytes, at), bytes.subarray(offset, offset + size))
  }
  return {
    version: bytes[8] ?? 0,
    colourSpace: signatureAt(bytes, 16),
    pcs: signatureAt(bytes, 20),
    tag: (signature) => tags.get(signature) ?? null,
  }
}

/** Whether it is a profile for red, green and blue. */
export const isRgbProfile = (bytes: Uint8Array): boolean => readProfile(bytes)?.colourSpace === 'RGB '
