import { chosenFields, DEFAULT_INFO, INFO_FIELDS, type InfoField, isInfoField } from '../../../image/info/fields.ts'
import {
  codec,
  COLOUR_WISHES,
  DEFAULT_OUTPUT,
  METADATA_WISHES,
  MOST_MAX_BYTES,
  QUALITY_WISHES,
  type FormatName,
  forQueue,
  type Output,
  type Step,
  type TransformPlan,
  WRITTEN_NAMES,
  isLossyAlone,
} from '../../../image/plan.ts'
import { fileNameOf, splitExtension } from '../../../service/files/path.ts'
import { MOST_QUALITY, type QualityWish } from '../../quality.ts'
import { blur, brightness, colorize, contrast, enhance, filter } from './effects.ts'
import { crop, fitmethod, flip, resize, rotate, ulb, zoom } from './framing.ts'
import { invalidField, jsonFields, required, type JsonFields } from './json-fields.ts'
import { annotation, watermark } from './layers.ts'

/** The public transformation types (docs/protocols/batch.md §4). */
export const TYPES: Readonly<Record<string, (fields: JsonFields) => Step[]>> = {
  annotation,
  blur,
  brightness,
  colorize,
  contrast,
  crop,
  enhance,
  filter,
  fitmethod,
  flip,
  resize,
  rotate,
  ulb,
  watermark,
  zoom,
}

/** In the place of a picture: what is told of it. Stands last. */
export const INFO = 'info'

const DEFAULT_QUALITY = 70
/** Each is a step, and the account's `limits.maxSteps` (64 by default) may allow fewer. */
const MAX_TRANSFORMATIONS = 100

/**
 * What a job asks for as a plan: its `transformations` in their order, its `quality`, and the format of its `destination`. `path` is where
 * the job stands in the request's body, for messages (`jobs[0]`). `ignored` gets
 * the path of each field that this service does not know.
 * @throws AppError `invalid_parameter`, `invalid_path`, each with the whole path of the field.
 */
export function parseTransformations(
  job: {
    readonly transformations?: unknown
    readonly quality?: unknown
    readonly cm?: unknown
    readonly metadata?: unknown
    readonly lossless?: unknown
    readonly palette?: unknown
    readonly anim?: unknown
    readonly max_bytes?: unknown
    readonly destination: string
  },
  path: string,
  ignored: (field: string) => void = () => undefined,
): TransformPlan {
  const fields = jsonFields(job, path)
  const given = fields.raw('transformations') ?? []
  if (!Array.isArray(given)) throw invalidField(fields.at('transformations'), 'an array', given)
  if (given.length > MAX_TRANSFORMATIONS) throw invalidField(fields.at('transformations'), `at most ${MAX_TRANSFORMATIONS} entries`, given)
  const isTold = typeOf(given.at(-1)) === INFO
  const at = (i: number): string => `${fields.at('transformations')}[${i}]`
  const steps = given
    .slice(0, isTold ? -1 : undefined)
    .flatMap((transformation: unknown, i) => parseTransformation(transformation, at(i), ignored))
  const info = isTold ? parseInfo(given.at(-1), at(given.length - 1), fields, ignored) : undefined
  const output = info ? DEFAULT_OUTPUT : readOutput(fields, steps)
  for (const field of fields.unread()) ignored(field)
  return { steps, output, ...(info && { info }) }
}

const typeOf = (transformation: unknown): unknown => (transformation as { readonly type?: unknown } | null | undefined)?.type

/** `fields` names what is told, as a list or with commas between; all but the place when absent. */
function parseInfo(transformation: unknown, path: string, job: JsonFields, ignored: (field: string) => void): readonly InfoField[] {
  const fields = jsonFields(transformation, path)
  fields.text('type')
  const given = fields.raw('fields') ?? DEFAULT_INFO
  const names: readonly unknown[] = Array.isArray(given) ? given : typeof given === 'string' ? given.split(',') : [given]
  const isKnown = (name: unknown): name is InfoField => typeof name === 'string' && isInfoField(name)
  const unknown = names.length === 0 ? given : names.find((name) => !isKnown(name))
  if (unknown !== undefined) throw invalidField(fields.at('fields'), `names of ${INFO_FIELDS.join(', ')}`, unknown)
  for (const field of fields.unread()) ignored(field)
  const destination = job.text('destination') ?? ''
  if (!/\.json$/i.test(destination)) throw invalidField(job.at('destination'), 'a path that ends with .json for "info"', destination)
  for (const name of ['quality', 'max_bytes', 'lossless', 'palette', 'anim', 'cm', 'metadata']) job.raw(name) // of pictures alone
  return chosenFields(names.filter(isKnown))
}

function parseTransformation(transformation: unknown, path: string, ignored: (field: string) => void): Step[] {
  const fields = jsonFields(transformation, path)
  if (typeOf(transformation) === INFO) throw invalidField(fields.at('type'), '"info" at the end of the list alone', INFO)
  const parse = required(fields.oneOf('type', TYPES), fields.at('type'), `one of ${[...Object.keys(TYPES), INFO].join(', ')}`)
  const steps = parse(fields)
  for (const field of fields.unread()) ignored(field)
  return steps
}

/** 0–100 as number or text, 0 counts as 1 (docs/protocols/batch.md §1.1), or one of our words. */
function readQuality(fields: JsonFields, usual: number): QualityWish {
  const given = fields.raw('quality')
  if (typeof given === 'string' && !/^[\s\d.-]*$/.test(given)) return fields.oneOf('quality', QUALITY_WISHES) ?? { quality: usual }
  return { quality: Math.max(1, Math.round(fields.number('quality', { min: 0, max: 100 }) ?? usual)) }
}

function readOutput(fields: JsonFields, steps: readonly Step[]): Output {
  const maxBytes = fields.number('max_bytes', { min: 1, max: MOST_MAX_BYTES })
  const lossless = readFlag(fields, 'lossless', false)
  const palette = readFlag(fields, 'palette', false)
  const isAnimated = readFlag(fields, 'anim', true)
  if (lossless && isLossyAlone(formatOf(fields, fields.text('destination') ?? '')))
    throw invalidField(fields.at('lossless'), 'false for a "destination" that ends with .jpg', lossless)
  const colours = fields.oneOf('cm', COLOUR_WISHES)
  const isOfMetadata =
    steps.length === 0 && ['quality', 'lossless'].every((name) => fields.raw(name) === undefined) && fields.raw('metadata') !== undefined
  const metadata = fields.oneOf('metadata', METADATA_WISHES)
  return forQueue({
    format: formatOf(fields, fields.text('destination') ?? ''),
    ...readQuality(fields, maxBytes === undefined ? DEFAULT_QUALITY : MOST_QUALITY),
    ...(maxBytes !== undefined && { maxBytes: Math.floor(maxBytes) }),
    ...(isOfMetadata && { keepsCoding: true as const }),
    ...(lossless && { lossless }),
    ...(palette && { palette }),
    ...(!isAnimated && { still: true }),
    ...(colours && { colours }),
    ...(metadata && { metadata }),
  })
}

function readFlag(fields: JsonFields, name: string, usual: boolean): boolean {
  const given = fields.raw(name) ?? usual
  if (given !== true && given !== false) throw invalidField(fields.at(name), 'true or false', given)
  return given
}

/** Extensions of docs/protocols/batch.md §1.1 whose format this service may not write. */
const KNOWN = new Set(['jpg', 'jpeg', 'png', 'webp', 'gif', 'avif'])

/** The extension decides the format. Without a known one it is the source's. */
function formatOf(fields: JsonFields, destination: string): FormatName | 'source' {
  const extension = splitExtension(fileNameOf(destination)).extension.slice(1).toLowerCase()
  const found = WRITTEN_NAMES.find((name) => codec(name).extension === extension || name === extension)
  if (found === undefined && KNOWN.has(extension)) {
    throw invalidField(fields.at('destination'), `an extension of a format that is written here (${WRITTEN_NAMES.join(', ')})`, extension)
  }
  return found ?? 'source'
}
