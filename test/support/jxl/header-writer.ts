// Writes another header before the frames of a codestream (ISO/IEC 18181-1 §E), as many of its fields as tests need.
import { readJxl } from '../../../src/image/engine/jxl/picture.ts'
import type { Bytes } from '../pictures.ts'

type Bit = 0 | 1
type XY = readonly [number, number]

export interface WrittenColours {
  /** By numbers: 1 sRGB, 9 BT.2100, 11 P3; or red, green and blue. */
  readonly primaries?: number | readonly [XY, XY, XY]
  /** By numbers: 8 linear, 13 sRGB, 16 PQ, 18 HLG; or the light to this power. */
  readonly transfer?: number | { readonly power: number }
  readonly isGray?: boolean
}

export interface WrittenHeader {
  readonly orientation?: number
  /** Ticks a second. */
  readonly animation?: number
  /** What the channel beside the colours is: 0 alpha, 4 black. */
  readonly extra?: number
  readonly isAssociated?: boolean
  readonly colours?: WrittenColours
  readonly icc?: Uint8Array
}

function bitList() {
  const bits: Bit[] = []
  const put = (value: number, count: number): void => {
    for (let i = 0; i < count; i++) bits.push((Math.floor(value / 2 ** i) % 2) as Bit)
  }
  return {
    put,
    enumerated: (value: number): void =>
      value < 2 ? put(value, 2) : value < 18 ? (put(2, 2), put(value - 2, 4)) : (put(3, 2), put(value - 18, 6)),
    align(): void {
      while (bits.length % 8 !== 0) bits.push(0)
    },
    bytes: (): Uint8Array =>
      Uint8Array.from({ length: Math.ceil(bits.length / 8) }, (_, i) =>
        bits.slice(8 * i, 8 * i + 8).reduce<number>((byte, bit, k) => byte + (bit << k), 0),
      ),
  }
}
type Bits = ReturnType<typeof bitList>

/** The frames of a lossless codestream of RGB and alpha, behind this header. */
export function withHeader(codestream: Uint8Array, header: WrittenHeader): Bytes {
  const { header: found, headerEnd } = readJxl(codestream)
  const bits = bitList()
  for (const side of [found.height, found.width]) {
    if (side === found.height) bits.put(0, 1) // not small
    bits.put(2, 2)
    bits.put(side - 1, 18)
    if (side === found.height) bits.put(0, 3) // no ratio
  }
  bits.put(0b10, 2) // not all as usual; with the fields that follow
  bits.put((header.orientation ?? 1) - 1, 3)
  bits.put(0, 2) // no size of its own, no preview
  bits.put(header.animation === undefined ? 0 : 1, 1)
  if (header.animation !== undefined) {
    bits.put(2, 2)
    bits.put(header.animation - 1, 10)
    bits.put(0, 2)
    bits.put(0, 2)
    bits.put(0, 1)
  }
  bits.put(0, 3) // 8 bits
  bits.put(1, 1)
  bits.put(1, 2) // a channel beside the colours
  bits.put(0, 1)
  bits.enumerated(header.extra ?? 0)
  bits.put(0, 3)
  bits.put(0, 2)
  bits.put(0, 2)
  if ((header.extra ?? 0) === 0) bits.put(header.isAssociated ? 1 : 0, 1)
  bits.put(0, 1) // not in XYB
  putColours(bits, header)
  bits.put(1, 1) // tone mapping as usual
  bits.put(0, 2) // no extensions
  bits.put(1, 1) // matrices as usual
  if (header.icc) putProfile(bits, header.icc)
  bits.align()
  return Uint8Array.from([0xff, 0x0a, ...bits.bytes(), ...codestream.subarray(Math.ceil(headerEnd / 8))])
}

function putColours(bits: Bits, { colours = {}, icc }: WrittenHeader): void {
  const { primaries = 1, transfer = 13, isGray = false } = colours
  bits.put(0, 1)
  bits.put(icc ? 1 : 0, 1)
  bits.enumerated(isGray ? 1 : 0)
  if (icc) return
  bits.enumerated(1) // D65
  if (!isGray) {
    bits.enumerated(typeof primaries === 'number' ? primaries : 2)
    if (typeof primaries !== 'number')
      for (const value of primaries.flat()) {
        const packed = Math.round(value * 1e6) * 2
        bits.put(packed < 524_288 ? 0 : packed < 1_048_576 ? 1 : 2, 2)
        bits.put(packed < 524_288 ? packed : packed < 1_048_576 ? packed - 524_288 : packed - 1_048_576, packed < 1_048_576 ? 19 : 20)
      }
  }
  bits.put(typeof transfer === 'number' ? 0 : 1, 1)
  if (typeof transfer === 'number') bits.enumerated(transfer)
  else bits.put(Math.round(transfer.power * 1e7), 24)
  bits.enumerated(1)
}

const seven = (value: number): number[] => (value < 128 ? [value] : [(value & 127) | 128, ...seven(value >> 7)])

/** Every byte as it is, but those of the header behind their predictions; each in eight bits of a prefix code. */
function putProfile(bits: Bits, icc: Uint8Array): void {
  const expected = new Uint8Array(128)
  new DataView(expected.buffer).setUint32(0, icc.length)
  expected[8] = 4
  expected.set(Buffer.from('mntrRGB XYZ '), 12)
  expected.set(Buffer.from('acsp'), 36)
  expected.set([0, 0, 0xf6, 0xd6, 0, 1, 0, 0, 0, 0, 0xd3, 0x2d], 68)
  expected.set(icc.subarray(4, 8), 80)
  const platform = { A: 'APPL', M: 'MSFT' }[String.fromCharCode(icc[40] ?? 0)]
  if (platform) expected.set(Buffer.from(platform.slice(1)), 41)
  const header = icc.subarray(0, 128).map((byte, i) => byte - (expected[i] ?? 0))
  const commands = [0, 1, ...seven(icc.length - 128)]
  const coded = [...seven(icc.length), ...seven(commands.length), ...commands, ...header, ...icc.subarray(128)]
  bits.put(3, 2)
  bits.put(coded.length % 4096, 12)
  bits.put(1, 1)
  bits.put(coded.length >> 12, 8)
  bits.put(0, 1)
  bits.put(0, 1) // nothing is copied
  bits.put(0b001, 3) // one distribution for all contexts
  bits.put(1, 1) // prefix codes
  bits.put(15, 4) // symbols are numbers
  bits.put(1, 1)
  bits.put(7, 4)
  bits.put(127, 7) // 256 symbols
  bits.put(0, 2)
  for (const place of [1, 2, 3, 4, 0, 5, 17, 6, 16, 7, 8, 9, 10, 11, 12, 13, 14, 15]) bits.put(place === 8 ? 7 : 0, place === 8 ? 4 : 2)
  for (const byte of coded) for (let i = 7; i >= 0; i--) bits.put((byte >> i) & 1, 1)
}
