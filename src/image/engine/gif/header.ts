import type { Orientation } from '../../orientation.ts'
import type { Shape } from '../../raster.ts'
import { damagedGif, type GifFrame, gifFrames, type GifScreen, readScreen } from './blocks.ts'
import { isCodeSize } from './lzw.ts'

export interface GifProbe extends Shape {
  readonly hasAlpha: boolean
  readonly frames: number
  readonly orientation: Orientation
  readonly isFlat: true
  readonly screen: GifScreen
  readonly first: GifFrame
}

/** More frames than any page number names are not counted. */
const MOST_FRAMES = 100_000

/**
 * Reads all blocks of a GIF, without pixels. A screen that is smaller than its first frame is enlarged, as browsers do; one without size has the
 * frame's. @throws AppError `invalid_image` when there is no picture.
 */
export function probeGif(file: Uint8Array): GifProbe {
  const screen = readScreen(file)
  let [frames, first, isCovered]: [number, GifFrame | null, boolean] = [0, null, true]
  for (const frame of gifFrames(file, screen)) {
    first ??= frame
    isCovered &&= frame.disposal !== 'clear'
    if (++frames === MOST_FRAMES) break
  }
  if (!first) throw damagedGif('there is no picture in it')
  if (!isCodeSize(first.codeSize)) throw damagedGif(`a code size of ${first.codeSize} bits`)
  const canvas = canvasOf(screen, first)
  if (canvas.width === 0 || canvas.height === 0) throw damagedGif('the picture has no size')
  const hasAlpha = !isOpaqueFrame(first, canvas) || (frames > 1 && !isCovered)
  return { ...canvas, hasAlpha, frames, orientation: 1, isFlat: true, screen, first }
}

const canvasOf = (screen: Shape, { x, y, width, height }: GifFrame): Shape => ({
  width: Math.max(screen.width, x + width),
  height: Math.max(screen.height, y + height),
})

/** Whether a frame paints all of the canvas, whatever its indices are. */
export const isOpaqueFrame = ({ x, y, width, height, transparent, table, codeSize, isCut }: GifFrame, canvas: Shape): boolean =>
  x === 0 &&
  y === 0 &&
  width >= canvas.width &&
  height >= canvas.height &&
  transparent < 0 &&
  !isCut &&
  (table?.colours ?? 0) >= 1 << codeSize
