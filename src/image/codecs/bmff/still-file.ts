import { ascii, bigEndian, concat } from '../../engine/bytes.ts'

const box = (type: string, ...parts: readonly Uint8Array[]): Uint8Array => {
  const payload = concat(parts)
  return concat([bigEndian(payload.length + 8), ascii(type), payload])
}
const full = (type: string, version: number, ...parts: readonly Uint8Array[]): Uint8Array =>
  box(type, Uint8Array.of(version, 0, 0, 0), ...parts)
const uint16 = (...values: readonly number[]): Uint8Array => Uint8Array.from(values.flatMap((value) => [value >> 8, value & 255]))

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
    full('ispe', 0, bigEndian(width), bigEndian(height)),
    full('pixi', 0, Uint8Array.of(bits.length, ...bits)),
    configuration,
    ...(colours ? [colours] : []),
  ]
  const associations = properties.map((_, i) => (i === 2 ? 0x80 : 0) | (i + 1)) // the configuration is essential
  const make = (dataAt: number): Uint8Array =>
    full(
      'meta',
      0,
      full('hdlr', 0, bigEndian(0), ascii('pict'), new Uint8Array(13)),
      full('pitm', 0, uint16(1)),
      full('iloc', 0, Uint8Array.of(0x44, 0), uint16(1, 1, 0, 1), bigEndian(dataAt), bigEndian(data.length)),
      full('iinf', 0, uint16(1), full('infe', 2, uint16(1, 0), ascii(`${type}\0`))),
      box(
        'iprp',
        box('ipco', ...properties),
        full('ipma', 0, bigEndian(1), uint16(1), Uint8Array.of(associations.length, ...associations)),
      ),
    )
  const ftyp = box('ftyp', ascii(brand), bigEndian(0), ascii(`${brand}mif1miaf`))
  const meta = make(ftyp.length + make(0).length + 8)
  return concat([ftyp, meta, bigEndian(data.length + 8), ascii('mdat'), data])
}
