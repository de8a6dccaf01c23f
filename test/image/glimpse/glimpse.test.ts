import sharp, { type JpegOptions } from 'sharp'
import { describe, expect, it } from 'vitest'
import { withThumbnail } from '../../../bench/deadline/thumbnail.ts'
import { glimpse, type Glimpse } from '../../../src/image/glimpse/glimpse.ts'
import { exifThumbnail } from '../../../src/image/glimpse/thumbnail.ts'
import { step, type Step } from '../../../src/image/plan.ts'
import { openImageContext } from '../../support/image-context.ts'

const LIMITS = { maxSteps: 64, maxPixels: 100_000_000, maxSide: 12_000 }
const HEAD_BYTES = 40_000

/** Left half red, right half blue, or noise over grey below. */
async function halves(width: number, height: number, options: JpegOptions = {}): Promise<Uint8Array> {
  const data = Buffer.alloc(width * height * 3)
  let seed = 1
  for (let i = 0; i < width * height; i++) {
    seed = (seed * 1_103_515_245 + 12_345) & 0x7fffffff
    const noise = (seed >> 16) % 60
    const isLeft = i % width < width / 2
    data.set([isLeft ? 200 - noise : noise, noise, isLeft ? noise : 200 - noise], i * 3)
  }
  return new Uint8Array(
    await sharp(data, { raw: { width, height, channels: 3 } })
      .jpeg({ quality: 80, ...options })
      .toBuffer(),
  )
}

async function look(file: Uint8Array, steps: readonly Step[], headBytes = HEAD_BYTES, leftMs?: number): Promise<Glimpse> {
  const { context, release } = openImageContext()
  const plan = { steps, output: { format: 'webp', quality: 80 } as const }
  const seen = await glimpse(
    plan,
    file.subarray(0, headBytes),
    file.length,
    LIMITS,
    context,
    leftMs === undefined ? undefined : () => leftMs,
  )
  await release(true)
  return seen
}

/** Size and mean colours of the left and the right half. */
async function seenIn({ body }: Glimpse) {
  const { data, info } = await sharp(body).raw().toBuffer({ resolveWithObject: true })
  const mean = (from: number, to: number, channel: number): number => {
    let [sum, count] = [0, 0]
    for (let y = 0; y < info.height; y++)
      for (let x = from; x < to; x++) {
        sum += data[(y * info.width + x) * 3 + channel] ?? 0
        count++
      }
    return sum / count
  }
  const middle = Math.floor(info.width / 2)
  const redder = (from: number, to: number): number => mean(from, to, 0) - mean(from, to, 2)
  return { width: info.width, height: info.height, left: redder(0, middle), right: redder(middle, info.width) }
}

const thumbnailOf = (file: Uint8Array): Promise<Buffer> =>
  sharp(file).resize(160, 120, { fit: 'contain', background: 'black' }).jpeg().toBuffer()

describe('a glimpse', () => {
  it('is of less when there is less time', async () => {
    const [plain, progressive] = [await halves(900, 600), await halves(900, 600, { progressive: true })]
    const withOne = withThumbnail(progressive, await thumbnailOf(progressive))
    const of = async (file: Uint8Array, leftMs: number): Promise<string> => (await look(file, [], undefined, leftMs)).of
    expect([await of(progressive, 200), await of(plain, 50)]).toEqual(['scan', 'colour'])
    expect([await of(progressive, 0), await of(plain, 0), await of(withOne, 0)]).toEqual(['shape', 'shape', 'thumbnail'])
  })

  it('comes of the EXIF thumbnail without its bars, in the frame of the result', async () => {
    const file = await halves(900, 300)
    const seen = await look(withThumbnail(file, await thumbnailOf(file)), [step('resize', { width: 600 })])
    expect(seen.of).toBe('thumbnail')
    const { width, height, left, right } = await seenIn(seen)
    expect([width, height]).toEqual([64, 21])
    expect(left).toBeGreaterThan(80)
    expect(right).toBeLessThan(-80)
    expect(Math.max(...(await sharp(seen.body).stats()).channels.map(({ max }) => max))).toBeGreaterThan(100)
  })

  it.each<[string, readonly Step[], 'red' | 'blue' | 'both', readonly [number, number]]>([
    ['a cut', [step('crop', { x: 0, y: 0, width: 300, height: 300 })], 'red', [64, 64]],
    ['a mirror and a cut', [step('flip', { axis: 'horizontal' }), step('crop', { x: 0, y: 0, width: 300, height: 300 })], 'blue', [64, 64]],
    ['a cover', [step('cover', { width: 100, height: 400, position: 'right' })], 'blue', [16, 64]],
    ['a turn', [step('rotate', { degrees: 90 })], 'both', [21, 64]],
    ['effects that are left out', [step('blur', { sigma: 9 }), step('resize', { width: 500 })], 'both', [64, 21]],
  ])('shows what the plan shows: %s', async (_name, steps, colour, size) => {
    const file = await halves(900, 300)
    const { width, height, left, right } = await seenIn(await look(withThumbnail(file, await thumbnailOf(file)), steps))
    expect([width, height]).toEqual(size)
    const all = (left + right) / 2
    if (colour === 'red') expect(all).toBeGreaterThan(80)
    else if (colour === 'blue') expect(all).toBeLessThan(-80)
    else expect(Math.abs(all)).toBeLessThan(60)
  })

  it('has the colours of the plan', async () => {
    const file = await halves(900, 300)
    const { left, right } = await seenIn(await look(withThumbnail(file, await thumbnailOf(file)), [step('grayscale', {})]))
    expect(Math.abs(left)).toBeLessThan(12)
    expect(Math.abs(right)).toBeLessThan(12)
  })

  it("comes of a progressive picture's first scan", async () => {
    const seen = await look(await halves(2400, 800, { progressive: true }), [step('resize', { width: 600 })], 100_000)
    expect(seen.of).toBe('scan')
    const { left, right } = await seenIn(seen)
    expect(left).toBeGreaterThan(60)
    expect(right).toBeLessThan(-60)
  })

  it('is the colour of the first rows of other pictures', async () => {
    const seen = await look(await halves(1600, 1600), [step('resize', { width: 600 })], 100_000)
    expect(seen.of).toBe('colour')
    const { width, height, left, right } = await seenIn(seen)
    expect([width, height]).toEqual([64, 64])
    expect(Math.abs(left - right)).toBeLessThan(6)
  })

  it('is grey where the beginning says nothing', async () => {
    const png = new Uint8Array(
      await sharp(await halves(1600, 1600))
        .png()
        .toBuffer(),
    )
    expect((await look(png, [step('resize', { width: 600 })], 3000)).of).toBe('shape')
  })
})

describe('the thumbnail of an EXIF block', () => {
  it('is read, and damage counts for none', async () => {
    const file = await halves(90, 60)
    const thumbnail = await thumbnailOf(file)
    const tiff = withThumbnail(file, thumbnail).subarray(12)
    expect(Buffer.compare(exifThumbnail(tiff) ?? new Uint8Array(), thumbnail)).toBe(0)
    for (let at = 0; at < 46; at++) {
      for (const value of [0, 1, 0x7f, 0xff]) {
        const damaged = Uint8Array.from(tiff)
        damaged[at] = value
        expect(() => exifThumbnail(damaged)).not.toThrow()
      }
      expect(exifThumbnail(tiff.subarray(0, at))).toBeNull()
    }
  })
})
