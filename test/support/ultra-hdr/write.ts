// Makes gain-map JPEGs from the project's own pictures, as libultrahdr lays them out.
import sharp from 'sharp'
import { type Bytes, once, sample } from '../pictures.ts'

/** How the pixels of a map become gains (ISO 21496-1 §5.2; Ultra HDR v1.1 §4). Gains in powers of two. */
export interface GainMeaning {
  readonly min: number
  readonly max: number
  readonly gamma: number
  readonly offsetSdr: number
  readonly offsetHdr: number
}

export interface UltraHdrOptions {
  readonly width?: number
  readonly height?: number
  /** The map's sides are this part of the picture's. */
  readonly mapScale?: number
  readonly mapSize?: { readonly width: number; readonly height: number }
  readonly channels?: 1 | 3
  readonly kinds?: readonly ('xmp' | 'iso')[]
  readonly hasMpf?: boolean
  readonly isLittle?: boolean
  /** EXIF orientation of the primary picture. */
  readonly orientation?: number
  readonly icc?: Uint8Array
  readonly meaning?: Partial<GainMeaning>
  /** Properties of the primary packet beside the directory. */
  readonly xmp?: string
  /** What the directory and the index say of the map's place. */
  readonly lie?: { readonly length?: number; readonly offset?: number; readonly size?: number }
  /** Stands in for the map's JPEG. */
  readonly map?: (map: Uint8Array) => Uint8Array
  readonly name?: 'lake' | 'still-life'
  readonly left?: number
}

export const MEANING: GainMeaning = { min: 0, max: 2.5, gamma: 1, offsetSdr: 1 / 64, offsetHdr: 1 / 64 }

const ascii = (text: string): Uint8Array => Uint8Array.from(text, (letter) => letter.charCodeAt(0))
const u16 = (value: number): Uint8Array => Uint8Array.of((value >> 8) & 255, value & 255)
const u32 = (value: number): Uint8Array => Uint8Array.of(value >>> 24, (value >>> 16) & 255, (value >>> 8) & 255, value & 255)
const joined = (...parts: readonly Uint8Array[]): Uint8Array => new Uint8Array(Buffer.concat(parts))
export const segment = (marker: number, ...parts: readonly Uint8Array[]): Uint8Array => {
  const payload = joined(...parts)
  return joined(Uint8Array.of(0xff, marker), u16(payload.length + 2), payload)
}
/** Puts segments behind SOI. */
export const inFront = (file: Uint8Array, ...segments: readonly Uint8Array[]): Uint8Array =>
  joined(file.subarray(0, 2), ...segments, file.subarray(2))

const packet = (attributes: string, inner: string): string =>
  `<x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#"><rdf:Description rdf:about="" xmlns:hdrgm="http://ns.adobe.com/hdr-gain-map/1.0/" xmlns:Container="http://ns.google.com/photos/1.0/container/" xmlns:Item="http://ns.google.com/photos/1.0/container/item/" xmlns:dc="http://purl.org/dc/elements/1.1/" ${attributes}>${inner}</rdf:Description></rdf:RDF></x:xmpmeta>`
const xmp = (text: string): Uint8Array => segment(0xe1, ascii('http://ns.adobe.com/xap/1.0/\0'), new TextEncoder().encode(text))

const directory = (length: number): string =>
  `<Container:Directory><rdf:Seq><rdf:li rdf:parseType="Resource"><Container:Item Item:Semantic="Primary" Item:Mime="image/jpeg"/></rdf:li><rdf:li rdf:parseType="Resource"><Container:Item Item:Semantic="GainMap" Item:Mime="image/jpeg" Item:Length="${length}"/></rdf:li></rdf:Seq></Container:Directory>`

export const mapXmp = ({ min, max, gamma, offsetSdr, offsetHdr }: GainMeaning): Uint8Array =>
  xmp(
    packet(
      `hdrgm:Version="1.0" hdrgm:GainMapMin="${min}" hdrgm:GainMapMax="${max}" hdrgm:Gamma="${gamma}" hdrgm:OffsetSDR="${offsetSdr}" hdrgm:OffsetHDR="${offsetHdr}" hdrgm:HDRCapacityMin="0" hdrgm:HDRCapacityMax="${max}" hdrgm:BaseRenditionIsHDR="False"`,
      '',
    ),
  )

const URN = ascii('urn:iso:std:iso:ts:21496:-1\0')
const DENOMINATOR = 1_000_000
const fraction = (value: number): Uint8Array => joined(u32(Math.round(value * DENOMINATOR)), u32(DENOMINATOR))

/** One channel's meaning for all, in the base picture's colours. */
export const mapIso = ({ min, max, gamma, offsetSdr, offsetHdr }: GainMeaning): Uint8Array =>
  segment(0xe2, URN, u16(0), u16(0), Uint8Array.of(0x40), ...[0, max, min, max, gamma, offsetSdr, offsetHdr].map(fraction))
const versions = (): Uint8Array => segment(0xe2, URN, u16(0), u16(0))

const MPF_BYTES = 90

function mpf(at: number, primaryBytes: number, mapBytes: number, isLittle: boolean, lie: UltraHdrOptions['lie']): Uint8Array {
  const order = (bytes: Uint8Array): Uint8Array => (isLittle ? bytes.toReversed() : bytes)
  const [short, long] = [(value: number) => order(u16(value)), (value: number) => order(u32(value))]
  const field = (tag: number, type: number, count: number, value: Uint8Array): Uint8Array =>
    joined(short(tag), short(type), long(count), value)
  const header = joined(ascii('MPF\0'), ascii(isLittle ? 'II' : 'MM'), short(42), long(8), short(3))
  const fields = joined(field(0xb000, 7, 4, ascii('0100')), field(0xb001, 4, 1, long(2)), field(0xb002, 7, 32, long(50)), long(0))
  const first = joined(long(0x030000), long(primaryBytes), long(0), long(0))
  const second = joined(long(0), long(lie?.size ?? mapBytes), long(lie?.offset ?? primaryBytes - at - 8), long(0))
  return segment(0xe2, header, fields, first, second)
}

const exif = (orientation: number): Uint8Array =>
  segment(0xe1, ascii('Exif\0\0MM\0*\0\0\0\x08\0\x01'), u16(0x0112), u16(3), u32(1), u16(orientation), u16(0), u32(0))

const iccSegment = (icc: Uint8Array): Uint8Array => segment(0xe2, ascii('ICC_PROFILE\0'), Uint8Array.of(1, 1), icc)

/** A picture with lights brighter than white, its map a quarter of it unless told. */
export function ultraHdr(options: UltraHdrOptions = {}): Promise<Bytes> {
  const name = JSON.stringify({ ...options, icc: options.icc?.length, map: options.map ? Math.random() : undefined })
  return once(`ultra hdr ${name}`, async () => {
    const { width = 480, height = 320, mapScale = 0.25, channels = 1, kinds = ['xmp', 'iso'], left = 0 } = options
    const part = sharp(await sample(options.name)).extract({ left, top: 0, width: 1200, height: 1000 })
    const rgb = await part.resize(width, height, { fit: 'fill' }).raw().toBuffer()
    const raw = { raw: { width, height, channels: 3 as const } }
    const { width: mapWidth, height: mapHeight } = options.mapSize ?? {
      width: Math.round(width * mapScale),
      height: Math.round(height * mapScale),
    }
    const gains = await sharp(rgb, raw).resize(mapWidth, mapHeight, { fit: 'fill' }).blur(1).linear(1.2, -30).raw().toBuffer()
    const colour = sharp(gains, { raw: { width: mapWidth, height: mapHeight, channels: 3 } })
    const map = await (channels === 1 ? colour.toColourspace('b-w') : colour).jpeg({ quality: 95, chromaSubsampling: '4:4:4' }).toBuffer()
    return assemble(await sharp(rgb, raw).jpeg({ quality: 95 }).toBuffer(), map, { ...options, kinds })
  })
}

/** Joins a picture and a map. */
export function assemble(primary: Uint8Array, bareMap: Uint8Array, options: UltraHdrOptions = {}): Bytes {
  const { kinds = ['xmp', 'iso'], hasMpf = true, isLittle = false, orientation, icc, lie } = options
  const meaning = { ...MEANING, ...options.meaning }
  const whole = inFront(bareMap, ...(kinds.includes('xmp') ? [mapXmp(meaning)] : []), ...(kinds.includes('iso') ? [mapIso(meaning)] : []))
  const map = options.map?.(whole) ?? whole
  const front = joined(
    ...(orientation === undefined ? [] : [exif(orientation)]),
    ...(kinds.includes('xmp') ? [xmp(packet(`hdrgm:Version="1.0" ${options.xmp ?? ''}`, directory(lie?.length ?? map.length)))] : []),
    ...(kinds.includes('iso') ? [versions()] : []),
    ...(icc ? [iccSegment(icc)] : []),
  )
  const primaryBytes = front.length + primary.length + (hasMpf ? MPF_BYTES : 0)
  const index = hasMpf ? [mpf(2 + front.length, primaryBytes, map.length, isLittle, lie)] : []
  return new Uint8Array(joined(inFront(primary, front, ...index), map))
}
