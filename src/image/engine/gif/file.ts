import type { Rectangle } from '../../geometry.ts'
import type { Shape } from '../../raster.ts'

/** Colours as the file has them: RGBA pixels as they lie in memory, 256 at most. One that is transparent is the first. */
export type GifColours = Uint32Array

const TABLE_FLAG = 0x80
/** Bits of a sample of the original, less one (GIF89a §18 c v). */
const RESOLUTION = 7 << 4

const uint16 = (value: number): readonly number[] => [value & 0xff, value >> 8]

/** Bits of an index: at least 2 (GIF89a appendix F). */
export const indexBits = ({ length }: GifColours): number => Math.max(2, Math.ceil(Math.log2(length)))

/** A table has a power of two of entries; those that are not used are black. */
const tableBits = ({ length }: GifColours): number => Math.max(1, Math.ceil(Math.log2(length)))

function tableOf(colours: GifColours): Uint8Array<ArrayBuffer> {
  const table = new Uint8Array(3 << tableBits(colours))
  colours.forEach((pixel, i) => table.set([pixel & 255, (pixel >> 8) & 255, (pixel >> 16) & 255], 3 * i))
  return table
}

/** Signature, screen and global colour table (§17–19). */
export const gifHeader = ({ width, height }: Shape, colours: GifColours): Uint8Array<ArrayBuffer> =>
  Uint8Array.from([
    ...new TextEncoder().encode('GIF89a'),
    ...uint16(width),
    ...uint16(height),
    TABLE_FLAG | RESOLUTION | (tableBits(colours) - 1),
    0,
    0,
    ...tableOf(colours),
  ])

export interface GifControl {
  /** In hundredths of a second. */
  readonly delay: number
  /** What is done with the frame after its time: 1 it stays, 2 its rectangle becomes transparent (§23 c iv). */
  readonly disposal: 0 | 1 | 2
}

/** Of a still picture, which has no time. */
export const STILL: GifControl = { delay: 0, disposal: 0 }

const isTransparent = (colours: GifColours): boolean => (colours[0] ?? 0) >>> 24 === 0

/** Control block, where it says anything, and descriptor of a frame (§20, §23). Its colours are the global ones, or a table of its own. */
export function frameHeader(
  { x, y, width, height }: Rectangle,
  { delay, disposal }: GifControl,
  colours: GifColours,
  hasOwnTable: boolean,
): Uint8Array<ArrayBuffer> {
  const transparent = isTransparent(colours)
  const says = transparent || delay > 0 || disposal > 0
  return Uint8Array.from([
    ...(says ? [0x21, 0xf9, 4, (disposal << 2) | (transparent ? 1 : 0), ...uint16(delay), 0, 0] : []),
    0x2c,
    ...[x, y, width, height].flatMap(uint16),
    ...(hasOwnTable ? [TABLE_FLAG | (tableBits(colours) - 1), ...tableOf(colours)] : [0]),
    indexBits(colours),
  ])
}

/** How often an animation plays, 0 for ever: the looping extension repeats what has played once. Nothing when it plays once. */
export function loopBlock(plays: number): Uint8Array<ArrayBuffer> {
  if (plays === 1) return new Uint8Array()
  const repeats = plays === 0 ? 0 : Math.min(65_535, plays - 1)
  return Uint8Array.from([0x21, 0xff, 11, ...new TextEncoder().encode('NETSCAPE2.0'), 3, 1, ...uint16(repeats), 0])
}

/** §27. */
export const trailer = (): Uint8Array<ArrayBuffer> => Uint8Array.of(0x3b)
