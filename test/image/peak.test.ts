import sharp, { type Sharp } from 'sharp'
import { beforeAll, expect, it } from 'vitest'
import { execute } from '../../src/image/execute.ts'
import { P3_PRIMARIES } from '../../src/image/icc/primaries.ts'
import { step, type FormatName, type Step } from '../../src/image/plan.ts'
import { planExecution } from '../../src/image/planner.ts'
import { dibHead } from './engine/bmp/writer.ts'
import { countArrays, countInstances } from '../support/count-memory.ts'
import { jpegWithProfile } from '../support/icc/embed.ts'
import { matrixProfile, SRGB_CURVE, tableProfile, tablesTag } from '../support/icc/profile.ts'
import { openImageContext } from '../support/image-context.ts'
import { assemble } from '../support/ultra-hdr/write.ts'

const LIMITS = { maxSteps: 8, maxPixels: 100_000_000, maxSide: 10_000 }
const [WIDTH, HEIGHT] = [1701, 1101]
/** The core's first pages and tables, for which no plan speaks. */
const CORE_BYTES = 1_000_000

const PRINT = { colourSpace: 'CMYK', pcs: 'Lab ', points: 17, device: (levels: readonly number[]) => levels.slice(1) } as const
const INKS = tableProfile(PRINT, { A2B0: tablesTag(PRINT, 2) }, 2)

const P3 = matrixProfile(P3_PRIMARIES, SRGB_CURVE)

const SOURCES = {
  'a JPEG': (image: Sharp) => image.jpeg({ quality: 90 }).toBuffer(),
  'a progressive JPEG': (image: Sharp) => image.jpeg({ quality: 90, progressive: true }).toBuffer(),
  'a JPEG of P3': async (image: Sharp) => jpegWithProfile(await image.jpeg({ quality: 90 }).toBuffer(), P3),
  'a JPEG of four inks': async (image: Sharp) => jpegWithProfile(await image.toColourspace('cmyk').jpeg({ quality: 90 }).toBuffer(), INKS),
  'an AVIF': (image: Sharp) => image.avif({ quality: 60, effort: 0, chromaSubsampling: '4:4:4' }).toBuffer(),
  'a PNG with alpha': (image: Sharp) => image.ensureAlpha(0.5).png({ compressionLevel: 1 }).toBuffer(),
  'a GIF': (image: Sharp) => image.gif({ effort: 1 }).toBuffer(),
  'an interlaced GIF': (image: Sharp) => image.gif({ effort: 1, progressive: true }).toBuffer(),
  'a BMP': async (image: Sharp) => bmpFile(await image.raw().toBuffer()),
  'a TIFF': (image: Sharp) => image.tiff({ compression: 'lzw' }).toBuffer(),
  'a TIFF in tiles': (image: Sharp) => image.tiff({ compression: 'deflate', tile: true }).toBuffer(),
  'a TIFF with JPEG inside': (image: Sharp) => image.tiff({ compression: 'jpeg', quality: 90, tile: true }).toBuffer(),
  'a WebP': (image: Sharp) => image.webp({ quality: 90, effort: 0 }).toBuffer(),
  'a lossless WebP': (image: Sharp) => image.webp({ lossless: true, effort: 0 }).toBuffer(),
} satisfies Record<string, (image: Sharp) => Promise<Uint8Array>>

/** A BMP of 24 bits: the samples are those of the noise, whatever their order. */
function bmpFile(samples: Uint8Array): Uint8Array {
  const rowBytes = Math.ceil((WIDTH * 3) / 4) * 4
  const file = new Uint8Array(54 + rowBytes * HEIGHT)
  file.set(dibHead({ width: WIDTH, height: HEIGHT, bitsPerPixel: 24 }, 0), 14)
  file.set([0x42, 0x4d, 0, 0, 0, 0, 0, 0, 0, 0, 54], 0)
  for (let y = 0; y < HEIGHT; y++) file.set(samples.subarray(y * WIDTH * 3, (y + 1) * WIDTH * 3), 54 + y * rowBytes)
  return file
}

const PLANS: Readonly<Record<string, readonly Step[]>> = {
  'as it is': [],
  'turned by a right angle': [step('rotate', { degrees: 90 })],
  'upside down': [step('flip', { axis: 'vertical' })],
  'turned, smaller and larger': [
    step('rotate', { degrees: 8 }),
    step('resize', { width: 700 }),
    step('letterbox', { width: 1400, height: 1000 }),
  ],
}

/** The instance of libwebp that all small runs share is the isolate's, as its code is. */
beforeAll(async () => {
  const tiny = await sharp({ create: { width: 8, height: 8, channels: 3, background: '#000' } })
    .webp()
    .toBuffer()
  const { context } = openImageContext()
  await execute(planExecution({ steps: [], output: { format: 'webp', quality: 80 } }, tiny, LIMITS), tiny, [], context, (_phase, work) =>
    Promise.resolve(work()),
  )
})

const arrays = countArrays()
const instances = countInstances()

const samples = Buffer.alloc(WIDTH * HEIGHT * 3)
for (let i = 0, state = 1; i < samples.length; i++) samples[i] = (state = (Math.imul(state, 1_103_515_245) + 12_345) >>> 0) >>> 24

const noise = (): Sharp => sharp(samples, { raw: { width: WIDTH, height: HEIGHT, channels: 3 } })

const made = new Map<string, Uint8Array>()
/** The file of a source, made once. */
async function fileOf(source: keyof typeof SOURCES): Promise<Uint8Array> {
  const file = made.get(source) ?? (await SOURCES[source](noise()))
  made.set(source, file)
  return file
}

const FORMATS = ['gif', 'jpeg', 'png', 'webp'] as const satisfies readonly FormatName[]
/** Encoders know nothing of where rows come from: all of them with the first source, one in turn with the others. */
const cases = (Object.keys(SOURCES) as (keyof typeof SOURCES)[]).flatMap((source, i) =>
  Object.entries(PLANS).flatMap(([what, steps], j) =>
    FORMATS.filter((_, k) => i === 0 || (i + j) % FORMATS.length === k).map((format) => ({ source, format, what, steps })),
  ),
)

it.each(FORMATS)('a result in %s that takes things along takes no more memory than its plan says', async (format) => {
  const file = jpegWithProfile(
    await noise()
      .withExif({ IFD0: { Artist: 'Ana' } })
      .jpeg({ quality: 90 })
      .toBuffer(),
    P3,
  )
  arrays.reset()
  const plan = { steps: [], output: { format, quality: 80, colours: 'keep', metadata: 'keep' } } as const
  const execution = planExecution(plan, file, LIMITS)
  const { context, release } = openImageContext()
  await execute(execution, file, [], context, (_phase, work) => Promise.resolve(work()))
  await release(true)
  expect(file.length + arrays.most + instances.bytes()).toBeLessThanOrEqual(execution.peakBytes + CORE_BYTES)
})

it.each(Object.entries(PLANS).slice(0, 3))(
  'an Ultra HDR JPEG %s, map and all, takes no more memory than its plan says',
  async (_what, steps) => {
    const map = await noise().resize(851, 551).jpeg({ quality: 95 }).toBuffer()
    const file = assemble(await noise().jpeg({ quality: 90 }).toBuffer(), map, { icc: P3 })
    arrays.reset()
    const execution = planExecution({ steps, output: { format: 'jpeg', quality: 80 } }, file, LIMITS)
    const { context, release } = openImageContext()
    const { gainMap } = await execute(execution, file, [], context, (_phase, work) => Promise.resolve(work()))
    await release(true)
    expect(gainMap).toBe('kept')
    expect(file.length + arrays.most + instances.bytes()).toBeLessThanOrEqual(execution.peakBytes + CORE_BYTES)
  },
)

it.each(cases)('$source, $what, to $format takes no more memory than its plan says', async ({ source, format, steps }) => {
  const file = await fileOf(source)
  arrays.reset()
  const execution = planExecution({ steps, output: { format, quality: 80 } }, file, LIMITS)
  const { context, release } = openImageContext()
  await execute(execution, file, [], context, (_phase, work) => Promise.resolve(work()))
  await release(true)
  expect(file.length + arrays.most + instances.bytes()).toBeLessThanOrEqual(execution.peakBytes + CORE_BYTES)
})
