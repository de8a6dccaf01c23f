import { AppError } from '../../../../errors.ts'
import { POSITIONS, type Position } from '../../../../image/geometry.ts'
import { step, type Step } from '../../../../image/plan.ts'
import type { Args } from '../../../args.ts'
import { numberOrTrue } from './values.ts'

/** The table of docs/protocols/bytescale.md §3.2 in the plan's words. `crop` and the one-sided modes have their own code below. */
export const FITS = {
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
  // Ours: the whole picture on a box of that size; `crop` that enlarges nothing; and one that keeps the aspect ratio of the box, too.
  pad: 'pad',
  'shrink-crop': 'shrink-crop',
  'aspect-crop': 'aspect-crop',
} as const

export const POSITION_TABLE = Object.fromEntries(POSITIONS.map((name) => [name, name])) as Readonly<Record<Position, Position>>
const CROPS = { ...POSITION_TABLE, smart: 'smart', 'smart-entropy': 'smart-entropy' } as const
export const SMART = { smart: 'attention', 'smart-entropy': 'entropy' } as const

export const MAX_LENGTH_PX = 100_000
const length = { min: 0, max: MAX_LENGTH_PX }

/** A frame in pixels of the source, before everything else; a missing side extends to the image's edge. */
export function readManualCrop(args: Args): Step[] {
  if (!args.has('crop-x', 'crop-y', 'crop-w', 'crop-h')) return []
  const [x, y] = [args.integer(length, 'crop-x') ?? 0, args.integer(length, 'crop-y') ?? 0]
  const width = args.integer({ min: 1 }, 'crop-w') ?? { percent: 100, of: 'width' as const }
  const height = args.integer({ min: 1 }, 'crop-h') ?? { percent: 100, of: 'height' as const }
  return [step('crop', { x, y, width, height, position: 'top-left' }, 'crop-x')]
}

export function readTrim(args: Args): Step[] {
  const threshold = numberOrTrue(args, 'trim', { min: 0, max: 255 }, 10)
  return threshold === undefined ? [] : [step('trim', { threshold }, 'trim')]
}

export function readTurns(args: Args, background: string | undefined): Step[] {
  const degrees = args.number({ min: -360, max: 360 }, 'rotate')
  const steps: Step[] = []
  if (degrees !== undefined) steps.push(step('rotate', { degrees, ...(background && { background }) }, 'rotate'))
  if (args.flag('flip')) steps.push(step('flip', { axis: 'vertical' }))
  if (args.flag('flop')) steps.push(step('flip', { axis: 'horizontal' }))
  return steps
}

export function readResize(args: Args, density: number, background: string | undefined): Step[] {
  const [width, height] = [side(args, 'w', density), side(args, 'h', density)]
  const position = args.oneOf(CROPS, 'crop')
  const fit = args.oneOf(FITS, 'fit') ?? (position === undefined ? FITS.max : FITS.crop)
  const cuts = fit === 'crop' || fit === 'shrink-crop' || fit === 'aspect-crop'
  const places = cuts || (fit === 'pad' && !isSmart(position ?? 'center'))
  if (position !== undefined && !places) {
    throw new AppError('invalid_parameter', { field: 'crop', reason: 'Expected "crop" only with fit=crop.' })
  }
  if (fit === 'width') return [step('resize', { width: required(width, 'w', 'fit=width') })]
  if (fit === 'height') return [step('resize', { height: required(height, 'h', 'fit=height') })]
  if (width === undefined && height === undefined) return []
  const sides = { ...(width && { width }), ...(height && { height }) }
  if (typeof fit === 'object') return [step('resize', { ...sides, ...fit })]
  const enlarge = fit !== 'shrink-crop' && fit !== 'aspect-crop'
  if (!width || !height) return [step('resize', { ...sides, enlarge })]
  if (fit === 'pad') return [step('letterbox', { width, height, position: placeOf(position), ...(background && { background }) })]
  if (fit === 'aspect-crop' && !isSmart(position ?? 'center'))
    return [step('cover', { width, height, position: placeOf(position), enlarge: false })]
  return cropTo({ width, height }, position ?? 'center', enlarge)
}

const isSmart = (position: keyof typeof CROPS): position is keyof typeof SMART => position === 'smart' || position === 'smart-entropy'
const placeOf = (position: keyof typeof CROPS = 'center'): Position => (isSmart(position) ? 'center' : position)

/** A smart crop first scales the image so that it covers the frame. The decoder does that scaling; the crop then looks at fewer pixels. */
function cropTo(box: { readonly width: number; readonly height: number }, position: keyof typeof CROPS, enlarge: boolean): Step[] {
  const covers = step('resize', { ...box, fit: 'outside', enlarge })
  if (isSmart(position)) return [covers, step('smartCrop', { ...box, strategy: SMART[position] })]
  return enlarge ? [step('cover', { ...box, position })] : [covers, step('crop', { ...box, position })]
}

function side(args: Args, name: string, density: number): number | undefined {
  const value = args.integer({ min: 1 }, name)
  return value === undefined ? undefined : Math.max(1, Math.round(value * density))
}

function required(value: number | undefined, name: string, by: string): number {
  if (value === undefined)
    throw new AppError('invalid_parameter', { field: name, reason: `Expected ${JSON.stringify(name)} with ${by}, received nothing.` })
  return value
}

/** `extend-bottom` and its three siblings add margins. */
export function readExtension(args: Args, density: number, background: string | undefined): Step[] {
  const margin = (name: string): number => Math.round((args.integer(length, name) ?? 0) * density)
  const margins = { top: margin('extend-top'), right: margin('extend-right'), bottom: margin('extend-bottom'), left: margin('extend-left') }
  if (Object.values(margins).every((each) => each === 0)) return []
  return [step('extend', { ...margins, ...(background && { background }) }, 'extend')]
}

export function readRoundCorners(args: Args, density: number): Step[] {
  const radius = args.value({ expected: 'pixels or max', words: ['max'], range: { min: 0 } }, readRadius, 'border-radius')
  return radius ? [step('roundCorners', { radius: radius * density }, 'border-radius')] : []
}

const readRadius = (text: string): number | null =>
  text === 'max' ? MAX_LENGTH_PX : /^\d{1,5}(\.\d{1,3})?$/.test(text) ? Number(text) : null
