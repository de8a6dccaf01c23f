import { AppError } from '../../../errors.ts'
import type { RowsContext } from '../../context.ts'
import type { Geometry } from '../../geometry.ts'
import { createPartWriter, type JpegPart, type PartWriter, planPart } from '../../engine/jpeg/parts/cut.ts'
import { findPlaces, placesObstacle } from '../../engine/jpeg/parts/find-places.ts'
import type { McuPlaces } from '../../engine/jpeg/parts/places.ts'
import { probeJpeg } from '../../engine/jpeg/header.ts'
import { findGainMap } from '../../metadata/gain-map/find.ts'
import { storedWindow, turnGeometry, uprightShape } from '../../orientation.ts'
import { operation, type Step, step, type TransformPlan } from '../../plan.ts'

/** A part is worth it when it is at most so much of the picture. */
const MOST_SHARE = 1 / 4

/** A plan on a part of its file, and which part. */
export interface PartialPlan {
  readonly plan: TransformPlan
  readonly part: JpegPart
  /** Makes the part's file of its rows. */
  write(): PartWriter
}

/**
 * Whether a plan may be run on a part of a JPEG: it begins with a cut, shows nothing but pixels, and leaves nothing to the size or the metadata of the whole file.
 */
export function mayTakePart({ steps, output, page, info }: TransformPlan): boolean {
  const [first] = steps
  const { metadata, colours, onlyLossless, withinMs } = output
  return first?.op === 'crop' && !page && !info && !metadata && !colours && !onlyLossless && withinMs === undefined
}

/** Whether a file can have places, by its beginning: a JPEG of one scan whose header is in it. */
export function mayHavePlaces(head: Uint8Array): boolean {
  try {
    return placesObstacle(probeJpeg(head)) === null
  } catch (thrown) {
    if (thrown instanceof AppError) return false
    throw thrown
  }
}

/**
 * The places of a JPEG at which it can be entered.
 * @returns a sentence for a file that is always read whole: it has several scans, is damaged, or has a gain map behind its picture.
 * @throws AppError of the header, and those of decoding.
 */
export async function jpegPlaces(file: Uint8Array, { core, pace }: Pick<RowsContext, 'core' | 'pace'>): Promise<McuPlaces | string> {
  if (findGainMap(file) !== null) return 'it has a gain map'
  const mark = core.mark()
  try {
    return await findPlaces(core, file, pace)
  } finally {
    core.release(mark)
  }
}

/** The same pixels of a part of the file; `null` when the part would be too much of it. A cut that is none is left to the whole file, which says so. */
export function planOnPart(plan: TransformPlan, places: McuPlaces): PartialPlan | null {
  const { orientation, ...stored } = probeJpeg(places.head)
  const window = windowOf(plan.steps[0], uprightShape(stored, orientation))
  if (!window) return null
  const region = storedWindow(window, stored, orientation)
  if (![region.x, region.y].every(Number.isInteger)) return null
  const part = planPart(places, region)
  const { x, y, width, height } = part.rectangle
  if (width * height > stored.width * stored.height * MOST_SHARE) return null
  const moved: Geometry = {
    window: { ...region, x: region.x - x, y: region.y - y },
    width: region.width,
    height: region.height,
    kernel: 'lanczos3',
  }
  const { window: cut } = turnGeometry(moved, part.rectangle, orientation)
  const steps = [step('crop', { ...cut, position: 'top-left' }), ...plan.steps.slice(1)]
  return { plan: { ...plan, steps }, part, write: () => createPartWriter(places, part) }
}

function windowOf(first: Step | undefined, upright: { readonly width: number; readonly height: number }) {
  try {
    return first?.op === 'crop' ? operation('crop').geometry?.(first.params, upright).window : undefined
  } catch (thrown) {
    if (thrown instanceof AppError) return undefined
    throw thrown
  }
}
