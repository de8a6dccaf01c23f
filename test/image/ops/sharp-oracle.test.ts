import sharp, { type Sharp } from 'sharp'
import { describe, expect, it } from 'vitest'
import { parseImageQuery } from '../../../src/http/dialects/bytescale/image-query/parse.ts'
import { syntheticPicture } from '../../expectations/picture.ts'
import { applySteps } from '../../support/apply-steps.ts'

const picture = syntheticPicture(90, 60, 'opaque')
const bySharp = async (change: (image: Sharp) => Sharp): Promise<Uint8Array> => {
  const image = sharp(Buffer.from(picture.data), { raw: { width: picture.width, height: picture.height, channels: 4 } }).removeAlpha()
  return new Uint8Array(await change(image).removeAlpha().toColourspace('srgb').raw().toBuffer())
}
const byUs = async (query: string): Promise<Uint8ClampedArray> => {
  const { data } = await applySteps(picture, parseImageQuery([...new URLSearchParams(query)]).plan.steps)
  return data.filter((_, i) => i % 4 !== 3)
}

/** Where sharp's way is ours: at most `worst` levels apart anywhere, `mean` on average. */
describe('has sharp’s meaning', () => {
  it.each<[query: string, change: (image: Sharp) => Sharp, worst: number, mean: number]>([
    ['brightness=1.3', (image) => image.modulate({ brightness: 1.3 }), 3, 0.6],
    ['saturation=0.4', (image) => image.modulate({ saturation: 0.4 }), 3, 0.6],
    ['saturation=1.5&hue=40', (image) => image.modulate({ saturation: 1.5, hue: 40 }), 3, 0.6],
    ['lightness=12', (image) => image.modulate({ lightness: 12 }), 3, 0.6],
    [
      'brightness=0.8&saturation=0.7&hue=-120&lightness=5',
      (image) => image.modulate({ brightness: 0.8, saturation: 0.7, hue: -120, lightness: 5 }),
      3,
      0.6,
    ],
    ['tint=377DFF', (image) => image.tint('#377DFF'), 6, 1.5],
    ['tint=ff0000', (image) => image.tint('#ff0000'), 6, 1.5],
    ['negate=true', (image) => image.negate({ alpha: false }), 0, 0],
    ['median=3', (image) => image.median(3), 0, 0],
    ['median=5', (image) => image.median(5), 0, 0],
    ['flip=true', (image) => image.flip(), 0, 0],
    ['flop=true', (image) => image.flop(), 0, 0],
    ['rotate=90', (image) => image.rotate(90), 0, 0],
    ['rotate=-90', (image) => image.rotate(270), 0, 0],
    ['extend-top=3&extend-left=5&bg=0a141e', (image) => image.extend({ top: 3, left: 5, background: { r: 10, g: 20, b: 30 } }), 0, 0],
    ['crop-x=7&crop-y=9&crop-w=20&crop-h=30', (image) => image.extract({ left: 7, top: 9, width: 20, height: 30 }), 0, 0],
    ['blur=2.5', (image) => image.blur({ sigma: 2.5, precision: 'float', minAmplitude: 0.001 }), 3, 0.7],
    ['w=45', (image) => image.resize(45), 4, 0.7],
  ])('%s', async (query, change, worst, mean) => {
    const [ours, theirs] = await Promise.all([byUs(query), bySharp(change)])
    expect(ours).toHaveLength(theirs.length)
    const differences = Array.from(ours, (value, i) => Math.abs(value - (theirs[i] ?? 0)))
    expect(Math.max(...differences)).toBeLessThanOrEqual(worst)
    expect(differences.reduce((sum, each) => sum + each, 0) / differences.length).toBeLessThanOrEqual(mean)
  })
})
