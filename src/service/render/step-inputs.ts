import { AppError } from '../../errors.ts'
import type { ImageContext, StepInputs } from '../../image/context.ts'
import { decodeRaster, type Measure } from '../../image/execute.ts'
import { wholeImage, type Geometry } from '../../image/geometry.ts'
import type { InputImage } from '../../image/ops/define.ts'
import { uprightShape } from '../../image/orientation.ts'
import { operation, type FormatName, type PlanLimits } from '../../image/plan.ts'
import { checkDecoded, sniffFormat, type Execution } from '../../image/planner.ts'
import type { Raster, Shape } from '../../image/raster.ts'
import type { Stages } from '../../image/codecs/stages.ts'

/** What the steps of one plan draw, not yet decoded. */
export interface StepFiles {
  /** Upper bound of what the rasters hold, while they are decoded and while they are kept; the files themselves are not in it. */
  readonly rasterBytes: number
  /** `read` answers the files again. Each image is one piece of work. */
  decode(context: ImageContext, read: ReadSource, measure: Measure): Promise<readonly StepInputs[]>
}

/** The bytes of a file that the run holds, by its path. */
export type ReadSource = (path: string) => Promise<Uint8Array>

interface PlannedImage {
  readonly format: FormatName
  readonly path: string
  readonly geometry: Geometry
  readonly decodeBytes: number
  /** Of the raster and what the step makes of it. */
  readonly keptBytes: number
}

/**
 * Reads the headers of what the steps draw. An image that a step wants smaller is decoded smaller.
 * @throws AppError `unsupported_format`, `invalid_image`, `too_many_pixels`, `output_too_large`, and those of `read`.
 */
export async function planInputImages({ steps, shapes, stages }: Execution, read: ReadSource, limits: PlanLimits): Promise<StepFiles> {
  const plans = await inOrder([...steps.entries()], async ([i, { op, params }]) => {
    const { inputs, files } = operation(op)
    const images = await inOrder(inputs?.(params) ?? [], async (input) =>
      probeInput(input, await read(input.path), shapes[i], limits, stages),
    )
    return { images, raw: files?.(params) ?? [] }
  })
  const images = plans.flatMap((plan) => plan.images)
  return {
    rasterBytes: images.reduce((sum, { keptBytes }) => sum + keptBytes, 0) + Math.max(0, ...images.map(({ decodeBytes }) => decodeBytes)),
    decode: (context, readAgain, measure) =>
      inOrder(plans, async ({ images: planned, raw }) => ({
        inputs: await inOrder(planned, async (image) => {
          const file = await readAgain(image.path)
          return measure('inputs', () => decodeInput(image, file, context, stages))
        }),
        files: await inOrder(raw, readAgain),
      })),
  }
}

function probeInput(
  { path, size, extraBytes }: InputImage,
  file: Uint8Array,
  image: Shape | undefined,
  limits: PlanLimits,
  stages: Stages,
): PlannedImage {
  const format = sniffFormat(file)
  checkDecoded(format, limits)
  const decoder = stages.codec(format)
  const probe = decoder.probe(file)
  const own = uprightShape(probe, probe.orientation)
  if (own.width * own.height > limits.maxPixels) {
    throw new AppError('too_many_pixels', {
      field: path,
      reason: `Expected at most ${limits.maxPixels} pixels, received ${own.width}×${own.height}.`,
    })
  }
  const wanted = size && image ? size(own, image) : own
  if (Math.max(wanted.width, wanted.height) > limits.maxSide || wanted.width * wanted.height > limits.maxPixels) {
    throw new AppError('output_too_large', {
      field: path,
      reason: `Expected sides of at most ${limits.maxSide}, received ${wanted.width}×${wanted.height}.`,
    })
  }
  const geometry = { ...wholeImage(own), width: wanted.width, height: wanted.height }
  return {
    format,
    path,
    geometry,
    decodeBytes: decoder.rowsBytes(probe, geometry, file.length),
    keptBytes: wanted.width * wanted.height * 4 + (extraBytes?.(wanted) ?? 0),
  }
}

function decodeInput({ format, geometry }: PlannedImage, file: Uint8Array, context: ImageContext, stages: Stages): Promise<Raster> {
  return decodeRaster(context, file, format, stages.codec(format).probe(file), geometry, stages)
}

/** One after the other, so that only one of them works at a time. */
async function inOrder<T, R>(items: readonly T[], work: (item: T) => Promise<R>): Promise<R[]> {
  const results: R[] = []
  for (const item of items) results.push(await work(item))
  return results
}
