import { decode as decodeBlurHash, encode as encodeBlurHash, isBlurhashValid } from 'blurhash'
import sharp, { type Sharp } from 'sharp'
import { rgbaToThumbHash, thumbHashToApproximateAspectRatio, thumbHashToAverageRGBA } from 'thumbhash'
import { describe, expect, it } from 'vitest'
import { areaMeans, overWhite } from '../../../src/image/info/areas.ts'
import { step } from '../../../src/image/plan.ts'
import { tell } from './tell.ts'

/** A picture of so many pixels whose colours change slowly; half of it transparent when wanted. */
function gradient(width: number, height: number, alpha: boolean): Sharp {
  const pixels = Array.from({ length: width * height }, (_, i) => {
    const [x, y] = [(i % width) / width, Math.floor(i / width) / height]
    return [255 * x, 255 * y, 255 * (1 - x), alpha && x > 0.5 ? 0 : 255].map(Math.round)
  })
  return sharp(Buffer.from(pixels.flat()), { raw: { width, height, channels: 4 } })
}

const png = async (picture: Sharp): Promise<Uint8Array> => new Uint8Array(await picture.png().toBuffer())
const bytesOf = (base64: unknown): Uint8Array => Uint8Array.from(Buffer.from(String(base64), 'base64'))

// Pictures of no more than 100 pixels a side are looked at as they are.
describe.each([
  ['wide', 90, 60, false],
  ['high', 40, 80, false],
  ['square', 64, 64, false],
  ['half transparent', 90, 60, true],
  ['one pixel', 1, 1, false],
  ['a line', 100, 1, false],
] as const)('a picture that is %s', (_, width, height, alpha) => {
  it("has the reference's ThumbHash", async () => {
    const file = await png(gradient(width, height, alpha))
    const { data } = await sharp(file).raw().toBuffer({ resolveWithObject: true })
    const { thumbHash } = await tell(file, ['thumbHash'])
    expect(bytesOf(thumbHash)).toEqual(rgbaToThumbHash(width, height, data))
  })

  it("has the reference's BlurHash", async () => {
    const file = await png(gradient(width, height, alpha))
    const { blurHash } = await tell(file, ['blurHash'])
    expect(isBlurhashValid(String(blurHash))).toEqual({ result: true })
    const { data } = await sharp(file).flatten({ background: '#fff' }).ensureAlpha().raw().toBuffer({ resolveWithObject: true })
    const [across, down] = width > height ? [4, 3] : width < height ? [3, 4] : [3, 3]
    expect(blurHash).toBe(encodeBlurHash(new Uint8ClampedArray(data), width, height, across, down))
  })
})

describe('a large picture', () => {
  it('shows in its hashes', async () => {
    const file = await png(gradient(600, 300, false))
    const { thumbHash, blurHash } = await tell(file, ['thumbHash', 'blurHash'])
    expect(thumbHashToApproximateAspectRatio(bytesOf(thumbHash))).toBeCloseTo(2, 0)
    const { r, g, b, a } = thumbHashToAverageRGBA(bytesOf(thumbHash))
    for (const value of [r, g, b]) expect(value).toBeCloseTo(0.5, 1)
    expect(a).toBe(1)
    const decoded = decodeBlurHash(String(blurHash), 60, 30)
    const seen = await sharp(file).resize(60, 30, { fit: 'fill' }).ensureAlpha().raw().toBuffer()
    const error = decoded.reduce((sum, level, i) => sum + Math.abs(level - (seen[i] ?? 0)), 0) / decoded.length
    expect(error).toBeLessThan(20)
  })

  it('has a placeholder that looks like it', async () => {
    const { placeholder } = await tell(await png(gradient(600, 300, false)), ['placeholder'])
    const [, mime, base64 = ''] = /^data:(image\/[a-z]+);base64,(.+)$/.exec(String(placeholder)) ?? []
    expect([mime, String(placeholder).length < 900]).toEqual(['image/jpeg', true])
    const { data, info } = await sharp(Buffer.from(base64, 'base64')).raw().toBuffer({ resolveWithObject: true })
    expect([info.width, info.height]).toEqual([20, 10])
    const wanted = await gradient(600, 300, false).removeAlpha().resize(20, 10, { fit: 'fill', kernel: 'linear' }).raw().toBuffer()
    expect(data.reduce((sum, level, i) => sum + Math.abs(level - (wanted[i] ?? 0)), 0) / data.length).toBeLessThan(10)
  })

  it('has a PNG as placeholder where it is transparent', async () => {
    const { placeholder } = await tell(await png(gradient(200, 300, true)), ['placeholder'])
    const { hasAlpha, width, height } = await sharp(Buffer.from(String(placeholder).split(',')[1] ?? '', 'base64')).metadata()
    expect([String(placeholder).slice(0, 15), hasAlpha, width, height]).toEqual(['data:image/png;', true, 13, 20])
  })

  it('is looked at behind its steps', async () => {
    const file = await png(gradient(600, 300, false))
    const cut = await tell(file, ['dominantColor', 'result'], [step('crop', { x: 0, y: 0, width: 2, height: 2 })])
    expect(cut).toEqual({ result: { width: 2, height: 2 }, dominantColor: '#0001ff' })
  })
})

describe('areas', () => {
  it('have the mean of what is visible in them', () => {
    const picture = { width: 3, height: 1, data: Uint8ClampedArray.of(200, 0, 0, 255, 0, 100, 0, 255, 0, 0, 60, 0) }
    expect([...areaMeans(picture, { width: 1, height: 1 }).data]).toEqual([100, 50, 0, 170])
    // Areas of one pixel and a half.
    expect([...areaMeans(picture, { width: 2, height: 1 }).data]).toEqual([133, 33, 0, 255, 0, 100, 0, 85])
    expect([...areaMeans(picture, picture).data]).toEqual([200, 0, 0, 255, 0, 100, 0, 255, 0, 0, 0, 0])
  })

  it('over white', () => {
    const picture = { width: 1, height: 1, data: Uint8ClampedArray.of(0, 100, 255, 51) }
    expect([...overWhite(picture).data]).toEqual([204, 224, 255, 255])
  })
})
