import sharp, { type Sharp } from 'sharp'
import { describe, expect, it } from 'vitest'
import { perceptualHash } from '../../../src/image/info/perceptual-hash.ts'
import { step } from '../../../src/image/plan.ts'
import { tell } from './tell.ts'

const [WIDTH, HEIGHT] = [240, 180]

/** Soft shapes whose places depend on the seed. */
function scene(seed: number): Sharp {
  const shapes = Array.from({ length: 6 }, (_, i) => {
    const at = (k: number): number => (Math.sin(seed * 12.9898 + i * 78.233 + k * 37.719) * 43758.5453) % 1
    const [x, y, r] = [Math.abs(at(1)) * WIDTH, Math.abs(at(2)) * HEIGHT, 20 + Math.abs(at(3)) * 60]
    const grey = Math.round(Math.abs(at(4)) * 255)
    return `<circle cx="${x}" cy="${y}" r="${r}" fill="rgb(${grey},${255 - grey},${Math.round(grey / 2)})"/>`
  })
  return sharp(
    Buffer.from(
      `<svg xmlns="http://www.w3.org/2000/svg" width="${WIDTH}" height="${HEIGHT}"><rect width="100%" height="100%" fill="#888"/>${shapes.join('')}</svg>`,
    ),
  ).removeAlpha()
}

const hashOf = async (picture: Sharp): Promise<bigint> => {
  const file = new Uint8Array(await picture.toBuffer())
  const { perceptualHash: hash } = await tell(file, ['perceptualHash'])
  expect(hash).toMatch(/^[0-9a-f]{16}$/)
  return BigInt(`0x${String(hash)}`)
}
const distance = (a: bigint, b: bigint): number => [...(a ^ b).toString(2)].filter((bit) => bit === '1').length

/** The definition: an orthonormal cosine transform of the whole 32 × 32 grays, by sums. */
function byDefinition(grays: readonly number[]): string {
  const frequency = (u: number, v: number): number => {
    let sum = 0
    for (let y = 0; y < 32; y++)
      for (let x = 0; x < 32; x++)
        sum += (grays[y * 32 + x] ?? 0) * Math.cos(((2 * x + 1) * u * Math.PI) / 64) * Math.cos(((2 * y + 1) * v * Math.PI) / 64)
    return sum
  }
  const values = Array.from({ length: 64 }, (_, i) => frequency(i % 8, i >> 3))
  const median = values.slice(1).sort((a, b) => a - b)[31] ?? 0
  return BigInt(`0b${values.map((value) => (value > median ? 1 : 0)).join('')}`)
    .toString(16)
    .padStart(16, '0')
}

describe('the perceptual hash', () => {
  it('is what its definition says', async () => {
    const { data } = await scene(5).resize(32, 32, { fit: 'fill' }).ensureAlpha().raw().toBuffer({ resolveWithObject: true })
    const grays = Array.from(
      { length: 1024 },
      (_, i) => 0.299 * (data[4 * i] ?? 0) + 0.587 * (data[4 * i + 1] ?? 0) + 0.114 * (data[4 * i + 2] ?? 0),
    )
    expect(perceptualHash({ width: 32, height: 32, data: new Uint8ClampedArray(data) })).toBe(byDefinition(grays))
  })

  it.each([1, 2, 3, 4])('is nearly equal for another format, quality, size and contrast of scene %i', async (seed) => {
    const hash = await hashOf(scene(seed).png())
    const same = [
      scene(seed).jpeg({ quality: 50 }),
      scene(seed).webp({ quality: 40 }),
      scene(seed).resize(600).jpeg(),
      scene(seed).resize(97).png(),
      scene(seed).linear(0.85, 10).jpeg(),
    ]
    for (const picture of same) expect(distance(hash, await hashOf(picture))).toBeLessThanOrEqual(4)
  })

  it('is far for other scenes', async () => {
    const hashes = await Promise.all([1, 2, 3, 4, 5, 6].map((seed) => hashOf(scene(seed).png())))
    for (const [i, a] of hashes.entries()) for (const b of hashes.slice(i + 1)) expect(distance(a, b)).toBeGreaterThan(12)
  })

  it('is that of the picture that the plan makes', async () => {
    const file = new Uint8Array(await scene(1).png().toBuffer())
    const turned = await tell(file, ['perceptualHash'], [step('rotate', { degrees: 180 })])
    const { perceptualHash: ofTurned } = await tell(new Uint8Array(await scene(1).rotate(180).png().toBuffer()), ['perceptualHash'])
    expect(turned['perceptualHash']).toBe(ofTurned)
    expect(ofTurned).not.toBe((await tell(file, ['perceptualHash']))['perceptualHash'])
  })
})
