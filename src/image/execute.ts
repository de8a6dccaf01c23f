import { AppError } from '../errors.ts'
import { NO_INPUTS, type ImageContext, type RowsContext, type StepInputs } from './context.ts'
import { collect } from './collect.ts'
import { animate } from './animation/animate.ts'
import { carriedOf, carry } from './codecs/carry.ts'
import { sourceItself } from './codecs/source-itself.ts'
import type { Probe } from './codecs/define.ts'
import { notLossless } from './codecs/jpeg/plan-transcoding.ts'
import { createPace } from './engine/pace.ts'
import { giveBack } from './engine/parts.ts'
import type { Drain, Picture, PixelRows } from './engine/rows/pixel-rows.ts'
import { flatten } from './engine/pixels/pixelwise.ts'
import { stepNs } from './estimate.ts'
import { gainMapNote, type KeptMap } from './codecs/gain-map.ts'
import type { Geometry } from './geometry.ts'
import { codec, operation, type FormatName, type Output, type Step } from './plan.ts'
import { INFO_MIME, inform } from './info/inform.ts'
import { firstLook, needsPixels, resolveStep, type Execution } from './planner.ts'
import { choose, type Found, qualityNote, SOURCE_NOTE } from './quality/choose.ts'
import type { OptionsWith } from './quality/trials.ts'
import type { Raster } from './raster.ts'
import { metered, meteredSource, openStep } from './rows.ts'
import { CORE_STAGES, type EngineName } from './codecs/stages.ts'

/** Runs one piece of the work under the name of its phase: the caller may keep time, or let others compute between two pieces. */
export type Measure = <T>(phase: string, work: () => Promise<T> | T) => Promise<T>

export interface Encoded {
  readonly body: Uint8Array
  readonly mime: string
  readonly engine: EngineName
  /** What was wrong with the files although a picture came out. */
  readonly warnings: readonly string[]
  /** What became of the source's gain map, as a response tells it; absent when it has none. */
  readonly gainMap?: string | undefined
  /** Which quality was found for it, as a response tells it; or that it is the source's own; absent when the wish named one. */
  readonly quality?: string | undefined
  /** The better format that was not made, since it takes longer than the plan allows. */
  readonly later?: 'avif' | undefined
  /** The picture has the coefficients of its source. */
  readonly isLossless?: boolean | undefined
}

/** Opens the rows of the decoded picture. */
type OpenSource = (context: RowsContext, execution: Execution) => Promise<PixelRows>

/**
 * Runs a planned execution on its file. `inputs` are what the steps that are left draw, one entry a step. `decoded` stands in for the format's own
 * decoder where several plans share one decoding; it is not written to.
 * @throws AppError `invalid_image` when the pixels are damaged; `output_too_large` when a step has left less of the picture than planned and the
 * next ones would scale that beyond the limits or the plan's memory.
 */
export async function execute(
  execution: Execution,
  file: Uint8Array,
  inputs: readonly StepInputs[],
  image: ImageContext,
  measure: Measure,
  decoded?: OpenSource,
): Promise<Encoded> {
  const context = await openRowsContext(image)
  if (!needsPixels(execution.plan)) return informed(execution, file, execution.probe, null, context)
  const inputsOf = new Map(execution.steps.map((step, i) => [step, inputs[i] ?? NO_INPUTS]))
  const open: OpenSource =
    decoded ?? ((rows, { source, probe, geometry, stages }) => stages.codec(source).rows(file, probe, geometry, rows))
  const pictureOf = (of: Execution, steps: number): Picture => openedPicture(context, of, of.steps.slice(0, steps), open, inputsOf)
  let current = execution
  for (let at = firstLook(current.steps); at >= 0; at = firstLook(current.steps)) {
    const looked = current
    const { op, params } = looked.steps[at] as Step // found there
    const found = await measure('look', () =>
      pictureOf(looked, at).read(async (rows) => {
        const { plan, resolve } = operation(op)
        return (await resolve?.(params, rows, plan(params, rows), { ...context, ...NO_INPUTS })) ?? null
      }),
    )
    current = resolveStep(looked, file, found)
  }
  const { probe, geometry, steps, output, stages, spare } = current
  if (current.plan.info) {
    const thumbnail = await measure('render', () => pictureOf(current, steps.length).read((rows) => collect(context, rows)))
    // The execution's own probe has the plan's turns.
    return informed(current, file, codec(current.source).probe(file, current.plan.page), thumbnail, context)
  }
  const encoder = stages.codec(output.format)
  const options = output.options as never // parsed by that very encoder's schema, in the planner
  const done = (body: Uint8Array, found?: Found): Promise<Encoded> => finished(current, file, body, context, measure, found)
  const picture = pictureOf(current, steps.length)
  const encode = (one: never): Promise<Uint8Array> => {
    if (!current.isAnimated) return encoder.encode(picture, one, context)
    const through = (rows: PixelRows): Promise<PixelRows> => openSteps(context, current, steps, rows, inputsOf)
    const shape = current.shapes.at(-1) ?? geometry
    return animate({ decoder: stages.codec(current.source), encoder, probe, geometry, shape, options: one, steps: through }, file, context)
  }
  const transcode = (kept: Geometry): Promise<Uint8Array | string> =>
    measure('transcode', async () => encoder.transcode?.run(file, probe, kept, options, context) ?? '')
  if (current.transcoding && !decoded) {
    const body = await transcode(geometry)
    if (typeof body !== 'string')
      return withinBytes(await finished(current, file, body, context, measure, undefined, true), current.plan.output)
    if (current.transcoding === 'demanded') throw notLossless(body)
  }
  const orSpare = async (encoded: Encoded): Promise<Encoded> => {
    if (!spare || context.warnings.size > 0 || encoded.body.length <= file.length) return encoded
    const body = await transcode(spare.geometry)
    if (typeof body === 'string') return encoded
    const turned = await finished({ ...current, geometry: spare.geometry }, file, body, context, measure, undefined, true)
    const [sent, other] = turned.body.length < encoded.body.length ? [{ ...turned, quality: SOURCE_NOTE }, encoded] : [encoded, turned]
    giveBack(other.body)
    return sent
  }
  if (current.search) {
    const optionsWith: OptionsWith = (change) => encoder.options.parse({ ...(output.options as object), ...change }) as never // that encoder's own
    const animation = current.isAnimated ? { frames: probe.frames, encode } : null
    return orSpare(await choose({ search: current.search, encoder, optionsWith, picture, animation, context, measure, finish: done }))
  }
  if (current.isRecoded && !decoded) {
    const [body] = (await measure('recode', () => encoder.recode?.(file, probe, [{ geometry, options }], context) ?? null)) ?? []
    if (body) return orSpare(await done(body))
  }
  return orSpare(await done(await measure('render', () => encode(options))))
}

/** There is one result without loss: it has the bytes that it has. @throws AppError `max_bytes_not_reached`. */
function withinBytes(encoded: Encoded, { maxBytes = Infinity }: Output): Encoded {
  if (encoded.body.length <= maxBytes) return encoded
  const reason = `Expected at most ${maxBytes} bytes, received ${encoded.body.length} without loss.`
  throw new AppError('max_bytes_not_reached', { reason })
}

/** What is told in the place of a picture. */
async function informed(
  { plan, source: format, limits, stages }: Execution,
  file: Uint8Array,
  probe: Probe,
  thumbnail: Raster | null,
  context: RowsContext,
): Promise<Encoded> {
  const body = await inform(plan, { file, bytes: file.length, format, probe }, thumbnail, limits, context)
  return { body, mime: INFO_MIME, engine: stages.name, warnings: [...context.warnings] }
}

/**
 * A result with what it takes along from its source. `found`: the quality of its picture, where that was looked for. `isLossless`: it has the coefficients of
 * the source, and so has its gain map.
 */
export async function finished(
  { plan, source, probe, geometry, output, stages, gainMap, isUnchanged, later }: Execution,
  file: Uint8Array,
  body: Uint8Array,
  context: RowsContext,
  measure: Measure,
  found?: Found,
  isLossless = false,
): Promise<Encoded> {
  const quality = found?.quality ?? plan.output.quality
  const [encoder, decoder] = [stages.codec(output.format), stages.codec(source)]
  const kept = gainMap && 'kept' in gainMap ? gainMap.kept : null
  const recode = async ({ map, orientation, geometry: shown }: KeptMap): Promise<Uint8Array | null> =>
    (await (isLossless
      ? decoder.gainMap?.transcode.run(map, orientation, shown, context)
      : decoder.gainMap?.recode(map, orientation, shown, quality, context))) ?? null
  const map = kept && (await measure('map', () => recode(kept)))
  const from = {
    codec: decoder,
    file,
    probe,
    keepsColours: geometry.keepsColours === true,
    gainMap: kept && map ? { ...kept.map, file: map } : null,
  }
  const carried = carriedOf(encoder, from, plan.output, context)
  const whole = carry(body, encoder, carried)
  const remade = { codec: decoder, file, probe, result: whole, carried, gainMap: from.gainMap && kept ? kept.map : null }
  const itself = isUnchanged && context.warnings.size === 0 ? sourceItself(remade, context) : null
  const became = kept && !map ? { droppedBy: 'damage' as const } : gainMap
  return {
    body: itself ?? whole,
    mime: encoder.mime,
    engine: stages.name,
    warnings: [...context.warnings],
    ...(isLossless && { isLossless }),
    ...(became && { gainMap: gainMapNote(became) }),
    ...(itself ? { quality: SOURCE_NOTE } : found && { quality: qualityNote(found) }),
    ...(later && { later }),
  }
}

/** What all rows of one job share. */
export async function openRowsContext({ wasm, font, warnings, core, pause }: ImageContext): Promise<RowsContext> {
  const pace = createPace(pause)
  const drain: Drain = async (rows, see, nsPerPixel = 0) => {
    for (const band of rows.bands) {
      if (see(band) === false) return
      pace.count(band.rows * rows.width * nsPerPixel)
      await pace.breathe()
    }
  }
  return { wasm, font, warnings, core: await core(), pace, drain }
}

/** The picture of an execution behind some of its steps, opaque when the output needs that and it is the last. */
function openedPicture(
  context: RowsContext,
  execution: Execution,
  steps: readonly Step[],
  open: OpenSource,
  inputsOf: ReadonlyMap<Step, StepInputs>,
): Picture {
  const { core, pace } = context
  const openAll = async (): Promise<PixelRows> => {
    const rows = await openSteps(context, execution, steps, meteredSource(await open(context, execution), pace, execution), inputsOf)
    return execution.flattens && steps.length === execution.steps.length ? flatten(core, rows, [255, 255, 255]) : rows
  }
  return {
    ...(execution.shapes[steps.length] ?? execution.geometry),
    async read(work) {
      const mark = core.mark()
      try {
        return await work(await openAll())
      } finally {
        core.release(mark)
      }
    },
  }
}

/** The rows behind some steps of an execution. */
async function openSteps(
  context: RowsContext,
  { stages }: Execution,
  steps: readonly Step[],
  source: PixelRows,
  inputsOf: ReadonlyMap<Step, StepInputs>,
): Promise<PixelRows> {
  let rows = source
  for (const step of steps) {
    const opened = await openStep(step, rows, { ...context, ...(inputsOf.get(step) ?? NO_INPUTS) }, stages)
    rows = metered(opened, context.pace, stepNs(step))
  }
  return rows
}

/** Decodes a picture into a raster. */
export async function decodeRaster(
  image: ImageContext,
  file: Uint8Array,
  format: FormatName,
  probe: Probe,
  geometry: Geometry,
  stages = CORE_STAGES,
): Promise<Raster> {
  const context = await openRowsContext(image)
  const decoding = { source: format, fileBytes: file.length, probe, geometry }
  const mark = context.core.mark()
  try {
    const rows = await stages.codec(format).rows(file, probe, geometry, context)
    return await collect(context, meteredSource(rows, context.pace, decoding))
  } finally {
    context.core.release(mark)
  }
}
