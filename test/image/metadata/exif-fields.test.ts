import exifr from 'exifr'
import fc from 'fast-check'
import sharp from 'sharp'
import { describe, expect, it } from 'vitest'
import { codec } from '../../../src/image/plan.ts'
import { exifFields } from '../../../src/image/metadata/exif-fields.ts'
import { ascii, tiff, type Value } from './exif-block.ts'

const fieldsOf = (values: readonly Value[], little = true) => Object.fromEntries(exifFields(tiff(values, little), { place: true }))
const [ARTIST, MAKE, XRESOLUTION, ORIENTATION] = [0x013b, 0x010f, 0x011a, 0x0112]

/** As a camera writes it. */
const photograph = () =>
  sharp({ create: { width: 16, height: 12, channels: 3, background: '#804020' } }).withExif({
    IFD0: { Make: 'Maker', Model: 'Camera 1', Artist: 'Zoë', DateTime: '2026:11:26 10:00:00', Software: 'x 1.2' },
    IFD2: {
      LensModel: '35 mm',
      ExposureTime: '1/250',
      FNumber: '28/10',
      FocalLength: '350/10',
      ISOSpeedRatings: '200',
      DateTimeOriginal: '2026:11:26 09:59:58',
      ExposureBiasValue: '-1/3',
      LensSpecification: '24/1 70/1 28/10 28/10',
    },
    IFD3: { GPSLatitudeRef: 'N', GPSLatitude: '51/1 30/1 3230/100', GPSAltitude: '123/10' },
  })

describe('the fields of EXIF', () => {
  it.each(['jpeg', 'png', 'webp', 'avif'] as const)('of a %s are those that exifr reads', async (format) => {
    const file = await photograph().toFormat(format).toBuffer()
    const exif = codec(format).exif?.(new Uint8Array(file))
    const fields = exifFields(exif ?? new Uint8Array(), { place: true })
    expect([...fields.keys()]).toEqual(
      expect.arrayContaining(['Make', 'LensModel', 'ExposureBiasValue', 'GPSLatitude', 'PhotographicSensitivity']),
    )
    if (!exif) throw new Error('No EXIF.')
    const options = { tiff: true, exif: true, gps: true, translateValues: false, reviveValues: false, sanitize: true, mergeOutput: true }
    const theirs = (await exifr.parse(Buffer.from(exif), options)) as Record<string, unknown>
    const named: Readonly<Record<string, string>> = {
      DateTime: 'ModifyDate',
      DateTimeDigitized: 'CreateDate',
      ExposureBiasValue: 'ExposureCompensation',
      PhotographicSensitivity: 'ISO',
      PixelXDimension: 'ExifImageWidth',
      PixelYDimension: 'ExifImageHeight',
    }
    let compared = 0
    for (const [name, value] of fields) {
      const other = theirs[named[name] ?? name]
      if (other === undefined || other instanceof Uint8Array || typeof other !== typeof value) continue
      expect([name, value]).toEqual([name, other])
      compared++
    }
    expect(compared).toBeGreaterThanOrEqual(14)
  })

  it('have no place unless it is asked for', async () => {
    const exif = codec('jpeg').exif?.(new Uint8Array(await photograph().jpeg().toBuffer()))
    const names = [...exifFields(exif ?? new Uint8Array(), { place: false }).keys()]
    expect(names).toContain('Make')
    expect(names.filter((name) => name.startsWith('GPS'))).toEqual([])
  })

  it.each<[string, Value, unknown]>([
    ['a text up to its zero', { tag: ARTIST, bytes: [...ascii('Ana'), 66, 67] }, 'Ana'],
    ['a text without a zero', { tag: ARTIST, bytes: [65, 110, 97] }, 'Ana'],
    ['a text in UTF-8', { tag: ARTIST, bytes: ascii('Zoë 日') }, 'Zoë 日'],
    ['a text in Latin-1', { tag: ARTIST, bytes: [0x5a, 0x6f, 0xeb] }, 'Zoë'],
    ['control characters as spaces', { tag: ARTIST, bytes: ascii('a\n\u001b[31mb\u0085') }, 'a [31mb'],
    ['1,000 letters at most', { tag: ARTIST, bytes: ascii('😀'.repeat(1500)) }, '😀'.repeat(1000)],
    ['no empty text', { tag: ARTIST, bytes: ascii('  ') }, undefined],
    ['a short number', { tag: ORIENTATION, type: 3, count: 1, bytes: [6, 0] }, 6],
    ['a fraction', { tag: XRESOLUTION, type: 5, count: 1, bytes: [1, 0, 0, 0, 4, 0, 0, 0] }, 0.25],
    ['a negative fraction', { tag: XRESOLUTION, type: 10, count: 1, bytes: [255, 255, 255, 255, 4, 0, 0, 0] }, -0.25],
    ['no fraction of nothing', { tag: XRESOLUTION, type: 5, count: 1, bytes: [1, 0, 0, 0, 0, 0, 0, 0] }, undefined],
    ['several numbers', { tag: XRESOLUTION, type: 1, count: 3, bytes: [1, 2, 3] }, [1, 2, 3]],
    [
      'of many numbers the first 16',
      { tag: XRESOLUTION, type: 1, bytes: Array.from({ length: 40 }, (_, i) => i) },
      Array.from({ length: 16 }, (_, i) => i),
    ],
    ['no unknown type', { tag: XRESOLUTION, type: 13, bytes: [1, 2, 3, 4] }, undefined],
    ['no bytes without a meaning', { tag: MAKE, type: 7, bytes: [1, 2, 3, 4, 5] }, undefined],
  ])('show %s', (_, value, expected) => {
    expect(Object.values(fieldsOf([value]))).toEqual(expected === undefined ? [] : [expected])
  })

  it('in either byte order, the first of a tag, and no unknown tag', () => {
    const resolution = { tag: XRESOLUTION, type: 5, count: 1, bytes: [0, 0, 0, 1, 0, 0, 0, 2] }
    expect(fieldsOf([resolution], false)).toEqual({ XResolution: 0.5 })
    expect(
      fieldsOf([
        { tag: MAKE, bytes: ascii('One') },
        { tag: MAKE, bytes: ascii('Two') },
        { tag: 0x9999, bytes: ascii('x') },
      ]),
    ).toEqual({ Make: 'One' })
  })

  it('of any bytes are few, and JSON can tell them', () => {
    const whole = tiff([
      { tag: ARTIST, bytes: ascii('Ana Berta Clara') },
      { tag: 0x8769, type: 4, count: 1, bytes: [8, 0, 0, 0] },
      { tag: 0x8825, type: 4, count: 1, bytes: [8, 0, 0, 0] },
      { tag: XRESOLUTION, type: 5, count: 1, bytes: [1, 0, 0, 0, 4, 0, 0, 0] },
    ])
    fc.assert(
      fc.property(fc.array(fc.tuple(fc.nat(whole.length - 1), fc.nat(255)), { maxLength: 8 }), (changes) => {
        const source = whole.slice()
        for (const [at, value] of changes) source[at] = value
        const fields = Object.fromEntries(exifFields(source, { place: true }))
        expect(JSON.parse(JSON.stringify(fields))).toEqual(fields)
      }),
    )
  })
})
