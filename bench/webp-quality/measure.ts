/**
 * What our encoder of WebP takes at equal quality, in bytes and in time, beside libwebp's method 4 through @jsquash and sharp: BD-rates by SSIM and by
 * PSNR over qualities of 40 to 95, for each photograph and in the mean. Below zero: fewer bytes than the reference.
 *
 *   npm run bench:webp-quality
 *   npm run bench:webp-quality -- --photos DIRECTORY --width 800 --effort 100 --method 6
 */
import { resolve } from 'node:path'
import { parseArgs } from 'node:util'
import sharp from 'sharp'
import type { Raster } from '../../src/image/raster.ts'
import { type Encode, jsquash, libvips, own } from './encoders.ts'
import { bdRate, lumaOf, type Point, psnrOf, ssimOf } from './metrics.ts'
import { loadPhotograph, photographsIn } from './photographs.ts'

const { values } = parseArgs({
  options: {
    photos: { type: 'string', default: resolve(import.meta.dirname, '../../samples') },
    width: { type: 'string', default: '800' },
    effort: { type: 'string' },
    method: { type: 'string', default: '4' },
    only: { type: 'string' },
  },
})
const QUALITIES = [40, 50, 60, 70, 75, 80, 85, 90, 95]

const method = Number(values.method)
const encoders: Readonly<Record<string, Encode>> = {
  '@jsquash': jsquash(method),
  ...(values.only === undefined && { sharp: libvips(method) }),
  own: own(values.effort === undefined ? undefined : Number(values.effort)),
}

interface Curve {
  readonly ssim: readonly Point[]
  readonly psnr: readonly Point[]
  readonly ms: number
}

async function measure(raster: Raster, encode: Encode): Promise<Curve> {
  const { width, height } = raster
  const pixels = new Uint8Array(raster.data)
  const luma = lumaOf(pixels, width, height)
  const ssim: Point[] = []
  const psnr: Point[] = []
  let ms = 0
  for (const quality of QUALITIES) {
    const started = performance.now()
    const file = await encode(raster, quality)
    ms += performance.now() - started
    const shown = await sharp(file).removeAlpha().raw().toBuffer()
    ssim.push({ bytes: file.length, score: ssimOf(luma, lumaOf(shown, width, height)) })
    psnr.push({ bytes: file.length, score: psnrOf(pixels, shown, width * height) })
  }
  return { ssim, psnr, ms }
}

const percent = (share: number): string => `${share < 0 ? '−' : '+'}${(Math.abs(share) * 100).toFixed(1)} %`
const mean = (all: readonly number[]): number => all.reduce((sum, one) => sum + one, 0) / all.length

const files = photographsIn(values.photos).filter((name) => values.only === undefined || name.includes(values.only))
const [reference, ...others] = Object.keys(encoders) as [string, ...string[]]
console.log(`Bytes at equal SSIM / PSNR, and time, against ${reference} (method ${method}), qualities ${QUALITIES.join(', ')}\n`)
console.log(`| photograph | ${others.join(' | ')} |\n| :--- |${' ---: |'.repeat(others.length)}`)
const all: Record<string, { ssim: number; psnr: number; time: number }[]> = {}
for (const name of files) {
  const raster = await loadPhotograph(values.photos, name, Number(values.width))
  const curves: Record<string, Curve> = {}
  for (const [encoder, encode] of Object.entries(encoders)) curves[encoder] = await measure(raster, encode)
  const base = curves[reference] as Curve
  const cells = others.map((encoder) => {
    const curve = curves[encoder] as Curve
    const result = { ssim: bdRate(base.ssim, curve.ssim), psnr: bdRate(base.psnr, curve.psnr), time: curve.ms / base.ms }
    ;(all[encoder] ??= []).push(result)
    return `${percent(result.ssim)} / ${percent(result.psnr)}, ×${result.time.toFixed(2)}`
  })
  console.log(`| ${name} ${raster.width}×${raster.height} | ${cells.join(' | ')} |`)
}
const means = others.map((encoder) => {
  const results = all[encoder] ?? []
  const of = (key: 'ssim' | 'psnr' | 'time'): number => mean(results.map((result) => result[key]))
  return `**${percent(of('ssim'))} / ${percent(of('psnr'))}, ×${of('time').toFixed(2)}**`
})
console.log(`| mean of ${files.length} | ${means.join(' | ')} |`)
