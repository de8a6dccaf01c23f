import exifr from 'exifr'
import sharp, { type Sharp } from 'sharp'
import { describe, expect, it } from 'vitest'
import type { ImageContext } from '../../../src/image/context.ts'
import { execute } from '../../../src/image/execute.ts'
import { type InfoField, INFO_FIELDS, isPixelField } from '../../../src/image/info/fields.ts'
import { informByHead } from '../../../src/image/info/inform.ts'
import { DEFAULT_OUTPUT, step } from '../../../src/image/plan.ts'
import { planExecution } from '../../../src/image/planner.ts'
import { jpegWithProfile, pngWithChunks, pngWithProfile, webpWithProfile } from '../../support/icc/embed.ts'
import { openImageContext } from '../../support/image-context.ts'
import { tell } from './tell.ts'

const HEADER = INFO_FIELDS.filter((name) => !isPixelField(name))
const [WIDTH, HEIGHT] = [30, 20]
const plain = (): Sharp => sharp({ create: { width: WIDTH, height: HEIGHT, channels: 3, background: '#4080c0' } })
const bytesOf = async (picture: Sharp): Promise<Uint8Array> => new Uint8Array(await picture.toBuffer())

/** Pictures that differ in what a header tells, by sharp. */
const PICTURES: Readonly<Record<string, () => Sharp>> = {
  'a JPEG': () => plain().jpeg(),
  'a gray JPEG': () => plain().toColourspace('b-w').jpeg(),
  'a CMYK JPEG': () => plain().toColourspace('cmyk').jpeg(),
  'a turned JPEG': () => plain().withMetadata({ orientation: 6 }).jpeg(),
  'a mirrored WebP': () => plain().withMetadata({ orientation: 4 }).webp(),
  'a PNG': () => plain().png(),
  'a PNG with alpha': () => plain().ensureAlpha(0.5).png(),
  'a gray PNG': () => plain().toColourspace('b-w').png(),
  'a PNG of 16 bits': () => plain().toColourspace('rgb16').png(),
  'a PNG of a palette': () => plain().png({ palette: true, colours: 4 }),
  'a WebP': () => plain().webp(),
  'a WebP with alpha': () => plain().ensureAlpha(0.5).webp({ lossless: true }),
  'an AVIF': () => plain().avif(),
  'a TIFF': () => plain().tiff(),
  'a TIFF of 16 bits': () => plain().toColourspace('rgb16').tiff(),
  'a CMYK TIFF': () => plain().toColourspace('cmyk').tiff({ compression: 'lzw' }),
  'a GIF': () => plain().gif(),
}

const SPACES: Readonly<Record<string, string>> = { srgb: 'rgb', rgb16: 'rgb', 'b-w': 'gray', grey16: 'gray', cmyk: 'cmyk' }

describe('what a header tells', () => {
  it.each(Object.keys(PICTURES))('of %s is what sharp reads', async (name) => {
    const file = await bytesOf((PICTURES[name] ?? plain)())
    const theirs = await sharp(file).metadata()
    const told = await tell(file, HEADER)
    expect(Object.keys(told)).toEqual(HEADER)
    const isTurned = (theirs.orientation ?? 1) > 4
    expect(told).toMatchObject({
      format: theirs.format === 'heif' ? 'avif' : theirs.format,
      bytes: file.length,
      storedWidth: theirs.width,
      storedHeight: theirs.height,
      width: isTurned ? theirs.height : theirs.width,
      height: isTurned ? theirs.width : theirs.height,
      orientation: theirs.orientation ?? 1,
      hasAlpha: theirs.hasAlpha,
      colorSpace: SPACES[theirs.space ?? ''],
      frames: theirs.pages ?? 1,
      bitDepth: theirs.bitsPerSample ?? { uchar: 8, ushort: 16 }[theirs.depth as 'uchar' | 'ushort'],
    })
  })

  it.each(['gif', 'webp'] as const)('of an animated %s: frames, time and how often', async (format) => {
    for (const [loop, delay] of [
      [0, [40, 100, 250]],
      [1, [20, 20, 20]],
      [7, [1000, 20, 30]],
    ] as const) {
      const frames = delay.map((_, i) => ({
        create: { width: WIDTH, height: HEIGHT, channels: 3 as const, background: `rgb(${i * 90},9,9)` },
      }))
      const pages = await Promise.all(frames.map((frame) => sharp(frame).png().toBuffer()))
      const file = await bytesOf(sharp(pages, { join: { animated: true } })[format]({ loop, delay: [...delay] }))
      const theirs = await sharp(file, { animated: true }).metadata()
      expect(await tell(file, ['frames', 'durationMs', 'loop', 'height'])).toEqual({
        frames: 3,
        durationMs: theirs.delay?.reduce((sum, one) => sum + one, 0),
        loop: theirs.loop,
        height: HEIGHT,
      })
      expect(theirs.delay).toEqual(delay)
    }
  })

  it('of an APNG', async () => {
    const control = (sequence: number, delay: number, unit: number): Uint8Array => {
      const view = new DataView(new ArrayBuffer(26))
      ;[sequence, WIDTH, HEIGHT].forEach((value, i) => view.setUint32(4 * i, value))
      view.setUint16(20, delay)
      view.setUint16(22, unit)
      return new Uint8Array(view.buffer)
    }
    const file = await bytesOf(plain().png())
    const animated = (acTL: Uint8Array) => pngWithChunks(file, { acTL, fcTL: control(0, 1, 4) })
    const told = (chunked: Uint8Array) => tell(chunked, ['frames', 'durationMs', 'loop'])
    expect(await told(animated(Uint8Array.of(0, 0, 0, 2, 0, 0, 0, 5)))).toEqual({ frames: 2, durationMs: 250, loop: 5 })
    const second = pngWithChunks(animated(Uint8Array.of(0, 0, 0, 2, 0, 0, 0, 0)), {})
    const end = second.length - 12
    const [tail] = [pngWithChunks(file, { fcTL: control(1, 30, 0) }).subarray(33, 33 + 38)]
    const whole = new Uint8Array([...second.subarray(0, end), ...tail, ...second.subarray(end)])
    expect(await told(whole)).toEqual({ frames: 2, durationMs: 550, loop: 0 })
    // Behind the pixels acTL means nothing.
    const late = new Uint8Array([
      ...file.subarray(0, -12),
      ...pngWithChunks(file, { acTL: new Uint8Array(8).fill(1) }).subarray(33, 53),
      ...file.subarray(-12),
    ])
    expect(await told(late)).toEqual({ frames: 1, durationMs: null, loop: null })
  })

  it.each(['jpeg', 'png', 'webp', 'avif', 'tiff'] as const)('of a %s: the profile, by the name that exifr reads', async (format) => {
    for (const profile of ['p3', 'srgb', 'cmyk'] as const) {
      if (profile === 'cmyk' && format !== 'jpeg' && format !== 'tiff') continue
      const picture = profile === 'cmyk' ? plain().toColourspace('cmyk') : plain()
      const file = await bytesOf(picture.withIccProfile(profile)[format](format === 'tiff' ? { compression: 'lzw' } : {}))
      const { icc } = await sharp(file).metadata()
      const theirs = (await exifr.parse(jpegWithProfile(await bytesOf(plain().jpeg()), icc ?? new Uint8Array()), {
        icc: true,
        tiff: false,
        ifd0: {},
      })) as Record<string, string>
      const { profile: name } = await tell(file, ['profile'])
      expect(name).toEqual(expect.any(String))
      expect(name).toBe(theirs['ProfileDescription'])
    }
  })

  it('of a photograph: camera, time and exposure by the names and values that exifr reads', async () => {
    const file = await bytesOf(
      plain()
        .withExif({
          IFD0: { Make: 'Maker', Model: 'Camera 1', Artist: 'Zoe', Copyright: '(C) 2026', Software: 'x 1.2', HostComputer: 'mine' },
          IFD2: {
            LensModel: '35 mm',
            ExposureTime: '1/250',
            FNumber: '28/10',
            FocalLength: '350/10',
            ISOSpeedRatings: '200',
            DateTimeOriginal: '2026:11:26 09:59:58',
            OffsetTimeOriginal: '+01:00',
            ExposureBiasValue: '-1/3',
            BodySerialNumber: '12345',
            CameraOwnerName: 'somebody',
          },
          IFD3: {
            GPSLatitudeRef: 'S',
            GPSLatitude: '51/1 30/1 3230/100',
            GPSLongitudeRef: 'W',
            GPSLongitude: '0/1 7/1 30/1',
            GPSAltitude: '1234/10',
          },
        })
        .jpeg(),
    )
    const theirs = (await exifr.parse(file, { translateValues: false, reviveValues: false, gps: true, exif: true })) as Record<
      string,
      unknown
    >
    const { exif, gps } = (await tell(file, ['exif', 'gps'])) as {
      readonly exif: Record<string, unknown>
      readonly gps: Record<string, number>
    }
    const { PhotographicSensitivity: iso, ExposureBiasValue: bias, ...named } = exif
    expect(named).toEqual(
      Object.fromEntries(
        [
          'Make',
          'Model',
          'LensModel',
          'Software',
          'DateTimeOriginal',
          'OffsetTimeOriginal',
          'ExposureTime',
          'FNumber',
          'FocalLength',
          'Artist',
          'Copyright',
        ].map((name) => [name, theirs[name]]),
      ),
    )
    expect([iso, bias]).toEqual([theirs['ISO'], theirs['ExposureCompensation']])
    expect(gps['latitude']).toBeCloseTo(theirs['latitude'] as number, 6)
    expect(gps['longitude']).toBeCloseTo(theirs['longitude'] as number, 6)
    expect(gps['altitude']).toBe(123.4)
    expect(JSON.stringify(await tell(file))).not.toMatch(/12345|somebody|mine|51\.5/)
  })
})

describe('marks of others', () => {
  const segment = (code: number, ...data: readonly (string | number[])[]): Uint8Array => {
    const body = Buffer.concat(data.map((part) => Buffer.from(part as string, 'latin1')))
    return new Uint8Array([0xff, code, (body.length + 2) >> 8, (body.length + 2) & 255, ...body])
  }
  const jpegWith = async (...segments: readonly Uint8Array[]): Promise<Uint8Array> => {
    const file = await bytesOf(plain().jpeg())
    return new Uint8Array([...file.subarray(0, 2), ...segments.flatMap((one) => [...one]), ...file.subarray(2)])
  }
  const C2PA = 'jumd' + 'c2pa\0\x11\0\x10\x80\0\0\xaa\0\x38\x9b\x71\x03c2pa\0'
  const jumbf = segment(0xeb, 'JP', [0, 1, 0, 0, 0, 1, 0, 0, 0, 60], 'jumb', [0, 0, 0, 40], C2PA)
  const told = (file: Uint8Array) => tell(file, ['gainMap', 'c2pa'])

  it('of a JPEG', async () => {
    expect(await told(await jpegWith())).toEqual({ gainMap: null, c2pa: 'absent' })
    expect(await told(await jpegWith(jumbf))).toEqual({ gainMap: null, c2pa: 'present' })
    expect(
      await told(await jpegWith(segment(0xeb, 'JP', [0, 1, 0, 0, 0, 1, 0, 0, 0, 60], 'jumb', [0, 0, 0, 40], 'jumdother'))),
    ).toMatchObject({ c2pa: 'absent' })
    const xmp = (text: string): Uint8Array =>
      segment(0xe1, 'http://ns.adobe.com/xap/1.0/\0', `<x:xmpmeta><rdf:Description ${text}/></x:xmpmeta>`)
    expect(await told(await jpegWith(xmp('hdrgm:Version="1.0"')))).toMatchObject({ gainMap: 'ultra-hdr' })
    expect(await told(await jpegWith(xmp('dc:title="hdrgm"')))).toMatchObject({ gainMap: null })
    const iso = segment(0xe2, 'urn:iso:std:iso:ts:21496:-1\0', [0, 0, 0, 0])
    expect(await told(await jpegWith(iso, xmp('hdrgm:Version="1.0"')))).toMatchObject({ gainMap: 'iso-21496-1' })
  })

  it('of a PNG, WebP, AVIF and TIFF', async () => {
    const png = pngWithChunks(await bytesOf(plain().png()), { caBX: Uint8Array.of(1, 2) })
    const webp = await bytesOf(plain().webp())
    const extended = webpWithProfile(webp, { width: WIDTH, height: HEIGHT }, new Uint8Array(4))
    const named = new Uint8Array(Buffer.from(Buffer.from(extended).toString('latin1').replace('ICCP', 'C2PA'), 'latin1'))
    const uuid = Buffer.from('d8fec3d61b0e483c92975828877ec481', 'hex')
    const avif = new Uint8Array([...(await bytesOf(plain().avif())), 0, 0, 0, 28, ...Buffer.from('uuid'), ...uuid, 0, 0, 0, 0])
    for (const file of [png, named, avif]) expect(await told(file)).toMatchObject({ c2pa: 'present' })
    for (const file of [webp, extended, avif.subarray(0, -28), await bytesOf(plain().png()), await bytesOf(plain().tiff())])
      expect(await told(file)).toMatchObject({ gainMap: null, c2pa: 'absent' })
  })
})

describe('the work that fields take', () => {
  /** An engine in which nothing can be decoded: every decoder wants memory of the core, or a module of its own. */
  async function withoutDecoders(): Promise<ImageContext> {
    const { context } = openImageContext()
    const core = await context.core()
    const refuse = (): never => {
      throw new Error('A decoder was started.')
    }
    const wasm = Object.fromEntries(Object.keys(context.wasm).map((name) => [name, refuse])) as unknown as ImageContext['wasm']
    return { ...context, wasm, core: () => Promise.resolve({ ...core, alloc: refuse }) }
  }

  const run = async (file: Uint8Array, info: readonly InfoField[]): Promise<unknown> => {
    const execution = planExecution({ steps: [step('resize', { width: 10 })], output: DEFAULT_OUTPUT, info }, file, {
      maxSteps: 1,
      maxPixels: 1e6,
      maxSide: 1e4,
    })
    const { body } = await execute(execution, file, [], await withoutDecoders(), (_phase, work) => Promise.resolve(work()))
    return JSON.parse(new TextDecoder().decode(body)) as unknown
  }

  it.each(Object.keys(PICTURES))('no decoder for the header fields of %s, and one for the others', async (name) => {
    const file = await bytesOf((PICTURES[name] ?? plain)())
    expect(await run(file, HEADER)).toMatchObject({ bytes: file.length, result: { width: 10 } })
    await expect(run(file, ['palette'])).rejects.toThrow()
  })

  it('of a picture that is too large to be made, its header is told', async () => {
    const file = await bytesOf(sharp({ create: { width: 2000, height: 1000, channels: 3, background: '#000' } }).png())
    expect(await run(file, ['width', 'result'])).toEqual({ width: 2000, result: { width: 10, height: 5 } })
    await expect(run(file, ['palette'])).rejects.toThrow(/pixels/)
  })

  it('the head of a JPEG is enough when it has the header, and of other formats the whole file is wanted', async () => {
    const { context } = openImageContext()
    const core = await context.core()
    const limits = { maxSteps: 1, maxPixels: 1e6, maxSide: 1e4 }
    const byHead = async (file: Uint8Array, head: number): Promise<unknown> => {
      const plan = { steps: [], output: DEFAULT_OUTPUT, info: ['width', 'bytes'] as const }
      const body = await informByHead(plan, file.subarray(0, head), file.length, limits, { ...context, core } as never)
      return body && (JSON.parse(new TextDecoder().decode(body)) as unknown)
    }
    for (const name of Object.keys(PICTURES)) {
      const file = await bytesOf((PICTURES[name] ?? plain)())
      const told = { width: expect.any(Number) as number, bytes: file.length }
      expect(await byHead(file, file.length)).toEqual(told)
      expect(await byHead(file, file.length - 1)).toEqual(name.endsWith('JPEG') ? told : null)
      expect(await byHead(file, 30)).toBeNull()
    }
  })
})

describe('profiles in PNG and WebP', () => {
  it('that are damaged have no name', async () => {
    const broken = new Uint8Array(200).fill(7)
    for (const file of [
      pngWithProfile(await bytesOf(plain().png()), broken),
      webpWithProfile(await bytesOf(plain().webp()), { width: WIDTH, height: HEIGHT }, broken),
      jpegWithProfile(await bytesOf(plain().jpeg()), broken),
    ])
      expect(await tell(file, ['profile', 'width'])).toEqual({ profile: null, width: WIDTH })
  })
})
