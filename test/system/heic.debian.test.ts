// HEIC as Debian's heif-enc (x265) writes it, against heif-convert (libheif with its own libde265): libheif-examples.
import sharp, { type Sharp } from 'sharp'
import { describe, expect, it } from 'vitest'
import { P3_PRIMARIES } from '../../src/image/icc/primaries.ts'
import type { Raster } from '../../src/image/raster.ts'
import { auxiliary, clap, codePoints, grid, imir, irot, ispe, profile, type WrittenItem, writeAvif } from '../image/codecs/avif-file.ts'
import { codedPicture, heifConvert, heifEnc } from '../support/heif/debian.ts'
import { decoded, psnr } from '../support/icc/decoded.ts'
import { matrixProfile, SRGB_CURVE } from '../support/icc/profile.ts'
import { sample } from '../support/pictures.ts'

const [WIDTH, HEIGHT] = [330, 216]
type Change = (picture: Sharp) => Sharp

const SAME: Change = (picture) => picture
const GRAY: Change = (picture) => picture.toColourspace('b-w')
/** 16 bits a sample, whose low bytes are not those of the high ones. */
const DEEP: Change = (picture) => picture.linear(0.9, 3.3).toColourspace('rgb16')
const DEEP_GRAY: Change = (picture) => picture.linear(0.9, 3.3).toColourspace('grey16')

const pngOf = async (picture: Sharp): Promise<Uint8Array> => new Uint8Array(await picture.png().toBuffer())
const png = async (change = SAME, width = WIDTH, height = HEIGHT): Promise<Uint8Array> =>
  pngOf(change(sharp(await sample()).resize(width, height, { fit: 'fill' })))

/** Opaque at the left, transparent at the right. */
async function fading(width = WIDTH, height = HEIGHT): Promise<Sharp> {
  const rgb = await sharp(await png(SAME, width, height))
    .raw()
    .toBuffer()
  const alpha = Buffer.from(Uint8Array.from({ length: width * height }, (_, i) => 255 - Math.round((255 * (i % width)) / (width - 1))))
  const raw = { width, height } as const
  return sharp(rgb, { raw: { ...raw, channels: 3 } }).joinChannel(alpha, { raw: { ...raw, channels: 1 } })
}

/** Both decoders do the same arithmetic; colours that are stored for 2 × 2 pixels are enlarged with different rounding. */
const EXACT = Infinity
const CHROMA_DB = 62
/** heif-convert writes 10 and 12 bits in 16, and enlarges their colours without smoothing. */
const DEEP_CHROMA_DB = 48

function expectLike(ours: Raster, theirs: Raster, decibels: number): void {
  expect([ours.width, ours.height]).toEqual([theirs.width, theirs.height])
  expect(psnr(ours.data, theirs.data)).toBeGreaterThanOrEqual(decibels)
}

/** Width and height may be 1, since the last block is cut off. */
const SIZES = [
  [331, 217],
  [64, 64],
  [17, 3],
  [1, 1],
] as const

describe('what heif-enc writes', () => {
  it.each<[string, readonly string[], number, Change?]>([
    ['quality 20', ['-q', '20'], CHROMA_DB],
    ['quality 50', ['-q', '50'], CHROMA_DB],
    ['quality 95', ['-q', '95'], CHROMA_DB],
    ['4:4:4', ['-p', 'chroma=444'], EXACT],
    ['4:2:2', ['-p', 'chroma=422'], EXACT],
    ['RGB without loss', ['-L', '-p', 'chroma=444', '--matrix_coefficients=0'], EXACT],
    ['gray', [], EXACT, GRAY],
    ['10 bits', ['-b', '10'], DEEP_CHROMA_DB, DEEP],
    ['10 bits, 4:4:4', ['-b', '10', '-p', 'chroma=444'], EXACT, DEEP],
    ['12 bits', ['-b', '12'], DEEP_CHROMA_DB, DEEP],
    ['gray of 10 bits', ['-b', '10'], EXACT, DEEP_GRAY],
    ['Display P3 by its profile', [], CHROMA_DB, (picture) => picture.withIccProfile('p3')],
    ['with a thumbnail', ['-t', '100'], CHROMA_DB],
    ['several slices', ['-p', 'x265:slices=3'], CHROMA_DB],
    ['rows in parallel', ['-p', 'x265:wpp=1', '-p', 'x265:ctu=16'], CHROMA_DB],
    ['all tools of the encoder', ['-p', 'preset=veryslow'], CHROMA_DB],
    ['few tools of the encoder', ['-p', 'preset=ultrafast'], CHROMA_DB],
    ['no filters', ['-p', 'x265:deblock=0', '-p', 'x265:sao=0'], CHROMA_DB],
    ['a hash of the samples', ['-p', 'x265:hash=1'], CHROMA_DB],
  ])('%s', async (_, options, decibels, change) => {
    const file = heifEnc([await png(change)], options)
    expectLike(await decoded(file), await heifConvert(file), decibels)
  })

  it.each(SIZES)('%i × %i', async (width, height) => {
    const file = heifEnc([await png(SAME, width, height)])
    expectLike(await decoded(file), await heifConvert(file), CHROMA_DB)
  })

  it.each(SIZES)('alpha, %i × %i', async (width, height) => {
    const file = heifEnc([await pngOf(await fading(width, height))], ['-p', 'chroma=444'])
    const [ours, theirs] = [await decoded(file), await heifConvert(file)]
    expectLike(ours, theirs, EXACT)
    expect(ours.data.some((level, i) => i % 4 === 3 && level < 255)).toBe(true)
  })

  it('several pictures: the main one is shown', async () => {
    const file = heifEnc([await png(), await png(GRAY), await png(SAME, 64, 64)])
    expectLike(await decoded(file), await heifConvert(heifEnc([await png()])), CHROMA_DB)
  })
})

const writeHeic = (items: readonly WrittenItem[], references: Parameters<typeof writeAvif>[0]['references'] = []): Uint8Array =>
  writeAvif({ brand: 'heic', items, references })
const withProperties = (item: WrittenItem, ...properties: readonly Uint8Array[]): WrittenItem => ({
  ...item,
  properties: [...item.properties, ...properties],
})

describe('its pictures', () => {
  it.each<[string, readonly Uint8Array[]]>([
    ...[1, 2, 3].map((quarters): [string, Uint8Array[]] => [`turned by ${quarters} quarters`, [irot(quarters)]]),
    ...[0, 1].map((axis): [string, Uint8Array[]] => [`mirrored at axis ${axis}`, [imir(axis)]]),
    ['cut', [clap(200, 101, -22, 8)]],
    ['cut, turned and mirrored', [clap(200, 100, -23, 8), irot(1), imir(0)]],
  ])('%s', async (_, properties) => {
    const item = codedPicture(heifEnc([await png()], ['-p', 'chroma=444']))
    const file = writeHeic([withProperties(item, ...properties)])
    expectLike(await decoded(file), await heifConvert(file), EXACT)
  })

  it.each<[string, boolean, number]>([
    ['in cells, the last of which reach beyond the picture', false, EXACT],
    ['in cells, with alpha in cells', true, EXACT],
  ])('%s', async (_, hasAlpha, decibels) => {
    const [columns, rows, side] = [3, 2, 128]
    const [width, height] = [WIDTH, HEIGHT]
    const whole = await pngOf(await fading(columns * side, rows * side))
    const cells: WrittenItem[] = []
    for (let i = 0; i < columns * rows; i++) {
      const part = sharp(whole).extract({ left: (i % columns) * side, top: Math.floor(i / columns) * side, width: side, height: side })
      const [colours, levels] = [await pngOf(part.clone().removeAlpha()), await pngOf(part.clone().extractChannel(3))]
      cells[i] = { ...codedPicture(heifEnc([colours], ['-p', 'chroma=444'])), isHidden: true }
      if (hasAlpha) cells[columns * rows + i] = { ...codedPicture(heifEnc([levels])), isHidden: true }
    }
    const main: WrittenItem = { type: 'grid', data: grid(rows, columns, width, height), properties: [ispe(width, height)] }
    const mains = hasAlpha ? [main, withProperties(main, auxiliary())] : [main]
    const file = writeHeic(
      [...mains, ...cells],
      [
        ...mains.map((_main, m) => ({
          type: 'dimg',
          from: m + 1,
          to: Array.from({ length: columns * rows }, (_cell, i) => mains.length + m * columns * rows + i + 1),
        })),
        ...(hasAlpha ? [{ type: 'auxl', from: 2, to: [1] }] : []),
      ],
    )
    expectLike(await decoded(file), await heifConvert(file), decibels)
  })

  it('in colours by numbers', async () => {
    const item = codedPicture(heifEnc([await png()], ['-p', 'chroma=444']))
    const byNumbers = writeHeic([withProperties(item, codePoints(12, 13, 6))])
    const byProfile = writeHeic([withProperties(item, codePoints(1, 13, 6), profile(matrixProfile(P3_PRIMARIES, SRGB_CURVE)))])
    const theirs = await heifConvert(byProfile)
    expectLike(await decoded(byNumbers), theirs, 50)
    expectLike(await decoded(byProfile), theirs, 50)
    expect(psnr((await decoded(writeHeic([item]))).data, theirs.data)).toBeLessThan(45)
  })

  it.each([1, 5, 6, 9])('by the matrix %i', async (matrix) => {
    const item = codedPicture(heifEnc([await png()], ['-p', 'chroma=444']))
    const file = writeHeic([withProperties(item, codePoints(1, 13, matrix))])
    expectLike(await decoded(file), await heifConvert(file), 55)
  })
})
