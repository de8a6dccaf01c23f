import { areaMeans } from '../info/areas.ts'
import { NO_INPUTS, type ImageContext, type RowsContext } from '../context.ts'
import { probeJpeg } from '../engine/jpeg/header.ts'
import { rasterRows } from '../engine/rows/pixel-rows.ts'
import { decodeRaster, openRowsContext } from '../execute.ts'
import { fuse } from '../fuse.ts'
import { type Rectangle, roundSide, wholeImage } from '../geometry.ts'
import { uprightShape } from '../orientation.ts'
import { codec, operation, project, step, type FormatName, type PlanLimits, type Step, type TransformPlan } from '../plan.ts'
import { sniffFormat, turnsFirst } from '../planner.ts'
import { createRaster, type Raster, type Shape } from '../raster.ts'
import { openStep } from '../rows.ts'
import type { Probe } from '../codecs/define.ts'
import { exifThumbnail } from './thumbnail.ts'

/** What a glimpse was made of: the EXIF thumbnail, a first scan of the whole picture, the colour of its first rows, or nothing but its shape. */
export type GlimpseOf = 'thumbnail' | 'scan' | 'colour' | 'shape'

/** A small picture that stands in for the result of a plan. */
export interface Glimpse {
  readonly body: Uint8Array
  readonly mime: string
  readonly of: GlimpseOf
}

/** Of the longer side of a glimpse, in pixels. */
const SIDE = 64
const QUALITY = 50
/** Rows in the file's beginning whose colour is taken, and the least of them. */
const [MOST_ROWS, LEAST_ROWS] = [32, 8]
/** The first scan of a larger picture takes too long. */
const MOST_SCANNED_PIXELS = 40_000_000
/** Milliseconds that it takes, a few times what a warm machine takes by itself, and that the colour of the first rows takes. */
const [SCAN_MS, SCAN_MS_A_MEGAPIXEL, ROWS_MS] = [10, 2, 25]
const GREY = [128, 128, 128, 255]

/**
 * A glimpse of what a plan makes of a picture, by the beginning of its file: the frame of the result, its turns and its colours, at most 64 pixels a side, as JPEG. Effects that
 * reach over pixels, texts and layers are left out. It takes some milliseconds, however large the picture is.
 * @param leftMs how long it may take, in milliseconds, asked when its turn has come: what takes longer is not tried. Frame and thumbnail are never too long.
 * @throws AppError when the header is damaged, or when the plan cannot apply.
 */
export async function glimpse(
  plan: TransformPlan,
  head: Uint8Array,
  fileBytes: number,
  limits: PlanLimits,
  image: ImageContext,
  leftMs: () => number = () => Infinity,
): Promise<Glimpse> {
  const format = sniffFormat(head)
  const probe = codec(format).probe(head, plan.page)
  const upright = uprightShape(probe, probe.orientation)
  const steps = turnsFirst(plan.steps)
  const result = project({ ...plan, steps }, upright, limits).at(-1) ?? upright
  const { geometry, turn, fused } = fuse(steps, wholeImage(upright))
  const found = await smallPicture(format, probe, head, fileBytes, image, leftMs())
  const small: Shape = scaledTo(result, SIDE)
  // The window is in pixels of the turned picture, and so is what is cut out of the small one.
  const turned = uprightShape(upright, turn)
  const left = steps.slice(fused).filter(({ op }) => operation(op).isPointwise === true)
  const todo: readonly Step[] = [
    ...turns(steps.slice(0, fused)),
    cutOf(geometry.window, turned, found.raster, turn),
    stretched(small),
    ...left,
  ]
  const context = await openRowsContext(image)
  const { core } = context
  const mark = core.mark()
  try {
    const { mime, encode, options } = codec('jpeg')
    const read = async <T>(work: (rows: ReturnType<typeof rasterRows>) => Promise<T>): Promise<T> =>
      work(await opened(found.raster, todo, context))
    const body = await encode({ ...small, read }, options.parse({ quality: QUALITY }) as never, context) // that codec's own options
    return { body, mime, of: found.of }
  } finally {
    core.release(mark)
  }
}

async function opened(raster: Raster, steps: readonly Step[], context: RowsContext): Promise<ReturnType<typeof rasterRows>> {
  let rows = rasterRows(context.core, raster)
  for (const one of steps) rows = await openStep(one, rows, { ...context, ...NO_INPUTS })
  return rows
}

const turns = (steps: readonly Step[]): readonly Step[] =>
  steps.filter(({ op, params }) => (operation(op).symmetry?.(params) ?? null) !== null)

const scaledTo = ({ width, height }: Shape, side: number): Shape => {
  const scale = Math.min(1, side / Math.max(width, height))
  return { width: roundSide(width * scale), height: roundSide(height * scale) }
}

const stretched = (shape: Shape): Step => step('resize', { ...shape, fit: 'stretch', kernel: 'triangle' })

/** The same part of the small picture as the window is of the whole one. */
function cutOf(window: Rectangle, whole: Shape, raster: Raster, turn: Parameters<typeof uprightShape>[1]): Step {
  const small = uprightShape(raster, turn)
  const [across, down] = [small.width / whole.width, small.height / whole.height]
  const x = Math.min(small.width - 1, Math.max(0, Math.round(window.x * across)))
  const y = Math.min(small.height - 1, Math.max(0, Math.round(window.y * down)))
  const width = Math.min(small.width - x, roundSide(window.width * across))
  const height = Math.min(small.height - y, roundSide(window.height * down))
  return step('crop', { x, y, width, height })
}

interface Found {
  /** The whole picture, upright. */
  readonly raster: Raster
  readonly of: GlimpseOf
}

async function smallPicture(
  format: FormatName,
  probe: Probe,
  head: Uint8Array,
  fileBytes: number,
  image: ImageContext,
  leftMs: number,
): Promise<Found> {
  const megapixels = (probe.width * probe.height) / 1e6
  const attempts: readonly (() => Promise<Found | null>)[] = [
    () => ofThumbnail(format, probe, head, image),
    async () => (leftMs < SCAN_MS + SCAN_MS_A_MEGAPIXEL * megapixels ? null : ofScan(format, probe, head, fileBytes, image)),
    async () => (leftMs < ROWS_MS ? null : ofRows(format, probe, head, fileBytes, image)),
  ]
  for (const attempt of attempts) {
    // A beginning that says nothing is no fault of the file.
    const found = await attempt().catch(() => null)
    if (found) return found
  }
  return { raster: flat(GREY), of: 'shape' }
}

function flat(colour: readonly number[]): Raster {
  const raster = createRaster({ width: 1, height: 1 })
  raster.data.set(colour)
  return raster
}

async function ofThumbnail(format: FormatName, probe: Probe, head: Uint8Array, image: ImageContext): Promise<Found | null> {
  const exif = codec(format).exif?.(head) ?? null
  const file = exif && exifThumbnail(exif)
  if (!file || sniffFormat(file) !== 'jpeg') return null
  const thumbnail = { ...codec('jpeg').probe(file), orientation: probe.orientation }
  const own = uprightShape(thumbnail, probe.orientation)
  return {
    raster: await decodeRaster(image, file, 'jpeg', thumbnail, unbarred(own, uprightShape(probe, probe.orientation))),
    of: 'thumbnail',
  }
}

/** Cameras put bars around a thumbnail of another aspect ratio: the middle that has the picture's is the picture. */
function unbarred({ width, height }: Shape, picture: Shape): ReturnType<typeof wholeImage> {
  const scale = Math.min(width / picture.width, height / picture.height)
  const shown = { width: Math.min(width, roundSide(picture.width * scale)), height: Math.min(height, roundSide(picture.height * scale)) }
  const window = { x: (width - shown.width) >> 1, y: (height - shown.height) >> 1, ...shown }
  return { ...wholeImage(shown), window }
}

/** A progressive JPEG begins with a scan of the whole picture; a file that is all there needs no other reading than this. */
async function ofScan(format: FormatName, probe: Probe, head: Uint8Array, fileBytes: number, image: ImageContext): Promise<Found | null> {
  const isWhole = head.length === fileBytes && probe.width * probe.height <= SMALL_PIXELS
  if (!isWhole && !(format === 'jpeg' && probe.width * probe.height <= MOST_SCANNED_PIXELS && probeJpeg(head).process === 'progressive'))
    return null
  const upright = uprightShape(probe, probe.orientation)
  return { raster: await decodeRaster(image, head, format, probe, { ...wholeImage(upright), ...scaledTo(upright, SIDE) }), of: 'scan' }
}

/** So many pixels are decoded in a few milliseconds. */
const SMALL_PIXELS = 300_000

/** The mean colour of the rows that the beginning of the file has for sure, if pixels take about as many bytes everywhere. */
async function ofRows(format: FormatName, probe: Probe, head: Uint8Array, fileBytes: number, image: ImageContext): Promise<Found | null> {
  if (format !== 'jpeg' && format !== 'png') return null
  const rows = Math.min(MOST_ROWS, Math.floor((probe.height * head.length) / fileBytes / 4))
  if (rows < LEAST_ROWS) return null
  const stored = { ...probe, orientation: 1 as const }
  const window = { x: 0, y: 0, width: probe.width, height: rows }
  const shape = { width: Math.min(SIDE, probe.width), height: Math.min(8, rows) }
  const raster = await decodeRaster(image, head, format, stored, { ...wholeImage(shape), window })
  const [red = 0, green = 0, blue = 0] = areaMeans(raster, { width: 1, height: 1 }).data
  return { raster: flat([red, green, blue, 255]), of: 'colour' }
}
