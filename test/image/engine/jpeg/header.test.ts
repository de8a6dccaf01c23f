import sharp from 'sharp'
import { describe, expect, it } from 'vitest'
import { AppError } from '../../../../src/errors.ts'
import { probeJpeg } from '../../../../src/image/engine/jpeg/header.ts'
import { blockGrid, segment, type WrittenJpeg, writeJpeg } from '../../../support/jpeg-writer.ts'

const text = (value: string): number[] => [...value].map((character) => character.charCodeAt(0))
const JFIF = segment(0xe0, [...text('JFIF\0'), 1, 2, 0, 0, 1, 0, 1, 0, 0])
const adobe = (transform: number) => segment(0xee, [...text('Adobe'), 0, 100, 0, 0, 0, 0, transform])

/** A picture of 40x30 zero blocks. */
function jpeg(sampling: readonly { h: number; v: number; id?: number }[], more: Partial<WrittenJpeg> = {}): Uint8Array {
  const shape = { width: 40, height: 30, components: sampling }
  const components = sampling.map((component, i) => {
    const { across, down } = blockGrid(shape, i)
    return { ...component, blocks: Array.from({ length: across * down }, () => new Int16Array(64)) }
  })
  return writeJpeg({
    ...shape,
    components,
    scans: [{ components: components.map((_, i) => i), start: 0, end: 63, high: 0, low: 0 }],
    ...more,
  })
}

const one = { h: 1, v: 1 }
const three = [{ h: 2, v: 2 }, one, one]
const four = [one, one, one, one]
const named = (ids: string) => text(ids).map((id) => ({ ...one, id }))

/** EXIF with one directory of `entries` (tag, type, value), in either byte order. */
function exif(entries: readonly (readonly [number, number, number])[], { little = true, directory = 8 } = {}): number[] {
  const u16 = (value: number) => (little ? [value & 255, value >> 8] : [value >> 8, value & 255])
  const u32 = (value: number) => (little ? [...u16(value & 0xffff), ...u16(value >>> 16)] : [...u16(value >>> 16), ...u16(value & 0xffff)])
  const body = entries.flatMap(([tag, type, value]) => [...u16(tag), ...u16(type), ...u32(1), ...u16(value), 0, 0])
  return segment(0xe1, [...text('Exif\0\0'), ...text(little ? 'II' : 'MM'), ...u16(42), ...u32(directory), ...u16(entries.length), ...body])
}

const iccPart = (number: number, count: number, bytes: readonly number[]) =>
  segment(0xe2, [...text('ICC_PROFILE\0'), number, count, ...bytes])

function failure(file: Uint8Array): { code: string; detail: string } {
  try {
    probeJpeg(file)
  } catch (error) {
    if (error instanceof AppError) return { code: error.code, detail: error.message }
    throw error
  }
  throw new Error('expected an error, received a header')
}

describe('probeJpeg', () => {
  it('reads size, precision, process and components', () => {
    expect(probeJpeg(jpeg(three))).toEqual({
      width: 40,
      height: 30,
      precision: 8,
      process: 'extended',
      arithmetic: false,
      components: [
        { id: 1, h: 2, v: 2, table: 0 },
        { id: 2, h: 1, v: 1, table: 0 },
        { id: 3, h: 1, v: 1, table: 0 },
      ],
      colour: 'ycbcr',
      orientation: 1,
      icc: [],
    })
  })

  it.each([
    [0xc0, 'baseline', false],
    [0xc1, 'extended', false],
    [0xc2, 'progressive', false],
    [0xc3, 'lossless', false],
    [0xc5, 'hierarchical', false],
    [0xc9, 'extended', true],
    [0xca, 'progressive', true],
    [0xcb, 'lossless', true],
    [0xcf, 'hierarchical', true],
  ])('names the process of frame marker %i', (marker, process, arithmetic) => {
    const file = jpeg(three)
    file[file.findIndex((byte, i) => byte === 0xff && file[i + 1] === 0xc1) + 1] = marker
    expect(probeJpeg(file)).toMatchObject({ process, arithmetic })
  })

  it.each([
    ['one component', [one], [], 'gray'],
    ['three without any marker', three, [], 'ycbcr'],
    ['JFIF, whatever Adobe says', three, [JFIF, adobe(0)], 'ycbcr'],
    ['Adobe without a transform', three, [adobe(0)], 'rgb'],
    ['Adobe with a transform', three, [adobe(1)], 'ycbcr'],
    ['components R, G, B', named('RGB'), [], 'rgb'],
    ['components R, G, B in JFIF', named('RGB'), [JFIF], 'ycbcr'],
    ['other names', named('YCc'), [], 'ycbcr'],
    ['four without any marker', four, [], 'cmyk'],
    ['four with Adobe 0', four, [adobe(0)], 'cmyk'],
    ['four with Adobe 2', four, [adobe(2)], 'ycck'],
  ] as const)('decides the colour: %s', (_, sampling, segments, colour) => {
    expect(probeJpeg(jpeg(sampling, { segments }))).toMatchObject({ colour })
  })

  it('reads the orientation in both byte orders, and 1 from any that is damaged', () => {
    const orientation = (bytes: readonly number[]) => probeJpeg(jpeg(three, { segments: [bytes] })).orientation
    for (const value of [1, 2, 3, 4, 5, 6, 7, 8]) {
      expect(
        orientation(
          exif([
            [0x010f, 2, 0],
            [0x0112, 3, value],
          ]),
        ),
      ).toBe(value)
      expect(orientation(exif([[0x0112, 3, value]], { little: false }))).toBe(value)
    }
    for (const value of [0, 9, 65535]) expect(orientation(exif([[0x0112, 3, value]]))).toBe(1)
    expect(orientation(exif([[0x0112, 4, 6]]))).toBe(1)
    for (const directory of [7000, 2 ** 32 - 1, 25]) expect(orientation(exif([[0x0112, 3, 6]], { directory }))).toBe(1)
    for (let cut = 4; cut < 30; cut++) expect(orientation(segment(0xe1, exif([[0x0112, 3, 6]]).slice(4, cut)))).toBe(1)
  })

  it('believes the first of several EXIF blocks, as libexif and browsers do', () => {
    const blocks = [exif([[0x0112, 3, 6]]), exif([[0x0112, 3, 3]])]
    expect(probeJpeg(jpeg(three, { segments: blocks })).orientation).toBe(6)
  })

  it('finds the parts of a profile in their order, and none when one is missing', () => {
    const parts = (segments: readonly number[][]) => {
      const file = jpeg(three, { segments })
      return probeJpeg(file).icc.map(({ start, end }) => [...file.subarray(start, end)])
    }
    expect(parts([iccPart(1, 1, [7, 8, 9])])).toEqual([[7, 8, 9]])
    expect(parts([iccPart(2, 2, [3]), JFIF, iccPart(1, 2, [1, 2])])).toEqual([[1, 2], [3]])
    expect(parts([iccPart(2, 2, [3])])).toEqual([])
    expect(parts([iccPart(1, 2, [3]), iccPart(1, 2, [3])])).toEqual([])
    expect(parts([iccPart(0, 1, [3])])).toEqual([])
  })

  it('agrees with sharp about an encoded picture', async () => {
    const picture = sharp({ create: { width: 33, height: 21, channels: 3, background: '#287' } })
    const file = await picture.jpeg({ progressive: true }).withMetadata({ orientation: 6 }).withIccProfile('p3').toBuffer()
    const [header, metadata] = [probeJpeg(file), await sharp(file).metadata()]
    expect(header).toMatchObject({ width: 33, height: 21, process: 'progressive', orientation: metadata.orientation, colour: 'ycbcr' })
    expect(Buffer.concat(header.icc.map(({ start, end }) => file.subarray(start, end)))).toEqual(metadata.icc)
  })

  it('is not confused by fill bytes, junk between markers and pictures inside segments', () => {
    const thumbnail = segment(0xe1, [...text('Exif\0\0II'), ...jpeg([one]).slice(0, 400)])
    const file = jpeg(three, { segments: [[0xff, 0xff, 0xff], [1, 2, 3], thumbnail, [0, 0xff, 0, 9]] })
    expect(probeJpeg(file)).toMatchObject({ width: 40, height: 30, colour: 'ycbcr' })
  })

  const at = (file: Uint8Array, marker: number) => file.findIndex((byte, i) => byte === 0xff && file[i + 1] === marker)
  function changed(marker: number, offset: number, value: number): Uint8Array {
    const file = jpeg(three)
    file[at(file, marker) + offset] = value
    return file
  }
  it.each([
    ['another format', Uint8Array.from(text('GIF89a')), 'unsupported_format', 'GIF|another format'],
    ['nothing', new Uint8Array(0), 'unsupported_format', 'another format'],
    ['only SOI', Uint8Array.from([0xff, 0xd8]), 'invalid_image', 'a scan'],
    ['no scan', jpeg(three).slice(0, at(jpeg(three), 0xda)), 'invalid_image', 'a scan'],
    [
      'no frame',
      jpeg(three).map((byte, i, file) => (byte === 0xc1 && file[i - 1] === 0xff ? 0xe5 : byte)),
      'invalid_image',
      'a frame header',
    ],
    ['a height of 0 (DNL)', changed(0xc1, 6, 0), 'invalid_image', '40x0'],
    ['a width of 0', changed(0xc1, 8, 0), 'invalid_image', '0x30'],
    ['a sampling factor of 0', changed(0xc1, 11, 0x20), 'invalid_image', '2x0'],
    ['a sampling factor of 5', changed(0xc1, 11, 0x52), 'invalid_image', '5x2'],
    ['a frame header that is too short', changed(0xc1, 9, 4), 'invalid_image', '18 bytes'],
    ['two components', jpeg([one, one]), 'unsupported_format', 'components'],
    ['a segment length of 1', jpeg(three, { segments: [[0xff, 0xe0, 0, 1]] }), 'invalid_image', 'length'],
    ['a reserved marker', changed(0xdb, 1, 0x77), 'invalid_image', 'known marker'],
    ['two frames', jpeg(three, { segments: [segment(0xc0, [8, 0, 9, 0, 9, 1, 1, 0x11, 0])] }), 'invalid_image', 'two'],
  ])('refuses %s', (_, file, code, detail) => {
    const received = failure(file)
    expect(received.code).toBe(code)
    expect(received.detail).toMatch(new RegExp(detail))
  })
})
