import { AppError } from '../../../../errors.ts'
import type { Shape } from '../../../raster.ts'
import { damagedPng } from '../chunks.ts'
import { covers, type PngFrame, pngFrames } from './frames.ts'

/** A page shows what all frames before it left: so many of their pixels may be painted for it. */
const MAX_FRAME_PIXELS = 100_000_000

/** What is done on the canvas, which is transparent at first: a frame is painted, or its rectangle made transparent. */
export interface PageStep {
  readonly frame: PngFrame
  readonly paints: boolean
}

/** What a page needs: the frames of which something is left, or is seen, in it. At least one. */
export interface PngPage {
  readonly steps: readonly PageStep[]
  /** Whether each of its pixels is painted, and no frame has transparency. */
  readonly isOpaque: boolean
}

/**
 * The way to page `page` of an animation, from 1. Frames that leave nothing behind, since what was before them is restored or all of it is painted over, are
 * not on it. `hasAlpha`: frames may be transparent.
 * @throws AppError `invalid_image` when the chain of frames breaks before it; `too_many_pixels` when the way is too long.
 */
export function pageOfPng(file: Uint8Array, canvas: Shape, hasAlpha: boolean, page: number): PngPage {
  let steps: PageStep[] = []
  let number = 0
  for (const frame of pngFrames(file, canvas)) {
    const isShown = ++number === page
    if (isShown || frame.disposal !== 'restore') {
      const [paints, isWhole] = [isShown || frame.disposal === 'keep', covers(frame, canvas)]
      if (isWhole && (!paints || frame.replaces || !hasAlpha)) steps = []
      if (paints || !isWhole) steps.push({ frame, paints })
    }
    if (isShown) return { steps: affordable(steps, page), isOpaque: !hasAlpha && isCovered(steps, canvas) }
  }
  throw damagedPng(`frame ${number + 1} is missing`)
}

const isCovered = (steps: readonly PageStep[], canvas: Shape): boolean =>
  steps.every(({ paints, frame }, i) => paints && (i > 0 || covers(frame, canvas)))

function affordable(steps: readonly PageStep[], page: number): readonly PageStep[] {
  const pixels = steps.reduce((sum, { frame }) => sum + frame.width * frame.height, 0)
  if (pixels <= MAX_FRAME_PIXELS) return steps
  const reason = `Expected at most ${MAX_FRAME_PIXELS} pixels in the frames up to ${page}, received ${pixels}.`
  throw new AppError('too_many_pixels', { field: 'page', reason })
}
