import sharp from 'sharp'
import { describe, expect, it } from 'vitest'
import { render } from '../../scripts/samples/render.ts'
import { scenes, type SceneName } from '../../scripts/samples/scenes.ts'
import { emptyFile, flipped, htmlFile, hugePng, truncated } from './broken-pictures.ts'
import { oriented, QUADRANTS } from './oriented-picture.ts'
import * as pictures from './pictures.ts'

const names = Object.keys(scenes) as SceneName[] // the table's own keys

describe('the scenes', () => {
  it.each(names)('%s is the same picture each time, and another with another seed', async (name) => {
    const [first, again, other] = await Promise.all([1, 1, 2].map((seed) => render(name, 48, 32, { seed })))
    expect(first!.rgb).toHaveLength(48 * 32 * 3)
    expect(Buffer.compare(first!.rgb, again!.rgb)).toBe(0)
    expect(Buffer.compare(first!.rgb, other!.rgb)).not.toBe(0)
  })

  it('shows the same scene at any size', async () => {
    const [small, large] = await Promise.all([render('still-life', 48, 32), render('still-life', 192, 128)])
    const shrunk = await sharp(large.rgb, { raw: { width: 192, height: 128, channels: 3 } })
      .resize(48, 32)
      .raw()
      .toBuffer()
    const difference = small.rgb.reduce((sum, value, i) => sum + Math.abs(value - shrunk[i]!), 0) / shrunk.length
    expect(difference).toBeLessThan(10)
  })
})

describe('the committed samples', () => {
  it.each(names)('%s is a baseline 4:2:0 JPEG as dense as a photograph', async (name) => {
    const file = await pictures.sample(name)
    const about = await sharp(file).metadata()
    expect(about).toMatchObject({ format: 'jpeg', width: 1600, height: 1067, chromaSubsampling: '4:2:0', isProgressive: false })
    const bitsPerPixel = (file.length * 8) / (1600 * 1067)
    expect(bitsPerPixel).toBeGreaterThan(0.9)
    expect(bitsPerPixel).toBeLessThan(1.6)
  })
})

describe('the eight orientations', () => {
  it.each([1, 2, 3, 4, 5, 6, 7, 8] as const)('%i carries its tag and comes out upright', async (orientation) => {
    const file = await oriented(orientation)
    const about = await sharp(file).metadata()
    expect(about.orientation).toBe(orientation)
    expect([about.width, about.height]).toEqual(orientation < 5 ? [96, 64] : [64, 96])
    const upright = await sharp(file).autoOrient().raw().toBuffer({ resolveWithObject: true })
    expect([upright.info.width, upright.info.height]).toEqual([96, 64])
    const at = (x: number, y: number): number[] => [...upright.data.subarray((y * 96 + x) * 3, (y * 96 + x) * 3 + 3)]
    const corners = { topLeft: at(24, 16), topRight: at(72, 16), bottomLeft: at(24, 48), bottomRight: at(72, 48) }
    for (const [corner, colour] of Object.entries(QUADRANTS)) {
      const seen = corners[corner as keyof typeof corners] // the same four names
      colour.forEach((value, channel) => expect(Math.abs(value - seen[channel]!), `${corner} of ${orientation}`).toBeLessThan(8))
    }
  })
})

const KINDS: [string, () => Promise<pictures.Bytes>, object][] = [
  ['photo', () => pictures.photo({ width: 101, height: 67 }), { format: 'jpeg', width: 101, height: 67 }],
  ['photo png', () => pictures.photo({ format: 'png' }), { format: 'png', width: 320, height: 213, channels: 3 }],
  ['photo webp', () => pictures.photo({ format: 'webp' }), { format: 'webp' }],
  ['translucent png', () => pictures.translucent('png'), { format: 'png', hasAlpha: true, channels: 4 }],
  ['translucent webp', () => pictures.translucent('webp'), { format: 'webp', hasAlpha: true }],
  ['gray jpeg', () => pictures.gray('jpeg'), { format: 'jpeg', channels: 1, space: 'b-w' }],
  ['gray png', () => pictures.gray('png'), { format: 'png', channels: 1 }],
  ['palette', () => pictures.palettePng(64), { format: 'png', isPalette: true, bitsPerSample: 8 }],
  ['small palette', () => pictures.palettePng(16), { format: 'png', isPalette: true, bitsPerSample: 4 }],
  ['16 bit', () => pictures.png16(), { format: 'png', depth: 'ushort', bitsPerSample: 16 }],
  ['1 bit', () => pictures.png1(), { format: 'png', bitsPerSample: 1 }],
  ['1 bit gray', () => pictures.lowGrayPng(1), { format: 'png', bitsPerSample: 1, space: 'b-w' }],
  ['4 bit gray', () => pictures.lowGrayPng(4), { format: 'png', bitsPerSample: 4, space: 'b-w' }],
  ['interlaced', () => pictures.interlacedPng(), { format: 'png', isProgressive: true }],
  ['progressive', () => pictures.progressiveJpeg(), { format: 'jpeg', isProgressive: true, chromaSubsampling: '4:2:0' }],
  ['4:4:4', () => pictures.jpeg444(), { format: 'jpeg', chromaSubsampling: '4:4:4' }],
  ['CMYK', () => pictures.cmykJpeg(), { format: 'jpeg', space: 'cmyk', channels: 4 }],
  ['Display P3', () => pictures.p3Jpeg(), { format: 'jpeg', hasProfile: true }],
  ['animated gif', () => pictures.animated('gif'), { format: 'gif', pages: 3 }],
  ['animated webp', () => pictures.animated('webp'), { format: 'webp', pages: 3 }],
  ['large', () => pictures.largePhoto(), { format: 'jpeg', width: 4260, height: 2840, isProgressive: false }],
]

describe('the variants', () => {
  it.each(KINDS)('%s is what it says', async (_, make, expected) => {
    expect(await sharp(await make()).metadata()).toMatchObject(expected)
  })

  it('has 12 megapixels as dense as a photograph', async () => {
    const bitsPerPixel = ((await pictures.largePhoto()).length * 8) / (4260 * 2840)
    expect(bitsPerPixel).toBeGreaterThan(0.9)
    expect(bitsPerPixel).toBeLessThan(1.6)
  })
})

describe('the broken files', () => {
  it('are what they say', async () => {
    const jpeg = await pictures.photo()
    expect(emptyFile()).toHaveLength(0)
    expect(new TextDecoder().decode(htmlFile())).toMatch(/^<!doctype html>/)
    expect(truncated(jpeg)).toEqual(jpeg.subarray(0, Math.floor(jpeg.length / 2)))
    expect(await sharp(hugePng(), { limitInputPixels: false }).metadata()).toMatchObject({ format: 'png', width: 30_000, height: 30_000 })
    expect(hugePng().length).toBeLessThan(100)
  })

  it('flips as many bytes as told, the same ones for the same seed', async () => {
    const jpeg = await pictures.photo()
    const changed = flipped(jpeg, 5, 7, 600)
    expect(changed).toEqual(flipped(jpeg, 5, 7, 600))
    expect(changed).not.toEqual(flipped(jpeg, 5, 8, 600))
    const places = [...changed.keys()].filter((at) => changed[at] !== jpeg[at])
    expect(places).toHaveLength(5)
    expect(Math.min(...places)).toBeGreaterThanOrEqual(600)
  })
})
