import { AppError } from '../../../../errors.ts'
import type { Position } from '../../../../image/geometry.ts'
import { step, type Step } from '../../../../image/plan.ts'
import { invalidParameter } from '../../../args.ts'
import type { TaskArgs } from './task-args.ts'
import { refuseFaceValue } from './unsupported.ts'
import type { Part, ReadTaskArgs, TaskTable } from './wish.ts'

export const does = (...steps: readonly Step[]): Part => ({ steps: () => steps })
const white = 'ffffffff'
export const MOST_RADIUS = 100_000

const FITS = {
  clip: { fit: 'inside' },
  max: { fit: 'inside', enlarge: false },
  scale: { fit: 'stretch' },
  crop: 'crop',
} as const

const VERTICAL: Readonly<Record<string, string>> = { top: 'top', middle: '', center: '', bottom: 'bottom' }
const HORIZONTAL: Readonly<Record<string, string>> = { left: 'left', center: '', middle: '', right: 'right' }

/** One word or a pair of them, such as `[top,left]`, in either order; a word that is left out is the middle. */
export function readPosition(args: TaskArgs, ...names: string[]): Position | undefined {
  const words = args.values(...names)
  if (words === undefined) return undefined
  if (words.includes('faces')) return refuseFaceValue()
  const [down = '', across = ''] = [VERTICAL, HORIZONTAL].map((axis) =>
    words.map((word) => axis[String(word)] ?? '').find((name) => name !== ''),
  )
  const isKnown = words.every((word) => typeof word === 'string' && (Object.hasOwn(VERTICAL, word) || Object.hasOwn(HORIZONTAL, word)))
  const named = words.filter((word) => word !== 'center' && word !== 'middle').length
  if (!isKnown || words.length === 0 || words.length > 2 || named !== [down, across].filter((name) => name !== '').length)
    throw invalidParameter(names[0] ?? '', 'top, bottom, left, right, center or a pair such as [top,left]', JSON.stringify(words))
  return ([down, across].filter((name) => name !== '').join('-') || 'center') as Position // of the two tables' words
}

/** A side in pixels; 0 is free. */
function readSide(args: TaskArgs, ...names: string[]): number | undefined {
  const side = args.number({ min: 0, max: 10_000 }, ...names)
  return side === undefined || side === 0 ? undefined : Math.max(1, Math.round(side))
}

/** For when all others have been read. @throws AppError `unknown_parameter` for one that nobody knows: it is likelier to be the misspelt one. */
function missing(args: TaskArgs, field: string, expected: string): AppError {
  args.done()
  return new AppError('invalid_parameter', { field, reason: `Expected ${expected}.` })
}

const resize: ReadTaskArgs = (args) => {
  const [width, height] = [readSide(args, 'width', 'w'), readSide(args, 'height', 'h')]
  const fit = args.oneOf(FITS, 'fit', 'f') ?? FITS.clip
  const position = readPosition(args, 'align', 'a') ?? 'center'
  if (width === undefined && height === undefined) throw missing(args, 'width', 'a width or a height above 0')
  if (fit === 'crop' && width !== undefined && height !== undefined) return does(step('cover', { width, height, position }))
  // Without a box to fill or to distort for, the aspect ratio stays.
  const how = fit === 'crop' || (fit.fit === 'stretch' && (width === undefined || height === undefined)) ? {} : fit
  return does(step('resize', { ...(width && { width }), ...(height && { height }), ...how }))
}

const crop: ReadTaskArgs = (args) => {
  const dim = args.integers(4, { min: 0, max: 100_000 }, 'dim', 'd')
  const [x = 0, y = 0, width = 0, height = 0] = dim ?? []
  if (width < 1 || height < 1) throw missing(args, 'dim', 'dim:[x,y,width,height] with sides above 0')
  return does(step('crop', { x, y, width, height, position: 'top-left' }, 'dim'))
}

const rotate: ReadTaskArgs = (args) => {
  const isExif = args.flag('exif', 'e')
  const background = args.colour('background', 'b') ?? white
  const name = args.has('deg') ? 'deg' : 'd'
  const text = args.has(name) ? name : undefined
  if (text === undefined) {
    if (isExif === undefined) throw missing(args, 'deg', 'deg from 0 to 359, or exif')
    return { encodes: true } // the picture is upright already
  }
  return rotation(args, name, background)
}

function rotation(args: TaskArgs, name: string, background: string): Part {
  const given = args.text(name) ?? ''
  if (given === 'exif') return { encodes: true }
  const degrees = /^\d{1,3}(\.\d{1,3})?$/.test(given) ? Number(given) : Number.NaN
  if (!(degrees < 360)) throw invalidParameter(name, 'a number from 0 to 359, or exif', given)
  // Right angles leave no corners for the background.
  return does(step('rotate', { degrees, ...(degrees % 90 !== 0 && { background }) }, name))
}

const smartCrop: ReadTaskArgs = (args) => {
  const [width, height] = [readSide(args, 'width', 'w'), readSide(args, 'height', 'h')]
  if (args.oneOf({ auto: 'auto', fit: 'auto', face: 'face' }, 'mode', 'm') === 'face') return refuseFaceValue()
  if (width === undefined || height === undefined) throw missing(args, 'width', 'a width and a height above 0')
  return does(step('resize', { width, height, fit: 'outside' }), step('smartCrop', { width, height }))
}

const watermark: ReadTaskArgs = (args) => {
  const handle = args.text('file', 'f')
  const percent = args.number({ min: 1, max: 500 }, 'size', 's') ?? 100
  const position = readPosition(args, 'position', 'p') ?? 'center'
  if (handle === undefined || handle === '') throw missing(args, 'file', 'the handle of a file')
  const scale = percent === 100 ? {} : { scale: percent / 100 }
  return { files: [handle], steps: (pathOf) => [step('composite', { path: pathOf(handle), position, ...scale }, 'file')] }
}

const modulate: ReadTaskArgs = (args) =>
  does(
    step('modulate', {
      brightness: (args.integer({ min: 0, max: 10_000 }, 'brightness', 'b') ?? 100) / 100,
      hue: args.integer({ min: 0, max: 359 }, 'hue', 'h') ?? 0,
      saturation: (args.integer({ min: 0, max: 10_000 }, 'saturation', 's') ?? 100) / 100,
    }),
  )

const upscale: ReadTaskArgs = (args) => {
  const isWished = args.flag('upscale', 'u') ?? true
  args.oneOf({ artwork: 0, photo: 0 }, 'style', 's')
  args.oneOf({ none: 0, low: 0, medium: 0, high: 0 }, 'noise', 'n')
  return isWished
    ? does(step('resize', { width: { percent: 200, of: 'width' }, height: { percent: 200, of: 'height' }, fit: 'stretch' }))
    : { encodes: true }
}

/** What `enhance` does is nobody's secret but the vendor's: these are this service's own mixtures. */
export const PRESETS: Readonly<Record<string, readonly Step[]>> = {
  auto: [step('normalize', {})],
  vivid: [step('normalize', {}), step('modulate', { saturation: 1.3 })],
  beautify: [step('enhance', {}), step('modulate', { brightness: 1.03 })],
  beautify_plus: [step('enhance', {}), step('enhance', {}), step('modulate', { brightness: 1.05 })],
  fix_dark: [step('gamma', { exponent: 1.6 })],
  fix_noise: [step('enhance', {})],
  fix_tint: [step('normalize', {}), step('modulate', { saturation: 0.9 })],
  outdoor: [step('normalize', {}), step('modulate', { saturation: 1.2 }), step('contrast', { level: 8 })],
  fireworks: [step('contrast', { level: 20 }), step('modulate', { saturation: 1.3 })],
}

const roundedCorners: ReadTaskArgs = (args) => {
  const background = args.colour('background', 'b')
  const softness = args.number({ min: 0, max: 20 }, 'blur', 'l') ?? 0.3
  const name = args.has('radius') ? 'radius' : 'r'
  const text = args.text(name) ?? '10'
  const radius = text === 'max' ? MOST_RADIUS : /^\d{1,5}$/.test(text) ? Number(text) : Number.NaN
  if (!(radius >= 1 && (radius <= 10_000 || text === 'max'))) throw invalidParameter(name, 'an integer from 1 to 10000, or max', text)
  // So little is what any smooth edge has.
  const soft = softness <= 0.3 ? {} : { softness }
  return does(step('roundCorners', { radius, ...soft }, 'radius'), ...flattened(background))
}

/** The result on a background, unless that is transparent. */
export const flattened = (background: string | undefined): readonly Step[] =>
  background === undefined || background.endsWith('00') ? [] : [step('flatten', { background }, 'background')]

/** A square of the shorter side, with its corners off. */
const circle: ReadTaskArgs = (args) => {
  const background = args.colour('background', 'b')
  return does(step('crop', SQUARE), step('roundCorners', { radius: MOST_RADIUS }), ...flattened(background))
}
const SQUARE = { width: { percent: 100, of: 'height' }, height: { percent: 100, of: 'height' }, position: 'center', fit: true } as const

const border: ReadTaskArgs = (args) => {
  const width = args.integer({ min: 0, max: 1000 }, 'width', 'w') ?? 2
  const colour = args.colour('color', 'c') ?? '000000ff'
  const background = args.colour('background', 'b') ?? white
  const frame = { top: width, right: width, bottom: width, left: width, background: colour }
  return does(...flattened(background), ...(width === 0 ? [] : [step('extend', frame, 'width')]))
}

/** The tasks that change the picture: each is steps of the plan (docs/operations.md). */
export const pictureTasks: TaskTable = {
  resize,
  crop,
  rotate,
  flip: () => does(step('flip', { axis: 'vertical' })),
  flop: () => does(step('flip', { axis: 'horizontal' })),
  smart_crop: smartCrop,
  upscale,
  watermark,
  blur: (args) => does(step('blur', { sigma: args.number({ min: 0, max: 20 }, 'amount', 'a') ?? 2 }, 'amount')),
  sharpen: (args) => does(step('sharpen', { sigma: args.number({ min: 0, max: 20 }, 'amount', 'a') ?? 2 }, 'amount')),
  blackwhite: (args) =>
    does(step('threshold', { level: ((args.integer({ min: 0, max: 100 }, 'threshold', 't') ?? 50) * 255) / 100 }, 'threshold')),
  monochrome: () => does(step('grayscale', {})),
  negative: () => does(step('negate', {})),
  enhance: (args) => does(...(args.oneOf(PRESETS, 'preset', 'p') ?? PRESETS['auto'] ?? [])),
  modulate,
  pixelate: (args) => does(step('pixelate', { size: args.integer({ min: 2, max: 100 }, 'amount', 'a') ?? 2 }, 'amount')),
  rounded_corners: roundedCorners,
  circle,
  border,
}
