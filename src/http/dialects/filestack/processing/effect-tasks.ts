import { AppError } from '../../../../errors.ts'
import { step, type Step } from '../../../../image/plan.ts'
import { invalidParameter } from '../../../args.ts'
import { does, flattened } from './picture-tasks.ts'
import type { TaskArgs } from './task-args.ts'
import type { Value } from './task-text.ts'
import type { ReadTaskArgs, TaskTable } from './wish.ts'

/** The usual matrix of an old photograph's browns. */
const SEPIA = [0.393, 0.769, 0.189, 0.349, 0.686, 0.168, 0.272, 0.534, 0.131]
const SNOW = 'fffafaff'
const TYPES = { rect: 'rectangle', oval: 'oval' } as const

/** The tone is how much of the browns is mixed in, in percent. */
const sepia: ReadTaskArgs = (args) => {
  const tone = args.integer({ min: 0, max: 100 }, 'tone', 't') ?? 80
  return does(step('recolour', { matrix: [...(SEPIA_TONES[tone] ?? [])] }, 'tone'))
}

/** The matrix of each tone. */
export const SEPIA_TONES: readonly (readonly number[])[] = Array.from({ length: 101 }, (_, percent) => {
  const tone = percent / 100
  return SEPIA.map((weight, i) => Number((weight * tone + (i % 4 === 0 ? 1 - tone : 0)).toFixed(6)))
})

const vignette: ReadTaskArgs = (args) => {
  const amount = args.integer({ min: 0, max: 100 }, 'amount', 'a') ?? 20
  const falloff = args.oneOf({ gaussian: 'gaussian', linear: 'linear' }, 'blurmode', 'm') ?? 'gaussian'
  const background = args.colour('background', 'b')
  return does(step('vignette', { amount, falloff, ...(background !== undefined && { background }) }, 'amount'))
}

function readShadow(args: TaskArgs): Step {
  const [x = 4, y = 4] = args.integers(2, { min: -1000, max: 1000 }, 'vector', 'v') ?? []
  const sigma = args.number({ min: 0, max: 20 }, 'blur', 'l') ?? 4
  const opacity = (args.integer({ min: 0, max: 100 }, 'opacity', 'o') ?? 60) / 100
  return step('shadow', { sigma, opacity, x, y, colour: args.colour('color', 'c') ?? '000000ff' }, 'vector')
}

const shadow: ReadTaskArgs = (args) => {
  const background = args.colour('background', 'b')
  return does(readShadow(args), ...flattened(background))
}

/** Edges of a sheet of paper, the lower one wide, its shadow, and the sheet turned. */
const polaroid: ReadTaskArgs = (args) => {
  const colour = args.colour('color', 'c') ?? SNOW
  const degrees = args.integer({ min: 0, max: 359 }, 'rotate', 'r') ?? 45
  const background = args.colour('background', 'b')
  return does(
    ...flattened(colour),
    step('extend', { top: 20, right: 20, bottom: 60, left: 20, background: colour }),
    step('shadow', { x: 4, y: 4 }),
    step('rotate', { degrees }),
    ...flattened(background),
  )
}

const tornEdges: ReadTaskArgs = (args) => {
  const [least = 1, most = 10] = args.integers(2, { min: 1, max: 10_000 }, 'spread', 's') ?? []
  const background = args.colour('background', 'b')
  return does(step('tornEdges', { least, most }, 'spread'), ...flattened(background))
}

/** `[[x,y,width,height],…]`. @throws AppError `invalid_parameter`. */
function readAreas(args: TaskArgs) {
  const objects = args.values('objects', 'o')
  if (objects === undefined || objects.length === 0)
    throw new AppError('invalid_parameter', { field: 'objects', reason: 'Expected objects:[[x,y,width,height],…].' })
  const softness = args.number({ min: 0, max: 20 }, 'blur', 'l') ?? 4
  return { areas: objects.map(readArea), softness, shape: args.oneOf(TYPES, 'type', 't') ?? 'rectangle' }
}

function readArea(object: Value) {
  const [x = -1, y = -1, width = 0, height = 0, ...more] =
    typeof object === 'string' ? [] : object.map((value) => (/^\d{1,6}$/.test(String(value)) ? Number(value) : -1))
  if (x < 0 || y < 0 || width < 1 || height < 1 || more.length > 0)
    throw invalidParameter('objects', '[x,y,width,height] with sides above 0', JSON.stringify(object))
  return { x, y, width, height }
}

const partialBlur: ReadTaskArgs = (args) => {
  const sigma = args.number({ min: 0, max: 20 }, 'amount', 'a') ?? 10
  return does(step('partialBlur', { ...readAreas(args), sigma }, 'objects'))
}

const partialPixelate: ReadTaskArgs = (args) => {
  const size = args.integer({ min: 2, max: 100 }, 'amount', 'a') ?? 10
  return does(step('partialPixelate', { ...readAreas(args), size }, 'objects'))
}

/** The SDK allows amounts up to 100; a wider brush than that of 10 paints like it. */
const oilPaint: ReadTaskArgs = (args) =>
  does(step('oilPaint', { radius: Math.min(10, args.integer({ min: 1, max: 100 }, 'amount', 'a') ?? 2) }, 'amount'))

/** The size is that of the result, in percent of the picture's: the letters stay as large as they are. */
const ascii: ReadTaskArgs = (args) => {
  const percent = args.integer({ min: 10, max: 100 }, 'size', 's') ?? 100
  const side = (of: 'width' | 'height') => ({ percent, of })
  const [foreground, background] = [args.colour('foreground', 'f'), args.colour('background', 'b')]
  const letters = {
    coloured: args.flag('colored', 'c') ?? false,
    reverse: args.flag('reverse', 'r') ?? false,
    ...(foreground !== undefined && { foreground }),
    ...(background !== undefined && { background }),
  }
  const smaller = percent === 100 ? [] : [step('resize', { width: side('width'), height: side('height'), fit: 'stretch' }, 'size')]
  return does(...smaller, step('ascii', letters))
}

/** The tasks that give a picture another look. */
export const effectTasks: TaskTable = {
  ascii,
  sepia,
  vignette,
  shadow,
  polaroid,
  torn_edges: tornEdges,
  partial_blur: partialBlur,
  partial_pixelate: partialPixelate,
  oil_paint: oilPaint,
}
