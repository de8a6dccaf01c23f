import { AppError } from '../../../../errors.ts'
import {
  codec,
  COLOUR_WISHES,
  DEFAULT_OUTPUT,
  isLossyAlone,
  METADATA_WISHES,
  MOST_MAX_BYTES,
  type FormatName,
  type Output,
  WRITTEN_NAMES,
} from '../../../../image/plan.ts'
import { chosenFields, DEFAULT_INFO, INFO_FIELDS, type InfoField, isInfoField } from '../../../../image/info/fields.ts'
import { autoFormat, isNamed } from '../../../picture.ts'
import { type Args, invalidParameter } from '../../../args.ts'
import { MOST_QUALITY, QUALITY_SHAPE, readQuality } from '../../../quality.ts'

const FORMATS: Readonly<Record<string, FormatName>> = {
  ...Object.fromEntries(WRITTEN_NAMES.map((name) => [name, name])),
  jpg: 'jpeg',
}

/** Formats that every client shows, even if its `Accept` header does not name them. */
const UNIVERSAL: ReadonlySet<string> = new Set(['jpeg', 'png', 'gif'])

export interface OutputWish {
  readonly info: readonly InfoField[] | undefined
  readonly output: Output
  readonly page: number | undefined
  readonly variesByAccept: boolean
  /** Whether it is about what the file says beside its pixels, and names no way to encode them. */
  readonly isOfMetadata: boolean
}

export function readOutput(args: Args, accept: string | undefined): OutputWish {
  const asked = args.oneOf({ ...FORMATS, json: 'json', auto: 'auto' }, 'f')
  const wanted = asked === 'json' || asked === 'auto' ? undefined : asked
  const info = readFields(args, asked === 'json')
  const fallback = args.oneOf(FORMATS, 'f2')
  const maxBytes = args.integer({ min: 1, max: MOST_MAX_BYTES }, 'max-bytes')
  const named = args.value(QUALITY_SHAPE, (text) => readQuality(text, 'q') ?? null, 'q')
  const quality = named ?? { quality: maxBytes === undefined ? DEFAULT_OUTPUT.quality : MOST_QUALITY }
  const effort = args.integer({ min: 1, max: 100 }, 'c')
  const page = args.integer({ min: 0, max: 100_000 }, 'page')
  // The vendor names `cm` and no value of it; `metadata`, `lossless`, `palette`, `anim`, `max-bytes` and the words of `q` are ours.
  const lossless = args.flag('lossless')
  if (lossless && isLossyAlone(wanted))
    throw new AppError('invalid_parameter', { field: 'lossless', reason: 'Expected "f=webp" with "lossless=true", received "f=jpg".' })
  const palette = args.flag('palette')
  const colours = args.oneOf(COLOUR_WISHES, 'cm')
  const isOfMetadata = args.has('metadata') && [asked, named, effort, lossless, maxBytes].every((wish) => wish === undefined)
  const metadata = args.oneOf(METADATA_WISHES, 'metadata')
  const isStill = args.flag('anim') === false || (page !== undefined && page <= 1)
  if (args.text('input') === 'video')
    throw new AppError('not_implemented', { field: 'input', reason: 'This service does not read videos.' })
  if (fallback !== undefined && asked === undefined)
    throw new AppError('invalid_parameter', { field: 'f2', reason: 'Expected "f" with "f2", received nothing.' })
  if (fallback !== undefined && asked === 'auto')
    throw new AppError('invalid_parameter', { field: 'f2', reason: 'Expected no "f2" with "f=auto", which chooses for each client.' })
  const hasFallback = wanted !== undefined && fallback !== undefined && !UNIVERSAL.has(wanted)
  const format = asked === 'auto' ? autoFormat(accept) : hasFallback && !shows(accept, codec(wanted).mime) ? fallback : wanted
  return {
    output: {
      // The vendor names JPEG for sources whose format is none of the results'.
      ...(format === undefined ? { format: DEFAULT_OUTPUT.format, otherwise: 'jpeg' } : { format }),
      ...quality,
      ...(maxBytes !== undefined && { maxBytes }),
      ...(effort !== undefined && { effort }),
      ...(lossless && { lossless }),
      ...(palette && { palette }),
      ...(isStill && { still: true }),
      ...(colours && { colours }),
      ...(metadata && { metadata }),
    },
    // Pages count from 1. Page 0 is the first page too, because some clients count from 0.
    page: page !== undefined && page > 1 ? page : undefined,
    info,
    variesByAccept: asked === 'auto' || hasFallback,
    isOfMetadata,
  }
}

/** What `f=json` tells: the fields that `fields` names, with commas between, or all but the place. */
function readFields(args: Args, isJson: boolean): readonly InfoField[] | undefined {
  const text = args.text('fields')
  if (!isJson) {
    if (text !== undefined) throw new AppError('invalid_parameter', { field: 'fields', reason: 'Expected "fields" with "f=json" alone.' })
    return undefined
  }
  const names = text?.split(',') ?? DEFAULT_INFO
  const unknown = names.find((name) => !isInfoField(name))
  if (unknown !== undefined) throw invalidParameter('fields', `names of ${INFO_FIELDS.join(', ')}`, unknown)
  return chosenFields(names.filter(isInfoField))
}

/** A client without the header, or with the wildcard alone, has no preference and gets `f`. */
const shows = (accept: string | undefined, mime: string): boolean =>
  accept === undefined || accept.trim() === '' || accept.trim() === '*/*' || isNamed(accept, mime)
