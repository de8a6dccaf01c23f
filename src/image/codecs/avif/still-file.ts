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
  /** `av1C`. */
  readonly configuration: Uint8Array
  /** `colr` with code points, which hold the matrix. */
  readonly colours: Uint8Array | null
  readonly data: Uint8Array
}

/**
 * An AVIF of one picture and nothing else: libavif in its strict mode refuses good files for what surrounds their pixels, ignores turns, and decodes a
 * grid only as a whole.
 */
export function stillFile({ width, height, configuration, colours, data }: CodedPicture): Uint8Array<ArrayBuffer> {
  const channels = (configuration[10] ?? 0) & 0x10 ? 1 : 3 // `monochrome` of av1C
  const properties = [
    full('ispe', 0, bigEndian(width), bigEndian(height)),
    full('pixi', 0, Uint8Array.of(channels, ...Array.from({ length: channels }, () => depthOf(configuration)))),
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
      full('iinf', 0, uint16(1), full('infe', 2, uint16(1, 0), ascii('av01\0'))),
      box(
        'iprp',
        box('ipco', ...properties),
        full('ipma', 0, bigEndian(1), uint16(1), Uint8Array.of(associations.length, ...associations)),
      ),
    )
  const brand = box('ftyp', ascii('avif'), bigEndian(0), ascii('avifmif1miaf'))
  const meta = make(brand.length + make(0).length + 8)
  return concat([brand, meta, bigEndian(data.length + 8), ascii('mdat'), data])
}

/** Bits a sample, by `high_bitdepth` and `twelve_bit` of av1C. */
const depthOf = (configuration: Uint8Array): number => {
  const flags = configuration[10] ?? 0
  return flags & 0x40 ? (flags & 0x20 ? 12 : 10) : 8
}
