import type * as z from 'zod'
import { AppError } from '../errors.ts'
import type { Codec, Written } from './codecs/define.ts'
import * as codecs from './codecs/table.ts'
import type { InputImage, Operation } from './ops/define.ts'
import type { InfoField } from './info/fields.ts'
import * as table from './ops/table.ts'
import { hasQuality, type QualityTarget } from './quality/targets.ts'
import type { Shape } from './raster.ts'

export type OperationName = keyof typeof table
export const OPERATION_NAMES = Object.keys(table) as readonly OperationName[]
type ParamsOf<N extends OperationName> = z.output<(typeof table)[N]['params']>
type InputOf<N extends OperationName> = z.input<(typeof table)[N]['params']>

/** One member per operation, derived from the table: a step that nobody registered does not type-check. */
export type Step = { [N in OperationName]: { readonly op: N; readonly params: ParamsOf<N> } }[OperationName]

export type FormatName = keyof typeof codecs
export const FORMAT_NAMES = Object.keys(codecs) as readonly FormatName[]

/** The formats that are written too. */
export type WrittenName = { [N in FormatName]: (typeof codecs)[N] extends Written ? N : never }[FormatName]
export const WRITTEN_NAMES = FORMAT_NAMES.filter((name): name is WrittenName => codecs[name].can.encode)

/** The best format for a picture that a client shows: AVIF and WebP, WebP, or neither, beside those that everybody shows. */
export const AUTO_FORMATS = ['auto-avif', 'auto-webp', 'auto'] as const
export type AutoFormat = (typeof AUTO_FORMATS)[number]

/** Whether a format is named, and not left to the picture (src/image/codecs/output/formats.ts). */
export const isDecided = (format: Output['format']): format is FormatName =>
  format !== 'source' && !(AUTO_FORMATS as readonly string[]).includes(format)

export interface Output {
  /** `source`: the source's own format; where that is not written, PNG for what may be transparent or is drawn, else JPEG. */
  readonly format: FormatName | 'source' | AutoFormat
  /** Instead of a source's format that is not written; when absent, PNG for what may be transparent or is drawn, else JPEG. */
  readonly otherwise?: 'jpeg' | undefined
  /** 1–100, 100 is best; only for lossy formats. */
  readonly quality: number
  /** 1–100, more is smaller and slower at the same quality; the encoder's own choice when absent. */
  readonly effort?: number | undefined
  /** Of a format that is left to the client: AVIF is made when the whole plan takes at most so many milliseconds by estimate, else the next best. */
  readonly withinMs?: number | undefined
  /** Every pixel comes back as it is, whatever `quality` says; only for formats that can be lossy and lossless. */
  readonly lossless?: true | undefined
  /** At most 256 colours, chosen for the picture, for fewer bytes; only for PNG. */
  readonly palette?: true | undefined
  /** One picture in any case; otherwise an animation stays one where the format has animations. */
  readonly still?: true | undefined
  /** With less than that the plan fails: a JPEG keeps its coefficients, other formats their pixels. */
  readonly onlyLossless?: true | undefined
  /** Nobody named a quality: a file that need not be decoded is not encoded anew. */
  readonly keepsCoding?: true | undefined
  /** `keep`: the source's RGB profile is embedded and its colours stay as they are, unless the plan draws other pictures. All else is sRGB. */
  readonly colours?: 'keep' | undefined
  /** In the place of `quality`, which is the most then: the least loss that is looked for; only for lossy formats. */
  readonly target?: QualityTarget | undefined
  /** The result has at most so many bytes, at the best quality up to `quality` with which it has. */
  readonly maxBytes?: number | undefined
  /** What the file says beside its pixels: who made it and who may use it, or all that is still true of the result. Nothing when absent. */
  readonly metadata?: MetadataWish | undefined
}

/** `unlocated`: as `keep`, but for the place where the picture was taken. */
export type MetadataWish = 'copyright' | 'unlocated' | 'keep'

/** What the dialects call these wishes. */
export const COLOUR_WISHES = { srgb: undefined, keep: 'keep' } as const
export const METADATA_WISHES = { none: undefined, copyright: 'copyright', unlocated: 'unlocated', keep: 'keep' } as const

/** What the dialects write in the place of a quality, and what it wishes. */
export const QUALITY_WISHES = {
  auto: { quality: 100, target: 'medium' },
  'auto:high': { quality: 100, target: 'high' },
  'auto:medium': { quality: 100, target: 'medium' },
  'auto:low': { quality: 100, target: 'low' },
  // No conversion of colours is without loss.
  lossless: { quality: 100, target: undefined, lossless: true, onlyLossless: true, colours: 'keep' },
} as const satisfies Record<string, Partial<Output>>

/** The most that `maxBytes` may be. */
export const MOST_MAX_BYTES = 999_999_999

export const DEFAULT_OUTPUT: Output = { format: 'source', quality: 80 }

/** The same wish for a queue, for which nobody waits: so the place is in the plan, and equal plans still have equal results. */
export function forQueue(output: Output): Output {
  const effort = output.effort ?? (isDecided(output.format) ? codec(output.format).queuedEffort : undefined)
  return effort === undefined ? output : { ...output, effort }
}

/** What the pixels depend on, and nothing else: two requests with equal plans share one cached result. The source is upright (EXIF). */
export interface TransformPlan {
  readonly steps: readonly Step[]
  readonly output: Output
  /** Which frame or page of the source, from 1; the first when absent. */
  readonly page?: number | undefined
  /** In the place of the picture: what is told of it and of its source, as JSON. The output's format counts for nothing then. */
  readonly info?: readonly InfoField[] | undefined
  /** A picture of more pixels, width times height, is refused. */
  readonly mostPixels?: number | undefined
}

/** Steps of a plan that look at the whole picture first, at most: each look decodes the file and runs the steps before it once more. */
const MAX_LOOKS = 4

/** Whether a format cannot be lossless at all. */
export const isLossyAlone = (format: Output['format'] | undefined): boolean => format === 'jpeg'

export interface PlanLimits {
  readonly maxSteps: number
  /** Of the source and of every intermediate image. */
  readonly maxPixels: number
  /** Of every image after the first step, in pixels. */
  readonly maxSide: number
  /** The most memory that one run may take, in bytes; without it only the caller refuses. */
  readonly memoryBytes?: number
  /** Whether HEIC is decoded; left out: yes. */
  readonly heic?: boolean
  /** Whether the formats are written that take a renderer (AVIF, JPEG XL); left out: yes. */
  readonly onRenderers?: boolean
}

/** The only way to make a step: fills defaults and rejects what the schema does not know. `field` names what the client sent. */
export function step<N extends OperationName>(op: N, params: InputOf<N>, field?: string): Step {
  const parsed = operation(op).params.safeParse(params)
  if (!parsed.success) {
    const issue = parsed.error.issues[0]
    const path = [op, ...(issue?.path ?? [])].join('.')
    throw new AppError('invalid_parameter', { field: field ?? path, reason: issue?.message, cause: parsed.error })
  }
  return { op, params: parsed.data } as Step // parsed by that very operation's schema
}

/** What a plan has too much of. `op` is the first operation that is too many. */
export interface Excess {
  readonly what: 'steps' | 'steps that look at the whole picture first'
  readonly most: number
  readonly received: number
  readonly op: OperationName | undefined
}

/** Whether the steps are too many for every picture; `null` when they are not. Needs no picture. */
export function excessOf(steps: readonly Step[], maxSteps: number): Excess | null {
  const looks = steps.filter(({ op }) => operation(op).resolve !== undefined)
  if (steps.length > maxSteps) return { what: 'steps', most: maxSteps, received: steps.length, op: undefined }
  if (looks.length <= MAX_LOOKS) return null
  return { what: 'steps that look at the whole picture first', most: MAX_LOOKS, received: looks.length, op: looks[MAX_LOOKS]?.op }
}

/** @throws AppError `too_many_steps`. */
export function checkSteps(steps: readonly Step[], maxSteps: number): void {
  const excess = excessOf(steps, maxSteps)
  if (!excess) return
  const { what, most, received, op } = excess
  throw new AppError('too_many_steps', { field: op, reason: `Expected at most ${most} ${what}, received ${received}.` })
}

/**
 * Walks the plan without pixels and throws before any memory is spent. The first shape is the upright source's own, then one a step.
 * @throws AppError `too_many_steps`, `too_many_pixels`, `output_too_large`, or what a step's own `plan` refuses.
 */
export function project(plan: TransformPlan, source: Shape, limits: PlanLimits): readonly Shape[] {
  checkSteps(plan.steps, limits.maxSteps)
  if (source.width * source.height > limits.maxPixels) {
    throw new AppError('too_many_pixels', {
      reason: `Expected at most ${limits.maxPixels} pixels, received ${source.width}×${source.height}.`,
    })
  }
  return projectSteps(plan.steps, source, limits)
}

/** The shape that enters the first of the steps, then one a step. @throws AppError `output_too_large`, or what a step's own `plan` refuses. */
export function projectSteps(steps: readonly Step[], first: Shape, { maxSide, maxPixels }: PlanLimits): readonly Shape[] {
  const shapes: Shape[] = [first]
  for (const { op, params } of steps) {
    const shape = operation(op).plan(params, shapes.at(-1) ?? first)
    if (Math.max(shape.width, shape.height) > maxSide || shape.width * shape.height > maxPixels) {
      throw new AppError('output_too_large', {
        field: op,
        reason: `Expected sides of at most ${maxSide} and ${maxPixels} pixels in all, received ${shape.width}×${shape.height}.`,
      })
    }
    shapes.push(shape)
  }
  return shapes
}

/** Every file that the plan reads beside its source, in the order of the steps. */
export const planInputs = (plan: TransformPlan): readonly Pick<InputImage, 'path'>[] =>
  plan.steps.flatMap(({ op, params }) => {
    const { inputs, files } = operation(op)
    return [...(inputs?.(params) ?? []), ...(files?.(params) ?? []).map((path) => ({ path }))]
  })

/** Stable text of a plan: object keys sorted and encoder options that the format does not have left out, so that equal wishes are equal strings. */
export function canonical({ steps, output, page, info, mostPixels }: TransformPlan): string {
  const {
    format,
    otherwise,
    still,
    colours,
    metadata,
    target: wanted,
    maxBytes,
    onlyLossless,
    keepsCoding,
    ...options
  } = info ? DEFAULT_OUTPUT : output
  const kept = isDecided(format) ? codec(format).options.parse(options) : options
  const isStill = page === undefined && (!isDecided(format) || codec(format).animate) ? still : undefined
  const target = hasQuality(kept) ? wanted : undefined
  return JSON.stringify(
    {
      steps,
      output: {
        format,
        otherwise: format === 'source' ? otherwise : undefined,
        options: kept,
        still: isStill,
        colours,
        metadata,
        target,
        maxBytes,
        onlyLossless,
        keepsCoding,
      },
      page,
      info,
      mostPixels,
    },
    (_key, value: unknown) =>
      value !== null && typeof value === 'object' && !Array.isArray(value)
        ? Object.fromEntries(Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1)))
        : value,
  )
}

/** The tables' correlated types meet here, and only here, in one widening each. */
export const operation = (name: OperationName): Operation => table[name] as unknown as Operation
export const codec = (name: FormatName): Codec => codecs[name] as unknown as Codec
