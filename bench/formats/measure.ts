/**
 * What JPEG, WebP, AVIF (fast and small) and JPEG XL take of a photograph at equal structural similarity, and for how long, beside sharp's encoders. The similarity is that
 * of our WebP at a quality; bytes and times are those of each encoder's qualities around it, between them in straight lines.
 *
 *   npm run bench:formats
 *   npm run bench:formats -- --photos DIRECTORY --width 800 --quality 80
 *   npm run bench:formats -- --match         which of libaom's qualities look like each quality of WebP (src/image/codecs/avif/quality.ts)
 */
import { resolve } from 'node:path'
import { parseArgs } from 'node:util'
import sharp from 'sharp'
import { codec } from '../../src/image/plan.ts'
import type { Raster } from '../../src/image/raster.ts'
import { decoded } from '../../test/support/icc/decoded.ts'
import type { Encode } from '../webp-quality/encoders.ts'
import { logBytesAt, lumaOf, type Point, ssimOf } from '../webp-quality/metrics.ts'
import { loadPhotograph, photographsIn } from '../webp-quality/photographs.ts'
import { ENCODERS, libaom } from './encoders.ts'

const { values } = parseArgs({
  options: {
    photos: { type: 'string', default: resolve(import.meta.dirname, '../../samples') },
    width: { type: 'string', default: '800' },
    quality: { type: 'string', default: '80' },
    only: { type: 'string' },
    match: { type: 'boolean', default: false },
  },
})
const REFERENCE = 'WebP'
/** Around what each encoder needs for the similarity of WebP at 80. */
const QUALITIES = [45, 60, 70, 80, 90]
const MATCHED = [10, 30, 50, 60, 70, 80, 90, 95, 100]
const OF_LIBAOM = [15, 30, 40, 50, 60, 70, 80, 90, 95]

interface Measured extends Point {
  readonly ms: number
}

/** RGB, by sharp; of JPEG XL, which it does not read, by our reader. */
async function pixelsOf(file: Uint8Array): Promise<Uint8Array> {
  if (!codec('jxl').sniff(file)) return sharp(file).toColourspace('srgb').removeAlpha().raw().toBuffer()
  const { width, height, data } = await decoded(file)
  return sharp(data, { raw: { width, height, channels: 4 } })
    .removeAlpha()
    .raw()
    .toBuffer()
}

async function measure(raster: Raster, encode: Encode, quality: number): Promise<Measured> {
  const { width, height } = raster
  const started = performance.now()
  const file = await encode(raster, quality)
  const ms = performance.now() - started
  const shown = await pixelsOf(file)
  return { bytes: file.length, ms, score: ssimOf(lumaOf(new Uint8Array(raster.data), width, height), lumaOf(shown, width, height)) }
}

async function curve(raster: Raster, encode: Encode, qualities: readonly number[]): Promise<readonly Measured[]> {
  const points: Measured[] = []
  for (const quality of qualities) points.push(await measure(raster, encode, quality))
  return points
}

const mean = (all: readonly number[]): number => all.reduce((sum, one) => sum + one, 0) / all.length
const files = photographsIn(values.photos).filter((name) => values.only === undefined || name.includes(values.only))
const load = (name: string): Promise<Raster> => loadPhotograph(values.photos, name, Number(values.width))
const row = (cells: readonly string[]): void => console.log(`| ${cells.join(' | ')} |`)

async function compare(): Promise<void> {
  const names = Object.keys(ENCODERS)
  console.log(
    `KB at the SSIM of ${REFERENCE} at ${values.quality}, bytes as a share of it, milliseconds (least of an encoder's qualities)\n`,
  )
  row(['photograph', ...names])
  row([':---', ...names.map(() => '---:')])
  const shares: Record<string, number[]> = {}
  const times: Record<string, number[]> = {}
  for (const name of files) {
    const raster = await load(name)
    const reference = await measure(raster, ENCODERS[REFERENCE] as Encode, Number(values.quality))
    const cells: string[] = []
    for (const [encoder, encode] of Object.entries(ENCODERS)) {
      const points = await curve(raster, encode, QUALITIES)
      const bytes = encoder === REFERENCE ? reference.bytes : Math.exp(logBytesAt(points, reference.score))
      const ms = Math.min(...points.map((point) => point.ms))
      ;(shares[encoder] ??= []).push(bytes / reference.bytes)
      ;(times[encoder] ??= []).push(ms)
      cells.push(`${(bytes / 1000).toFixed(1)}, ${(bytes / reference.bytes).toFixed(2)}, ${ms.toFixed(0)}`)
    }
    row([`${name} ${raster.width}×${raster.height}`, ...cells])
  }
  row([
    `mean of ${files.length}`,
    ...names.map((name) => `**${mean(shares[name] ?? []).toFixed(2)}, ${mean(times[name] ?? []).toFixed(0)}**`),
  ])
}

/** The quality of libaom at which a curve reaches a score. */
function qualityAt(points: readonly Point[], score: number): number | null {
  const above = points.findIndex((point) => point.score >= score)
  if (above < 1) return null
  const [low, high] = [points[above - 1] as Point, points[above] as Point]
  const [from, to] = [OF_LIBAOM[above - 1] ?? 0, OF_LIBAOM[above] ?? 0]
  return from + ((score - low.score) / (high.score - low.score)) * (to - from)
}

async function match(): Promise<void> {
  const found: Record<number, Record<number, number[]>> = {}
  for (const name of files) {
    const raster = await load(name)
    const webp = await curve(raster, ENCODERS[REFERENCE] as Encode, MATCHED)
    for (const speed of [8, 6]) {
      const points = await curve(raster, libaom(speed), OF_LIBAOM)
      for (const [i, quality] of MATCHED.entries()) {
        const like = qualityAt(points, webp[i]?.score ?? 0)
        if (like !== null) ((found[quality] ??= {})[speed] ??= []).push(like)
      }
    }
  }
  row(['WebP', 'libaom at speed 8', 'at speed 6'])
  row(['---:', '---:', '---:'])
  for (const quality of MATCHED) row([String(quality), ...[8, 6].map((speed) => mean(found[quality]?.[speed] ?? []).toFixed(1))])
}

await (values.match ? match() : compare())
