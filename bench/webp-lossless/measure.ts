/**
 * What our lossless WebP takes, in bytes and in time (the least of some runs, in turns), beside sharp's lossless of effort 4, colours under full transparency
 * kept. Each of our files is decoded by sharp and must have every pixel.
 *
 *   npm run bench:webp-lossless
 *   npm run bench:webp-lossless -- --photos DIRECTORY --width 800 --effort 100 --theirs 6
 */
import { resolve } from 'node:path'
import { parseArgs } from 'node:util'
import sharp from 'sharp'
import { createCore } from '../../src/image/engine/core.ts'
import { encodeLossless } from '../../src/image/engine/webp/lossless-encode/encoder.ts'
import type { LosslessEncoderExports } from '../../src/image/engine/webp/lossless-encode/exports.ts'
import type { Raster } from '../../src/image/raster.ts'
import { wasmFromDisk } from '../../test/support/image-context.ts'
import { drainAtOnce, pictureOf } from '../../test/support/rows.ts'
import { benchPictures } from './pictures.ts'

const RUNS = 3

const { values } = parseArgs({
  options: {
    photos: { type: 'string', default: resolve(import.meta.dirname, '../../samples') },
    width: { type: 'string', default: '800' },
    effort: { type: 'string' },
    theirs: { type: 'string', default: '4' },
  },
})
const effort = values.effort === undefined ? undefined : Number(values.effort)

const own = async (raster: Raster): Promise<Uint8Array> => {
  const core = createCore<LosslessEncoderExports>(await wasmFromDisk.core())
  return encodeLossless(core, pictureOf(core, raster), drainAtOnce, { effort })
}

const theirs = ({ width, height, data }: Raster): Promise<Uint8Array> =>
  sharp(data, { raw: { width, height, channels: 4 } })
    .webp({ lossless: true, effort: Number(values.theirs), exact: true })
    .toBuffer()

async function timed(encode: (raster: Raster) => Promise<Uint8Array>, raster: Raster) {
  const started = performance.now()
  const file = await encode(raster)
  return { file, ms: performance.now() - started }
}

async function measure(raster: Raster) {
  let [ourMs, theirMs] = [Infinity, Infinity]
  let [ours, libwebps] = [new Uint8Array(), new Uint8Array()]
  for (let run = 0; run < RUNS; run++) {
    const [a, b] = [await timed(own, raster), await timed(theirs, raster)]
    ourMs = Math.min(ourMs, a.ms)
    theirMs = Math.min(theirMs, b.ms)
    ;[ours, libwebps] = [Uint8Array.from(a.file), Uint8Array.from(b.file)]
  }
  const pixels = await sharp(ours).ensureAlpha().raw().toBuffer()
  if (Buffer.compare(pixels, Buffer.from(raster.data.buffer)) !== 0) throw new Error('a pixel is not what it was')
  return { ours: ours.length, libwebps: libwebps.length, ourMs, theirMs }
}

const ratios: { readonly bytes: number; readonly ms: number }[] = []
for await (const [name, raster] of benchPictures(values.photos, Number(values.width))) {
  const { ours, libwebps, ourMs, theirMs } = await measure(raster)
  ratios.push({ bytes: ours / libwebps, ms: ourMs / theirMs })
  const sizes = `${String(ours).padStart(8)} bytes, sharp ${String(libwebps).padStart(8)}: ${(ours / libwebps).toFixed(3)}`
  console.log(
    `${name.padEnd(32)} ${sizes}   ${ourMs.toFixed(0).padStart(5)} ms, sharp ${theirMs.toFixed(0).padStart(5)}: ${(ourMs / theirMs).toFixed(2)}`,
  )
}
const mean = (of: readonly number[]): string => Math.exp(of.reduce((sum, ratio) => sum + Math.log(ratio), 0) / of.length).toFixed(3)
console.log(`geometric mean of ${ratios.length}: bytes ${mean(ratios.map(({ bytes }) => bytes))}, time ${mean(ratios.map(({ ms }) => ms))}`)
