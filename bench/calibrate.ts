import { readFileSync, writeFileSync } from 'node:fs'
import { cpus } from 'node:os'
import { resolve } from 'node:path'
import { format, resolveConfig } from 'prettier'
import sharp from 'sharp'
import type { RowsContext, StepInputs } from '../src/image/context.ts'
import { collect } from '../src/image/collect.ts'
import { rasterRows } from '../src/image/engine/rows/pixel-rows.ts'
import { COSTS, type Costs } from '../src/image/costs.ts'
import { MEASURED_EFFORTS } from '../src/image/estimate.ts'
import { execute, openRowsContext } from '../src/image/execute.ts'
import {
  codec,
  FORMAT_NAMES,
  type FormatName,
  operation,
  OPERATION_NAMES,
  step,
  type TransformPlan,
  WRITTEN_NAMES,
  type WrittenName,
} from '../src/image/plan.ts'
import { type Execution, planExecution } from '../src/image/planner.ts'
import type { Raster } from '../src/image/raster.ts'
import { openStep } from '../src/image/rows.ts'
import { sampleIn } from '../test/image/codecs/samples.ts'
import { bytesOf, drawing, manyShapes } from '../test/image/codecs/svg/documents.ts'
import { heifEnc } from '../test/support/heif/debian.ts'
import { openImageContext } from '../test/support/image-context.ts'
import { encodeJxl } from '../test/support/jxl/encode.ts'
import { fit, type Measurement } from './fit.ts'
import { LAYER, stepOf, WISHES } from './table/wishes.ts'

/** Of the photograph that is decoded. */
const SAMPLE_WIDTH = 1600
const SAMPLE = resolve(import.meta.dirname, '../samples/lake.jpg')
const TARGET = resolve(import.meta.dirname, '../src/image/costs.ts')
const LIMITS = { maxSteps: 8, maxPixels: 1e8, maxSide: 12_000 }
const QUALITY = 80
/** Qualities and widths whose files and pixels differ enough to tell what each takes. */
const QUALITIES = [40, 95]
const DECODED_WIDTHS = [null, 700, 190] as const

const ENCODED_WIDTH = 1200
/** What is not counted: WASM is compiled better after some time. */
const WARM_UPS = 2

/** Processor time in nanoseconds, the least of the rounds: what else the machine does counts little. */
async function nsOf(rounds: number, work: () => Promise<unknown>): Promise<number> {
  let least = Infinity
  for (let round = -WARM_UPS; round < rounds; round++) {
    const before = process.cpuUsage()
    await work()
    const { user, system } = process.cpuUsage(before)
    if (round >= 0) least = Math.min(least, (user + system) * 1000)
  }
  return least
}

/** Runs `work` on a fresh instance of the engine. */
async function inContext<T>(work: (context: RowsContext) => Promise<T>): Promise<T> {
  const { context, release } = openImageContext()
  const rows = await openRowsContext(context)
  try {
    return await work(rows)
  } finally {
    await release(false)
  }
}

const plan = (width: number | null, output: TransformPlan['output']): TransformPlan => ({
  steps: width === null ? [] : [step('resize', { width })],
  output,
})

const decodeAll = ({ source, probe, geometry }: Execution, file: Uint8Array): Promise<Raster> =>
  inContext(async (context) => collect(context, await codec(source).rows(file, probe, geometry, context)))

/** A JPEG XL of the photograph, at the lower quality without grain. */
async function jxlOf(quality: number, options: Parameters<typeof encodeJxl>[1]): Promise<Uint8Array> {
  const picture = sharp(SAMPLE).resize(SAMPLE_WIDTH).ensureAlpha()
  const { data, info } = await (quality < 50 ? picture.blur(3) : picture).raw().toBuffer({ resolveWithObject: true })
  return encodeJxl({ width: info.width, height: info.height, data: new Uint8ClampedArray(data) }, { ...options, effort: 1 })
}

/** Pictures that are nearer to what people have than those of the tests: HEIC by Debian's heif-enc (libheif-examples), a drawing of few and one of many shapes. */
const SAMPLES: Partial<Record<FormatName, (quality: number) => Promise<Uint8Array>>> = {
  async heic(quality) {
    const png = await sharp(SAMPLE).resize(SAMPLE_WIDTH).png().toBuffer()
    return heifEnc([png], ['-q', String(quality)])
  },
  jxl: (quality) => jxlOf(quality, { quality }),
  svg: (quality) => Promise.resolve(bytesOf(quality < 50 ? drawing(SAMPLE_WIDTH) : manyShapes(SAMPLE_WIDTH))),
}

/** Lossless files of formats that have lossy ones too. The lower quality stands for a picture without grain, which takes fewer bytes. */
const LOSSLESS_SAMPLES: Partial<Record<WrittenName, (quality: number) => Promise<Uint8Array>>> = {
  jxl: (quality) => jxlOf(quality, { lossless: true }),
  async webp(quality) {
    const picture = sharp(SAMPLE).resize(SAMPLE_WIDTH)
    return new Uint8Array(await (quality < 50 ? picture.blur(3) : picture).webp({ lossless: true }).toBuffer())
  },
}

type MakeSample = (quality: number) => Promise<Uint8Array>

const sampleOf =
  (name: FormatName): MakeSample =>
  (quality) =>
    SAMPLES[name]?.(quality) ?? sampleIn(name, SAMPLE_WIDTH, quality)

async function decodeCosts(
  name: FormatName,
  rounds: number,
  makeSample = sampleOf(name),
): Promise<{ byte: number; stored: number; shown: number }> {
  const measurements: Measurement[] = []
  for (const quality of QUALITIES) {
    const file = await makeSample(quality)
    for (const width of DECODED_WIDTHS) {
      const execution = planExecution(plan(width, { format: 'png', quality: QUALITY }), file, LIMITS)
      const { probe, geometry } = execution
      const shown = geometry.width * geometry.height
      // A drawing stores no pixels: its own size is only a wish.
      const amounts = name === 'svg' ? [file.length, shown] : [file.length, shown, probe.width * probe.height]
      measurements.push({ amounts, total: await nsOf(rounds, () => decodeAll(execution, file)) })
    }
  }
  const [byte = 0, shown = 0, stored = 0] = fit(measurements)
  return { byte, stored, shown }
}

/** Of an output pixel, beside the decoding. */
async function recodeCost(file: Uint8Array, decode: { byte: number; stored: number; shown: number }, rounds: number): Promise<number> {
  const execution = planExecution(plan(null, { format: 'jpeg', quality: QUALITY }), file, LIMITS)
  const pixels = execution.geometry.width * execution.geometry.height
  const all = await nsOf(rounds, async () => {
    const { context, release } = openImageContext()
    await execute(execution, file, [], context, (_phase, work) => Promise.resolve(work()))
    await release(false)
  })
  return Math.max(0, all / pixels - decode.stored - decode.shown - (decode.byte * file.length) / pixels)
}

async function stepCost(
  raster: Raster,
  name: (typeof OPERATION_NAMES)[number],
  passing: number,
  layer: Raster,
  rounds: number,
): Promise<number> {
  const [wish] = WISHES[name]
  if (!wish) throw new Error(`No wish stands for ${name}.`)
  const { op, params } = stepOf(name, wish, raster)
  const { plan: shapeOf, resolve: lookAt } = operation(op)
  const output = shapeOf(params, raster)
  const inputs: StepInputs = { inputs: name === 'composite' ? [layer] : [], files: [] }
  const ns = await nsOf(rounds, () =>
    inContext(async (context) => {
      const rows = rasterRows(context.core, raster)
      if (lookAt) return lookAt(params, rows, output, { ...context, ...inputs })
      return context.drain(await openStep({ op, params } as never, rows, { ...context, ...inputs }), () => undefined)
    }),
  )
  return Math.max(0, ns - passing) / Math.max(raster.width * raster.height, output.width * output.height)
}

async function encodeCosts(
  raster: Raster,
  name: FormatName,
  passing: number,
  rounds: number,
  lossless?: true,
): Promise<{ usual: number; byEffort: number[] }> {
  const cost = async (effort?: number): Promise<number> => {
    const { options, encode } = codec(name)
    const wish = options.parse({ quality: QUALITY, effort, ...(lossless && { lossless }) }) as never // for that encoder alone
    const ns = await nsOf(rounds, () =>
      inContext((context) =>
        encode(
          {
            width: raster.width,
            height: raster.height,
            read: (work) => {
              const mark = context.core.mark()
              return work(rasterRows(context.core, raster)).finally(() => context.core.release(mark))
            },
          },
          wish,
          context,
        ),
      ),
    )
    return Math.max(0, ns - passing) / (raster.width * raster.height)
  }
  const byEffort: number[] = []
  for (const effort of MEASURED_EFFORTS) byEffort.push(await cost(effort))
  return { usual: await cost(), byEffort }
}

/** Measures what everything takes a pixel, or what is called so, and writes src/image/costs.ts. */
export async function calibrate(rounds: number, only: string, say: (line: string) => void): Promise<void> {
  const file = new Uint8Array(readFileSync(SAMPLE))
  const whole = planExecution(plan(null, { format: 'png', quality: QUALITY }), file, LIMITS)
  const raster = await decodeAll(whole, file)
  // As large as MozJPEG may have it.
  const small = await decodeAll(planExecution(plan(ENCODED_WIDTH, { format: 'png', quality: QUALITY }), file, LIMITS), file)
  const layer = await decodeAll(planExecution(plan(400, { format: 'png', quality: QUALITY }), LAYER, LIMITS), LAYER)
  const passing = await nsOf(rounds, () => inContext((context) => context.drain(rasterRows(context.core, raster), () => undefined)))
  const passingSmall = passing * ((small.width * small.height) / (raster.width * raster.height))

  /** Reading and writing of a format, where it has them, added to what is known. */
  const withFormat = async (costs: Costs, name: FormatName): Promise<Costs> => {
    say(name)
    const decode = { ...costs.decode, [name]: await decodeCosts(name, rounds) }
    const written = WRITTEN_NAMES.find((one) => one === name)
    if (!written) return { ...costs, decode }
    const encode = { ...costs.encode, [written]: await encodeCosts(small, written, passingSmall, rounds) }
    const makeLossless = LOSSLESS_SAMPLES[written]
    if (!makeLossless) return { ...costs, decode, encode }
    const ofLossless = {
      decode: await decodeCosts(name, rounds, makeLossless),
      encode: await encodeCosts(small, written, passingSmall, rounds, true),
    }
    return { ...costs, decode, encode, lossless: { ...costs.lossless, [written]: ofLossless } }
  }

  if (only !== '') {
    const name = FORMAT_NAMES.find((one) => one === only)
    if (!name) throw new Error(`--calibrate --only takes one of ${FORMAT_NAMES.join(', ')}, not ${only}.`)
    return write(await withFormat(COSTS, name))
  }
  let costs = COSTS
  for (const name of FORMAT_NAMES) costs = await withFormat(costs, name)
  const steps: Record<string, number> = {}
  for (const name of OPERATION_NAMES) {
    say(name)
    steps[name] = await stepCost(raster, name, passing, layer, rounds)
  }
  await write({ ...costs, steps: steps as Costs['steps'], recode: await recodeCost(file, costs.decode.jpeg, rounds) })
}

async function write(costs: Costs): Promise<void> {
  const rounded = JSON.stringify(costs, (_key, value: unknown) => (typeof value === 'number' ? Number(value.toPrecision(3)) : value))
  const machine = `Node ${process.versions.node}, ${cpus()[0]?.model ?? 'unknown CPU'}`
  const text = `import type { FormatName, OperationName, WrittenName } from './plan.ts'

/** What one of each takes, in nanoseconds of one core (${machine}). \`npm run bench -- --calibrate\` measures and writes it. */
export const COSTS: Costs = ${rounded}

export interface Costs {
  readonly decode: Readonly<Record<FormatName, DecodeCosts>>
  /** Of a pixel of the step's input or result, whichever has more. */
  readonly steps: Readonly<Record<OperationName, number>>
  /** Of a pixel of a JPEG that is made of a JPEG without RGBA between. */
  readonly recode: number
  readonly encode: Readonly<Record<WrittenName, EncodeCosts>>
  /** Of the lossless files of formats that have lossy ones too. */
  readonly lossless: Readonly<Partial<Record<FormatName, { readonly decode: DecodeCosts; readonly encode: EncodeCosts }>>>
}

/** Of a byte of the file, a pixel that it stores, and a pixel of the decoder's result. */
interface DecodeCosts {
  readonly byte: number
  readonly stored: number
  readonly shown: number
}

/** Of a pixel: without an effort, and by the efforts of \`MEASURED_EFFORTS\`. */
interface EncodeCosts {
  readonly usual: number
  readonly byEffort: readonly number[]
}
`
  writeFileSync(TARGET, await format(text, { ...(await resolveConfig(TARGET)), parser: 'typescript' }))
}
