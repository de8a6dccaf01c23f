import { AppError } from '../../../errors.ts'
import { POSITIONS, type Position } from '../../../image/geometry.ts'
import { DEFAULT_OUTPUT, step, type FormatName, type Output, type Step, type TransformPlan } from '../../../image/plan.ts'
import { type Args, readArgs } from '../../args.ts'
import { type Delivery, isUrlMetadata, readDelivery } from './delivery.ts'

const FORMATS: Readonly<Record<string, FormatName>> = { jpeg: 'jpeg', jpg: 'jpeg', png: 'png', webp: 'webp' }

/** The table of spec/bytescale §3.2 in the plan's words. `crop` and the one-sided modes are apart, below. */
const FITS = {
  crop: 'crop',
  width: 'width',
  height: 'height',
  stretch: { fit: 'stretch', enlarge: true, reduce: true },
  max: { fit: 'inside', enlarge: true, reduce: true },
  min: { fit: 'outside', enlarge: true, reduce: true },
  enlarge: { fit: 'inside', enlarge: true, reduce: false },
  'enlarge-cover': { fit: 'outside', enlarge: true, reduce: false },
  shrink: { fit: 'inside', enlarge: false, reduce: true },
  'shrink-cover': { fit: 'outside', enlarge: false, reduce: true },
} as const
const POSITION_TABLE = Object.fromEntries(POSITIONS.map((name) => [name, name])) as Readonly<Record<Position, Position>>

export interface ImageWish {
  readonly plan: TransformPlan
  readonly delivery: Delivery
}

/**
 * The parameters of an image URL as a plan. The order of the global steps is ours and fixed here, top to bottom:
 * "decode/page → orient → crop-x…h → resize by fit/crop → encode" (spec/bytescale §3.5).
 * @throws AppError `invalid_parameter`, `unknown_parameter`, each with the parameter's name.
 */
export function parseImageQuery(query: readonly (readonly [string, string])[]): ImageWish {
  const args = readArgs(query.filter(([name]) => !isUrlMetadata(name)))
  const delivery = readDelivery(args)
  const steps = [...readManualCrop(args), ...readResize(args)]
  const output = readOutput(args)
  args.done()
  return { plan: { steps, output }, delivery }
}

function readManualCrop(args: Args): Step[] {
  if (!args.has('crop-x', 'crop-y', 'crop-w', 'crop-h')) return []
  const [x, y] = [args.integer({ min: 0 }, 'crop-x'), args.integer({ min: 0 }, 'crop-y')]
  const [width, height] = [args.integer({ min: 1 }, 'crop-w'), args.integer({ min: 1 }, 'crop-h')]
  return [step('crop', { x: x ?? 0, y: y ?? 0, ...(width && { width }), ...(height && { height }) }, 'crop-x')]
}

function readResize(args: Args): Step[] {
  const [width, height] = [args.integer({ min: 1 }, 'w'), args.integer({ min: 1 }, 'h')]
  const position = args.oneOf(POSITION_TABLE, 'crop')
  const fit = args.oneOf(FITS, 'fit') ?? (position === undefined ? FITS.max : FITS.crop)
  if (position !== undefined && fit !== 'crop')
    throw new AppError('invalid_parameter', { field: 'crop', reason: 'Expected "crop" only with fit=crop.' })
  if (fit === 'width') return [step('resize', { width: required(width, 'w', 'fit=width') })]
  if (fit === 'height') return [step('resize', { height: required(height, 'h', 'fit=height') })]
  if (width === undefined && height === undefined) return []
  const sides = { ...(width && { width }), ...(height && { height }) }
  if (fit !== 'crop') return [step('resize', { ...sides, ...fit })]
  return width && height ? [step('cover', { width, height, position: position ?? 'center' })] : [step('resize', sides)]
}

function required(value: number | undefined, name: string, by: string): number {
  if (value === undefined)
    throw new AppError('invalid_parameter', { field: name, reason: `Expected ${JSON.stringify(name)} with ${by}, received nothing.` })
  return value
}

function readOutput(args: Args): Output {
  const effort = args.integer({ min: 1, max: 100 }, 'c')
  return {
    format: args.oneOf(FORMATS, 'f') ?? DEFAULT_OUTPUT.format,
    quality: args.integer({ min: 1, max: 100 }, 'q') ?? DEFAULT_OUTPUT.quality,
    ...(effort !== undefined && { effort }),
  }
}
