import { describe, expect, it } from 'vitest'
import { refusalOf } from '../../console/photograph-check.ts'
import { codec, FORMAT_NAMES } from '../../src/image/plan.ts'
import { sampleIn } from '../image/codecs/samples.ts'
import { photo } from '../support/pictures.ts'

const MAX_BYTES = 50_000_000
const file = (name: string, bytes: Uint8Array<ArrayBuffer>, size = bytes.length) => ({
  name,
  size,
  slice: (start: number, end: number) => new Blob([bytes.subarray(start, end)]),
})

it.each(FORMAT_NAMES.filter((name) => codec(name).can.decode))('takes %s, which the server decodes, under any name', async (format) => {
  expect(await refusalOf(file('IMG_0001', await sampleIn(format)), MAX_BYTES)).toBeNull()
})

describe('refuses', () => {
  const bytes = (text: string): Uint8Array<ArrayBuffer> => new Uint8Array(Buffer.from(text, 'latin1'))
  it.each<[string, Uint8Array<ArrayBuffer>, RegExp]>([
    [
      'a text with the name of a picture',
      bytes('hello, this is no picture'),
      /^a\.jpg is not a photograph .* AVIF, BMP, GIF, HEIC, ICO, JPEG, JPEG XL, PNG, SVG, TIFF and WebP\.$/,
    ],
    ['a web page', bytes('<!DOCTYPE html><svg>'), /is not a photograph/],
    ['a film', bytes('\0\0\0\x18ftypisom\0\0\0\0'), /is not a photograph/],
    ['another RIFF file', bytes('RIFF\0\0\0\0WAVEfmt '), /is not a photograph/],
    ['a file of one byte', bytes('\xff'), /is not a photograph/],
    ['an empty file', bytes(''), /^a\.jpg is empty\.$/],
  ])('%s', async (_, content, reason) => expect(await refusalOf(file('a.jpg', content), MAX_BYTES)).toMatch(reason))

  it('a file over the limit, and takes one that just fits', async () => {
    const jpeg = await photo()
    expect(await refusalOf(file('big.jpg', jpeg, 61_000_000), MAX_BYTES)).toBe('big.jpg has 61 MB. A photograph may have at most 50 MB.')
    expect(await refusalOf(file('big.jpg', jpeg, MAX_BYTES + 1), MAX_BYTES)).not.toBeNull()
    expect(await refusalOf(file('big.jpg', jpeg, MAX_BYTES), MAX_BYTES)).toBeNull()
  })

  it('a folder, which cannot be read', async () => {
    const folder = { name: 'photos', size: 4096, slice: () => ({ arrayBuffer: () => Promise.reject(new Error('NotReadable')) }) }
    expect(await refusalOf(folder, MAX_BYTES)).toMatch(/^photos cannot be read/)
  })
})
