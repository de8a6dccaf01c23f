import type { Bytes } from '../../../support/pictures.ts'

export interface WrittenBmp {
  readonly width: number
  readonly height: number
  readonly bitsPerPixel: number
  /** Size of the header: 12, 40, 52, 56, 64, 108 or 124. */
  readonly header?: number
  readonly compression?: number
  readonly isTopDown?: boolean
  /** Red, green, blue, alpha. */
  readonly masks?: readonly number[]
  /** R, G, B a colour. */
  readonly palette?: readonly (readonly number[])[]
  /** Words of pixels, top to bottom: indices, or what the masks say, or 0xRRGGBB. */
  readonly words?: ArrayLike<number>
  /** The pixels' bytes as they are, instead of `words`. */
  readonly data?: readonly number[]
  readonly profile?: Uint8Array
  /** Of V4 and V5: X, Y and Z of red, green and blue, then three gammas. */
  readonly calibration?: readonly number[]
}

/** Words of one row, highest bits first below a byte, lowest byte first above. */
function packRow(words: readonly number[], bitsPerPixel: number): number[] {
  const bytes: number[] = []
  if (bitsPerPixel >= 8) {
    for (const word of words) for (let shift = 0; shift < bitsPerPixel; shift += 8) bytes.push((word >>> shift) & 0xff)
  } else {
    const perByte = 8 / bitsPerPixel
    for (let x = 0; x < words.length; x += perByte)
      bytes.push(Array.from({ length: perByte }, (_, i) => (words[x + i] ?? 0) << (8 - bitsPerPixel * (i + 1))).reduce((a, b) => a | b, 0))
  }
  while (bytes.length % 4 !== 0) bytes.push(0)
  return bytes
}

export function packRows({ width, height, bitsPerPixel, words = [], isTopDown = false }: WrittenBmp): number[] {
  const rows = Array.from({ length: height }, (_, y) =>
    packRow(
      Array.from({ length: width }, (_unused, x) => words[y * width + x] ?? 0),
      bitsPerPixel,
    ),
  )
  return (isTopDown ? rows : rows.toReversed()).flat()
}

/** A bitmap's header, masks and palette: all before its pixels. */
export function dibHead(
  { width, height, bitsPerPixel, header = 40, compression = 0, isTopDown = false, masks = [], palette = [], calibration = [] }: WrittenBmp,
  dataBytes: number,
  profile?: Uint8Array,
): number[] {
  const head = new DataView(new ArrayBuffer(header))
  head.setUint32(0, header, true)
  if (header === 12) {
    head.setUint16(4, width, true)
    head.setUint16(6, height, true)
    head.setUint16(8, 1, true)
    head.setUint16(10, bitsPerPixel, true)
  } else {
    head.setInt32(4, width, true)
    head.setInt32(8, isTopDown ? -height : height, true)
    head.setUint16(12, 1, true)
    head.setUint16(14, bitsPerPixel, true)
    head.setUint32(16, compression, true)
    head.setUint32(20, dataBytes, true)
    head.setUint32(32, palette.length, true)
    masks.forEach((mask, i) => void (40 + 4 * i + 4 <= header && header !== 64 && head.setUint32(40 + 4 * i, mask, true)))
  }
  const behind = header === 40 && compression !== 0 ? masks.flatMap((mask) => packRow([mask], 32)) : []
  const colours = palette.flatMap(([r = 0, g = 0, b = 0]) => (header === 12 ? [b, g, r] : [b, g, r, 0]))
  calibration.forEach((value, i) => {
    head.setInt32(60 + 4 * i, Math.round(value * (i < 9 ? 2 ** 30 : 65_536)), true)
  })
  if (header === 124 && profile) {
    head.setUint32(56, 0x4d424544, true)
    head.setUint32(112, header + colours.length + dataBytes, true)
    head.setUint32(116, profile.length, true)
  }
  return [...new Uint8Array(head.buffer), ...behind, ...colours]
}

export function writeBmp(picture: WrittenBmp): Bytes {
  const data = picture.data ?? packRows(picture)
  const head = dibHead(picture, data.length, picture.profile)
  const file = new DataView(new ArrayBuffer(14))
  file.setUint16(0, 0x424d)
  file.setUint32(2, 14 + head.length + data.length, true)
  file.setUint32(10, 14 + head.length, true)
  return Uint8Array.from([...new Uint8Array(file.buffer), ...head, ...data, ...(picture.profile ?? [])])
}
