import { qualityOf, type Sample } from './curve.ts'
import { MOST_QUALITY, type Target } from './targets.ts'

/** The most encodes of a reduced picture. */
export const MOST_TRIALS = 3
/** How far above the target trials aim: between samples the curve lies below its chord. */
const MARGIN = 0.02
/** What is known of the curve before it is measured. */
const USUAL_SLOPE = 1.2

/** Nearly straight over a scale of qualities. */
const lossOf = (score: number): number => -Math.log(Math.max(1e-6, 1 - score))

/**
 * The least quality that was tried and reaches the target; when none does, the greatest. `most`: beyond no quality is tried. `scoreOf`: the SSIM at a quality.
 */
export async function aim({ ssim, start, least }: Target, most: number, scoreOf: (quality: number) => Promise<number>): Promise<number> {
  const top = Math.min(most, MOST_QUALITY)
  const wanted = lossOf(ssim)
  const within = (quality: number): number => Math.min(top, Math.max(Math.min(least, top), quality))
  const tried: Sample[] = []
  let next = within(start)
  while (tried.length < MOST_TRIALS && !tried.some(({ quality }) => quality === next)) {
    tried.push({ quality: next, value: lossOf(await scoreOf(next)) })
    // Who has missed it twice goes to the end, so that what is sent was measured.
    const hasMissed = tried.length === MOST_TRIALS - 1 && tried.every(({ value }) => value < wanted)
    const margin = hasMissed ? 5 * MARGIN : MARGIN
    next = within(Math.ceil(qualityOf(tried, wanted + margin, USUAL_SLOPE)))
  }
  const reaching = tried.filter(({ value }) => value >= wanted)
  return reaching.length > 0 ? Math.min(...reaching.map(({ quality }) => quality)) : Math.max(...tried.map(({ quality }) => quality))
}
