import type { Position } from '../../image/geometry.ts'
import type { Length } from '../../image/length.ts'
import { type Output, step, type Step } from '../../image/plan.ts'
import { type Turns, turned } from './turns.ts'

/** Names of `fit` in image URLs (docs/dialects.md). */
export type Fit = 'crop' | 'shrink-crop' | 'aspect-crop' | 'pad' | 'stretch' | 'max' | 'min' | 'enlarge' | 'shrink' | 'shrink-cover'

/**
 * What one transformation of a foreign URL asks for, in our words: filled by the words of a service, in any order. Lengths are pixels before `density`
 * multiplies them, or percentages.
 */
export interface Sheet {
  density: number
  /** Cut first, from the upper left corner of the source. */
  window: { x?: Length; y?: Length; width?: Length; height?: Length; position?: Position } | undefined
  /** What is cut off at the right and below, after the window. */
  offcut: { right: number; bottom: number } | undefined
  /** 0–255. */
  trim: number | undefined
  degrees: number
  flip: boolean
  flop: boolean
  turns: Turns['turns']
  width: Length | undefined
  height: Length | undefined
  /** Width by height, where one side is missing. */
  aspect: number | undefined
  fit: Fit
  position: Position | 'smart' | 'smart-entropy'
  /** What hangs over is cut off, in the size. */
  most: { width?: number; height?: number } | undefined
  margins: { top: number; right: number; bottom: number; left: number } | undefined
  /** `rrggbbaa`: below what is transparent, in margins and new corners. */
  background: string | undefined
  /** In which order they are done is that of an image URL, whatever the order of the words. */
  effects: Step[]
  /** In pixels; `Infinity` for the roundest corners. */
  radius: number | undefined
  output: Output
  page: number | undefined
  /** Parameters of an image URL that do not change the picture. */
  delivery: Record<string, string>
}

export const blankSheet = (defaults: Partial<Sheet>): Sheet => ({
  density: 1,
  window: undefined,
  offcut: undefined,
  trim: undefined,
  degrees: 0,
  flip: false,
  flop: false,
  turns: 'rotate, mirror, size',
  width: undefined,
  height: undefined,
  aspect: undefined,
  fit: 'max',
  position: 'center',
  most: undefined,
  margins: undefined,
  background: undefined,
  radius: undefined,
  page: undefined,
  ...defaults,
  output: { format: 'source', otherwise: 'jpeg', quality: 80, ...defaults.output },
  effects: [],
  delivery: {},
})

const ROUNDEST = 100_000

/** The order of effects in an image URL. */
const ORDER: readonly Step['op'][] = [
  'convolve',
  'median',
  'blur',
  'sharpen',
  'pixelate',
  'normalize',
  'gamma',
  'modulate',
  'contrast',
  'grayscale',
  'sepia',
  'tint',
  'negate',
  'threshold',
  'composite',
  'text',
]

/** The steps of one transformation. @throws AppError `invalid_parameter` for values that no operation takes. */
export function stepsOf(sheet: Sheet): readonly Step[] {
  const { window, offcut, trim, most, margins, background, radius, density } = sheet
  const dense = (pixels: number): number => Math.round(pixels * density)
  const cut = window && step('crop', { x: 0, y: 0, position: 'top-left', ...withSides(window) }, 'crop')
  const effects = sheet.effects.map(merged(density)).toSorted((a, b) => ORDER.indexOf(a.op) - ORDER.indexOf(b.op))
  return [
    ...(cut ? [cut] : []),
    ...(offcut ? [step('crop', { ...WHOLE, position: 'bottom-right', x: offcut.right, y: offcut.bottom })] : []),
    ...(trim === undefined ? [] : [step('trim', { threshold: trim }, 'trim')]),
    ...turned(sheet, (sides) => sizeSteps({ ...sheet, ...sides })),
    ...(most ? [step('crop', { ...WHOLE, ...densely(most, dense), position: named(sheet.position) })] : []),
    ...(margins
      ? [
          step('extend', {
            top: dense(margins.top),
            right: dense(margins.right),
            bottom: dense(margins.bottom),
            left: dense(margins.left),
            ...(background && { background }),
          }),
        ]
      : []),
    ...effects,
    ...(radius ? [step('roundCorners', { radius: Math.min(radius, ROUNDEST) * density }, 'radius')] : []),
    ...(background === undefined ? [] : [step('flatten', { background })]),
  ]
}

const WHOLE = { width: { percent: 100, of: 'width' }, height: { percent: 100, of: 'height' } } as const

const densely = (sides: object, dense: (pixels: number) => number): object =>
  Object.fromEntries(Object.entries(sides).map(([name, pixels]) => [name, dense(pixels as number)]))

/** A side that is not given reaches to the edge. */
const withSides = (window: NonNullable<Sheet['window']>) => ({ ...WHOLE, ...window })

/** Lengths of effects are multiplied too. */
const merged =
  (density: number) =>
  (given: Step): Step =>
    given.op === 'blur' || given.op === 'sharpen' ? step(given.op, { ...given.params, sigma: given.params.sigma * density }) : given

const SCALINGS = {
  stretch: { fit: 'stretch' },
  max: { fit: 'inside' },
  min: { fit: 'outside' },
  enlarge: { fit: 'inside', reduce: false },
  shrink: { fit: 'inside', enlarge: false },
  'shrink-cover': { fit: 'outside', enlarge: false },
} as const

function sizeSteps({ width, height, aspect, density, fit, position, background }: Sheet): Step[] {
  const side = (length: Length | undefined): Length | undefined =>
    typeof length === 'number' ? Math.max(1, Math.round(length * density)) : length
  const across = side(width ?? (typeof height === 'number' && aspect !== undefined ? height * aspect : undefined))
  const down = side(height ?? (typeof width === 'number' && aspect !== undefined ? width / aspect : undefined))
  if (across === undefined && down === undefined) return []
  const sides = { ...(across !== undefined && { width: across }), ...(down !== undefined && { height: down }) }
  const grows = fit !== 'shrink-crop' && fit !== 'aspect-crop' && fit !== 'shrink' && fit !== 'shrink-cover'
  if (across === undefined || down === undefined) return [step('resize', { ...sides, enlarge: grows, reduce: fit !== 'enlarge' }, 'width')]
  const box = { width: across, height: down }
  if (fit === 'pad') return [step('letterbox', { ...box, position: named(position), ...(background && { background }) }, 'width')]
  if (fit !== 'crop' && fit !== 'shrink-crop' && fit !== 'aspect-crop') return [step('resize', { ...box, ...SCALINGS[fit] }, 'width')]
  const covers = step('resize', { ...box, fit: 'outside', enlarge: grows }, 'width')
  if (position === 'smart' || position === 'smart-entropy') {
    const pixels = { width: Math.round(Number(across)), height: Math.round(Number(down)) }
    return [covers, step('smartCrop', { ...pixels, strategy: position === 'smart' ? 'attention' : 'entropy' }, 'crop')]
  }
  if (fit === 'aspect-crop') return [step('cover', { ...box, position, enlarge: false }, 'width')]
  return fit === 'crop' ? [step('cover', { ...box, position }, 'width')] : [covers, step('crop', { ...box, position }, 'width')]
}

const named = (position: Sheet['position']): Position => (position === 'smart' || position === 'smart-entropy' ? 'center' : position)
