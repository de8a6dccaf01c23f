import fc from 'fast-check'
import sharp from 'sharp'
import { describe, expect, it } from 'vitest'
import { AppError } from '../../../src/errors.ts'
import { profileName } from '../../../src/image/icc/profile-name.ts'
import { placeOf } from '../../../src/image/info/exif.ts'
import { INFO_FIELDS, isPixelField } from '../../../src/image/info/fields.ts'
import type { ExifValue } from '../../../src/image/metadata/exif-fields.ts'
import { embedInJpeg } from '../../../src/image/metadata/jpeg.ts'
import { jpegWithProfile, pngWithProfile, webpWithProfile } from '../../support/icc/embed.ts'
import { profile } from '../../support/icc/profile.ts'
import { ascii, tiff } from '../metadata/exif-block.ts'
import { tell } from './tell.ts'

const HEADER = INFO_FIELDS.filter((name) => !isPixelField(name))
const plain = () => sharp({ create: { width: 6, height: 4, channels: 3, background: '#4080c0' } })
const jpeg = async (): Promise<Uint8Array> => new Uint8Array(await plain().jpeg().toBuffer())
const MAKE = 0x010f

/** `multiLocalizedUnicodeType` of these texts, each in a language. */
function localised(texts: Readonly<Record<string, string>>): Uint8Array {
  const entries = Object.entries(texts)
  const view = new DataView(new ArrayBuffer(16 + 12 * entries.length + 2 * entries.reduce((sum, [, text]) => sum + text.length, 0)))
  const put = (at: number, text: string): void => [...text].forEach((letter, i) => view.setUint8(at + i, letter.charCodeAt(0)))
  put(0, 'mluc')
  view.setUint32(8, entries.length)
  view.setUint32(12, 12)
  let at = 16 + 12 * entries.length
  for (const [i, [language, text]] of entries.entries()) {
    put(16 + 12 * i, language)
    view.setUint32(20 + 12 * i, 2 * text.length)
    view.setUint32(24 + 12 * i, at)
    for (let unit = 0; unit < text.length; unit++, at += 2) view.setUint16(at, text.charCodeAt(unit))
  }
  return new Uint8Array(view.buffer)
}

/** `textDescriptionType`, whose count may lie. */
function described(text: string, count = text.length + 1): Uint8Array {
  const view = new DataView(new ArrayBuffer(12 + text.length + 1))
  ;[...`desc\0\0\0\0`].forEach((letter, i) => view.setUint8(i, letter.charCodeAt(0)))
  view.setUint32(8, count)
  ;[...text].forEach((letter, i) => view.setUint8(12 + i, letter.charCodeAt(0)))
  return new Uint8Array(view.buffer)
}

const nameOf = (desc: Uint8Array): string | null => profileName(profile('RGB ', { desc }))

describe('the name of a profile', () => {
  it.each<[string, Uint8Array, string | null]>([
    ['a text of version 2', described('Display P3'), 'Display P3'],
    ['one whose count lies', described('Display P3', 0xffffffff), 'Display P3'],
    ['one that ends at its zero', described('Name\0hidden'), 'Name'],
    ['the English one', localised({ deDE: 'Anzeige', enUS: 'Display' }), 'Display'],
    ['the first one without that', localised({ deDE: 'Anzeige', frFR: 'Ecran' }), 'Anzeige'],
    ['control characters and marks of direction', localised({ enUS: 'A\u0000' }), 'A'],
    ['the same inside', localised({ enUS: 'A\n\u001b[31m\u202eB' }), 'A [31m B'],
    ['half a letter', localised({ enUS: 'A\ud83d' }), 'A\ufffd'],
    ['a long one', localised({ enUS: '😀'.repeat(400) }), '😀'.repeat(100)],
    ['nothing', localised({ enUS: '' }), null],
    ['no translation', localised({}), null],
    ['another type', new Uint8Array(40).fill(65), null],
  ])('%s', (_, desc, name) => expect(nameOf(desc)).toBe(name))

  it('of anything is bounded, and ends', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 400 }), fc.constantFrom('mluc', 'desc'), (bytes, type) => {
        const desc = new Uint8Array(Math.max(4, bytes.length))
        desc.set(bytes)
        desc.set(ascii(type).slice(0, 4))
        const name = nameOf(desc)
        expect([...(name ?? '')].length).toBeLessThanOrEqual(100)
        expect(name ?? '').not.toMatch(/\p{C}/u)
      }),
      { seed: 1, numRuns: 500 },
    )
  })
})

describe('texts of EXIF', () => {
  it.each([
    ['a script', '<script>alert("1")</script>', '<script>alert("1")</script>'],
    ['line ends and escapes', 'a\r\nb\u001b[0mc', 'a b [0mc'],
    ['a long one', 'x'.repeat(5000), 'x'.repeat(120)],
    ['quotes', '","gps":{"latitude":1}', '","gps":{"latitude":1}'],
  ])('%s', async (_, text, told) => {
    const file = embedInJpeg(await jpeg(), { icc: null, xmp: null, exif: tiff([{ tag: MAKE, bytes: ascii(text) }]) })
    expect(await tell(file, ['exif', 'gps'])).toEqual({ exif: { Make: told }, gps: null })
  })

  it('that are no UTF-8 are Latin-1', async () => {
    const file = embedInJpeg(await jpeg(), { icc: null, xmp: null, exif: tiff([{ tag: MAKE, bytes: [0x5a, 0xeb, 0xff, 0] }]) })
    expect(await tell(file, ['exif'])).toEqual({ exif: { Make: 'Zëÿ' } })
  })
})

describe('a place', () => {
  const place = (fields: Readonly<Record<string, ExifValue>>) => placeOf(new Map(Object.entries(fields)))
  const NORTH = { GPSLatitudeRef: 'N', GPSLatitude: [51, 30, 36], GPSLongitudeRef: 'E', GPSLongitude: [7, 0, 0] }

  it.each<[string, Readonly<Record<string, ExifValue>>, unknown]>([
    ['north and east', NORTH, { latitude: 51.51, longitude: 7, altitude: null }],
    ['south and west', { ...NORTH, GPSLatitudeRef: 'S', GPSLongitudeRef: 'W' }, { latitude: -51.51, longitude: -7, altitude: null }],
    ['above the sea', { ...NORTH, GPSAltitude: 12.5, GPSAltitudeRef: 0 }, { latitude: 51.51, longitude: 7, altitude: 12.5 }],
    ['below it', { ...NORTH, GPSAltitude: 12.5, GPSAltitudeRef: 1 }, { latitude: 51.51, longitude: 7, altitude: -12.5 }],
    ['off the Earth', { ...NORTH, GPSLatitude: [91, 0, 0] }, null],
    ['off it the other way', { ...NORTH, GPSLongitude: [180, 0, 1] }, null],
    ['two numbers', { ...NORTH, GPSLatitude: [51, 30] }, null],
    ['a text', { ...NORTH, GPSLatitude: '51' }, null],
    ['half a place', { GPSLatitudeRef: 'N', GPSLatitude: [51, 30, 36] }, null],
    ['nothing', {}, null],
  ])('%s', (_, fields, told) => expect(place(fields)).toEqual(told))
})

describe('damaged files', () => {
  const SOURCES: Readonly<Record<string, () => Promise<Uint8Array>>> = {
    async jpeg() {
      const exif = tiff([{ tag: MAKE, bytes: ascii('Maker of cameras') }])
      return embedInJpeg(jpegWithProfile(await jpeg(), profile('RGB ', {})), {
        icc: null,
        exif,
        xmp: new Uint8Array(ascii('<x hdrgm:Version="1"/>')),
      })
    },
    png: async () => pngWithProfile(new Uint8Array(await plain().png().toBuffer()), profile('RGB ', {})),
    webp: async () => webpWithProfile(new Uint8Array(await plain().webp().toBuffer()), { width: 6, height: 4 }, profile('RGB ', {})),
    avif: async () =>
      new Uint8Array(
        await plain()
          .withExif({ IFD0: { Make: 'Maker' } })
          .withIccProfile('p3')
          .avif()
          .toBuffer(),
      ),
    tiff: async () =>
      new Uint8Array(
        await plain()
          .withExif({ IFD0: { Make: 'Maker' } })
          .withIccProfile('p3')
          .tiff({ compression: 'lzw' })
          .toBuffer(),
      ),
    async gif() {
      const pages = await Promise.all(
        ['red', 'blue'].map((background) =>
          sharp({ create: { width: 6, height: 4, channels: 3, background } })
            .png()
            .toBuffer(),
        ),
      )
      return new Uint8Array(
        await sharp(pages, { join: { animated: true } })
          .gif({ delay: [10, 10] })
          .toBuffer(),
      )
    },
  }

  it.each(Object.keys(SOURCES))('%s: all header fields in JSON, or a refusal', async (name) => {
    const whole = (await SOURCES[name]?.()) ?? new Uint8Array()
    let told = 0
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.tuple(fc.nat(whole.length - 1), fc.integer({ min: 0, max: 255 })), { minLength: 1, maxLength: 12 }),
        fc.option(fc.nat(whole.length)),
        async (changes, length) => {
          const file = whole.slice(0, length ?? whole.length)
          for (const [at, value] of changes) if (at < file.length) file[at] = value
          const info = await tell(file, HEADER).catch((thrown: unknown) => AppError.from(thrown))
          if (info instanceof AppError) expect(info.fault.status).toBeLessThan(500)
          else {
            told++
            expect(Object.keys(info)).toEqual(HEADER)
            expect(JSON.stringify(info).length).toBeLessThan(6000)
            for (const text of JSON.stringify(info).match(/\\u00[01]./g) ?? []) expect(text).toBe('')
          }
        },
      ),
      { seed: 7, numRuns: 150 },
    )
    expect(told).toBeGreaterThan(5)
  })
})
