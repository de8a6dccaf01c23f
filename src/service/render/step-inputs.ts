import { AppError } from '../../errors.ts'
import type { ImageContext, StepInputs } from '../../image/context.ts'
import { wholeImage, type Geometry } from '../../image/geometry.ts'
import type { InputImage } from '../../image/ops/define.ts'
import { uprightShape } from '../../image/orientation.ts'
import { codec, operation, type FormatName, type PlanLimits } from '../../image/plan.ts'
import { sniffFormat, type Execution } from '../../image/planner.ts'
import type { Raster, Shape } from '../../image/raster.ts'
import type { FileStore } from '../ports.ts'
import { readWhole } from '../files/read-whole.ts'

type Limits = PlanLimits & { readonly maxFileBytes: number }

/** The fetched files of all steps, not yet decoded. */
export interface FetchedInputs {
  /** Upper bound of what the files, and their rasters while they are decoded and kept, hold. */
  readonly peakBytes: number
  decode(context: ImageContext): Promise<readonly StepInputs[]>
}

interface FetchedImage {
  readonly format: FormatName
  readonly file: Uint8Array
  readonly geometry: Geometry
  readonly decodeBytes: number
  /** Of the raster and what the step makes of it. */
  readonly keptBytes: number
}

/**
 * Fetches what the steps draw, each path once, and reads the headers. An image that a step wants smaller is decoded smaller.
 * @throws AppError `file_not_found`, `file_too_large` when all together are over the limit of one file, `unsupported_format`,
 * `too_many_pixels`, `output_too_large`.
 */
export async function fetchInputs(files: FileStore, account: string, { steps, shapes }: Execution, limits: Limits): Promise<FetchedInputs> {
  const fetched = new Map<string, Uint8Array>()
  let bytesLeft = limits.maxFileBytes
  const fetchOnce = async (path: string): Promise<Uint8Array> => {
    const known = fetched.get(path)
    if (known) return known
    const info = await files.head(account, path)
    if (!info) throw new AppError('file_not_found', { field: path })
    const file = await readWhole(files, account, info, bytesLeft)
    bytesLeft -= file.length
    fetched.set(path, file)
    return file
  }
  const plans: { readonly images: FetchedImage[]; readonly raw: Uint8Array[] }[] = []
  for (const [i, { op, params }] of steps.entries()) {
    const { inputs, files: named } = operation(op)
    const plan = { images: [] as FetchedImage[], raw: [] as Uint8Array[] }
    for (const input of inputs?.(params) ?? []) plan.images.push(probeInput(input, await fetchOnce(input.path), shapes[i], limits))
    for (const path of named?.(params) ?? []) plan.raw.push(await fetchOnce(path))
    plans.push(plan)
  }
  const images = plans.flatMap((plan) => plan.images)
  const kept = images.reduce((sum, { keptBytes }) => sum + keptBytes, 0)
  return {
    peakBytes: limits.maxFileBytes - bytesLeft + kept + Math.max(0, ...images.map(({ decodeBytes }) => decodeBytes)),
    decode: (context) =>
      inOrder(plans, async ({ images, raw }) => ({ inputs: await inOrder(images, (image) => decodeInput(image, context)), files: raw })),
  }
}

function probeInput({ path, size, extraBytes }: InputImage, file: Uint8Array, image: Shape | undefined, limits: Limits): FetchedImage {
  const format = sniffFormat(file)
  const decoder = codec(format)
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
    file,
    geometry,
    decodeBytes: decoder.decodeBytes(probe, geometry, file.length),
    keptBytes: wanted.width * wanted.height * 4 + (extraBytes?.(wanted) ?? 0),
  }
}

function decodeInput({ format, file, geometry }: FetchedImage, context: ImageContext): Promise<Raster> {
  const decoder = codec(format)
  return decoder.decode(file, decoder.probe(file), geometry, context)
}

/** One after the other, so that only one of them works at a time. */
async function inOrder<T, R>(items: readonly T[], work: (item: T) => Promise<R>): Promise<R[]> {
  const results: R[] = []
  for (const item of items) results.push(await work(item))
  return results
}
