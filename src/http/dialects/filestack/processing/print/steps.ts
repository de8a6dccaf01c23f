import type { Step } from '../../../../../image/plan.ts'
import type { Position } from '../../../../../image/geometry.ts'
import { decimal, type ParamsOf, type StepReader } from '../../../../explain/printed.ts'
import { SEPIA_TONES } from '../effect-tasks.ts'
import { MOST_RADIUS, PRESETS } from '../picture-tasks.ts'
import type { Task, Value } from '../task-text.ts'
import { printCollage } from './collage.ts'
import { type HandleOf, task } from './task.ts'

/** Takes the next steps and tells which task does them; `undefined`: none does, and nothing is taken. */
type Print = (steps: StepReader, handleOf: HandleOf) => Task | undefined

/** Several steps of one task go before single ones. */
export const printStep: Print = (steps, handleOf) => {
  for (const print of PRINTS) {
    const found = print(steps, handleOf)
    if (found) return onBackground(found, steps)
  }
  return undefined
}

/** These lay their result on a background that is not transparent. */
const ON_BACKGROUND: readonly string[] = ['polaroid', 'shadow', 'torn_edges', 'rounded_corners', 'circle']

function onBackground(found: Task, steps: StepReader): Task {
  const isOwn = ON_BACKGROUND.includes(found.name) && polaroidAt(steps.left()) === null
  const flatten = isOwn ? steps.take('flatten', ({ background }) => alpha(background) !== '00') : undefined
  return flatten ? { ...found, params: [...found.params, ['background', flatten.background]] } : found
}

const isNumber = (value: unknown): value is number => typeof value === 'number'
const side = (value: unknown): string | undefined => (isNumber(value) ? decimal(value) : undefined)
const isOf = <N extends Step['op']>(op: N, step: Step | undefined): step is Extract<Step, { readonly op: N }> => step?.op === op
const equal = (one: unknown, other: unknown): boolean => JSON.stringify(one) === JSON.stringify(other)
const alpha = (colour: string): string => colour.slice(6)

/** `[top,left]` of `top-left`. */
const words = (position: Position): Value => {
  const names = position.split('-')
  return names.length === 1 ? position : names
}

const preset: Print = (steps) => {
  const left = steps.left()
  const [name, done] =
    Object.entries(PRESETS)
      .toSorted(([, one], [, other]) => other.length - one.length)
      .find(([, wanted]) => equal(left.slice(0, wanted.length), wanted)) ?? []
  if (name === undefined || done === undefined) return undefined
  steps.skip(done.length)
  return task('enhance', { preset: name })
}

const polaroid: Print = (steps) => {
  const found = polaroidAt(steps.left())
  if (!found) return undefined
  steps.skip(found.count)
  return task('polaroid', { color: found.color, rotate: decimal(found.degrees) })
}

/** A sheet of paper at the beginning of some steps, and how many of them make it. */
function polaroidAt(left: readonly Step[]): { readonly color: string; readonly degrees: number; readonly count: number } | null {
  const [first] = left
  const flat = isOf('flatten', first) ? first.params.background : null
  const [extend, shadow, rotate] = left.slice(flat === null ? 0 : 1)
  if (!isOf('extend', extend) || !isOf('shadow', shadow) || !isOf('rotate', rotate)) return null
  const { background: color, ...margins } = extend.params
  if (!equal(margins, { top: 20, right: 20, bottom: 60, left: 20 }) || (alpha(color) === '00' ? flat !== null : flat !== color)) return null
  return { color, degrees: rotate.params.degrees, count: flat === null ? 3 : 4 }
}

const smartCrop: Print = (steps) => {
  const [first, second] = steps.left()
  if (!isOf('resize', first) || first.params.fit !== 'outside' || !isOf('smartCrop', second)) return undefined
  steps.skip(2)
  return task('smart_crop', { width: decimal(second.params.width), height: decimal(second.params.height) })
}

const circle: Print = (steps) => {
  const [first, second] = steps.left()
  if (!isOf('crop', first) || !isOf('roundCorners', second) || !first.params.fit || second.params.radius !== MOST_RADIUS) return undefined
  steps.skip(2)
  return task('circle')
}

const isReduced = (width: ParamsOf<'resize'>['width']): boolean => typeof width === 'object' && width.percent <= 100

const ascii: Print = (steps) => {
  const [first, second] = steps.left()
  const scaled = isOf('resize', first) && isOf('ascii', second) && isReduced(first.params.width) ? first.params : undefined
  const letters = scaled ? second : first
  if (!isOf('ascii', letters)) return undefined
  steps.skip(scaled ? 2 : 1)
  const { foreground, background, coloured, reverse } = letters.params
  const percent = typeof scaled?.width === 'object' ? decimal(scaled.width.percent) : undefined
  return task('ascii', { size: percent, foreground, background, colored: String(coloured), reverse: String(reverse) })
}

const resize: Print = (steps) => {
  const given = steps.take('resize')
  if (!given) return undefined
  if (typeof given.width === 'object') return task('upscale')
  const fit = given.fit === 'stretch' ? 'scale' : given.enlarge ? undefined : 'max'
  return task('resize', { width: side(given.width), height: side(given.height), fit })
}

const partial = (
  name: string,
  { areas, softness, shape, ...how }: Omit<ParamsOf<'partialBlur'>, 'sigma'> & { readonly amount: number },
): Task =>
  task(name, {
    objects: areas.map(({ x, y, width, height }) => [x, y, width, height].map(decimal)),
    blur: decimal(softness),
    type: shape === 'oval' ? 'oval' : 'rect',
    amount: decimal(how.amount),
  })

function border(steps: StepReader): Task | undefined {
  const [first, second] = steps.left()
  const flatten = isOf('flatten', first) && alpha(first.params.background) !== '00' ? first.params : undefined
  const extend = flatten ? second : first
  if (!isOf('extend', extend)) return undefined
  steps.skip(flatten ? 2 : 1)
  const { top, background: color } = extend.params
  return task('border', { width: decimal(top), color, background: flatten?.background ?? 'transparent' })
}

/** One task for one step. */
function single<N extends Step['op']>(op: N, print: (params: ParamsOf<N>, handleOf: HandleOf) => Task): Print {
  return (steps, handleOf) => {
    const params = steps.take(op)
    return params && print(params, handleOf)
  }
}

const PRINTS: readonly Print[] = [
  printCollage,
  polaroid,
  border,
  preset,
  smartCrop,
  circle,
  ascii,
  resize,
  single('cover', ({ width, height, position }) =>
    task('resize', { width: side(width), height: side(height), fit: 'crop', align: words(position) }),
  ),
  single('crop', ({ x, y, width, height }) =>
    task('crop', { dim: [x, y, width, height].map((value) => (isNumber(value) ? decimal(value) : '')) }),
  ),
  single('rotate', ({ degrees, background }) =>
    task('rotate', { deg: decimal(degrees), background: degrees % 90 === 0 ? undefined : background }),
  ),
  single('flip', ({ axis }) => task(axis === 'vertical' ? 'flip' : 'flop')),
  single('composite', ({ path, position, scale }, handleOf) =>
    task('watermark', {
      file: handleOf(path) ?? '',
      position: words(position),
      size: scale === undefined ? undefined : decimal(scale * 100),
    }),
  ),
  single('blur', ({ sigma }) => task('blur', { amount: decimal(sigma) })),
  single('sharpen', ({ sigma }) => task('sharpen', { amount: decimal(sigma) })),
  single('threshold', ({ level }) => task('blackwhite', { threshold: decimal(Math.round((level * 100) / 255)) })),
  single('grayscale', () => task('monochrome')),
  single('negate', () => task('negative')),
  single('modulate', ({ brightness, hue, saturation }) =>
    task('modulate', { brightness: decimal(brightness * 100), hue: decimal(hue), saturation: decimal(saturation * 100) }),
  ),
  single('pixelate', ({ size }) => task('pixelate', { amount: decimal(size) })),
  single('roundCorners', ({ radius, softness }) =>
    task('rounded_corners', {
      radius: radius === MOST_RADIUS ? 'max' : decimal(radius),
      blur: softness === undefined ? undefined : decimal(softness),
    }),
  ),
  // A border of no width leaves the background alone; a transparent one is none there.
  single('flatten', ({ background }) =>
    alpha(background) === '00' ? task('output', { background }) : task('border', { width: '0', background }),
  ),
  single('recolour', ({ matrix }) => task('sepia', { tone: decimal(SEPIA_TONES.findIndex((tone) => equal(tone, matrix))) })),
  single('vignette', ({ amount, falloff, background }) => task('vignette', { amount: decimal(amount), blurmode: falloff, background })),
  single('shadow', ({ x, y, sigma, opacity, colour }) =>
    task('shadow', { vector: [x, y].map(decimal), blur: decimal(sigma), opacity: decimal(Math.round(opacity * 100)), color: colour }),
  ),
  single('tornEdges', ({ least, most }) => task('torn_edges', { spread: [least, most].map(decimal) })),
  single('partialBlur', ({ sigma, ...areas }) => partial('partial_blur', { ...areas, amount: sigma })),
  single('partialPixelate', ({ size, ...areas }) => partial('partial_pixelate', { ...areas, amount: size })),
  single('oilPaint', ({ radius }) => task('oil_paint', { amount: decimal(radius) })),
]
