import { readFileSync } from 'node:fs'
import { resolve } from 'node:path'
import { describe, expect, it } from 'vitest'
import { parseTransformations } from '../../../src/http/dialects/batch/transformations.ts'
import { syntheticPicture } from '../../expectations/picture.ts'
import { applySteps } from '../../support/apply-steps.ts'

/** What php-gd and ImageMagick make of the synthetic picture: written by scripts/make-expectations.ts. */
const read = (name: string): Record<'opaque' | 'translucent', Record<string, string>> =>
  JSON.parse(readFileSync(resolve(import.meta.dirname, `../../expectations/${name}.json`), 'utf8'))
const gd = read('gd')
const imageMagick = read('imagemagick')

const bytes = (base64: string): Uint8Array => new Uint8Array(Buffer.from(base64, 'base64'))

async function ours(transformation: object, kind: 'opaque' | 'translucent') {
  const { steps } = parseTransformations({ transformations: [transformation], destination: 'x.png' }, 'jobs[0]')
  return applySteps(syntheticPicture(30, 20, kind), steps)
}

const KINDS = ['opaque', 'translucent'] as const

describe('is what GD computes, to the pixel', () => {
  const rows: readonly (readonly [expected: string, transformation: object])[] = [
    ...['negate', 'grayscale', 'sepia', 'edgedetect', 'emboss', 'blurgaussian', 'blurselective', 'meanremoval', 'smooth'].map(
      (filter) => [filter, { type: 'filter', filter }] as const,
    ),
    ...[60, -255, 255].map((level) => [`brightness ${level}`, { type: 'brightness', bright_level: level }] as const),
    ['colorize 10 0 200', { type: 'colorize', red: 10, green: 0, blue: 200 }],
    ...[-100, -37, 0, 20, 100].map((level) => [`contrast ${level}`, { type: 'contrast', level }] as const),
    ['flip horizontal', { type: 'flip', direction: 'x' }],
    ['flip vertical', { type: 'flip', direction: 'vertical' }],
  ]
  it.each(rows)('%s', async (name, transformation) => {
    for (const kind of KINDS) {
      const expected = bytes(gd[kind][name] ?? '')
      const { data } = await ours(transformation, kind)
      // "keep the pixel's own alpha": GD's selective blur takes another pixel's, hence colours alone are compared for it.
      const compared = (all: ArrayLike<number>) => Array.from(all).filter((_, i) => name !== 'blurselective' || i % 4 !== 3)
      expect(compared(data), kind).toEqual(compared(expected))
    }
  })
})

describe('is what ImageMagick computes, within one level', () => {
  const rows = Object.keys(imageMagick.opaque).map((name) => {
    const [type, sigma, radius] = name.split(' ')
    return [name, { type, sigma, radius }] as const
  })
  it.each(rows)('%s', async (name, transformation) => {
    for (const kind of KINDS) {
      const expected = bytes(imageMagick[kind][name] ?? '')
      const { data } = await ours(transformation, kind)
      expect(worst(data, expected), kind).toBeLessThanOrEqual(1)
    }
  })
})

/** The largest difference of any channel; colours count as far as they show. */
function worst(ours: Uint8ClampedArray, theirs: Uint8Array): number {
  expect(ours.length).toBe(theirs.length)
  let difference = 0
  for (let i = 0; i < ours.length; i++) {
    const alpha = i % 4 === 3 ? 255 : (theirs[i | 3] ?? 0)
    difference = Math.max(difference, (Math.abs((ours[i] ?? 0) - (theirs[i] ?? 0)) * alpha) / 255)
  }
  return difference
}
