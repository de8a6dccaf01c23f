/**
 * Animations through the plan beside sharp's default: time (the least of some runs, in turns), bytes, PSNR of RGB against each one's own lossless result, and
 * bytes at the lowest quality that is not below sharp's; frames, and the core's memory after it.
 *
 *   npm run bench:animation
 *   npm run bench:animation -- --frames 50 --file FILE.gif
 */
import { readFileSync } from 'node:fs'
import { parseArgs } from 'node:util'
import sharp from 'sharp'
import { execute } from '../../src/image/execute.ts'
import { DEFAULT_OUTPUT, type Output, step, type TransformPlan, WRITTEN_NAMES } from '../../src/image/plan.ts'
import { planExecution } from '../../src/image/planner.ts'
import { openImageContext } from '../../test/support/image-context.ts'
import { psnrOf } from '../webp-quality/metrics.ts'
import { box, pan } from './films.ts'

const RUNS = 3
const QUALITY = 80
const { values } = parseArgs({
  options: { frames: { type: 'string', default: '250' }, file: { type: 'string' }, to: { type: 'string', default: 'webp' } },
})
const format = WRITTEN_NAMES.find((name) => name === values.to)
if (!format) throw new Error(`expected one of ${WRITTEN_NAMES.join(', ')} for --to, received ${values.to}`)
const frames = Number(values.frames)
const films: readonly (readonly [string, Uint8Array])[] = values.file
  ? [[values.file, readFileSync(values.file)]]
  : [
      ['pan', await pan(frames)],
      ['box', await box(frames)],
    ]

const LIMITS = { maxSteps: 100, maxPixels: 100_000_000, maxSide: 16_383 }
const { context } = openImageContext()

async function own(file: Uint8Array, width: number, output: Partial<Output> = {}): Promise<Uint8Array> {
  const plan: TransformPlan = { steps: [step('resize', { width })], output: { ...DEFAULT_OUTPUT, format: format ?? 'source', ...output } }
  return (await execute(planExecution(plan, file, LIMITS), file, [], context, async (_phase, work) => work())).body
}

const theirs = (file: Uint8Array, width: number, options: object = { quality: QUALITY }): Promise<Uint8Array> =>
  sharp(file, { animated: true }).resize({ width }).toFormat(format, options).toBuffer()

const pixelsOf = (file: Uint8Array): Promise<Uint8Array> => sharp(file, { animated: true }).removeAlpha().raw().toBuffer()

async function psnr(file: Uint8Array, lossless: Uint8Array): Promise<number> {
  const [a, b] = [await pixelsOf(lossless), await pixelsOf(file)]
  return psnrOf(a, b, a.length / 3)
}

/** Our file of the lowest quality whose PSNR is not below `least`. */
async function asGood(file: Uint8Array, width: number, lossless: Uint8Array, least: number): Promise<Uint8Array> {
  let best = await own(file, width)
  for (let quality = QUALITY - 2; quality > 40; quality -= 2) {
    const next = await own(file, width, { quality })
    if ((await psnr(next, lossless)) < least) break
    best = next
  }
  return best
}

async function timed(work: () => Promise<Uint8Array>) {
  const started = performance.now()
  const file = await work()
  return { file, ms: performance.now() - started }
}

for (const [name, file] of films) {
  const { width, pages = 1 } = await sharp(file, { animated: true }).metadata()
  const half = Math.ceil(width / 2)
  let [ourMs, theirMs] = [Infinity, Infinity]
  let [ours, libvips] = [new Uint8Array(), new Uint8Array()]
  for (let run = 0; run < RUNS; run++) {
    const [a, b] = [await timed(() => own(file, half)), await timed(() => theirs(file, half))]
    ;[ourMs, theirMs] = [Math.min(ourMs, a.ms), Math.min(theirMs, b.ms)]
    ;[ours, libvips] = [Uint8Array.from(a.file), Uint8Array.from(b.file)]
  }
  const shown = await sharp(ours, { animated: true }).metadata()
  const [ourLossless, theirLossless] = [await own(file, half, { lossless: true }), await theirs(file, half, { lossless: true })]
  const [ourPsnr, theirPsnr] = [await psnr(ours, ourLossless), await psnr(libvips, theirLossless)]
  const good = await asGood(file, half, ourLossless, theirPsnr)
  const ratio = (a: number, b: number): string => (a / b).toFixed(2)
  console.log(
    [
      `${name}: ${pages} frames of ${file.length} bytes → ${shown.pages} of ${shown.width}×${shown.pageHeight}`,
      `${ours.length} bytes of ${ourPsnr.toFixed(1)} dB, sharp ${libvips.length} of ${theirPsnr.toFixed(1)} dB: ${ratio(ours.length, libvips.length)}`,
      `as good as sharp's: ${good.length}: ${ratio(good.length, libvips.length)}`,
      `${ourMs.toFixed(0)} ms, sharp ${theirMs.toFixed(0)}: ${ratio(ourMs, theirMs)}`,
      `core ${((await context.core()).size() / 2 ** 20).toFixed(1)} MiB`,
    ].join('\n  '),
  )
}
