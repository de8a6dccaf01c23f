// An independent reader of gain-map JPEGs, from the specifications: Ultra HDR v1.1, ISO 21496-1, CIPA DC-007. Knows nothing of the project's code.
import sharp from 'sharp'
import type { GainMeaning } from './write.ts'

export interface UltraHdr {
  readonly primary: Buffer
  readonly map: Buffer
  /** Payloads behind their names, in order; `null` without one. */
  readonly mapXmp: Buffer | null
  readonly mapIso: Buffer | null
  readonly mapIcc: Buffer | null
  readonly primaryIso: Buffer | null
  readonly primaryXmp: string | null
  readonly meaning: GainMeaning
}

interface Segment {
  readonly code: number
  readonly payload: Buffer
  /** Of the payload. */
  readonly at: number
}

/** Up to the first scan. @throws Error when it is no JPEG. */
export function segmentsOf(file: Buffer): Segment[] {
  if (file.readUInt16BE(0) !== 0xffd8) throw new Error('no SOI')
  const found: Segment[] = []
  for (let at = 2; ;) {
    if (file[at] !== 0xff) throw new Error(`no marker at ${at}`)
    const code = file.readUInt8(at + 1)
    const length = file.readUInt16BE(at + 2)
    found.push({ code, payload: file.subarray(at + 4, at + 2 + length), at: at + 4 })
    if (code === 0xda) return found
    at += 2 + length
  }
}

const XMP = 'http://ns.adobe.com/xap/1.0/\0'
const ISO = 'urn:iso:std:iso:ts:21496:-1\0'

function behind(segments: readonly Segment[], code: number, name: string): Buffer | null {
  const found = segments.find((segment) => segment.code === code && segment.payload.toString('latin1', 0, name.length) === name)
  return found ? found.payload.subarray(name.length) : null
}

/** The second picture by the MP index. @throws Error without one. */
function secondByMpf(file: Buffer): { readonly start: number; readonly end: number; readonly primaryBytes: number } {
  const index = segmentsOf(file).find(({ code, payload }) => code === 0xe2 && payload.toString('latin1', 0, 4) === 'MPF\0')
  if (!index) throw new Error('no MPF')
  const base = index.at + 4
  const little = file.toString('latin1', base, base + 2) === 'II'
  const [short, long] = little
    ? [(at: number) => file.readUInt16LE(at), (at: number) => file.readUInt32LE(at)]
    : [(at: number) => file.readUInt16BE(at), (at: number) => file.readUInt32BE(at)]
  const directory = base + long(base + 4)
  const fields = Array.from({ length: short(directory) }, (_, i) => directory + 2 + 12 * i)
  const valueOf = (tag: number): number => {
    const field = fields.find((at) => short(at) === tag)
    if (field === undefined) throw new Error(`no tag ${tag.toString(16)}`)
    return field + 8
  }
  if (file.toString('latin1', valueOf(0xb000), valueOf(0xb000) + 4) !== '0100') throw new Error('not version 0100')
  if (long(valueOf(0xb001)) !== 2) throw new Error('not two pictures')
  const entries = base + long(valueOf(0xb002))
  if (long(entries) !== 0x030000 || long(entries + 8) !== 0) throw new Error('the first is not the primary picture')
  const start = base + long(entries + 24)
  return { start, end: start + long(entries + 20), primaryBytes: long(entries + 4) }
}

/** @throws Error when it is no gain-map JPEG whose parts agree with each other. */
export function readUltraHdr(bytes: Uint8Array): UltraHdr {
  const file = Buffer.from(bytes)
  const header = segmentsOf(file)
  const { start, end, primaryBytes } = secondByMpf(file)
  if (start !== primaryBytes || end !== file.length)
    throw new Error(`the map is at ${start}-${end} of ${file.length}, behind ${primaryBytes}`)
  const [primary, map] = [file.subarray(0, start), file.subarray(start, end)]
  if (primary.readUInt16BE(primary.length - 2) !== 0xffd9) throw new Error('the primary picture has no end')
  if (map.readUInt16BE(map.length - 2) !== 0xffd9) throw new Error('the map has no end')
  const primaryXmp = behind(header, 0xe1, XMP)?.toString('utf8') ?? null
  const primaryIso = behind(header, 0xe2, ISO)
  if (primaryXmp?.includes('hdrgm:') === true) checkDirectory(primaryXmp, map.length)
  else if (!primaryIso) throw new Error('nothing says that there is a gain map')
  const ofMap = segmentsOf(map)
  const [mapXmp, mapIso] = [behind(ofMap, 0xe1, XMP), behind(ofMap, 0xe2, ISO)]
  const meaning = mapIso ? isoMeaning(mapIso) : mapXmp ? xmpMeaning(mapXmp.toString('utf8')) : null
  if (!meaning) throw new Error('the map has no meaning')
  return { primary, map, mapXmp, mapIso, mapIcc: behind(ofMap, 0xe2, 'ICC_PROFILE\0'), primaryIso, primaryXmp, meaning }
}

/** The primary picture without what stands in front of its tables, nor anything behind it. */
export function withoutMap(bytes: Uint8Array): Uint8Array {
  const file = Buffer.from(bytes)
  const tables = segmentsOf(file).find(({ code }) => code === 0xdb)?.at ?? 0
  const end = file.indexOf(Uint8Array.of(0xff, 0xd9, 0xff, 0xd8))
  return new Uint8Array(Buffer.concat([Uint8Array.of(0xff, 0xd8), file.subarray(tables - 4, end < 0 ? file.length : end + 2)]))
}

function checkDirectory(packet: string, mapBytes: number): void {
  if (!/hdrgm:Version="1\.0"/.test(packet)) throw new Error('no version')
  if (packet.split('<Container:Directory>').length !== 2) throw new Error('not one directory')
  const items = [...packet.matchAll(/<Container:Item ([^>]*)\/>/g)].map(([, attributes = '']) => attributes)
  if (items.length !== 2 || !items[0]?.includes('Item:Semantic="Primary"')) throw new Error('the primary picture is not first')
  if (!items[1]?.includes('Item:Semantic="GainMap"') || !items[1].includes(`Item:Length="${mapBytes}"`))
    throw new Error(`the directory says ${items[1]}, the map has ${mapBytes} bytes`)
}

function xmpMeaning(packet: string): GainMeaning {
  const value = (name: string): number => {
    const found = new RegExp(`hdrgm:${name}="([^"]*)"`).exec(packet)
    if (!found) throw new Error(`no ${name}`)
    return Number(found[1])
  }
  return {
    min: value('GainMapMin'),
    max: value('GainMapMax'),
    gamma: value('Gamma'),
    offsetSdr: value('OffsetSDR'),
    offsetHdr: value('OffsetHDR'),
  }
}

/** One channel, each number with a denominator of its own. */
function isoMeaning(data: Buffer): GainMeaning {
  if (data.readUInt16BE(0) !== 0 || (data.readUInt8(4) & 0x88) !== 0) throw new Error('another form of ISO 21496-1')
  const value = (i: number): number => data.readInt32BE(5 + 8 * i) / data.readUInt32BE(9 + 8 * i)
  return { min: value(2), max: value(3), gamma: value(4), offsetSdr: value(5), offsetHdr: value(6) }
}

/** Linear light, three floats a pixel; 1 is SDR's white. */
export interface HdrPicture {
  readonly width: number
  readonly height: number
  readonly light: Float32Array
}

const toLinear = (value: number): number => (value <= 0.04045 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4)
const LINEAR = Float32Array.from({ length: 256 }, (_, i) => toLinear(i / 255))

/** The picture at the whole headroom, by the formula of Ultra HDR v1.1 §"decode"; the map is scaled linearly. Profiles are not looked at. */
export async function rebuild({ primary, map, meaning }: Pick<UltraHdr, 'primary' | 'map' | 'meaning'>): Promise<HdrPicture> {
  const base = await sharp(primary, { ignoreIcc: true, autoOrient: true }).toColourspace('srgb').raw().toBuffer({ resolveWithObject: true })
  const { width, height, channels } = base.info
  const { orientation } = await sharp(primary).metadata()
  const gains = sharp(await turned(map, orientation), { ignoreIcc: true }).toColourspace('srgb')
  const grown = await gains.resize(width, height, { fit: 'fill', kernel: 'linear' }).raw().toBuffer({ resolveWithObject: true })
  const light = new Float32Array(width * height * 3)
  for (let i = 0; i < width * height; i++) {
    for (let c = 0; c < 3; c++) {
      const sdr = LINEAR[base.data[i * channels + c] ?? 0] ?? 0
      const recovery = (grown.data[i * grown.info.channels + (grown.info.channels > 2 ? c : 0)] ?? 0) / 255
      const boost = meaning.min + (meaning.max - meaning.min) * recovery ** (1 / meaning.gamma)
      light[i * 3 + c] = (sdr + meaning.offsetSdr) * 2 ** boost - meaning.offsetHdr
    }
  }
  return { width, height, light }
}

/** Turned as the primary picture is. */
async function turned(map: Buffer, orientation: number | undefined): Promise<Buffer> {
  if (orientation === undefined || orientation === 1) return map
  return sharp(await sharp(map, { ignoreIcc: true }).withMetadata({ orientation }).png().toBuffer())
    .autoOrient()
    .png()
    .toBuffer()
}

/** PSNR of the logarithms of luminance, against the range that the first picture has. */
export function logLuminanceDb(a: HdrPicture, b: HdrPicture): number {
  const log = ({ light }: HdrPicture, i: number): number => {
    const [red = 0, green = 0, blue = 0] = light.subarray(i * 3, i * 3 + 3)
    return Math.log2(Math.max(0, 0.2126 * red + 0.7152 * green + 0.0722 * blue) + 1 / 64)
  }
  let [squares, least, most] = [0, Infinity, -Infinity]
  for (let i = 0; i < a.width * a.height; i++) {
    const one = log(a, i)
    squares += (one - log(b, i)) ** 2
    least = Math.min(least, one)
    most = Math.max(most, one)
  }
  return 20 * Math.log10(most - least) - 10 * Math.log10(squares / (a.width * a.height))
}
