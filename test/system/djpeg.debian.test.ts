// The JPEG decoder and both encoders against programs of Debian: cjpeg, djpeg and jpegtran (libjpeg-turbo-progs), and Chromium.
import { execFileSync } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import sharp from 'sharp'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { Raster } from '../../src/image/raster.ts'
import { encodeAs } from '../support/apply-steps.ts'
import { openImageContext } from '../support/image-context.ts'
import { decodePlanes, decodeRgb, maxDifference, planesDiffer } from '../support/jpeg-decoding.ts'
import { photo, translucent } from '../support/pictures.ts'
import { type Canvas, openCanvas } from './support/chromium.ts'

const { context } = openImageContext()
const SCALES = [1, 2, 4, 8] as const
const MIN_PSNR_DB = 50
const MAX_DIFFERENCE = 4

/** Odd sides, so that edges show. */
const [WIDTH, HEIGHT] = [331, 217]

const samplesOf = async (file: Uint8Array, channels: 3 | 4): Promise<Buffer> => {
  const picture = sharp(file)
  return (channels === 3 ? picture.removeAlpha() : picture.ensureAlpha()).raw().toBuffer()
}

async function rasterOf(file: Uint8Array): Promise<Raster> {
  const { width, height } = await sharp(file).metadata()
  return { width, height, data: new Uint8ClampedArray(await samplesOf(file, 4)) }
}

const ppm = (width: number, height: number, rgb: Uint8Array): Buffer => Buffer.concat([Buffer.from(`P6 ${width} ${height} 255\n`), rgb])

const cjpeg = (picture: Buffer, options: readonly string[]): Uint8Array =>
  new Uint8Array(execFileSync('cjpeg', [...options], { input: picture, maxBuffer: 2 ** 28 }))

/** The picture as RGB, by libjpeg-turbo's accurate integer transform. */
function djpeg(file: Uint8Array, scale: number): { readonly width: number; readonly height: number; readonly pixels: Uint8Array } {
  const pnm = execFileSync('djpeg', ['-dct', 'int', '-scale', `1/${scale}`, '-pnm'], { input: file, maxBuffer: 2 ** 28 })
  const header = /^P([56])\s+(\d+)\s+(\d+)\s+255\s/.exec(pnm.subarray(0, 40).toString('latin1'))
  if (header === null) throw new Error('djpeg wrote no PNM')
  const [width, height] = [Number(header[2]), Number(header[3])]
  const samples = new Uint8Array(pnm.subarray(header[0].length))
  const pixels = header[1] === '6' ? samples : Uint8Array.from({ length: width * height * 3 }, (_, i) => samples[Math.floor(i / 3)] ?? 0)
  return { width, height, pixels }
}

function psnrDb(a: Uint8Array, b: Uint8Array): number {
  let squares = 0
  for (let i = 0; i < a.length; i++) squares += ((a[i] ?? 0) - (b[i] ?? 0)) ** 2
  return squares === 0 ? Infinity : 10 * Math.log10((255 * 255 * a.length) / squares)
}

const SAMPLINGS = ['1x1', '2x1', '1x2', '2x2', '4x1', '1x4', '4x2', '2x2,2x1,1x2', '1x1,2x2,1x1']
const CODINGS = [
  ['-quality', '85'],
  ['-quality', '30', '-optimize', '-restart', '3B'],
  ['-quality', '97', '-progressive'],
  ['-quality', '60', '-progressive', '-restart', '1'],
]
const COLOURS = [['-grayscale'], ['-rgb']]

describe('decodes as djpeg does', () => {
  const wishes = [
    ...SAMPLINGS.flatMap((sampling) => CODINGS.map((coding) => ['-sample', sampling, ...coding])),
    ...COLOURS.flatMap((colour) => CODINGS.map((coding) => [...colour, ...coding])),
  ]

  it.each(wishes.map((options) => [options.join(' '), options] as const))('cjpeg %s', async (_name, options) => {
    const file = cjpeg(ppm(WIDTH, HEIGHT, await samplesOf(await photo({ width: WIDTH, height: HEIGHT, format: 'png' }), 3)), options)
    for (const scale of SCALES) {
      const theirs = djpeg(file, scale)
      const ours = decodeRgb(file, { scale })
      expect([ours.width, ours.height]).toEqual([theirs.width, theirs.height])
      expect(ours.warnings).toEqual([])
      expect(maxDifference(ours.pixels, theirs.pixels), `1/${scale}`).toBeLessThanOrEqual(MAX_DIFFERENCE)
      expect(psnrDb(ours.pixels, theirs.pixels), `1/${scale}`).toBeGreaterThanOrEqual(MIN_PSNR_DB)
    }
  })

  it.each([1, 2, 7, 8, 9, 15, 16, 17, 33])('pictures of side %i', async (side) => {
    const rgb = await samplesOf(await photo({ width: side, height: side, format: 'png' }), 3)
    for (const sampling of SAMPLINGS) {
      const file = cjpeg(ppm(side, side, rgb), ['-sample', sampling, '-quality', '90'])
      for (const scale of SCALES) {
        const difference = maxDifference(decodeRgb(file, { scale }).pixels, djpeg(file, scale).pixels)
        expect(difference, `${sampling} 1/${scale}`).toBeLessThanOrEqual(MAX_DIFFERENCE)
      }
    }
  })
})

/** Scripts as jpegtran takes them: components, first and last coefficient, bit position before and after. */
const SCAN_SCRIPTS = {
  'as libjpeg divides': null,
  'colour by colour, in four steps': [
    '0: 0-0, 0, 0;',
    ...[1, 2].map((c) => `${c}: 0-0, 0, 3;`),
    ...[1, 2].flatMap((c) => [3, 2, 1].map((bit) => `${c}: 0-0, ${bit}, ${bit - 1};`)),
    ...[2, 0, 1].flatMap((c) => [`${c}: 1-8, 0, 3;`, `${c}: 9-63, 0, 3;`]),
    ...[3, 2, 1].flatMap((bit) => [0, 1, 2].map((c) => `${c}: 1-63, ${bit}, ${bit - 1};`)),
  ],
  'luminance coefficient by coefficient': ['0,1,2: 0-0, 0, 0;', ...Array.from({ length: 63 }, (_, k) => `0: ${k + 1}-${k + 1}, 0, 0;`)],
  'sequential, one component each': ['0;', '1;', '2;'],
  'sequential, the last component first': ['2;', '0,1;'],
}

describe('a picture that jpegtran divides into scans', () => {
  it.each(Object.entries(SCAN_SCRIPTS))('shows what it showed before: %s', async (name, script) => {
    const pixels = await samplesOf(await photo({ width: WIDTH, height: HEIGHT, format: 'png' }), 3)
    const folder = mkdtempSync(join(tmpdir(), 'emulsion-scans-'))
    const path = join(folder, 'scans.txt')
    writeFileSync(path, script?.join('\n') ?? '')
    try {
      for (const sampling of ['2x2', '1x1', '4x1', '2x2,2x1,1x2']) {
        const whole = cjpeg(ppm(WIDTH, HEIGHT, pixels), ['-sample', sampling, '-quality', '90'])
        const expected = decodePlanes(whole, { scale: 1 })
        const compared = name.startsWith('luminance') ? 1 : 3
        for (const restart of ['0', '1', '5B']) {
          const how = [...(script ? ['-scans', path] : ['-progressive']), '-restart', restart]
          const divided = new Uint8Array(execFileSync('jpegtran', how, { input: whole, maxBuffer: 2 ** 28 }))
          for (const partBytes of [undefined, 1]) {
            const { planes, warnings } = decodePlanes(divided, { scale: 1, partBytes })
            expect(warnings).toEqual([])
            expect(planesDiffer(planes.slice(0, compared), expected.planes.slice(0, compared)), `${sampling}, restart ${restart}`).toBe('')
          }
        }
      }
    } finally {
      rmSync(folder, { recursive: true })
    }
  })
})

/** What we write, of every kind that a request can ask for. */
const WRITTEN = [1, 30, 80, 100].flatMap((quality) => [10, 40, 70, 95].map((effort) => ({ quality, effort })))

describe('what we write', () => {
  let canvas: Canvas
  beforeAll(async () => {
    canvas = await openCanvas()
  })
  afterAll(() => canvas.close())

  it.each(WRITTEN)('JPEG of quality $quality and effort $effort is one picture to djpeg, libvips, Chromium and us', async (options) => {
    const file = await encodeAs(context, 'jpeg', await rasterOf(await photo({ width: WIDTH, height: HEIGHT })), options)
    const theirs = djpeg(file, 1)
    expect([theirs.width, theirs.height]).toEqual([WIDTH, HEIGHT])
    expect(maxDifference(await samplesOf(file, 3), theirs.pixels)).toBeLessThanOrEqual(2)
    expect(maxDifference(decodeRgb(file).pixels, theirs.pixels)).toBeLessThanOrEqual(MAX_DIFFERENCE)
    expect(maxDifference(await canvas.show(file, 'image/jpeg'), await samplesOf(file, 4))).toBeLessThanOrEqual(2)
  })

  it.each([1, 50, 100])('PNG of effort %i is exact in libvips and Chromium', async (effort) => {
    const raster = await rasterOf(await photo({ width: WIDTH, height: HEIGHT, format: 'png' }))
    const file = await encodeAs(context, 'png', raster, { effort })
    expect(maxDifference(await samplesOf(file, 4), raster.data)).toBe(0)
    expect(maxDifference(await canvas.show(file, 'image/png'), raster.data)).toBe(0)
  })

  it('PNG with alpha is exact in libvips, and in Chromium as far as its premultiplied canvas can hold it', async () => {
    const raster = await rasterOf(await translucent('png'))
    const file = await encodeAs(context, 'png', raster, {})
    expect(maxDifference(await samplesOf(file, 4), raster.data)).toBe(0)
    const shown = await canvas.show(file, 'image/png')
    for (let i = 0; i < shown.length; i++) {
      const alpha = raster.data[i | 3] ?? 0
      const tolerance = i % 4 === 3 ? 0 : alpha === 0 ? 255 : Math.ceil(255 / alpha)
      expect(Math.abs((shown[i] ?? 0) - (raster.data[i] ?? 0))).toBeLessThanOrEqual(tolerance)
    }
  })
})
