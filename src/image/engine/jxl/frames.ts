import type { Shape } from '../../raster.ts'
import type { BitReader } from './bits.ts'
import { readEntropyStream } from './entropy/stream.ts'
import { type JxlHeader, skipExtensions, skipName } from './header.ts'

/** What a frame's header tells (ISO/IEC 18181-1 §F). */
export interface JxlFrame extends Shape {
  /** Part of what is shown; or what others refer to: as pixels, or as their low frequencies. */
  readonly kind: 'shown' | 'reference' | 'low-frequencies'
  /** Whether its samples are coded without a cosine transform, as lossless pictures are. */
  readonly isModular: boolean
  /** In ticks; 0: the next one is laid over it. */
  readonly duration: number
  readonly isLast: boolean
  /** Of its data, behind its header. */
  readonly bytes: number
}

/** What its header says beyond that. */
interface FrameHeader extends Omit<JxlFrame, 'bytes'> {
  /** Parts of its data, each with a length in the table of contents. */
  readonly sections: number
}

const [LOW_FREQUENCIES, REFERENCE] = [1, 2]
const REPLACE = 0
/** Flags: the low frequencies are those of a frame before. */
const HAS_LOW_FREQUENCIES = 32
/** Contexts of the order in which sections lie. */
const ORDER_CONTEXTS = 8
/** The side of a group of a frame without a cosine transform, at least. */
const LEAST_GROUP = 128

/** Reads the header of a frame and the lengths of its sections, and stands at its data then. @throws AppError `invalid_image`, also when the bytes end. */
export function readFrame(bits: BitReader, header: JxlHeader, image: Shape): JxlFrame {
  bits.align()
  const { sections, ...frame } = readFrameHeader(bits, header, image)
  if (bits.flag()) skipOrder(bits, sections)
  bits.align()
  let bytes = 0
  for (let i = 0; i < sections; i++) bytes += bits.choice([10], [14, 1024], [22, 17_408], [30, 4_211_712])
  bits.align()
  return { ...frame, bytes }
}

/** How sections are permuted (§C.3.2): the lengths add up all the same. */
function skipOrder(bits: BitReader, sections: number): void {
  const stream = readEntropyStream(bits, ORDER_CONTEXTS)
  const contextOf = (value: number): number => Math.min(ORDER_CONTEXTS - 1, Math.ceil(Math.log2(value + 1)))
  const moved = stream.read(contextOf(sections))
  for (let i = 0, value = 0; i < Math.min(moved, sections); i++) value = stream.read(contextOf(value))
  stream.end()
}

function readFrameHeader(bits: BitReader, header: JxlHeader, image: Shape): FrameHeader {
  const extra = header.extra.length
  if (bits.flag()) {
    const plain = { ...image, kind: 'shown' as const, isModular: false, duration: 0, isLast: true }
    return { ...plain, sections: sectionsOf(image, 256, 1) }
  }
  const type = bits.bits(2)
  const isModular = bits.flag()
  const hasLowFrequencies = Math.floor(bits.long() / HAS_LOW_FREQUENCIES) % 2 === 1
  const isYcc = !header.isXyb && bits.flag()
  if (isYcc && !hasLowFrequencies) bits.skip(3 * 2) // of subsampling
  let upsampling = 1
  if (!hasLowFrequencies) {
    upsampling = bits.choice(1, 2, 4, 8)
    bits.skip(2 * extra)
  }
  const group = isModular ? LEAST_GROUP << bits.bits(2) : 2 * LEAST_GROUP
  if (!isModular && header.isXyb) bits.skip(2 * 3) // quantisers of chroma
  const passes = type === REFERENCE ? 1 : readPasses(bits)
  const level = type === LOW_FREQUENCIES ? 1 + bits.bits(2) : 0
  const cut = type !== LOW_FREQUENCIES && bits.flag() ? readCut(bits, type !== REFERENCE, image) : { ...image, isWhole: true }
  const kind = type === LOW_FREQUENCIES ? 'low-frequencies' : type === REFERENCE ? 'reference' : 'shown'
  const isShown = kind === 'shown'
  let [duration, isLast, replaces] = [0, false, false]
  if (isShown) {
    replaces = skipBlending(bits, extra, cut.isWhole) === REPLACE
    for (let i = 0; i < extra; i++) skipBlending(bits, extra, cut.isWhole)
    if (header.clock) {
      duration = bits.choice(0, 1, [8], [32])
      if (header.clock.hasTimecodes) bits.skip(32)
    }
    isLast = bits.flag()
  }
  const place = type !== LOW_FREQUENCIES && !isLast ? bits.bits(2) : 0
  const isReferred = !isLast && (duration === 0 || place !== 0)
  if (type === REFERENCE || (isShown && cut.isWhole && replaces && isReferred)) bits.skip(1) // before or after its colours are converted
  skipName(bits)
  skipFilters(bits, isModular)
  skipExtensions(bits)
  const divisor = upsampling * 8 ** level
  const coded = { width: Math.ceil(cut.width / divisor), height: Math.ceil(cut.height / divisor) }
  return { width: cut.width, height: cut.height, kind, isModular, duration, isLast, sections: sectionsOf(coded, group, passes) }
}

/** One for all; or one for what all share, the groups of low frequencies, what all of high ones share, and in each pass each group. */
function sectionsOf({ width, height }: Shape, group: number, passes: number): number {
  const groups = (side: number): number => Math.ceil(width / side) * Math.ceil(height / side)
  const count = groups(group)
  return count === 1 && passes === 1 ? 1 : 2 + groups(8 * group) + count * passes
}

function readPasses(bits: BitReader): number {
  const passes = bits.choice(1, 2, 3, [3, 4])
  if (passes === 1) return passes
  const downsamplings = bits.choice(0, 1, 2, [1, 3])
  bits.skip(2 * (passes - 1) + 2 * downsamplings)
  for (let i = 0; i < downsamplings; i++) bits.choice(0, 1, 2, [3])
  return passes
}

function readCut(bits: BitReader, hasPlace: boolean, image: Shape): Shape & { readonly isWhole: boolean } {
  const number = (): number => bits.choice([8], [11, 256], [14, 2304], [30, 18_688])
  /** With the sign in the lowest bit. */
  const place = (): number => {
    const packed = hasPlace ? number() : 0
    return packed % 2 === 0 ? packed / 2 : -(packed + 1) / 2
  }
  const [x, y, width, height] = [place(), place(), number(), number()]
  return { width, height, isWhole: x <= 0 && y <= 0 && x + width >= image.width && y + height >= image.height }
}

const [BLEND, ADD_WEIGHTED, MULTIPLY] = [2, 3, 4]

/** How a frame is laid over one before (§F.2, table F.8). Returns the mode. */
function skipBlending(bits: BitReader, extra: number, isWhole: boolean): number {
  const mode = bits.choice(0, 1, 2, [2, 3])
  const hasAlpha = extra > 0 && (mode === BLEND || mode === ADD_WEIGHTED)
  if (hasAlpha) bits.choice(0, 1, 2, [3, 3])
  if (hasAlpha || mode === MULTIPLY) bits.skip(1)
  if (mode !== REPLACE || !isWhole) bits.skip(2)
  return mode
}

const HALF = 16

/** The smoothing behind the decoding (§J). */
function skipFilters(bits: BitReader, isModular: boolean): void {
  if (bits.flag()) return
  if (bits.flag() && bits.flag()) bits.skip(6 * HALF)
  if (bits.bits(2) > 0) {
    if (!isModular && bits.flag()) bits.skip(8 * HALF)
    if (bits.flag()) bits.skip(5 * HALF)
    if (bits.flag()) bits.skip((isModular ? 3 : 4) * HALF)
    if (isModular) bits.skip(HALF)
  }
  skipExtensions(bits)
}
