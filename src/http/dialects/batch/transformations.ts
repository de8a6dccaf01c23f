import {
  codec,
  COLOUR_WISHES,
  METADATA_WISHES,
  type FormatName,
  type Output,
  type Step,
  type TransformPlan,
  WRITTEN_NAMES,
} from '../../../image/plan.ts'
import { fileNameOf, splitExtension } from '../../../service/files/path.ts'
import { blur, brightness, colorize, contrast, enhance, filter } from './effects.ts'
import { crop, fitmethod, flip, resize, rotate, ulb, zoom } from './framing.ts'
import { invalidField, jsonFields, required, type JsonFields } from './json-fields.ts'
import { annotation, watermark } from './layers.ts'

/** The public transformation types (docs/protocols/batch.md §4). */
const TYPES: Readonly<Record<string, (fields: JsonFields) => Step[]>> = {
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
    readonly destination: string
  },
  path: string,
  ignored: (field: string) => void = () => undefined,
): TransformPlan {
  const fields = jsonFields(job, path)
  const given = fields.raw('transformations') ?? []
  if (!Array.isArray(given)) throw invalidField(fields.at('transformations'), 'an array', given)
  if (given.length > MAX_TRANSFORMATIONS) throw invalidField(fields.at('transformations'), `at most ${MAX_TRANSFORMATIONS} entries`, given)
  const steps = given.flatMap((transformation: unknown, i) =>
    parseTransformation(transformation, `${fields.at('transformations')}[${i}]`, ignored),
  )
  const output = readOutput(fields)
  for (const field of fields.unread()) ignored(field)
  return { steps, output }
}

function parseTransformation(transformation: unknown, path: string, ignored: (field: string) => void): Step[] {
  const fields = jsonFields(transformation, path)
  const parse = required(fields.oneOf('type', TYPES), fields.at('type'), `one of ${Object.keys(TYPES).join(', ')}`)
  const steps = parse(fields)
  for (const field of fields.unread()) ignored(field)
  return steps
}

/** 0–100 as number or text; 0 counts as 1 (docs/protocols/batch.md §1.1) */
function readOutput(fields: JsonFields): Output {
  const quality = fields.number('quality', { min: 0, max: 100 }) ?? DEFAULT_QUALITY
  const colours = fields.oneOf('cm', COLOUR_WISHES)
  const metadata = fields.oneOf('metadata', METADATA_WISHES)
  return {
    format: formatOf(fields, fields.text('destination') ?? ''),
    quality: Math.max(1, Math.round(quality)),
    ...(colours && { colours }),
    ...(metadata && { metadata }),
  }
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
