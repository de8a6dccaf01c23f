/**
 * What our GIF takes, and our PNG of 256 colours with `--format png`: bytes, time (the least of some runs, in turns) and PSNR beside sharp's, whose default
 * hands on all of an error. "smooth" is PSNR behind a blur of 1.2 pixels, as far as eyes see from some distance.
 *
 *   npm run bench:gif
 *   npm run bench:gif -- --photos DIRECTORY --width 800 --format png --dither 0.75
 */
import { readdirSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { parseArgs } from 'node:util'
import sharp from 'sharp'
import { createCore } from '../../src/image/engine/core.ts'
import type { Engine } from '../../src/image/engine/engine.ts'
import { encodeGif } from '../../src/image/engine/gif/encoder.ts'
import { encodePng } from '../../src/image/engine/png/encoder.ts'
import type { Raster } from '../../src/image/raster.ts'
import { wasmFromDisk } from '../../test/support/image-context.ts'
import { drainAtOnce, pictureOf } from '../../test/support/rows.ts'

const RUNS = 3
const BLUR = 1.2

const { values } = parseArgs({
  options: {
    photos: { type: 'string', default: resolve(import.meta.dirname, '../../samples') },
    width: { type: 'string', default: '800' },
    format: { type: 'string', default: 'gif' },
    dither: { type: 'string', default: '1' },
  },
})
const isPng = values.format === 'png'
const core = createCore(await wasmFromDisk.core()) as Engine

const own = (raster: Raster): Promise<Uint8Array> =>
  isPng ? encodePng(core, pictureOf(core, raster), drainAtOnce, { palette: true }) : encodeGif(core, pictureOf(core, raster), drainAtOnce)

function theirs({ width, height, data }: Raster): Promise<Uint8Array> {
  const picture = sharp(data, { raw: { width, height, channels: 4 } })
  const dither = Number(values.dither)
  return (isPng ? picture.png({ palette: true, dither }) : picture.gif({ dither })).toBuffer()
}

async function timed(encode: (raster: Raster) => Promise<Uint8Array>, raster: Raster) {
  const started = performance.now()
  const file = await encode(raster)
  return { file, ms: performance.now() - started }
}

const levels = (file: Uint8Array, blur?: number): Promise<Buffer> => {
  const picture = sharp(file).removeAlpha()
  return (blur === undefined ? picture : picture.blur(blur)).raw().toBuffer()
}

function psnr(a: Uint8Array, b: Uint8Array): number {
  const sum = a.reduce((so, level, i) => so + (level - (b[i] ?? 0)) ** 2, 0)
  return 10 * Math.log10((255 ** 2 * a.length) / sum)
}

async function quality(file: Uint8Array, original: Uint8Array): Promise<string> {
  const plain = psnr(await levels(file), await levels(original))
  const smooth = psnr(await levels(file, BLUR), await levels(original, BLUR))
  return `${plain.toFixed(1)} dB, smooth ${smooth.toFixed(1)}`
}

const ratios: { readonly bytes: number; readonly ms: number }[] = []
for (const name of readdirSync(values.photos).filter((file) => /\.(jpe?g|png|webp)$/i.test(file))) {
  const { data, info } = await sharp(join(values.photos, name))
    .rotate()
    .resize(Number(values.width))
    .flatten()
    .toColourspace('srgb')
    .ensureAlpha()
    .raw()
    .toBuffer({ resolveWithObject: true })
  const raster: Raster = { width: info.width, height: info.height, data: new Uint8ClampedArray(data) }
  let [ourMs, theirMs] = [Infinity, Infinity]
  let [ours, libvips] = [new Uint8Array(), new Uint8Array()]
  for (let run = 0; run < RUNS; run++) {
    const [a, b] = [await timed(own, raster), await timed(theirs, raster)]
    ;[ourMs, theirMs] = [Math.min(ourMs, a.ms), Math.min(theirMs, b.ms)]
    ;[ours, libvips] = [Uint8Array.from(a.file), Uint8Array.from(b.file)]
  }
  const original = await sharp(data, { raw: { width: info.width, height: info.height, channels: 4 } })
    .png({ compressionLevel: 1 })
    .toBuffer()
  ratios.push({ bytes: ours.length / libvips.length, ms: ourMs / theirMs })
  console.log(`${name}: ${ours.length} bytes, ${ourMs.toFixed(0)} ms, ${await quality(ours, original)}`)
  console.log(`  sharp: ${libvips.length} bytes, ${theirMs.toFixed(0)} ms, ${await quality(libvips, original)}`)
}
const mean = (of: readonly number[]): string => Math.exp(of.reduce((sum, ratio) => sum + Math.log(ratio), 0) / of.length).toFixed(2)
console.log(`geometric mean of ${ratios.length}: bytes ${mean(ratios.map(({ bytes }) => bytes))}, time ${mean(ratios.map(({ ms }) => ms))}`)
