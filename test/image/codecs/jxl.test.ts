import { describe, expect, it } from 'vitest'
import { planExecution, sniffFormat } from '../../../src/image/planner.ts'
import { boxOf, container } from '../../support/jxl/container.ts'
import { encodeJxl } from '../../support/jxl/encode.ts'
import { decoded, psnr } from '../../support/icc/decoded.ts'
import { randomNumbers } from '../../support/jpeg-coefficients.ts'

/** A picture without a pattern, some of it transparent. */
function noise(width: number, height: number, isOpaque = false) {
  const random = randomNumbers(width * 1000 + height)
  const data = Uint8ClampedArray.from({ length: width * height * 4 }, (_, i) =>
    i % 4 === 3 && isOpaque ? 255 : Math.floor(random() * 256),
  )
  return { width, height, data }
}

describe('each pixel of a JPEG XL', () => {
  it.each([
    [40, 30],
    [1, 1],
    [300, 20],
    [17, 1],
  ])('of %d × %d, with alpha', async (width, height) => {
    const picture = noise(width, height)
    const file = await encodeJxl(picture, { lossless: true })
    expect(sniffFormat(file)).toBe('jxl')
    expect(await decoded(file)).toEqual(picture)
  })

  it('in a container, in one box or in parts', async () => {
    const picture = noise(40, 30)
    const codestream = await encodeJxl(picture, { lossless: true })
    expect(await decoded(container([boxOf('jxlc', codestream)]))).toEqual(picture)
    const [first, last] = [codestream.subarray(0, 9), codestream.subarray(9)]
    const parts = container([boxOf('jxlp', [0, 0, 0, 0], first), boxOf('Exif', [0, 0, 0, 0]), boxOf('jxlp', [0x80, 0, 0, 1], last)])
    expect(sniffFormat(parts)).toBe('jxl')
    expect(await decoded(parts)).toEqual(picture)
  })

  it('nearly, with loss', async () => {
    const smooth = noise(64, 64, true)
    for (let i = 0; i < smooth.data.length; i++) if (i % 4 < 3) smooth.data[i] = 2 * ((i >> 2) % 64) + 50 * (i % 4)
    expect(psnr((await decoded(await encodeJxl(smooth, { quality: 90, effort: 3 }))).data, smooth.data)).toBeGreaterThan(40)
  })
})

describe('what is wrong', () => {
  it('with the data is 422, and the next file is decoded', async () => {
    const picture = noise(40, 30)
    const file = await encodeJxl(picture, { lossless: true })
    for (const damaged of [file.subarray(0, 8), file.subarray(0, file.length / 2), container([]), container([boxOf('jxlc', [1, 2, 3])])])
      await expect(decoded(damaged)).rejects.toMatchObject({ code: 'invalid_image' })
    expect(await decoded(file)).toEqual(picture)
  })

  it('with its size is 422 before it is decoded', () => {
    const large = Uint8Array.of(0xff, 0x0a, ...header(20_000, 20_000))
    const limits = { maxSteps: 8, maxPixels: 1e9, maxSide: 100_000, memoryBytes: 80_000_000 }
    expect(() => planExecution({ steps: [], output: { format: 'png', quality: 80 } }, large, limits)).toThrow(
      expect.objectContaining({ code: 'too_many_pixels' }),
    )
  })
})

/** Both sides in 18 bits, then a plain header. */
function header(width: number, height: number): readonly number[] {
  const bits = [
    [0, 1],
    [2, 2],
    [height - 1, 18],
    [0, 3],
    [2, 2],
    [width - 1, 18],
    [1, 1],
    [1, 1],
    [0, 7],
  ] as const
  const word = bits.reduceRight((all, [value, count]) => (all << BigInt(count)) | BigInt(value), 0n)
  return Array.from({ length: 7 }, (_, i) => Number((word >> BigInt(8 * i)) & 255n))
}
