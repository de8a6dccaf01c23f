import { decimal, type ParamsOf, type StepReader } from '../../../explain/printed.ts'
import { FITS, MAX_LENGTH_PX, SMART } from './framing.ts'
import type { Entry } from './values.ts'

const isNumber = (value: unknown): value is number => typeof value === 'number'
const numbers = (entries: readonly (readonly [string, unknown])[]): readonly Entry[] =>
  entries.flatMap(([name, value]) => (isNumber(value) ? [[name, decimal(value)] as const] : []))

export function printCrop(steps: StepReader): readonly Entry[] {
  const crop = steps.take('crop')
  if (!crop) return []
  const { x, y, width, height } = crop
  return numbers([
    ['crop-x', x],
    ['crop-y', y],
    ['crop-w', width],
    ['crop-h', height],
  ])
}

export function printTrim(steps: StepReader): readonly Entry[] {
  const trim = steps.take('trim')
  return trim ? [['trim', decimal(trim.threshold)]] : []
}

export function printTurns(steps: StepReader): readonly Entry[] {
  const rotate = steps.take('rotate')
  const flip = steps.take('flip', ({ axis }) => axis === 'vertical')
  const flop = steps.take('flip', ({ axis }) => axis === 'horizontal')
  return [
    ...(rotate ? [['rotate', decimal(rotate.degrees)] as const] : []),
    ...(flip ? [['flip', 'true'] as const] : []),
    ...(flop ? [['flop', 'true'] as const] : []),
  ]
}

export function printResize(steps: StepReader, density: number): readonly Entry[] {
  const [first, second] = steps.left()
  if (first?.op === 'resize' && first.params.fit === 'outside' && second?.op === 'smartCrop') {
    steps.skip(2)
    const { width, height, strategy } = second.params
    const crop = Object.keys(SMART).find((name) => SMART[name as keyof typeof SMART] === strategy)
    return [...sides(width, height, density), ['fit', cropping(first.params)], ['crop', crop ?? '']]
  }
  if (first?.op === 'resize' && first.params.fit === 'outside' && second?.op === 'crop') {
    steps.skip(2)
    const { width, height, position } = second.params
    return [...sides(width, height, density), ['fit', cropping(first.params)], ['crop', position]]
  }
  const cover = steps.take('cover')
  if (cover)
    return [
      ...sides(cover.width, cover.height, density),
      ['fit', cover.enlarge === false ? 'aspect-crop' : 'crop'],
      ['crop', cover.position],
    ]
  const box = steps.take('letterbox')
  if (box) return [...sides(box.width, box.height, density), ['fit', 'pad'], ['crop', box.position]]
  const resize = steps.take('resize')
  if (!resize) return []
  const name = Object.entries(FITS).find(
    ([, fit]) => typeof fit === 'object' && fit.fit === resize.fit && fit.enlarge === resize.enlarge && fit.reduce === resize.reduce,
  )?.[0]
  return [...sides(resize.width, resize.height, density), ...(name === undefined || name === 'max' ? [] : [['fit', name] as const])]
}

const cropping = ({ enlarge }: ParamsOf<'resize'>): string => (enlarge ? 'crop' : 'shrink-crop')

/** Sides and margins are rounded after they were multiplied. */
const sides = (width: unknown, height: unknown, density: number): readonly Entry[] =>
  numbers([
    ['w', isNumber(width) ? Math.round(width / density) : width],
    ['h', isNumber(height) ? Math.round(height / density) : height],
  ])

export function printExtension(steps: StepReader, density: number): readonly Entry[] {
  const extend = steps.take('extend')
  if (!extend) return []
  return numbers((['top', 'right', 'bottom', 'left'] as const).map((side) => [`extend-${side}`, Math.round(extend[side] / density)]))
}

export function printRoundCorners(steps: StepReader, density: number): readonly Entry[] {
  const corners = steps.take('roundCorners')
  if (!corners) return []
  return [['border-radius', corners.radius === MAX_LENGTH_PX * density ? 'max' : decimal(corners.radius / density)]]
}
