// JPEG XL as Debian's cjxl writes it, against djxl (libjxl with its own colour management): libjxl-tools.
import sharp, { type Sharp } from 'sharp'
import { describe, expect, it } from 'vitest'
import { codec } from '../../src/image/plan.ts'
import { levelOf } from '../../src/image/icc/srgb.ts'
import { P3_PRIMARIES } from '../../src/image/icc/primaries.ts'
import { decoded, psnr } from '../support/icc/decoded.ts'
import { pngWithProfile } from '../support/icc/embed.ts'
import { gamma, grayProfile, matrixProfile, samples, SRGB_CURVE } from '../support/icc/profile.ts'
import { cjxl, djxl } from '../support/jxl/debian.ts'
import { animated, sample } from '../support/pictures.ts'

const [WIDTH, HEIGHT] = [280, 140]
type Change = (picture: Sharp) => Sharp

const SAME: Change = (picture) => picture
const GRAY: Change = (picture) => picture.toColourspace('b-w')
const ALPHA: Change = (picture) => picture.ensureAlpha(0.4)
const DEEP: Change = (picture) => picture.linear(0.9, 3.3).toColourspace('rgb16')

const picture = async (change: Change): Promise<Sharp> => change(sharp(await sample()).resize(WIDTH, HEIGHT, { fit: 'fill' }))
const png = async (change = SAME): Promise<Uint8Array> => new Uint8Array(await (await picture(change)).png().toBuffer())
const jpeg = async (change = SAME, options = {}): Promise<Uint8Array> =>
  new Uint8Array(await (await picture(change)).jpeg({ quality: 90, ...options }).toBuffer())

const EXACT = Infinity
/** Two versions of libjxl round otherwise. */
const LOSSY_DB = 50

/** A curve that no name or power tells. */
const ODD = samples(Array.from({ length: 33 }, (_, i) => 0.8 * (i / 32) ** 1.7 + 0.2 * (i / 32) ** 4))

async function expectLike(file: Uint8Array, decibels: number): Promise<void> {
  const [ours, theirs] = [await decoded(file), await decoded(djxl(file))]
  expect([ours.width, ours.height]).toEqual([theirs.width, theirs.height])
  expect(psnr(ours.data, theirs.data)).toBeGreaterThanOrEqual(decibels)
}

describe('what cjxl writes', () => {
  it.each<[string, readonly string[], number, Change?]>([
    ['lossless', ['-d', '0', '-e', '3'], EXACT],
    ['lossless, with more effort', ['-d', '0', '-e', '5'], EXACT],
    ['lossless gray', ['-d', '0'], EXACT, GRAY],
    ['lossless alpha', ['-d', '0', '-e', '3'], EXACT, ALPHA],
    ['lossless, 16 bits', ['-d', '0', '-e', '3'], EXACT, DEEP],
    ['quality 90', ['-d', '1'], LOSSY_DB],
    ['quality 50', ['-d', '5', '-e', '6'], LOSSY_DB],
    ['gray', ['-d', '1'], LOSSY_DB, GRAY],
    ['alpha', ['-d', '1'], LOSSY_DB, ALPHA],
    ['16 bits', ['-d', '1'], LOSSY_DB, DEEP],
    ['progressive', ['-d', '1', '-p', '--progressive_dc=1'], LOSSY_DB],
    ['without a transform', ['-d', '1', '--modular=1'], LOSSY_DB],
    ['in a container', ['-d', '1', '--container=1'], LOSSY_DB],
  ])('%s', async (_, options, decibels, change) => {
    await expectLike(cjxl(await png(change), 'png', options), decibels)
  })

  it.each<[string, Change, object]>([
    ['4:2:0', SAME, { chromaSubsampling: '4:2:0' }],
    ['4:4:4', SAME, { chromaSubsampling: '4:4:4' }],
    ['gray', GRAY, {}],
    ['progressive', SAME, { progressive: true }],
    ['turned', (one) => one.withMetadata({ orientation: 6 }), {}],
    ['with a profile', (one) => one.withIccProfile('p3'), {}],
  ])('of a JPEG, %s', async (_, change, options) => {
    await expectLike(cjxl(await jpeg(change, options), 'jpg'), 44)
  })

  it.each<[string, number, Uint8Array, Change?]>([
    ['lossless in P3', 0, matrixProfile(P3_PRIMARIES, SRGB_CURVE)],
    ['in P3', 1, matrixProfile(P3_PRIMARIES, SRGB_CURVE)],
    ['lossless by a power', 0, matrixProfile(P3_PRIMARIES, gamma(1.8))],
    ['by a power', 1, matrixProfile(P3_PRIMARIES, gamma(1.8))],
    ['lossless by an odd curve', 0, matrixProfile(P3_PRIMARIES, ODD)],
    ['by an odd curve', 1, matrixProfile(P3_PRIMARIES, ODD)],
    ['lossless gray by a power', 0, grayProfile(gamma(1.8)), GRAY],
  ])('colours: %s', async (_, distance, icc, change) => {
    const file = cjxl(pngWithProfile(await png(change), icc), 'png', ['-d', String(distance), '-e', '3'])
    await expectLike(file, 44)
    const { width, height, data } = await decoded(cjxl(await png(change), 'png', ['-d', String(distance), '-e', '3']))
    expect([width, height]).toEqual([WIDTH, HEIGHT])
    expect(psnr((await decoded(file)).data, data)).toBeLessThan(46)
  })

  it('samples of 12 bits', async () => {
    const source = await png(DEEP)
    const { data } = await decoded(cjxl(source, 'png', ['-d', '0', '-e', '3', '--override_bitdepth=12']))
    expect(psnr(data, (await decoded(source)).data)).toBeGreaterThan(55)
  })

  it('floats, where they are not lossless', async () => {
    const light = Float32Array.from({ length: 60 * 40 * 3 }, (_, i) => ((Math.floor(i / 3) % 60) / 60) * (1 + (i % 3)) * 0.3)
    const file = Buffer.concat([Buffer.from('PF\n60 40\n-1.0\n'), Buffer.from(light.buffer)])
    const { data } = await decoded(cjxl(file, 'pfm', ['-d', '0.5', '-x', 'color_space=RGB_D65_SRG_Rel_Lin']))
    const levels = Array.from({ length: 60 * 40 }, (_, i) => [...light.subarray(3 * i, 3 * i + 3)].map(levelOf).concat(255))
    expect(psnr(data, levels.flat())).toBeGreaterThan(40)
    await expect(decoded(cjxl(file, 'pfm', ['-d', '0']))).rejects.toMatchObject({ code: 'unsupported_format' })
  })

  it('the first frame of an animation, and how long it is', async () => {
    const gif = await animated('gif')
    const file = cjxl(gif, 'gif', ['-d', '0'])
    expect((await decoded(file)).data).toEqual((await decoded(gif)).data)
    const [ours, theirs] = [file, gif].map((one, i) => {
      const reader = codec(i === 0 ? 'jxl' : 'gif')
      return reader.about?.(one, reader.probe(one), { core: undefined as never }).animation?.() // of the file alone
    })
    expect(ours).toEqual(theirs)
  })
})
