import { bigEndian } from '../../engine/bytes.ts'
import { full, writeItems } from './write.ts'

/** What a coded picture needs beside its data: complete boxes. */
export interface CodedPicture {
  readonly width: number
  readonly height: number
  /** The main brand of the file, and the type of its item. */
  readonly brand: 'avif' | 'heic'
  readonly type: 'av01' | 'hvc1'
  /** Of each channel. */
  readonly bits: readonly number[]
  /** `av1C`, `hvcC`. */
  readonly configuration: Uint8Array
  /** `colr` with code points, which hold the matrix. */
  readonly colours: Uint8Array | null
  readonly data: Uint8Array
}

/**
 * A file of one picture and nothing else: libavif in its strict mode refuses good files for what surrounds their pixels, ignores turns, and decodes a
 * grid only as a whole; so does libheif.
 */
export function stillFile({ width, height, brand, type, bits, configuration, colours, data }: CodedPicture): Uint8Array<ArrayBuffer> {
  const properties = [
    { box: full('ispe', 0, bigEndian(width), bigEndian(height)) },
    { box: full('pixi', 0, Uint8Array.of(bits.length, ...bits)) },
    { box: configuration, isEssential: true },
    ...(colours ? [{ box: colours }] : []),
  ]
  return writeItems([brand, brand, 'mif1', 'miaf'], [{ type, data, properties }])
}
