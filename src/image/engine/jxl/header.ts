import type { Orientation } from '../../orientation.ts'
import type { Shape } from '../../raster.ts'
import { type BitReader, readBits } from './bits.ts'
import { type ColourEncoding, readColourEncoding } from './colour-encoding.ts'

/** How samples are stored (ISO/IEC 18181-1 §E.3). */
export interface Depth {
  readonly bits: number
  readonly isFloat: boolean
}

/** What a channel beside the colours is for (§E.4, table E.6); others have no meaning for a picture. */
export type ExtraKind = 'alpha' | 'black' | 'other'

export interface ExtraChannel {
  readonly kind: ExtraKind
  readonly depth: Depth
  /** Whether colours are stored multiplied by it. */
  readonly isAssociated: boolean
}

/** Of an animation (§E.5). */
export interface Clock {
  readonly ticksPerSecond: number
  /** 0: without end. */
  readonly plays: number
  readonly hasTimecodes: boolean
}

/** Bits of a codestream. */
export interface Place {
  readonly start: number
  readonly end: number
}

/** What stands before the frames of a codestream: `SizeHeader` and `ImageMetadata` (§E). */
export interface JxlHeader extends Shape {
  readonly orientation: Orientation
  readonly depth: Depth
  /** Where both are said, in bits from the codestream's start; `null` where they are left out, for upright and 8 bits. */
  readonly places: { readonly orientation: Place | null; readonly depth: Place } | null
  readonly extra: readonly ExtraChannel[]
  /** Whether the pixels are stored in XYB: the decoder gives the colours that the encoding tells. */
  readonly isXyb: boolean
  readonly colour: ColourEncoding
  readonly clock: Clock | null
  /** A small picture that comes before the others. */
  readonly preview: Shape | null
  /** The reader, where the profile begins, or the first frame, at the next whole byte. */
  readonly rest: BitReader
}

const EIGHT: Depth = { bits: 8, isFloat: false }
const SIGNATURE_BYTES = 2
const ORIENTATION_BITS = 3

/** @throws AppError `invalid_image`. */
export function readHeader(codestream: Uint8Array): JxlHeader {
  const bits = readBits(codestream, SIGNATURE_BYTES)
  const size = readSize(bits)
  if (bits.flag()) {
    skipTransform(bits, true)
    const colour = readColourEncoding(readBits(Uint8Array.of(1)))
    const plain = { orientation: 1, depth: EIGHT, places: null, extra: [], isXyb: true, clock: null, preview: null } as const
    return { ...size, ...plain, colour, rest: bits }
  }
  const hasFields = bits.flag()
  const orientationAt = bits.at
  const orientation = (hasFields ? 1 + bits.bits(ORIENTATION_BITS) : 1) as Orientation // three bits
  if (hasFields && bits.flag()) readSize(bits) // in which size it is meant to be shown
  const preview = hasFields && bits.flag() ? readPreviewSize(bits) : null
  const clock = hasFields && bits.flag() ? readClock(bits) : null
  const depthAt = bits.at
  const depth = readDepth(bits)
  const places = {
    orientation: hasFields ? { start: orientationAt, end: orientationAt + ORIENTATION_BITS } : null,
    depth: { start: depthAt, end: bits.at },
  }
  bits.flag() // whether 16 bits are enough on the way
  const extra = Array.from({ length: bits.choice(0, 1, [4, 2], [12, 1]) }, () => readExtraChannel(bits))
  const isXyb = bits.flag()
  const colour = readColourEncoding(bits)
  if (hasFields) skipToneMapping(bits)
  skipExtensions(bits)
  skipTransform(bits, isXyb)
  return { ...size, orientation, depth, places, extra, isXyb, colour, clock, preview, rest: bits }
}

/** Width to height, by its number (table E.2). */
const RATIOS: readonly (readonly [number, number])[] = [
  [1, 1],
  [12, 10],
  [4, 3],
  [3, 2],
  [16, 9],
  [5, 4],
  [2, 1],
]

function readSize(bits: BitReader): Shape {
  const isSmall = bits.flag()
  const side = (): number => (isSmall ? 8 * (bits.bits(5) + 1) : bits.choice([9, 1], [13, 1], [18, 1], [30, 1]))
  const height = side()
  return { width: widthOf(bits.bits(3), height, side), height }
}

function widthOf(ratio: number, height: number, read: () => number): number {
  const known = RATIOS[ratio - 1]
  return known ? Math.floor((height * known[0]) / known[1]) : read()
}

function readPreviewSize(bits: BitReader): Shape {
  const side = bits.flag() ? () => 8 * bits.choice(16, 32, [5, 1], [9, 33]) : () => bits.choice([6, 1], [8, 65], [10, 321], [12, 1345])
  const height = side()
  return { width: widthOf(bits.bits(3), height, side), height }
}

function readClock(bits: BitReader): Clock {
  const ticks = bits.choice(100, 1000, [10, 1], [30, 1])
  const seconds = bits.choice(1, 1001, [8, 1], [10, 1])
  return { ticksPerSecond: ticks / seconds, plays: bits.choice(0, [3], [16], [32]), hasTimecodes: bits.flag() }
}

function readDepth(bits: BitReader): Depth {
  const isFloat = bits.flag()
  if (!isFloat) return { bits: bits.choice(8, 10, 12, [6, 1]), isFloat }
  const depth = { bits: bits.choice(32, 16, 24, [6, 1]), isFloat }
  bits.bits(4) // of the exponent
  return depth
}

const [ALPHA, SPOT, BLACK, PATTERN] = [0, 2, 4, 5]

function readExtraChannel(bits: BitReader): ExtraChannel {
  if (bits.flag()) return { kind: 'alpha', depth: EIGHT, isAssociated: false }
  const type = bits.enumerated()
  const depth = readDepth(bits)
  bits.choice(0, 3, 4, [3, 1]) // how much smaller it is
  skipName(bits)
  const isAssociated = type === ALPHA && bits.flag()
  if (type === SPOT) bits.skip(4 * 16)
  if (type === PATTERN) bits.choice(1, [2], [4, 3], [8, 19])
  return { kind: type === ALPHA ? 'alpha' : type === BLACK ? 'black' : 'other', depth, isAssociated }
}

function skipToneMapping(bits: BitReader): void {
  if (!bits.flag()) bits.skip(16 + 16 + 1 + 16)
}

export const skipName = (bits: BitReader): void => bits.skip(8 * bits.choice(0, [4], [5, 16], [10, 48]))

/** Of each there may be so many bits that we do not know (§B.3). */
export function skipExtensions(bits: BitReader): void {
  const which = bits.long()
  let total = 0
  for (let rest = which; rest > 0; rest = Math.floor(rest / 2)) if (rest % 2 === 1) total += bits.long()
  bits.skip(total)
}

/** Matrices and weights of enlarging, as `half` numbers: 15, 55 and 210 of them. */
function skipTransform(bits: BitReader, isXyb: boolean): void {
  if (bits.flag()) return
  if (isXyb && !bits.flag()) bits.skip(16 * (9 + 3 + 4))
  const which = bits.bits(3)
  for (const [i, weights] of [15, 55, 210].entries()) if ((which >> i) & 1) bits.skip(16 * weights)
}
