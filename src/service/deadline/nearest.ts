import type { Shape } from '../../image/raster.ts'
import type { KeptResult } from '../ports.ts'

/** What a kept result has to be like. */
export interface NearestWish {
  readonly shape: Shape
  readonly look: string
  /** Of the source. */
  readonly version: string
  /** Formats that the client shows, the best first. */
  readonly mimes: readonly string[]
}

/** Aspect ratios that rounded sides of one picture may have. */
const MOST_STRETCH = 1.02
/** A placeholder has as many pixels on its longer side: what has fewer is no better. */
const LEAST_SIDE = 64
/** How much worse a smaller picture is than one that is larger by as much. */
const SMALLER = 3

/** The kept result that shows the same in the nearest size, in the best of the formats among equals; `null` when none shows the same. */
export function nearest(kept: readonly KeptResult[], { shape, look, version, mimes }: NearestWish): KeptResult | null {
  const ratio = shape.width / shape.height
  const leastSide = Math.min(LEAST_SIDE, Math.max(shape.width, shape.height))
  const distance = ({ width, height, mime }: KeptResult): number => {
    if (Math.max(width, height) < leastSide) return Infinity
    const stretch = width / height / ratio
    if (Math.max(stretch, 1 / stretch) > MOST_STRETCH && Math.abs(width / ratio - height) > 1) return Infinity
    const scale = Math.log(width / shape.width)
    // A format counts only among results of one size.
    return (scale < 0 ? -SMALLER * scale : scale) + mimes.indexOf(mime) * 1e-6
  }
  let best: { readonly result: KeptResult; readonly distance: number } | null = null
  for (const result of kept) {
    if (result.look !== look || result.version !== version || !mimes.includes(result.mime)) continue
    const far = distance(result)
    if (far < (best?.distance ?? Infinity)) best = { result, distance: far }
  }
  return best?.result ?? null
}
