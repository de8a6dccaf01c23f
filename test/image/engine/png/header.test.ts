import { deflateSync } from 'node:zlib'
import { describe, expect, test } from 'vitest'
import { probePng } from '../../../../src/image/engine/png/header.ts'
import { assemble, chunk, END, imageHeader, palette, writePng } from './writer.ts'

const data = chunk('IDAT', deflateSync(Uint8Array.of(0, 0)))
const header = imageHeader(1, 1, 8, 0)
const text = (letters: string): Uint8Array => Buffer.from(letters, 'latin1')

/** A TIFF header with one directory of one entry: orientation. */
const exif = (order: 'II' | 'MM', orientation: number): Uint8Array =>
  order === 'II'
    ? Uint8Array.of(0x49, 0x49, 42, 0, 8, 0, 0, 0, 1, 0, 0x12, 1, 3, 0, 1, 0, 0, 0, orientation, 0, 0, 0, 0, 0, 0, 0)
    : Uint8Array.of(0x4d, 0x4d, 0, 42, 0, 0, 0, 8, 0, 1, 1, 0x12, 0, 3, 0, 0, 0, 1, 0, orientation, 0, 0, 0, 0, 0, 0)

const damaged = (file: Uint8Array, at: number, value: number): Uint8Array => file.map((byte, i) => (i === at ? value : byte))

describe('probePng', () => {
  test('reads the header', () => {
    expect(probePng(writePng({ width: 300, height: 2, colourType: 6, bitDepth: 16, samples: [], interlaced: true }))).toEqual({
      width: 300,
      height: 2,
      bitDepth: 16,
      colourType: 6,
      interlaced: true,
      hasAlpha: true,
      hasIcc: false,
      hasC2pa: false,
      dataAt: 33,
      frames: 1,
      page: null,
      orientation: 1,
    })
  })

  test.each(['II', 'MM'] as const)('reads the orientation in either byte order (%s), before and behind the pixels', (order) => {
    for (let orientation = 1; orientation <= 8; orientation++) {
      const chunkOfIt = chunk('eXIf', exif(order, orientation))
      expect(probePng(assemble(header, chunkOfIt, data, END)).orientation).toBe(orientation)
      expect(probePng(assemble(header, data, chunkOfIt, END)).orientation).toBe(orientation)
    }
  })

  test.each([
    ['out of range', chunk('eXIf', exif('II', 9))],
    ['with a wrong checksum', damaged(chunk('eXIf', exif('II', 6)), 8 + 18, 3)],
    ['cut short', chunk('eXIf', exif('MM', 6).subarray(0, 15))],
  ])('an orientation %s counts as upright', (_name, part) => {
    expect(probePng(assemble(header, part, data, END)).orientation).toBe(1)
  })

  test('sees a profile, transparency and an animation', () => {
    const profile = chunk('iCCP', Buffer.concat([text('sRGB\0\0'), deflateSync(Buffer.alloc(128))]))
    const animation = chunk('acTL', Uint8Array.of(0, 0, 0, 5, 0, 0, 0, 0))
    expect(probePng(assemble(header, profile, animation, chunk('tRNS', Uint8Array.of(0, 0)), data, END))).toMatchObject({
      hasIcc: true,
      hasAlpha: true,
      frames: 5,
      page: null,
    })
  })

  test.each([
    ['of the wrong length', [header, chunk('tRNS', Uint8Array.of(0))]],
    ['for a picture with alpha', [imageHeader(1, 1, 8, 6), chunk('tRNS', Uint8Array.of(0, 0))]],
    ['before the palette', [imageHeader(1, 1, 8, 3), chunk('tRNS', Uint8Array.of(0)), palette(1)]],
    ['longer than the palette', [imageHeader(1, 1, 8, 3), palette(1), chunk('tRNS', Uint8Array.of(0, 0, 0))]],
    ['behind the pixels', [header, data, chunk('tRNS', Uint8Array.of(0, 0))]],
  ])('transparency %s is ignored', (_name, parts) => {
    const isAlpha = parts[0] !== header && parts.length === 2
    expect(probePng(assemble(...parts, data, END)).hasAlpha).toBe(isAlpha)
  })

  test('needs time in proportion to the chunks only: 200,000 empty ones', () => {
    const empty = chunk('teXt', new Uint8Array(0))
    const many = Buffer.concat(Array.from({ length: 200_000 }, () => empty))
    expect(probePng(assemble(header, many, data, many, END)).width).toBe(1)
  })

  test.each([
    ['an empty file', new Uint8Array(0)],
    ['another signature', damaged(assemble(header, data, END), 1, 0x51)],
    ['a signature spoilt by line ends', text('\x89PNG\n\x1a\n')],
    ['the signature alone', assemble()],
    ['no IHDR', assemble(data, END)],
    ['IHDR with a wrong checksum', damaged(assemble(header, data, END), 20, 2)],
    ['IHDR of 12 bytes', assemble(chunk('IHDR', new Uint8Array(12)), data, END)],
    ['no width', assemble(imageHeader(0, 1, 8, 0), data, END)],
    ['no height', assemble(imageHeader(1, 0, 8, 0), data, END)],
    ['a width of 2^31', assemble(imageHeader(2 ** 31, 1, 8, 0), data, END)],
    ['colour type 1', assemble(imageHeader(1, 1, 8, 1), data, END)],
    ['colour type 9', assemble(imageHeader(1, 1, 8, 9), data, END)],
    ['a depth of 0', assemble(imageHeader(1, 1, 0, 0), data, END)],
    ['a depth of 3', assemble(imageHeader(1, 1, 3, 0), data, END)],
    ['a depth of 99', assemble(imageHeader(1, 1, 99, 2), data, END)],
    ['a palette of 16 bits', assemble(imageHeader(1, 1, 16, 3), palette(1), data, END)],
    ['no palette', assemble(imageHeader(1, 1, 8, 3), data, END)],
    ['a palette of 4 bytes', assemble(imageHeader(1, 1, 8, 3), chunk('PLTE', new Uint8Array(4)), data, END)],
    ['two palettes', assemble(imageHeader(1, 1, 8, 3), palette(1), palette(1), data, END)],
    ['no pixels', assemble(header, END)],
    ['an unknown critical chunk', assemble(header, chunk('ABCD', new Uint8Array(0)), data, END)],
    ['a chunk type with a digit', assemble(header, chunk('te1t', new Uint8Array(0)), data, END)],
  ])('refuses %s', (_name, file) => {
    expect(() => probePng(file)).toThrow(expect.objectContaining({ code: 'invalid_image' }) as Error)
  })
})
