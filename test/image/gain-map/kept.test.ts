import sharp, { type Sharp } from 'sharp'
import { describe, expect, it } from 'vitest'
import { P3_PRIMARIES } from '../../../src/image/icc/primaries.ts'
import { step, type Step } from '../../../src/image/plan.ts'
import { jpegWithProfile } from '../../support/icc/embed.ts'
import { gamma, grayProfile, matrixProfile, SRGB_CURVE } from '../../support/icc/profile.ts'
import { moved, scaled } from '../../support/ultra-hdr/apply.ts'
import { type HdrPicture, logLuminanceDb, readUltraHdr, rebuild, type UltraHdr } from '../../support/ultra-hdr/read.ts'
import { run } from '../../support/ultra-hdr/run.ts'
import { ultraHdr, type UltraHdrOptions } from '../../support/ultra-hdr/write.ts'

const P3 = matrixProfile(P3_PRIMARIES, SRGB_CURVE)

/** Of each kind and both, with even and odd sides, maps of several scales and of one and three channels, turned ones, and such without an index. */
const FILES: readonly UltraHdrOptions[] = Array.from({ length: 20 }, (_, i) => ({
  width: [240, 203, 160, 256, 181][i % 5] ?? 0,
  height: [160, 151, 214, 128, 120][(i + 1) % 5] ?? 0,
  mapScale: [0.25, 0.5, 0.125, 1][i % 4] ?? 0,
  channels: i % 3 === 2 ? 3 : 1,
  kinds: ([['xmp', 'iso'], ['xmp'], ['iso']] as const)[i % 3] ?? [],
  name: i % 2 === 0 ? 'lake' : 'still-life',
  left: (i * 37) % 300,
  isLittle: i % 4 === 1,
  hasMpf: i % 5 !== 3,
  ...(i % 4 === 3 && { orientation: 1 + (i % 8) }),
  ...(i % 7 === 0 && { icc: P3 }),
}))

/** The same file with an index, which the reader wants. */
const sourceOf = async (options: UltraHdrOptions): Promise<UltraHdr> => readUltraHdr(await ultraHdr({ ...options, hasMpf: true }))

type Case = readonly [name: string, steps: (hdr: HdrPicture) => readonly Step[], definition: (hdr: HdrPicture) => HdrPicture]

const CASES: readonly Case[] = [
  [
    'resize',
    ({ width }) => [step('resize', { width: Math.round(width * 0.6) })],
    (hdr) => {
      const width = Math.round(hdr.width * 0.6)
      return scaled(hdr, { x: 0, y: 0, ...hdr }, width, Math.round((hdr.height * width) / hdr.width))
    },
  ],
  [
    'crop',
    ({ width, height }) => [step('crop', { x: 37, y: 21, width: width - 60, height: height - 45 })],
    (hdr) => moved(hdr, hdr.width - 60, hdr.height - 45, (x, y) => [x + 37, y + 21]),
  ],
  ['flip', () => [step('flip', { axis: 'horizontal' })], (hdr) => moved(hdr, hdr.width, hdr.height, (x, y) => [hdr.width - 1 - x, y])],
  [
    'rotate by 90 degrees',
    () => [step('rotate', { degrees: 90 })],
    (hdr) => moved(hdr, hdr.height, hdr.width, (x, y) => [y, hdr.height - 1 - x]),
  ],
  [
    'cover',
    () => [step('cover', { width: 90, height: 100 })],
    (hdr) => {
      const scale = Math.max(90 / hdr.width, 100 / hdr.height)
      const [width, height] = [Math.min(hdr.width, 90 / scale), Math.min(hdr.height, 100 / scale)]
      return scaled(hdr, { x: (hdr.width - width) / 2, y: (hdr.height - height) / 2, width, height }, 90, 100)
    },
  ],
]

describe.each(CASES)('%s of twenty gain-map JPEGs', (_name, stepsOf, definition) => {
  it.each(FILES.map((options, i) => [i, options] as const))('file %i', async (_i, options) => {
    const source = await sourceOf(options)
    const hdr = await rebuild(source)
    const { body, gainMap, warnings } = await run(await ultraHdr(options), stepsOf(hdr), { quality: 95 })
    expect({ gainMap, warnings }).toEqual({ gainMap: 'kept', warnings: [] })
    const result = readUltraHdr(body)
    expect([result.mapXmp, result.mapIso, result.primaryIso]).toEqual([source.mapXmp, source.mapIso, source.primaryIso])
    const rebuilt = await rebuild(result)
    const expected = definition(hdr)
    expect([rebuilt.width, rebuilt.height]).toEqual([expected.width, expected.height])
    expect(logLuminanceDb(expected, rebuilt)).toBeGreaterThan(38)
  })
})

/** sharp 0.35.5 has it, its types have not. */
interface WithGainMap {
  withGainMap(): Sharp
}

/** The picture at its whole headroom as libultrahdr has it. */
async function byLibultrahdr(file: Uint8Array): Promise<HdrPicture> {
  const light = (sharp(file) as unknown as WithGainMap).withGainMap().toColourspace('scrgb').raw({ depth: 'float' })
  const { data, info } = await light.toBuffer({ resolveWithObject: true })
  return { width: info.width, height: info.height, light: new Float32Array(new Uint8Array(data).buffer) }
}

describe('libultrahdr', () => {
  it.each<readonly ('xmp' | 'iso')[]>([['xmp'], ['iso'], ['xmp', 'iso']])(
    'finds the map that we write, and rebuilds the same light: %j',
    async (...kinds) => {
      const { body } = await run(await ultraHdr({ kinds }), [step('resize', { width: 200 }), step('flip', { axis: 'vertical' })])
      const result = readUltraHdr(body)
      const { gainMap } = await sharp(body).metadata()
      expect(gainMap?.image.equals(result.map)).toBe(true)
      expect(logLuminanceDb(await byLibultrahdr(body), await rebuild(result))).toBeGreaterThan(80)
    },
  )
})

describe('a file that libultrahdr wrote', () => {
  it('keeps the map that libultrahdr made', async () => {
    const picture = (sharp(await ultraHdr({ width: 480, height: 320 })) as unknown as WithGainMap).withGainMap()
    const file = new Uint8Array(await picture.jpeg({ quality: 95 }).toBuffer())
    const { body, gainMap } = await run(file, [step('crop', { x: 40, y: 24, width: 400, height: 280 })], { quality: 95 })
    expect(gainMap).toBe('kept')
    const expected = await byLibultrahdr(file)
    const cut = moved(expected, 400, 280, (x, y) => [x + 40, y + 24])
    expect(logLuminanceDb(cut, await byLibultrahdr(body))).toBeGreaterThan(38)
  })
})

describe('a gain map that is kept', () => {
  it('is cut to the fraction of its pixels, whatever steps lead there', async () => {
    const file = await ultraHdr({ width: 240, height: 160, mapScale: 0.25 })
    const several = [
      step('crop', { x: 41, y: 11, width: 150, height: 90 }),
      step('resize', { width: 75 }),
      step('crop', { x: 9, y: 7, width: 50, height: 30 }),
    ]
    const [one, other] = [
      readUltraHdr((await run(file, several)).body),
      readUltraHdr((await run(file, [step('crop', { x: 59, y: 25, width: 100, height: 60 })])).body),
    ]
    const { width, height } = await sharp(one.map).metadata()
    expect([width, height]).toEqual([13, 8]) // 12.5 × 7.5
    const grown = async ({ map }: UltraHdr): Promise<Buffer> =>
      sharp(map).resize(100, 60, { fit: 'fill', kernel: 'linear' }).greyscale().raw().toBuffer()
    const [a, b] = [await grown(one), await grown(other)]
    expect(Math.sqrt(a.reduce((sum, value, i) => sum + (value - (b[i] ?? 0)) ** 2, 0) / a.length)).toBeLessThan(4)
  })

  it('keeps the colours of its picture, which its gains are for', async () => {
    const { body, gainMap } = await run(await ultraHdr({ icc: P3 }), [step('resize', { width: 100 })])
    expect(gainMap).toBe('kept')
    expect(new Uint8Array((await sharp(body).metadata()).icc ?? [])).toEqual(P3)
  })

  it.each([
    ['one channel', 1, grayProfile(gamma(1.8))],
    ['three channels', 3, P3],
  ] as const)('of %s has the same gains when it has a profile of its own', async (_, channels, icc) => {
    const iccOfMap = (map: Uint8Array): Uint8Array => jpegWithProfile(map, icc)
    const [plain, profiled] = await Promise.all(
      [await ultraHdr({ channels }), await ultraHdr({ channels, map: iccOfMap })].map((file) =>
        run(file, [step('resize', { width: 240 })]),
      ),
    )
    expect(profiled?.gainMap).toBe('kept')
    const gains = async (result: typeof plain): Promise<Buffer> =>
      sharp(readUltraHdr(result?.body ?? new Uint8Array()).map, { ignoreIcc: true })
        .raw()
        .toBuffer()
    expect(await gains(profiled)).toEqual(await gains(plain))
  })

  it('stays beside a picture of all efforts, and where a background or a look at the picture changes nothing', async () => {
    const file = await ultraHdr()
    for (const effort of [0, 60, 100].map((value) => Math.max(1, value)))
      expect((await run(file, [step('resize', { width: 120 })], { effort })).gainMap).toBe('kept')
    for (const steps of [
      [step('flatten', {})],
      [step('trim', {})],
      [step('smartCrop', { width: 100, height: 100 })],
      [step('unletterbox', {})],
      [],
    ]) {
      const { body, gainMap } = await run(file, steps)
      expect(gainMap).toBe('kept')
      readUltraHdr(body)
    }
  })

  it.each(['copyright', 'keep'] as const)('leaves room for metadata=%s', async (metadata) => {
    const xmp = 'dc:format="image/jpeg" GCamera:MotionPhoto="1" xmlns:GCamera="http://ns.google.com/photos/1.0/camera/"'
    const file = await ultraHdr({ xmp: `${xmp} xmlns:cc="http://creativecommons.org/ns#" cc:license="https://example.org/l"` })
    const { primaryXmp } = readUltraHdr((await run(file, [step('resize', { width: 100 })], { metadata })).body)
    expect(primaryXmp).toContain('https://example.org/l')
    expect(primaryXmp?.includes('dc:format="image/jpeg"')).toBe(metadata === 'keep')
    expect(primaryXmp).not.toContain('MotionPhoto=')
    expect(readUltraHdr((await run(file, [])).body).primaryXmp).not.toContain('example.org')
  })
})
