import { isUrlMetadata, readDelivery, type Delivery } from './delivery.ts'
import { type Args, readArgs } from '../../../args.ts'
import { step, type TransformPlan } from '../../../../image/plan.ts'
import { checkFilePath } from '../../../../service/files/path.ts'
import { checkParameterCounts } from './limits.ts'
import { readColour, readDensity } from './values.ts'
import { readEffects } from './effects.ts'
import { readExtension, readManualCrop, readResize, readRoundCorners, readTrim, readTurns } from './framing.ts'
import { readLayer, splitLayers } from './layers.ts'
import { readOutput } from './output.ts'

export interface ImageWish {
  readonly plan: TransformPlan
  readonly delivery: Delivery
  /** Whether another `Accept` header can give another plan. */
  readonly variesByAccept: boolean
  /** Path of the picture that is shown when the source is missing or cannot be shown. */
  readonly fallback: string | undefined
}

/**
 * The parameters of an image URL as a plan. This service fixes the order of the global steps, left to right: frame or page,
 * orientation, `.crop` file, `crop-x` and its siblings, turns, resize, margins, effects, layers in the order of the URL, output (docs/protocols/bytescale.md §3.5).
 * `accept` is the client's header, which decides between `f` and `f2`.
 * @throws AppError `too_many_steps`, `invalid_path`, `invalid_parameter`, `unknown_parameter`, the latter two with the parameter's name.
 */
export function parseImageQuery(query: readonly (readonly [string, string])[], accept?: string): ImageWish {
  checkParameterCounts(query)
  const { globals, layers } = splitLayers(query.filter(([name]) => !isUrlMetadata(name)))
  const args = readArgs(globals)
  const delivery = readDelivery(args)
  const { density, framed, coloured, finished, output, page, info, variesByAccept, isOfMetadata } = readPicture(args, accept)
  const layered = layers.flatMap((layer) => readLayer(layer, density))
  const fallback = args.text('fallback') // ours
  args.done()
  const steps = [...framed, ...coloured, ...layered, ...finished]
  const keepsCoding = isOfMetadata && steps.length === 0
  return {
    plan: { steps, output: { ...output, ...(keepsCoding && { keepsCoding }) }, ...(page !== undefined && { page }), ...(info && { info }) },
    delivery,
    variesByAccept,
    fallback: fallback === undefined ? undefined : checkFilePath(fallback, 'fallback'),
  }
}

/** The global parameters that decide about pixels and their coding; layers come between `coloured` and `finished`. */
export function readPicture(args: Args, accept: string | undefined) {
  const density = readDensity(args)
  const background = readColour(args, 'bg', 'background')
  const framed = [
    ...readManualCrop(args),
    ...readTrim(args),
    ...readTurns(args, background),
    ...readResize(args, density, background),
    ...readExtension(args, density, background),
  ]
  const coloured = readEffects(args, density)
  const finished = [...readRoundCorners(args, density), ...(background === undefined ? [] : [step('flatten', { background }, 'bg')])]
  return { density, framed, coloured, finished, ...readOutput(args, accept) }
}
