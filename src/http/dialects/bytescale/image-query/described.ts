import * as z from 'zod'
import { COMPOSITE_MODES } from '../../../../image/definitions/blend-modes.ts'
import { POSITIONS } from '../../../../image/geometry.ts'
import { INFO_FIELDS } from '../../../../image/info/fields.ts'
import {
  COLOUR_WISHES,
  METADATA_WISHES,
  MOST_MAX_BYTES,
  operation,
  type OperationName,
  QUALITY_WISHES,
  WRITTEN_NAMES,
} from '../../../../image/plan.ts'
import { FITS, MAX_LENGTH_PX, SMART } from './framing.ts'
import { MAX_TEXT_LENGTH } from './limits.ts'

/** The parameters of an image URL, for `/-/openapi.json`. What an operation does is told in its own words. */

const of = <T extends z.ZodType>(name: OperationName, schema: T): z.ZodOptional<T> =>
  schema.describe(operation(name).summary).optional() as z.ZodOptional<T>
const told = <T extends z.ZodType>(text: string, schema: T): z.ZodOptional<T> => schema.describe(text).optional() as z.ZodOptional<T>

const number = (min: number, max: number) => z.number().min(min).max(max)
const pixels = (min: number, max = MAX_LENGTH_PX) => z.int().min(min).max(max)
const flag = () => z.boolean()
const orTrue = (schema: z.ZodType) => z.union([z.boolean(), schema])
const names = (table: object) => z.enum(Object.keys(table) as [string, ...string[]])
const colour = () => z.string().regex(/^([0-9A-Fa-f]{3}|[0-9A-Fa-f]{6}|[0-9A-Fa-f]{8})$/)
const formats = ['jpg', ...WRITTEN_NAMES] as const

const framing = {
  'crop-x': of('crop', pixels(0)),
  'crop-y': of('crop', pixels(0)),
  'crop-w': of('crop', z.int().min(1)),
  'crop-h': of('crop', z.int().min(1)),
  trim: of('trim', orTrue(number(0, 255))),
  rotate: of('rotate', number(-360, 360)),
  flip: told('Exchanges top and bottom.', flag()),
  flop: told('Exchanges left and right.', flag()),
  w: told('Width of the result, before `dpr` multiplies it.', z.int().min(1)),
  h: told('Height of the result, before `dpr` multiplies it.', z.int().min(1)),
  fit: of('resize', names(FITS)),
  crop: of('cover', names({ ...Object.fromEntries(POSITIONS.map((name) => [name, name])), ...SMART })),
  'extend-top': of('extend', pixels(0)),
  'extend-right': of('extend', pixels(0)),
  'extend-bottom': of('extend', pixels(0)),
  'extend-left': of('extend', pixels(0)),
  'border-radius': of('roundCorners', z.union([z.literal('max'), z.number().min(0)])),
  bg: of('flatten', colour()),
  background: told('The same as `bg`.', colour()),
  dpr: told('Multiplies every length that is measured in pixels of the result.', number(0.1, 10)),
}

const effects = {
  median: of('median', orTrue(number(1, 15))),
  blur: of('blur', number(0, 1000)),
  sharpen: of('sharpen', orTrue(number(0, 10))),
  pixelate: of('pixelate', z.int().min(2).max(100)),
  normalize: of('normalize', flag()),
  normalise: told('The same as `normalize`.', flag()),
  gamma: of('gamma', orTrue(number(1, 3))),
  brightness: of('modulate', number(0, 100)),
  saturation: of('modulate', number(0, 100)),
  hue: of('modulate', number(-360, 360)),
  lightness: of('modulate', number(-100, 100)),
  contrast: of('contrast', number(-100, 100)),
  grayscale: of('grayscale', flag()),
  greyscale: told('The same as `grayscale`.', flag()),
  sepia: of('sepia', flag()),
  tint: of('tint', colour()),
  negate: of('negate', flag()),
  invert: told('The same as `negate`.', flag()),
  threshold: of('threshold', orTrue(number(0, 255))),
}

/** Of a layer: behind `text` or `image`, in the order of the URL. */
const layers = {
  text: of('text', z.string().max(MAX_TEXT_LENGTH)),
  image: of('composite', z.string()),
  color: told('Of the text before it.', colour()),
  font: told('Of the text before it: a path of the account, or a family.', z.string()),
  'font-size': told('Of the text before it, in pixels.', number(1, 10_000)),
  'font-weight': told('Of the text before it.', z.int().min(1).max(1000)),
  'layer-w': told('Width of the picture before it.', z.int().min(1).max(10_000)),
  'layer-h': told('Height of the picture before it.', z.int().min(1).max(10_000)),
  gravity: told('Where the layer lies.', z.enum(POSITIONS)),
  padding: told('Between the layer and the edges.', pixels(0, 10_000)),
  'padding-x': told('At the left and the right.', pixels(0, 10_000)),
  'padding-y': told('At the top and the bottom.', pixels(0, 10_000)),
  'padding-top': told('At the top.', pixels(0, 10_000)),
  'padding-right': told('At the right.', pixels(0, 10_000)),
  'padding-bottom': told('At the bottom.', pixels(0, 10_000)),
  'padding-left': told('At the left.', pixels(0, 10_000)),
  'layer-opacity': told('From 0, invisible, to 100.', number(0, 100)),
  'layer-rotate': told('Degrees, clockwise.', number(-360, 360)),
  blend: told('How the colours of the layer mix with those below.', z.enum(['normal', 'colour-dodge', 'colour-burn', ...COMPOSITE_MODES])),
  repeat: told('Copies of the layer cover the picture.', flag()),
}

const output = {
  f: told('The format; `auto` chooses for the client, `json` tells of the picture.', z.enum(['auto', 'json', ...formats])),
  f2: told('The format for clients that do not show `f`.', z.enum(formats)),
  fields: told(`With \`f=json\`: names with commas between, of ${INFO_FIELDS.join(', ')}.`, z.string()),
  q: told('From 1 to 100, or a word.', z.union([z.int().min(1).max(100), z.enum(Object.keys(QUALITY_WISHES) as [string, ...string[]])])),
  'max-bytes': told('The most bytes that the result has.', z.int().min(1).max(MOST_MAX_BYTES)),
  c: told('Effort: more is smaller and slower.', z.int().min(1).max(100)),
  lossless: told('Every pixel stays as it is; WebP and formats that can.', flag()),
  palette: told('A PNG of 256 colours at most.', flag()),
  page: told('Which frame or page, from 1.', z.int().min(0).max(100_000)),
  anim: told('`false`: the first picture of an animation.', flag()),
  cm: told('Whether colours become sRGB.', names(COLOUR_WISHES)),
  metadata: told('What of the file is taken along beside its pixels.', names(METADATA_WISHES)),
  input: told('Of what kind the file is; `video` is refused.', z.string()),
  fallback: told('Path of the picture that is shown where the file is missing or cannot be shown.', z.string()),
}

/** Both spellings reach the service; the SDK writes both. */
const either = (name: string, text: string, schema: z.ZodType) => ({
  [name]: told(text, schema),
  [name.replaceAll('-', '_')]: told(`The same as \`${name}\`.`, schema),
})

const delivery = {
  cache: told('`false`: the result is made anew and not kept.', flag()),
  ...either('cache-only', 'Only a kept result is answered.', flag()),
  ...either('cache-perm', 'Whether the result is kept for good.', z.enum(['true', 'false', 'auto'])),
  ...either('cache-ttl', 'Seconds for which caches may keep the answer.', z.int().min(0).max(31_536_000)),
  ...either('cache-ttl-404', 'Seconds for which caches may keep that there is no such file.', z.int().min(0).max(31_536_000)),
  version: told('Of the file: another one is another URL.', z.string()),
  v: told('The same as `version`.', z.string()),
  download: told('The answer is a download.', flag()),
  wait: told('With `f=auto`: the best format in this answer, however long it takes.', flag()),
  deadline: told('Milliseconds after which something that stands in is better than none.', z.int().min(0).max(60_000)),
  explain: told('What would be done, in the place of the picture.', flag()),
  exp: told('Seconds or milliseconds since 1970 after which the URL is over; or `inf`.', z.string()),
  auth: told('Without effect.', z.string()),
  artifact: told('`/` alone.', z.literal('/')),
  a: told('The same as `artifact`.', z.literal('/')),
}

export const DELIVERY_QUERY = z.strictObject(delivery)
export const IMAGE_QUERY = z.strictObject({ ...framing, ...effects, ...layers, ...output, ...delivery })
