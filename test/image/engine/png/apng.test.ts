import UPNG from 'upng-js'
import { describe, expect, it } from 'vitest'
import { AppError } from '../../../../src/errors.ts'
import { blendPixel } from '../../../../src/image/engine/png/apng/blend.ts'
import { pngPageRowsBytes } from '../../../../src/image/engine/png/apng/rows.ts'
import { probePng } from '../../../../src/image/engine/png/header.ts'
import { decodeRaster } from '../../../../src/image/execute.ts'
import { wholeImage } from '../../../../src/image/geometry.ts'
import { planExecution } from '../../../../src/image/planner.ts'
import { flipped, truncated } from '../../../support/broken-pictures.ts'
import { openImageContext } from '../../../support/image-context.ts'
import { type WrittenAnimation, type WrittenFrame, writeApng } from './apng-writer.ts'
import { CHANNELS, chunk, palette, random, randomSamples, writePng } from './writer.ts'

const LIMITS = { maxSteps: 1, maxPixels: 2 ** 21, maxSide: 10_000, memoryBytes: 60_000_000 }

/** A page through the planner and the decoder, as the service has it. */
async function decode(file: Uint8Array, page = 1) {
  const { context, release } = openImageContext()
  try {
    const { probe, source } = planExecution({ steps: [], output: { format: 'png', quality: 80 }, page }, file, LIMITS)
    const raster = await decodeRaster(context, file, source, probe, { ...wholeImage(probe), page })
    return { ...raster, probe, warnings: [...context.warnings] }
  } finally {
    await release(true)
  }
}

/** What UPNG.js shows of all frames. */
const theirs = (file: Uint8Array): readonly Uint8Array[] =>
  UPNG.toRGBA8(UPNG.decode(file.slice().buffer)).map((frame) => new Uint8Array(frame))

/** The specification in plain words, in floating point: the canvas at each frame. Sources are RGBA of 8 bits. */
function composed({ width, height, frames }: WrittenAnimation): readonly Uint8Array[] {
  let canvas = new Float64Array(width * height * 4)
  return frames.map(({ x: left = 0, y: top = 0, dispose = 0, blend = 0, ...frame }, i) => {
    const before = canvas.slice()
    const at = (x: number, y: number): number => ((top + y) * width + left + x) * 4
    const each = (visit: (to: number, from: number) => void): void => {
      for (let y = 0; y < frame.height; y++) for (let x = 0; x < frame.width; x++) visit(at(x, y), (y * frame.width + x) * 4)
    }
    each((to, from) => {
      const [r = 0, g = 0, b = 0, a = 0] = frame.samples.slice(from, from + 4)
      const share = a / 255
      const below = ((canvas[to + 3] ?? 0) / 255) * (1 - share)
      const alpha = share + below
      const over = [r, g, b].map((level, c) => (alpha === 0 ? 0 : (level * share + (canvas[to + c] ?? 0) * below) / alpha))
      const shown = blend === 0 ? [r, g, b, a] : a === 0 ? [...canvas.subarray(to, to + 4)] : [...over, alpha * 255]
      canvas.set(shown.map(Math.round), to)
    })
    const shown = Uint8Array.from(canvas)
    if (dispose === 1 || (dispose === 2 && i === 0)) each((to) => canvas.fill(0, to, to + 4))
    else if (dispose === 2) canvas = before
    return shown
  })
}

/** The largest difference of RGBA. What has no alpha in both has no colour. */
const furthest = (a: ArrayLike<number>, b: ArrayLike<number>): number => {
  expect(a.length).toBe(b.length)
  let most = 0
  for (let i = 0; i < a.length; i++) if (a[i | 3] !== 0 || b[i | 3] !== 0) most = Math.max(most, Math.abs((a[i] ?? 0) - (b[i] ?? 0)))
  return most
}

const frameOf = (seed: number, colourType: number, bitDepth: number, changes: Partial<WrittenFrame>): WrittenFrame => {
  const { width = 24, height = 18 } = changes
  return { ...changes, width, height, samples: randomSamples(seed, width * height * (CHANNELS[colourType] ?? 1), bitDepth) }
}

/** RGBA frames with places, disposals and blends from a seed; a third of the pixels opaque, a third transparent. */
function animation(seed: number, changes: Partial<WrittenAnimation> = {}): WrittenAnimation {
  const next = random(seed)
  const [width, height] = [16 + next(20), 12 + next(16)]
  const frames = Array.from({ length: 6 }, (_, i): WrittenFrame => {
    const isWhole = i === 0 || next(4) === 0
    const size = isWhole ? { width, height } : { width: 1 + next(width), height: 1 + next(height) }
    const samples = Array.from({ length: size.width * size.height }, () => [
      next(256),
      next(256),
      next(256),
      [0, 255, next(256)][next(3)] ?? 0,
    ]).flat()
    const place = { x: next(width - size.width + 1), y: next(height - size.height + 1) }
    return { ...size, ...place, samples, dispose: next(3), blend: next(2) }
  })
  return { width, height, colourType: 6, bitDepth: 8, frames, filters: [0, 1, 2, 3, 4], ...changes }
}

describe('a page of an animated PNG', () => {
  it.each([1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12])('is what the specification says, seed %i', async (seed) => {
    const written = animation(seed, seed % 2 === 0 ? { split: [37, 5] } : { interlaced: true, between: chunk('teXt', Buffer.from('a\0b')) })
    const still = seed % 3 === 0 ? { still: randomSamples(seed, written.width * written.height * 4, 8) } : {}
    const file = writeApng({ ...written, ...still })
    for (const [i, wanted] of composed(written).entries()) expect([i, furthest((await decode(file, i + 1)).data, wanted)]).toEqual([i, 0])
  })

  const kinds = [
    [0, 4],
    [0, 8],
    [0, 16],
    [2, 8],
    [2, 16],
    [3, 2],
    [3, 8],
    [4, 8],
    [6, 8],
    [6, 16],
  ] as const
  it.each(kinds)('is what UPNG.js shows: colour type %i of %i bits', async (colourType, bitDepth) => {
    const frames = [
      frameOf(1, colourType, bitDepth, {}),
      frameOf(2, colourType, bitDepth, { x: 3, y: 2, width: 12, height: 9, dispose: 0, blend: 0 }),
      frameOf(3, colourType, bitDepth, { x: 8, y: 7, width: 8, height: 10, dispose: 2, blend: 0 }),
      frameOf(4, colourType, bitDepth, { x: 0, y: 5, width: 24, height: 2, dispose: 1, blend: 0 }),
      frameOf(5, colourType, bitDepth, { x: 4, y: 4, width: 8, height: 8, dispose: 0, blend: 1 }),
    ]
    const before = colourType === 3 ? [palette(bitDepth)] : []
    const file = writeApng({ width: 24, height: 18, colourType, bitDepth, before, frames })
    // It cuts 16 bits to 8, and lays half transparent pixels over others in its own way.
    const far = bitDepth === 16 ? 1 : 0
    const hasAlpha = colourType >= 4
    for (const [i, wanted] of theirs(file)
      .slice(0, hasAlpha ? 3 : 4)
      .entries())
      expect([i, furthest((await decode(file, i + 1)).data, wanted)]).toEqual([i, far])
  })

  it('counts no picture that is none of its frames', async () => {
    const written = animation(5)
    const still = Array.from({ length: written.width * written.height * 4 }, () => 77)
    const [first] = composed(written)
    expect(furthest((await decode(writeApng({ ...written, still }))).data, first ?? [])).toBe(0)
    const one = writeApng({ ...written, frames: written.frames.slice(0, 1), still })
    expect(furthest((await decode(one)).data, first ?? [])).toBe(0)
    await expect(decode(one, 2)).rejects.toMatchObject({ code: 'invalid_parameter', reason: 'Expected a page up to 1, received 2.' })
  })

  it('tells whether all of it is painted', () => {
    const whole = frameOf(1, 2, 8, {})
    const part = frameOf(2, 2, 8, { x: 3, y: 3, width: 4, height: 4 })
    const opaque = (frames: readonly WrittenFrame[], page: number, still?: readonly number[]) =>
      !probePng(writeApng({ width: 24, height: 18, colourType: 2, bitDepth: 8, frames, ...(still && { still }) }), page).hasAlpha
    const gone = { ...part, dispose: 1 }
    expect([1, 2].map((page) => opaque([whole, part], page))).toEqual([true, true])
    expect([1, 2, 3, 4].map((page) => opaque([whole, gone, part, whole], page))).toEqual([true, true, false, true])
    expect([1, 2].map((page) => opaque([part, whole], page, whole.samples))).toEqual([false, true])
  })

  it('needs no frame that leaves nothing behind', () => {
    const frames = [
      frameOf(1, 6, 8, {}),
      frameOf(2, 6, 8, { width: 5, height: 5, dispose: 2, blend: 1 }),
      frameOf(3, 6, 8, { width: 5, height: 5, dispose: 1, blend: 1 }),
      frameOf(4, 6, 8, {}),
      frameOf(5, 6, 8, { width: 2, height: 2, blend: 1 }),
    ]
    const file = writeApng({ width: 24, height: 18, colourType: 6, bitDepth: 8, frames })
    const way = (page: number) => probePng(file, page).page?.steps.map(({ frame, paints }) => (paints ? frame.width : -frame.width))
    expect([1, 2, 3, 4, 5].map(way)).toEqual([undefined, [24, 5], [24, 5], [24], [24, 2]])
    expect(probePng(file, 4).page?.steps).toHaveLength(1)
  })

  it('takes the memory of one canvas', async () => {
    const [width, height] = [700, 500]
    const frames = [0, 1, 2].map((i) => frameOf(i, 6, 8, { width: width - i, height, dispose: i, blend: 1 }))
    const probe = probePng(writeApng({ width, height, colourType: 6, bitDepth: 8, frames }), 3)
    expect(probe.page && pngPageRowsBytes(probe, probe.page)).toBeLessThan(4 * width * height + 700_000)
  })

  it.each([
    [0xff102030, 0x80ffffff, 0xff102030],
    [0x00102030, 0x80ffffff, 0x80ffffff],
    [0x80000000, 0xffffffff, 0xff7f7f7f],
    [0x80ff0000, 0x00000000, 0x80ff0000],
  ])('%i over %i', (over, below, wanted) => expect(blendPixel(over, below)).toBe(wanted))
})

describe('a broken animation', () => {
  const whole = frameOf(1, 2, 8, {})
  const part = frameOf(2, 2, 8, { x: 3, y: 3, width: 9, height: 9 })
  const of = (changes: Partial<WrittenAnimation>) =>
    writeApng({ width: 24, height: 18, colourType: 2, bitDepth: 8, frames: [whole, part], ...changes })
  const refusal = (file: Uint8Array, page: number) =>
    decode(file, page).then(
      () => 'a picture',
      (error: unknown) => (error instanceof AppError ? `${error.code} ${error.fault.status}: ${error.reason}` : String(error)),
    )
  const changed = (file: Uint8Array, type: string, offset: number): Uint8Array => {
    const at = Buffer.from(file).lastIndexOf(type)
    return file.map((byte, i) => (i === at + offset ? byte ^ 1 : byte))
  }

  it.each<[string, Uint8Array, RegExp]>([
    ['a number that was left out', of({ frames: [whole, { ...part, sequence: 2 }] }), /the number 2 instead of 1/],
    ['a number that comes twice', of({ frames: [whole, { ...part, sequence: 0 }] }), /the number 0 instead of 1/],
    ['a frame beyond the right side', of({ frames: [whole, { ...part, x: 16 }] }), /9×9 at 16, 3 lies outside/],
    ['a frame beyond the end of numbers', of({ frames: [whole, { ...part, y: 0xffffffff }] }), /lies outside/],
    ['a frame of no size', of({ frames: [whole, { ...part, width: 0 }] }), /0×9 at 3, 3 lies outside/],
    ['an unknown disposal', of({ frames: [whole, { ...part, dispose: 3 }] }), /an unknown way to lay a frame/],
    ['an unknown blend', of({ frames: [whole, { ...part, blend: 2 }] }), /an unknown way to lay a frame/],
    ['a frame less than promised', of({ frames: [whole], count: 3 }), /frame 2 is missing/],
    [
      'a frame without pixels',
      of({ frames: [whole, part] }).subarray(0, -12 - 3 * 81 - 60),
      /frame 2 is missing|damaged|too early|cut short/,
    ],
    ['a wrong checksum of a control', changed(of({}), 'fcTL', 26), /the fcTL chunk is cut short or has a wrong checksum/],
    ['a wrong checksum of pixels', changed(of({}), 'fdAT', 60), /checksum|damaged|filter|too early/],
    ['a first frame that is no whole picture', of({ frames: [part, part] }), /the first frame is smaller than the picture/],
  ])('%s', async (_, file, reason) => {
    expect(await refusal(file, 2)).toMatch(/^invalid_image 422/)
    expect(await refusal(file, 2)).toMatch(reason)
  })

  it('shows its first page all the same', async () => {
    const wanted = await decode(writePng({ width: 24, height: 18, colourType: 2, bitDepth: 8, samples: whole.samples }))
    for (const file of [
      of({ frames: [{ ...whole, sequence: 7 }, part] }),
      of({ frames: [whole, { ...part, sequence: 9 }] }),
      of({ count: 100 }),
    ])
      expect(furthest((await decode(file)).data, wanted.data)).toBe(0)
  })

  it('is refused when the way to a page is too long', async () => {
    const side = 1000
    const big = { width: side, height: side, samples: [] }
    const frames = Array.from({ length: 102 }, () => ({ ...big, blend: 1, width: side - 1 }))
    const file = writeApng({ width: side, height: side, colourType: 0, bitDepth: 1, frames: [big, ...frames] })
    expect(await refusal(file, 103)).toMatch(/^too_many_pixels 422: Expected at most 100000000 pixels in the frames up to 103/)
    expect(await refusal(file, 20)).toBe('a picture')
  })

  it('gives a picture of its size or a refusal, whatever is damaged', async () => {
    const files = [1, 2, 3].map((seed) => writeApng(animation(seed, seed === 2 ? { split: [50] } : {})))
    const counts = { pictures: 0, refusals: 0 }
    for (let seed = 1; seed <= 500; seed++) {
      const source = files[seed % 3] ?? new Uint8Array()
      const file = seed % 5 === 0 ? truncated(source, (seed % 97) / 97) : flipped(source, 1 + (seed % 5), seed, 33)
      const result = await decode(file, 1 + (seed % 6)).catch((error: unknown) => error)
      if (result instanceof Error) {
        expect(result).toMatchObject({ name: 'AppError' })
        expect((result as AppError).fault.status).toBeLessThan(500)
        counts.refusals++
      } else {
        const { data, width, height } = result as Awaited<ReturnType<typeof decode>>
        expect(data.length).toBe(width * height * 4)
        counts.pictures++
      }
    }
    expect(counts.pictures).toBeGreaterThan(20)
    expect(counts.refusals).toBeGreaterThan(100)
  })
})
