import sharp from 'sharp'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { NO_INPUTS } from '../../src/image/context.ts'
import { readJpegSource } from '../../src/image/engine/jpeg/scaled/estimate.ts'
import { probePng } from '../../src/image/engine/png/header.ts'
import { execute } from '../../src/image/execute.ts'
import { wholeImage } from '../../src/image/geometry.ts'
import { FORMAT_NAMES, step, type FormatName, type Step } from '../../src/image/plan.ts'
import { planExecution } from '../../src/image/planner.ts'
import { decodeJpeg, decodeJpegBytes, encodeJpeg, encodeJpegBytes } from '../../src/image/second/jpeg.ts'
import { decodePng, decodePngBytes, encodePng, encodePngBytes } from '../../src/image/second/png.ts'
import { cutAndScale, resizeBytes } from '../../src/image/second/resize.ts'
import { SECOND_STAGES } from '../../src/image/second/stages.ts'
import type { Raster } from '../../src/image/raster.ts'
import { CORE_STAGES, type Stages } from '../../src/image/codecs/stages.ts'
import { openImageContext, wasmFromDisk } from '../support/image-context.ts'
import { sampleIn } from './codecs/samples.ts'
import { writeApng } from './engine/png/apng-writer.ts'
import { chunk, randomSamples } from './engine/png/writer.ts'
import { animated, lowGrayPng, palettePng, photo, png16, translucent } from '../support/pictures.ts'

const LIMITS = { maxSteps: 20, maxPixels: 100_000_000, maxSide: 10_000 }

/** Keeps every instance that is made, to see how much memory it has. */
const made: WebAssembly.Instance[] = []
const Plain = WebAssembly.Instance
beforeAll(() => {
  WebAssembly.Instance = class extends Plain {
    constructor(module: WebAssembly.Module, imports?: WebAssembly.Imports) {
      super(module, imports)
      made.push(this)
    }
  }
})
afterAll(() => {
  WebAssembly.Instance = Plain
})

/** What Emscripten's instances start with: those that need no more are kept for later runs, and are the isolate's, as its code is. */
const KEPT_BYTES = 17_000_000
const INITIAL_BYTES = 16_777_216

const memoryBytes = (): number =>
  made
    .flatMap(({ exports }) => Object.values(exports))
    .map((member) => (member instanceof WebAssembly.Memory ? member.buffer.byteLength : 0))
    .filter((bytes) => bytes < INITIAL_BYTES || bytes > KEPT_BYTES)
    .reduce((sum, bytes) => sum + bytes, 0)

async function run(file: Uint8Array, format: FormatName, steps: readonly Step[], stages: Stages, page?: number) {
  const { context, release } = openImageContext(true)
  const execution = planExecution({ steps, output: { format, quality: 90 }, page }, file, LIMITS, stages)
  const inputs = steps.map(() => NO_INPUTS)
  const { body } = await execute(execution, file, inputs, context, (_phase, work) => Promise.resolve(work()))
  await release(false)
  const { data, info } = await sharp(body).toColourspace('srgb').ensureAlpha().raw().toBuffer({ resolveWithObject: true })
  return { data, width: info.width, height: info.height, peakBytes: execution.peakBytes, body }
}

const turned = (orientation: number) => async (): Promise<Uint8Array> =>
  sharp(await photo())
    .withMetadata({ orientation })
    .jpeg({ quality: 90 })
    .toBuffer()

const SOURCES: Readonly<Record<string, () => Promise<Uint8Array>>> = {
  'a JPEG': () => photo(),
  'a progressive JPEG': async () =>
    sharp(await photo())
      .jpeg({ progressive: true, chromaSubsampling: '4:4:4' })
      .toBuffer(),
  'a gray JPEG': async () =>
    sharp(await photo())
      .toColourspace('b-w')
      .jpeg()
      .toBuffer(),
  'a mirrored JPEG': turned(2),
  'a turned JPEG': turned(6),
  'a PNG': () => photo({ format: 'png' }),
  'a translucent PNG': () => translucent('png'),
  'a PNG of a palette': () => palettePng(),
  'a PNG of 16 bits': () => png16(),
  'a PNG of 2 bits': () => lowGrayPng(2),
  'a WebP': () => photo({ format: 'webp' }),
  'a translucent WebP': () => translucent('webp'),
}
const PLANS: Readonly<Record<string, readonly Step[]>> = {
  'as it is': [],
  'cut and scaled': [step('crop', { x: 10, y: 20, width: 70, height: 40, position: 'top-left' }), step('resize', { width: 50 })],
  'turned, changed and scaled': [step('rotate', { degrees: 90 }), step('modulate', { brightness: 1.1 }), step('resize', { width: 60 })],
  enlarged: [step('resize', { width: 400, kernel: 'catmull-rom' })],
}

describe('the second engine', () => {
  const cases = Object.keys(SOURCES).flatMap((source) => Object.keys(PLANS).map((plan) => [source, plan] as const))

  it.each(cases)('shows %s %s as the core does', async (source, plan) => {
    const file = await SOURCES[source]!()
    const steps = PLANS[plan]!
    const [ours, theirs] = [await run(file, 'png', steps, CORE_STAGES), await run(file, 'png', steps, SECOND_STAGES)]
    expect([theirs.width, theirs.height]).toEqual([ours.width, ours.height])
    let error = 0
    for (let at = 0; at < ours.data.length; at += 4) {
      const [a, b] = [ours.data[at + 3] as number, theirs.data[at + 3] as number]
      error += (a - b) ** 2
      for (let c = at; c < at + 3; c++) error += (((ours.data[c] as number) * a - (theirs.data[c] as number) * b) / 255) ** 2
    }
    expect(10 * Math.log10(255 ** 2 / Math.max(error / ours.data.length, 1e-9))).toBeGreaterThan(32)
  })

  it.each(['jpeg', 'png', 'webp'] as const)('encodes %s', async (format) => {
    const { body } = await run(await translucent('png'), format, [step('resize', { width: 80 })], SECOND_STAGES)
    expect(await sharp(body).metadata()).toMatchObject({ format, width: 80, hasAlpha: format !== 'jpeg' })
  })

  it('shows a page of an animation', async () => {
    const { width, height } = await run(await animated('webp'), 'png', [], SECOND_STAGES)
    expect(width * height).toBeGreaterThan(1)
  })

  it.each([
    [6, 8],
    [3, 4],
    [2, 8],
  ] as const)('shows each page of an animated PNG of colour type %i and %i bits as the core does', async (colourType, bitDepth) => {
    const [width, height] = [40, 30]
    const channels = { 2: 3, 3: 1, 6: 4 }[colourType]
    const frames = [0, 1, 2, 0].map((dispose, i) => {
      const shape = { x: 3 * i, y: i, width: width - 5 * i, height: height - 4 * i }
      return { ...shape, dispose, blend: i % 2, samples: randomSamples(i, channels * shape.width * shape.height, bitDepth) }
    })
    const colours = chunk(
      'PLTE',
      Uint8Array.from({ length: 48 }, (_, i) => (i * 37) & 255),
    )
    const before = colourType === 3 ? [colours, chunk('tRNS', Uint8Array.of(0, 90, 255))] : []
    const file = writeApng({ width, height, colourType, bitDepth, frames, before, split: [300] })
    for (const page of [1, 2, 3, 4]) {
      const [ours, theirs] = [await run(file, 'png', [], CORE_STAGES, page), await run(file, 'png', [], SECOND_STAGES, page)]
      expect(Buffer.compare(theirs.data, ours.data)).toBe(0)
    }
  })

  it.each(FORMAT_NAMES)('reads %s as the core does', async (format) => {
    const file = await sampleIn(format, 60)
    const steps = [step('crop', { x: 2, y: 1, width: 50, height: 30, position: 'top-left' })]
    const [ours, theirs] = [await run(file, 'png', steps, CORE_STAGES), await run(file, 'png', steps, SECOND_STAGES)]
    expect([theirs.width, theirs.height]).toEqual([ours.width, ours.height])
    const far = ours.data.reduce((sum, level, i) => sum + (level - (theirs.data[i] as number)) ** 2, 0) / ours.data.length
    expect(10 * Math.log10(255 ** 2 / Math.max(far, 1e-9))).toBeGreaterThan(40)
  })
})

describe('the memory of the second engine', () => {
  const noise = (width: number, height: number, channels: 3 | 4) => {
    const data = Buffer.from(Uint8Array.from({ length: width * height * channels }, (_, i) => Math.imul(i + 1, 2_654_435_761) >>> 24))
    return sharp(data, { raw: { width, height, channels } })
  }
  const context = { wasm: wasmFromDisk }
  const raster = async (width: number, height: number): Promise<Raster> => ({
    width,
    height,
    data: new Uint8ClampedArray(await noise(width, height, 4).raw().toBuffer()),
  })

  /** What a piece of work holds: its instances, and the pixels or the file that it takes and gives. */
  async function held(work: () => Promise<Raster | Uint8Array>, taken: number): Promise<number> {
    made.length = 0
    const given = await work()
    return memoryBytes() + taken + ('data' in given ? given.data.length : given.length)
  }
  function expectBound(estimate: number, bytes: number): void {
    expect(bytes).toBeLessThanOrEqual(estimate)
    expect(estimate, 'near enough to be of use').toBeLessThan(2 * bytes + 4_000_000)
  }

  it.each([{ quality: 90 }, { quality: 100, progressive: true, chromaSubsampling: '4:4:4' }])('decoding a JPEG: %o', async (options) => {
    const file = await noise(2800, 2000, 3).jpeg(options).toBuffer()
    const { header } = readJpegSource(file)
    expectBound(decodeJpegBytes(header, file.length), await held(() => decodeJpeg(context, file, header), 0))
  })

  it.each([
    ['RGB', () => noise(1500, 1100, 3)],
    ['RGBA', () => noise(1500, 1100, 4)],
    ['16 bits', () => noise(1200, 1000, 4).toColourspace('rgb16')],
    ['a palette', () => noise(1500, 1100, 3).png({ palette: true })],
  ] as const)('decoding a PNG of %s', async (_kind, picture) => {
    const file = await picture().png({ compressionLevel: 1 }).toBuffer()
    const estimate = decodePngBytes(probePng(file), file.length)
    expect(await held(() => decodePng(context, file, probePng(file)), 0)).toBeLessThanOrEqual(estimate)
  })

  it.each([80, 100])('encoding a JPEG of quality %i', async (quality) => {
    const picture = await raster(1200, 900)
    expectBound(encodeJpegBytes(picture, quality), await held(() => encodeJpeg(context, picture, quality), picture.data.length))
  })

  it('encoding a PNG', async () => {
    const picture = await raster(1200, 900)
    expectBound(encodePngBytes(picture), await held(() => encodePng(context, picture), picture.data.length))
  })

  it.each([
    [300, 225, true],
    [300, 225, false],
    [1400, 1050, true],
    [1400, 1050, false],
  ])('scaling to %i×%i, opaque: %o', async (width, height, isOpaque) => {
    const picture = await raster(1200, 900)
    const geometry = { ...wholeImage(picture), width, height }
    // The picture itself is its decoder's.
    expectBound(resizeBytes(geometry, isOpaque), await held(() => cutAndScale(context, picture, geometry, isOpaque), 0))
  })
})
