import type { Rectangle } from '../../../geometry.ts'
import type { Shape } from '../../../raster.ts'
import { behindData, chunkAt, chunkEnd, damagedPng, isIntact, type PngChunk, uint16, uint32 } from '../chunks.ts'

/** What is done with a frame's rectangle after its time: nothing, made transparent, or as it was before (PNG, third edition, §11.3.6.2). */
export type Disposal = 'keep' | 'clear' | 'restore'

export interface PngFrame extends Rectangle {
  readonly disposal: Disposal
  /** Its time; a denominator of 0 counts as 100 (§11.3.6.2). */
  readonly seconds: number
  /** Whether its pixels take the place of what is below, or are laid over it. */
  readonly replaces: boolean
  /** Of the first chunk of its pixels, and what those chunks are called. */
  readonly dataAt: number
  readonly dataType: 'IDAT' | 'fdAT'
}

/** Bytes of acTL and fcTL, and of the number with which fdAT begins. */
const [CONTROL_BYTES, FRAME_BYTES] = [8, 26]
export const SEQUENCE_BYTES = 4
const DISPOSALS: readonly Disposal[] = ['keep', 'clear', 'restore']
/** More frames than any page number names are not counted. */
const MOST_FRAMES = 100_000
const FIRST_CHUNK = 8

/** The frames that acTL promises before the pixels (§11.3.6.1); 0 for a still picture. Nothing is said of whether they are there. */
export function frameCount(file: Uint8Array): number {
  let count = 0
  for (let at = FIRST_CHUNK, chunk = chunkAt(file, at); chunk !== null && chunk.type !== 'IDAT'; chunk = chunkAt(file, at)) {
    if (chunk.type === 'acTL' && chunk.length === CONTROL_BYTES && isIntact(file, chunk)) count ||= uint32(file, chunk.start)
    at = chunkEnd(chunk)
  }
  return Math.min(count, MOST_FRAMES)
}

/**
 * The frames in their order, as far as they are asked for. A picture before the first fcTL is for those who read no animations, and no frame. Numbers count
 * fcTL and fdAT together, without a gap; checksums are those of fcTL alone. @throws AppError `invalid_image` where the chain breaks.
 */
export function* pngFrames(file: Uint8Array, canvas: Shape): Generator<PngFrame> {
  let [control, sequence, hasPixels]: [PngChunk | null, number, boolean] = [null, 0, false]
  const follow = (number: number): void => {
    if (number !== sequence++) throw damagedPng(`a frame's chunk has the number ${number} instead of ${sequence - 1}`)
  }
  for (let at = FIRST_CHUNK, chunk = chunkAt(file, at); chunk !== null && chunk.type !== 'IEND'; chunk = chunkAt(file, at)) {
    const { type, start, length } = chunk
    if (type === 'fcTL') {
      if (length !== FRAME_BYTES || !isIntact(file, chunk)) throw damagedPng('the fcTL chunk is cut short or has a wrong checksum')
      if (control) throw damagedPng('a frame has no pixels')
      follow(uint32(file, start))
      control = chunk
    } else if (type === 'fdAT' || (type === 'IDAT' && !hasPixels)) {
      if (type === 'fdAT') {
        if (length < SEQUENCE_BYTES || start + SEQUENCE_BYTES > file.length) throw damagedPng('the fdAT chunk is cut short')
        if (!hasPixels) throw damagedPng('a frame stands before the pixels')
        follow(uint32(file, start))
      }
      hasPixels = true
      if (control) yield readFrame(file, control, at, type, canvas)
      control = null
    }
    at = type === 'IDAT' ? behindData(file, at) : chunkEnd(chunk)
  }
}

function readFrame(file: Uint8Array, { start }: PngChunk, dataAt: number, dataType: 'IDAT' | 'fdAT', canvas: Shape): PngFrame {
  const [width, height, x, y] = [uint32(file, start + 4), uint32(file, start + 8), uint32(file, start + 12), uint32(file, start + 16)]
  const [disposal, blend] = [DISPOSALS[file[start + 24] ?? 0], file[start + 25] ?? 0]
  if (width < 1 || height < 1 || x + width > canvas.width || y + height > canvas.height)
    throw damagedPng(`a frame of ${width}×${height} at ${x}, ${y} lies outside`)
  if (!disposal || blend > 1) throw damagedPng('an unknown way to lay a frame')
  const seconds = uint16(file, start + 20) / (uint16(file, start + 22) || 100)
  const frame: PngFrame = { x, y, width, height, disposal, seconds, replaces: blend === 0, dataAt, dataType }
  if (dataType === 'IDAT' && !covers(frame, canvas)) throw damagedPng('the first frame is smaller than the picture')
  return frame
}

export const covers = ({ x, y, width, height }: Rectangle, canvas: Shape): boolean =>
  x === 0 && y === 0 && width === canvas.width && height === canvas.height
