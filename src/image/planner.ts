import { AppError } from '../errors.ts'
import { PIXELWISE_BYTES } from './engine/pixels/pixelwise.ts'
import { turnRowsBytes } from './engine/rows/turn.ts'
import type { ResolvedStep } from './ops/define.ts'
import type { Codec, Probe } from './codecs/define.ts'
import { roundSide, wholeImage, type Geometry } from './geometry.ts'
import { estimateMs } from './estimate.ts'
import { fuse } from './fuse.ts'
import { planSpare, planTranscoding } from './codecs/jpeg/plan-transcoding.ts'
import { type DroppedBy, type GainMapPlan, type KeptMap, planGainMap } from './codecs/gain-map.ts'
import { carriedBytes, isCarrying } from './codecs/carry.ts'
import { compose, uprightShape } from './orientation.ts'
import { animates, checkFrames, framesBytes } from './animation/animates.ts'
import { outputFormats } from './codecs/output/formats.ts'
import { isPixelField, THUMBNAIL_SIDE } from './info/fields.ts'
import {
  codec,
  DEFAULT_OUTPUT,
  FORMAT_NAMES,
  operation,
  project,
  projectSteps,
  step,
  type FormatName,
  type PlanLimits,
  type Step,
  type TransformPlan,
} from './plan.ts'
import { planSearch, type Search, searchBytes } from './quality/search.ts'
import type { Shape } from './raster.ts'
import { CORE_STAGES, type Stages } from './codecs/stages.ts'

/** The cheapest way that we know to run a plan on one file, and what it costs. */
export interface Execution {
  readonly plan: TransformPlan
  readonly source: FormatName
  /** The file's header. Its orientation is joined with the plan's leading turns and mirrors. */
  readonly probe: Probe
  /** What the decoder does by itself: the plan's leading cuts and its first scaling, in pixels of the turned picture. */
  readonly geometry: Geometry
  /** What is left to do on rows. */
  readonly steps: readonly Step[]
  /** The planned shape that enters each of the steps that are left, and the last one's result. */
  readonly shapes: readonly Shape[]
  readonly output: { readonly format: FormatName; readonly options: unknown }
  /** Whether the output format drops alpha that the picture may have. */
  readonly flattens: boolean
  /** Of the source. */
  readonly fileBytes: number
  /** Whether the codec goes from file to file by itself. */
  readonly isRecoded: boolean
  /** Whether the result shows the stored pixels, all of them in their size, in the format that they are stored in. */
  readonly isUnchanged: boolean
  /** Whether the result is an animation. */
  readonly isAnimated: boolean
  /** What is to be found out by encoding. */
  readonly search: Search | null
  /** Whether the file's coefficients are kept, because the plan demands it or because it costs nothing; `null`: the result is made of pixels. */
  readonly transcoding: 'demanded' | 'chosen' | null
  /** Coefficients that are kept in the place of a result of pixels that is larger than its source, and their part of `peakBytes`. */
  readonly spare: { readonly geometry: Geometry; readonly bytes: number } | null
  /** What becomes of the gain map of the source. */
  readonly gainMap: GainMapPlan
  /** Upper bound of the memory that a finished result takes while it gets what it takes along. */
  readonly finishBytes: number
  /** Upper bound of the memory that the run holds at any moment, the file included. */
  readonly peakBytes: number
  /** About how long it computes, by src/image/costs.ts. */
  readonly estimatedMs: number
  /** The better format that takes longer than the plan allows: it may be made later. */
  readonly later?: 'avif'
  readonly limits: PlanLimits
  /** Who decodes, scales and encodes. */
  readonly stages: Stages
}

/** What an SVG has before its first element. */
const SNIFFED_BYTES = 4096

/** The format of a file by its content. @throws AppError `unsupported_format`. */
export function sniffFormat(file: Uint8Array): FormatName {
  const head = file.subarray(0, SNIFFED_BYTES)
  const found = FORMAT_NAMES.find((name) => codec(name).can.decode && codec(name).sniff(head))
  if (found === undefined)
    throw new AppError('unsupported_format', { reason: `Expected one of ${FORMAT_NAMES.join(', ')}; the content is none of them.` })
  return found
}

/** Whether the installation decodes a format. @throws AppError `unsupported_format`. */
export function checkDecoded(format: FormatName, { heic = true }: Pick<PlanLimits, 'heic'>): void {
  if (format === 'heic' && !heic)
    throw new AppError('unsupported_format', { reason: 'HEIC is not decoded here: the setting limits.heic is false.' })
}

/**
 * Reads the header and decides. Decodes nothing. `dropsMapBy`: why a gain map is left out in any case.
 * @throws AppError of `probe`, of `project`, `unsupported_format`.
 */
export function planExecution(
  plan: TransformPlan,
  file: Uint8Array,
  limits: PlanLimits,
  stages = CORE_STAGES,
  dropsMapBy?: DroppedBy,
): Execution {
  const source = sniffFormat(file)
  const decoder = stages.codec(source)
  const stored = decoder.probe(file, plan.page)
  const upright = uprightShape(stored, stored.orientation)
  checkPage(plan, stored)
  if (!needsPixels(plan)) return headerExecution(plan, source, stored, file, limits, stages)
  checkDecoded(source, limits)
  const drawn = drawnPlan(plan)
  const ordered = { ...drawn, steps: turnsFirst(drawn.steps) }
  const shapes = project(ordered, upright, plan.info ? { ...limits, maxSteps: limits.maxSteps + 1 } : limits)
  const [{ format, lossless }, ...others] = outputFormats(drawn, source, stored, limits)
  const work = { steps: ordered.steps, file, codec: decoder, probe: stored, isSameFormat: format === source, engine: stages.name }
  const gainMap = dropsMapBy === undefined ? planGainMap(work) : { droppedBy: dropsMapBy }
  const kept = gainMap && 'kept' in gainMap ? gainMap.kept : null
  const encoder = stages.codec(format)
  const { geometry, turn, fused } = fuse(ordered.steps, {
    ...wholeImage(upright),
    ...(plan.page !== undefined && { page: plan.page }),
    ...((kept || (encoder.embed && !encoder.embedsNoProfile && keepsColours(drawn))) && { keepsColours: true as const }),
  })
  const probe = { ...stored, orientation: compose(stored.orientation, turn) }
  const { quality, effort, palette } = drawn.output
  const options = encoder.options.parse({ quality, effort, lossless, palette }) as never // for that encoder alone
  const steps = ordered.steps.slice(fused)
  const flattens = !encoder.can.alpha
  const coding = {
    output: drawn.output,
    fused: ordered.steps.slice(0, fused),
    shapes,
    left: steps,
    geometry,
    source,
    format,
    encoder,
    file,
    probe,
    options,
    kept,
  }
  const transcoding = plan.info ? null : planTranscoding(coding)
  const spared = plan.info || transcoding ? null : planSpare(coding)
  const last = shapes.at(-1) ?? upright
  checkPixels(plan, last)
  const search = plan.info ? null : planSearch(drawn.output, options)
  const isAnimated = animates(drawn, stored, decoder, encoder)
  if (isAnimated) checkFrames(stored.frames, [upright, last], limits)
  const recoding =
    steps.length === 0 && !isAnimated && !search && format === source
      ? (encoder.recodeBytes?.(probe, [{ geometry, options }]) ?? null)
      : null
  // Later frames may be transparent where the first is not.
  const startsOpaque = !probe.hasAlpha && !isAnimated
  const stepBytes = stepsBytes(steps, shapes.slice(fused), startsOpaque, stages)
  const decoding = decoder.rowsBytes(probe, geometry, file.length)
  const reading = isAnimated ? Math.max(decoding, framesBytes(decoder, probe, geometry, file.length)) : decoding
  const rowsBytes = reading + stepBytes + resolvingBytes(steps)
  const isOpaque = steps.reduce(staysOpaque, startsOpaque)
  const mapBytes = kept ? keptMapBytes(decoder, kept, drawn.output.quality, (transcoding ?? spared) !== null) : 0
  const resultBytesOf = (shape: Shape): number => encoder.resultBytes?.(shape, options) ?? 4 * shape.width * shape.height + 65_536
  const finishBytesOf = (shape: Shape, takesProfile = false): number => {
    if (!kept && !isCarrying(drawn.output) && !takesProfile) return 0
    return carriedBytes(resultBytesOf(shape)) + mapBytes
  }
  const encodeBytesOf = (shape: Shape): number =>
    (isAnimated && encoder.animate?.bytes({ ...shape, frames: stored.frames, plays: 0 }, options, isOpaque)) ||
    encoder.encodeBytes(shape, options, isOpaque)
  const searchBytesOf = (shape: Shape): number => searchBytes(search, encoder, options, shape, resultBytesOf(shape), isOpaque)
  const transcodeBytes = transcoding ? (encoder.transcode?.bytes(probe, geometry, options) ?? 0) : 0
  const pixelBytes = (shape: Shape): number =>
    transcoding === 'demanded' ? 0 : (recoding ?? rowsBytes + encodeBytesOf(shape) + searchBytesOf(shape))
  const bytesOf = (shape: Shape): number => file.length + finishBytesOf(shape) + Math.max(transcodeBytes, pixelBytes(shape))
  const madeBytes = bytesOf(last)
  if (limits.memoryBytes !== undefined && madeBytes > limits.memoryBytes) {
    if (kept) return planExecution(plan, file, limits, stages, 'memory')
    const [next] = others
    if (next) return planExecution({ ...plan, output: { ...plan.output, ...next } }, file, limits, stages, dropsMapBy)
    throw tooLarge(format, last, bytesOf, limits.memoryBytes)
  }
  const sparedBytes = spared
    ? resultBytesOf(last) +
      (encoder.transcode?.bytes(probe, spared, options) ?? 0) +
      finishBytesOf(last, spared.keepsColours === true) +
      file.length -
      madeBytes
    : 0
  const hasRoom = madeBytes + sparedBytes <= (limits.memoryBytes ?? Infinity)
  const spare = spared && hasRoom ? { geometry: spared, bytes: Math.max(0, sparedBytes) } : null
  const execution = {
    plan,
    source,
    probe,
    geometry,
    steps,
    shapes: shapes.slice(fused),
    output: { format, options },
    flattens,
    isRecoded: recoding !== null,
    isUnchanged: steps.length === 0 && format === source && isStored(geometry, probe) && (stored.frames === 1 || isAnimated),
    isAnimated,
    search,
    transcoding,
    spare,
    gainMap,
    finishBytes: finishBytesOf(last),
    fileBytes: file.length,
    peakBytes: madeBytes + (spare?.bytes ?? 0),
    limits,
    stages,
  }
  const estimatedMs = estimateMs(execution)
  const [quicker] = others
  if (format !== 'avif' || !quicker || estimatedMs <= (plan.output.withinMs ?? Infinity)) return { ...execution, estimatedMs }
  const now = planExecution({ ...plan, output: { ...plan.output, ...quicker } }, file, limits, stages, dropsMapBy)
  return { ...now, later: format }
}

/** What a gain map takes beside its picture; without loss where the picture goes so, and as pixels when that fails. */
function keptMapBytes({ gainMap }: Codec, { map, orientation, geometry }: KeptMap, quality: number, isTranscoded: boolean): number {
  const transcoded = isTranscoded ? (gainMap?.transcode.bytes(map, orientation, geometry) ?? 0) : 0
  return Math.max(transcoded, gainMap?.recodeBytes(map, orientation, geometry, quality) ?? 0)
}

/** Whether a plan takes pixels, and not the file's header alone. */
export const needsPixels = ({ info, steps }: TransformPlan): boolean =>
  info === undefined || info.some(isPixelField) || (info.includes('result') && firstLook(steps) >= 0)

const THUMBNAIL = step('resize', { width: THUMBNAIL_SIDE, height: THUMBNAIL_SIDE, enlarge: false })

/** What a plan draws: to tell of its picture, that picture made small. */
const drawnPlan = (plan: TransformPlan): TransformPlan =>
  plan.info ? { ...plan, steps: [...plan.steps, THUMBNAIL], output: { ...DEFAULT_OUTPUT, format: 'png' } } : plan

/** Profiles and texts that are read out of a header. */
const HEADER_BYTES = 4_000_000

function headerExecution(
  plan: TransformPlan,
  source: FormatName,
  probe: Probe,
  file: Uint8Array,
  limits: PlanLimits,
  stages: Stages,
): Execution {
  const geometry = wholeImage(uprightShape(probe, probe.orientation))
  return {
    plan,
    source,
    probe,
    geometry,
    steps: [],
    shapes: [geometry],
    output: { format: 'png', options: {} },
    flattens: false,
    isRecoded: false,
    isUnchanged: false,
    isAnimated: false,
    search: null,
    transcoding: null,
    spare: null,
    gainMap: null,
    finishBytes: 0,
    fileBytes: file.length,
    peakBytes: file.length + HEADER_BYTES,
    estimatedMs: 1,
    limits,
    stages,
  }
}

/** The size of a plan's picture, whose steps that look at it are resolved. @throws AppError `output_too_large`, or what a step's own `plan` refuses. */
export const resultShape = ({ steps }: TransformPlan, upright: Shape, limits: PlanLimits): Shape =>
  projectSteps(turnsFirst(steps), upright, limits).at(-1) ?? upright

/** Whether a geometry shows all pixels as they are stored. */
const isStored = ({ window: { x, y, width, height }, ...shown }: Geometry, { orientation, ...stored }: Probe): boolean =>
  orientation === 1 &&
  x === 0 &&
  y === 0 &&
  [width, shown.width].every((side) => side === stored.width) &&
  [height, shown.height].every((side) => side === stored.height)

/** A picture that is drawn has colours of its own: with it the result is in sRGB. */
const keepsColours = ({ steps, output }: TransformPlan): boolean =>
  output.colours === 'keep' && steps.every(({ op, params }) => (operation(op).inputs?.(params) ?? []).length === 0)

/** The number of the first step that looks at the whole picture; -1 without one. */
export const firstLook = (steps: readonly Step[]): number => steps.findIndex(({ op }) => operation(op).resolve !== undefined)

/**
 * What a plan that looks at its picture first may take beyond what it was planned with: other buffers; and when steps follow, a picture that lost its
 * edges has another aspect ratio, and a width alone then makes it higher than planned.
 */
function resolvingBytes(steps: readonly Step[]): number {
  const at = firstLook(steps)
  return at < 0 ? 0 : at === steps.length - 1 ? 1_000_000 : 32_000_000
}

/** The refusal of what takes too much memory: by the size that fits when it is the encoder that wants the whole picture. */
function tooLarge(format: FormatName, { width, height }: Shape, bytesOf: (shape: Shape) => number, memoryBytes: number): AppError {
  const { holdsPicture } = codec(format)
  let fitting = holdsPicture ? width : 0
  while (fitting > 0 && bytesOf({ width: fitting, height: roundSide((height * fitting) / width) }) > memoryBytes)
    fitting -= Math.ceil(fitting / 100)
  const needed = bytesOf({ width, height })
  const reason =
    fitting > 0
      ? `Expected at most ${fitting} pixels of width for this shape, received ${width}×${height}: the encoder of ${format} needs too much memory.`
      : `Expected work of at most ${memoryBytes} bytes of memory, received an image that needs ${Math.ceil(needed)}.`
  return new AppError('too_many_pixels', { reason })
}

/** Turns and mirrors before the steps that they may pass: there the decoder does them. */
export function turnsFirst(steps: readonly Step[]): readonly Step[] {
  const ordered: Step[] = []
  for (const step of steps) {
    const isTurn = (operation(step.op).symmetry?.(step.params) ?? null) !== null
    let at = ordered.length
    while (isTurn && at > 0 && operation((ordered[at - 1] as Step).op).isPointwise) at-- // at is inside
    ordered.splice(at, 0, step)
  }
  return ordered
}

/** Whether no pixel can be transparent behind a step. */
const staysOpaque = (isOpaque: boolean, { op, params }: Step): boolean => isOpaque && operation(op).addsTransparency?.(params) !== true

/** Bytes that the stages of the steps hold, all at once. `shapes`: before each step, and after the last. `isOpaque`: the picture before the first. */
export function stepsBytes(steps: readonly Step[], shapes: readonly Shape[], isOpaque: boolean, stages = CORE_STAGES): number {
  let [sum, opaque] = [0, isOpaque]
  for (const [i, step] of steps.entries()) {
    sum += stageBytes(step, shapes[i] as Shape, shapes[i + 1] as Shape, opaque, stages) // one more than steps
    opaque = staysOpaque(opaque, step)
  }
  return sum
}

function stageBytes({ op, params }: Step, from: Shape, to: Shape, isOpaque: boolean, stages: Stages): number {
  const { symmetry, geometry, workingBytes } = operation(op)
  const turn = symmetry?.(params) ?? null
  if (turn) return turnRowsBytes(from, turn, isOpaque)
  if (geometry) return stages.resampleBytes(from, geometry(params, from), isOpaque)
  return workingBytes?.(params, from, to, isOpaque) ?? PIXELWISE_BYTES
}

/**
 * The execution of a plan whose first step that looks at its picture turned out to be `found`, or nothing.
 * @throws AppError `output_too_large` when the steps behind it would make the picture larger than the limits, or take more memory than the plan has.
 */
export function resolveStep(
  { plan, limits, peakBytes, stages, gainMap, later }: Execution,
  file: Uint8Array,
  found: ResolvedStep | null,
): Execution {
  const at = firstLook(plan.steps)
  const steps = [...plan.steps.slice(0, at), ...(found ? [found] : []), ...plan.steps.slice(at + 1)]
  const planned = (dropsMapBy?: DroppedBy): Execution =>
    withinBytes(planExecution({ ...plan, steps }, file, limits, stages, dropsMapBy), peakBytes)
  const first = planned(gainMap && 'droppedBy' in gainMap ? gainMap.droppedBy : undefined)
  const next = first.gainMap && 'kept' in first.gainMap && first.peakBytes > peakBytes ? planned('memory') : first
  if (next.peakBytes <= peakBytes) return { ...next, peakBytes, ...(later && { later }) }
  const reason = `Expected steps that take at most ${peakBytes} bytes, received ${next.peakBytes}: what is left of the picture is scaled too far.`
  throw new AppError('output_too_large', { field: next.steps[0]?.op, reason })
}

/** Without coefficients to spare, where these take too much. */
const withinBytes = (planned: Execution, bytes: number): Execution =>
  planned.spare && planned.peakBytes > bytes ? { ...planned, spare: null, peakBytes: planned.peakBytes - planned.spare.bytes } : planned

function checkPixels({ info, mostPixels }: TransformPlan, { width, height }: Shape): void {
  if (info || mostPixels === undefined || width * height <= mostPixels) return
  const reason = `Expected at most ${mostPixels} pixels in all by this URL, received ${width}×${height}.`
  throw new AppError('output_too_large', { reason })
}

function checkPage({ page }: TransformPlan, { frames }: Probe): void {
  if (page === undefined || page <= frames) return
  throw new AppError('invalid_parameter', { field: 'page', reason: `Expected a page up to ${frames}, received ${page}.` })
}
