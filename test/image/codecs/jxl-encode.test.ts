import sharp from 'sharp'
import { describe, expect, it } from 'vitest'
import { libjxlQuality } from '../../../src/image/codecs/jxl/quality.ts'
import { execute } from '../../../src/image/execute.ts'
import { codec, QUALITY_WISHES, type Output, type TransformPlan } from '../../../src/image/plan.ts'
import { planExecution } from '../../../src/image/planner.ts'
import type { Raster } from '../../../src/image/raster.ts'
import { encodeAs } from '../../support/apply-steps.ts'
import { decoded, psnr } from '../../support/icc/decoded.ts'
import { openImageContext, wasmFromDisk } from '../../support/image-context.ts'

const { context } = openImageContext()
const LIMITS = { maxSteps: 8, maxPixels: 1e8, maxSide: 10_000, memoryBytes: 80_000_000 }
const plan = (format: Output['format'], output: Partial<Output> = {}): TransformPlan => ({
  steps: [],
  output: { format, quality: 80, ...output },
})

/** Two gradients and waves; `alphaAt`: of the pixel at a column. */
function picture(width: number, height: number, alphaAt: (x: number) => number = () => 255): Raster {
  const data = new Uint8ClampedArray(width * height * 4)
  for (let i = 0; i < width * height; i++) {
    const [x, y] = [i % width, Math.floor(i / width)]
    data.set([(x * 255) / width, (y * 255) / height, 128 + 90 * Math.sin(x / 9), alphaAt(x)], i * 4)
  }
  return { width, height, data }
}
const encode = (raster: Raster, options: object = {}): Promise<Uint8Array> => encodeAs(context, 'jxl', raster, { quality: 90, ...options })

const source = (width: number, height: number): Promise<Uint8Array> =>
  sharp(picture(width, height).data, { raw: { width, height, channels: 4 } })
    .removeAlpha()
    .withExif({ IFD0: { Copyright: 'Ours' } })
    .withXmp('<x:xmpmeta xmlns:x="adobe:ns:meta/"/>')
    .jpeg({ quality: 95 })
    .toBuffer()
    .then((file) => new Uint8Array(file))

async function run(file: Uint8Array, wish: TransformPlan) {
  const opened = openImageContext()
  const result = await execute(planExecution(wish, file, LIMITS), file, [], opened.context, async (_phase, work) => work())
  const body = new Uint8Array(result.body)
  await opened.release(true)
  return { ...result, body }
}

describe('a picture as JPEG XL', () => {
  it.each<[string, Raster, number]>([
    ['opaque', picture(96, 64), 38],
    ['with alpha', picture(96, 64, (x) => 55 + 2 * x), 36],
    ['with odd sides', picture(95, 63), 38],
    ['of one pixel', picture(1, 1), 30],
  ])('%s is read as it was', async (_, raster, floor) => {
    const { width, height, data } = await decoded(await encode(raster))
    expect([width, height]).toEqual([raster.width, raster.height])
    expect(psnr(data, raster.data)).toBeGreaterThan(floor)
  })

  it('has every pixel without loss, by each wish', async () => {
    const raster = picture(64, 48, (x) => 4 * x)
    for (const effort of [10, 50, 100]) expect((await decoded(await encode(raster, { lossless: true, effort }))).data).toEqual(raster.data)
    const png = new Uint8Array(
      await sharp(raster.data, { raw: { width: 64, height: 48, channels: 4 } })
        .png()
        .toBuffer(),
    )
    const { body, mime } = await run(png, plan('jxl', QUALITY_WISHES.lossless))
    expect([mime, (await decoded(body)).data]).toEqual(['image/jxl', raster.data])
  })

  it('is larger and better with quality, and one is found for a target and a limit of bytes', async () => {
    const raster = picture(160, 120)
    const sizes = await Promise.all([30, 60, 90].map(async (quality) => (await encode(raster, { quality })).length))
    expect(sizes).toEqual(sizes.toSorted((a, b) => a - b))
    const file = await source(160, 120)
    const auto = await run(file, plan('jxl', QUALITY_WISHES.auto))
    expect(auto.quality).toMatch(/^\d{2};ssim=0\.9/)
    const limited = await run(file, plan('jxl', { quality: 100, maxBytes: 3000 }))
    expect(limited.body.length).toBeLessThanOrEqual(3000)
  })

  it('has the scale of WebP: it never falls, and reaches both ends', () => {
    const all = Array.from({ length: 100 }, (_, i) => libjxlQuality(i + 1))
    expect(all).toEqual(all.toSorted((a, b) => a - b))
    expect([all[0], all[79], all[84], all[99]]).toEqual([5, 83, 87.5, 98])
  })

  it('takes along what is wished of EXIF and XMP, and nothing else; its colours are sRGB', async () => {
    const { exif, xmp } = codec('jxl')
    const file = await source(64, 48)
    const bare = (await run(file, plan('jxl'))).body
    expect([bare[0], bare[1], exif?.(bare), xmp?.(bare, {} as never)]).toEqual([0xff, 0x0a, null, null])
    const { body } = await run(file, plan('jxl', { metadata: 'keep', colours: 'keep' }))
    expect(Buffer.from(exif?.(body) ?? []).includes('Ours')).toBe(true)
    expect(Buffer.from(xmp?.(body, {} as never) ?? []).includes('x:xmpmeta')).toBe(true)
    expect(psnr((await decoded(body)).data, (await decoded(bare)).data)).toBe(Infinity)
  })
})

describe('who gets it', () => {
  it('is who asks for it, where there is a renderer and the memory', async () => {
    const file = await source(64, 48)
    expect(planExecution(plan('jxl'), file, LIMITS).output.format).toBe('jxl')
    expect(() => planExecution(plan('jxl'), file, { ...LIMITS, onRenderers: false })).toThrow(
      expect.objectContaining({ code: 'not_implemented', reason: expect.stringMatching(/JPEG XL.*RENDERER/) as string }),
    )
    const large = new Uint8Array(
      await sharp({ create: { width: 1600, height: 1200, channels: 3, background: '#369' } })
        .jpeg()
        .toBuffer(),
    )
    expect(() => planExecution(plan('jxl'), large, LIMITS)).toThrow(
      expect.objectContaining({
        code: 'too_many_pixels',
        reason: expect.stringMatching(/at most \d+ pixels of width.*encoder of jxl/) as string,
      }),
    )
    const own = await encode(picture(64, 48))
    for (const format of ['source', 'auto-avif', 'auto'] as const)
      expect(planExecution(plan(format), own, LIMITS).output.format).not.toBe('jxl')
  })

  it('takes the memory that an instance has from the start: it never grows', async () => {
    let state = 1
    const data = Uint8ClampedArray.from({ length: 480 * 360 * 4 }, () => (state = (state * 16_807) % 2_147_483_647) & 255)
    const grown: number[] = []
    const { grow } = WebAssembly.Memory.prototype
    const instances: WebAssembly.Memory[] = []
    WebAssembly.Memory.prototype.grow = function (pages) {
      if (!instances.includes(this)) instances.push(this)
      else grown.push(pages)
      return grow.call(this, pages)
    }
    try {
      const module = await wasmFromDisk.jxlEncoder()
      expect(module).toBeInstanceOf(WebAssembly.Module)
      for (const options of [{ quality: 97 }, { quality: 20, effort: 100 }, { lossless: true }])
        await encode({ width: 480, height: 360, data: data.slice() }, options)
    } finally {
      WebAssembly.Memory.prototype.grow = grow
    }
    expect(grown).toEqual([])
  })
})
