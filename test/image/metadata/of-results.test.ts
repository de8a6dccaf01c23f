import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { exifOfResult, exifWithoutPlace, type MetadataKind, readExif } from '../../../src/image/metadata/exif.ts'
import { exifOfJpeg, xmpOfJpeg } from '../../../src/image/metadata/jpeg.ts'
import { xmpOfResult } from '../../../src/image/metadata/xmp.ts'
import { exifFields } from '../../../src/image/metadata/exif-fields.ts'
import { writeTiff } from '../engine/tiff/writer.ts'
import { ascii, tiff } from './exif-block.ts'

const [ARTIST, COPYRIGHT, ORIENTATION, MAKER_NOTE, MODEL, LENS, EXIF_POINTER] = [0x013b, 0x8298, 0x0112, 0x927c, 0x0110, 0xa434, 0x8769]

describe('EXIF of a result', () => {
  it.each([true, false])('keeps values in their byte order (little: %s), sorted, and no orientation', (little) => {
    const source = tiff(
      [
        { tag: COPYRIGHT, bytes: ascii('© a long enough text') },
        { tag: ORIENTATION, type: 3, count: 1, bytes: [6, 0] },
        { tag: MODEL, bytes: ascii('M1') },
        { tag: MAKER_NOTE, type: 7, bytes: [1, 2, 3, 4, 5, 6] },
        { tag: ARTIST, bytes: ascii('Ana') },
      ],
      little,
    )
    const tags = (wish: 'copyright' | 'keep'): readonly number[] | undefined =>
      readExif(exifOfResult(source, wish) ?? new Uint8Array())?.image.map(({ tag }) => tag)
    expect(tags('keep')).toEqual([MODEL, ARTIST, COPYRIGHT])
    expect(tags('copyright')).toEqual([ARTIST, COPYRIGHT])
    const [, copyright] = readExif(exifOfResult(source, 'copyright') ?? new Uint8Array())?.image ?? []
    expect([...(copyright?.value ?? [])]).toEqual(ascii('© a long enough text'))
  })

  it.each([true, false])('is that of a BigTIFF, in the form that other formats have (little: %s)', (little) => {
    const number = (value: number, bytes: number): number[] => {
      const low = Array.from({ length: bytes }, (_, i) => (i < 4 ? (value >> (8 * i)) & 255 : 0))
      return little ? low : low.toReversed()
    }
    // EXIF's own directory stands where the pixels should, right behind the header.
    const below = [...number(1, 8), ...number(LENS, 2), ...number(2, 2), ...number(5, 8), ...ascii('Zoom'), 0, 0, 0, ...number(0, 8)]
    const fields = [
      [ARTIST, 2, ascii('Ana Berta Clara')],
      [EXIF_POINTER, 16, [16]],
    ] as const
    const page = { width: 1, height: 1, bits: 8, samples: 1, photometric: 1, data: [], blocks: [below], fields }
    const big = writeTiff([page], little, true)
    const result = exifOfResult(big, 'keep') ?? new Uint8Array()
    expect([...result.subarray(0, 4)]).toEqual(little ? [0x49, 0x49, 42, 0] : [0x4d, 0x4d, 0, 42])
    for (const block of [big, result])
      expect(Object.fromEntries(exifFields(block, { place: true }))).toEqual({ Artist: 'Ana Berta Clara', LensModel: 'Zoom' })
  })

  it('tells the place of a picture when all is kept, and not when it is unlocated', () => {
    // Two directories that share the bytes of one: EXIF's own, and the place.
    const source = tiff([
      { tag: ORIENTATION, type: 3, count: 1, bytes: [6, 0] },
      { tag: MAKER_NOTE, type: 7, bytes: [1, 2, 3, 4, 5, 6] },
      { tag: ARTIST, bytes: ascii('Ana') },
      { tag: 0x8825, type: 4, count: 1, bytes: [8, 0, 0, 0] },
    ])
    const read = (exif: Uint8Array | null) => readExif(exif ?? new Uint8Array())
    expect(read(exifOfResult(source, 'keep'))?.gps).not.toEqual([])
    expect(read(exifOfResult(source, 'unlocated'))).toMatchObject({ gps: [], image: [{ tag: ARTIST }] })
    // The picture itself is still stored as it was: it lies on its side.
    expect(read(exifWithoutPlace(source))).toMatchObject({ gps: [], image: [{ tag: ORIENTATION }, { tag: ARTIST }] })
  })

  it.each<[string, Uint8Array]>([
    ['is empty', new Uint8Array()],
    ['has no directory', tiff([]).subarray(0, 8)],
    ['is no TIFF', Uint8Array.from(ascii('not a TIFF at all'))],
    ['has nothing of use', tiff([{ tag: ORIENTATION, type: 3, count: 1, bytes: [6, 0] }])],
    ['has a value beyond its end', tiff([{ tag: ARTIST, count: 100, bytes: ascii('Ana Bo') }])],
    ['has a value of no type', tiff([{ tag: ARTIST, type: 99, bytes: ascii('Ana') }])],
    ['has a value of four gigabytes', tiff([{ tag: ARTIST, count: 0xffffffff, bytes: ascii('Ana Bo') }])],
    ['points to itself', tiff([{ tag: 0x8769, type: 4, count: 1, bytes: [8, 0, 0, 0] }])],
  ])('is none when the source %s', (_, source) => {
    expect(exifOfResult(source, 'keep')).toBeNull()
  })

  it('of any bytes is none, or can be read and has no more than 60,000 bytes', () => {
    const whole = tiff([
      { tag: ARTIST, bytes: ascii('Ana Berta Clara') },
      { tag: 0x8769, type: 4, count: 1, bytes: [8, 0, 0, 0] },
      { tag: 0x8825, type: 4, count: 1, bytes: [8, 0, 0, 0] },
    ])
    fc.assert(
      fc.property(fc.array(fc.tuple(fc.nat(whole.length - 1), fc.nat(255)), { maxLength: 8 }), (changes) => {
        const source = whole.slice()
        for (const [at, value] of changes) source[at] = value
        const result = exifOfResult(source, 'keep')
        expect(result === null || (result.length <= 60_000 && readExif(result) !== null)).toBe(true)
        expect(result && exifOfResult(result, 'keep')).toEqual(result)
      }),
    )
  })
})

describe('XMP of a result', () => {
  const texts = (xmp: string, wish: MetadataKind = 'copyright'): string | null => {
    const result = xmpOfResult(new TextEncoder().encode(xmp), wish)
    return result && new TextDecoder().decode(result)
  }

  it.each<[string, string, string | null]>([
    ['an attribute', '<rdf:Description photoshop:Credit="Ana &lt;a@b&gt;"/>', '<photoshop:Credit>Ana &lt;a@b&gt;</photoshop:Credit>'],
    ['an element', '<photoshop:Credit> Ana </photoshop:Credit>', '<photoshop:Credit>Ana</photoshop:Credit>'],
    ['an address', '<cc:license rdf:resource="https://x.example/by"/>', '<cc:license>https://x.example/by</cc:license>'],
    [
      'the first of the languages',
      '<dc:rights><rdf:Alt><rdf:li xml:lang="x-default">A</rdf:li><rdf:li xml:lang="de">B</rdf:li></rdf:Alt></dc:rights>',
      '<dc:rights><rdf:Alt><rdf:li xml:lang="x-default">A</rdf:li></rdf:Alt></dc:rights>',
    ],
    ['no other property', '<dc:creatorTool>Ana</dc:creatorTool>', null],
    ['no structure', '<dc:rights><b>Ana</b></dc:rights>', null],
    ['no element without an end', '<dc:rights>Ana', null],
  ])('takes %s', (_, xmp, wanted) => {
    const result = texts(xmp)
    if (wanted === null) expect(result).toBeNull()
    else expect(result).toContain(wanted)
  })

  it.each<[string, string, string | null]>([
    ['attributes', '<a exif:GPSLatitude="51,30N" exif:GPSLongitude=\'0,7W\' dc:x="1"/>', '<a dc:x="1"/>'],
    ['elements', '<a><exif:GPSLatitude>51,30N</exif:GPSLatitude><dc:x>1</dc:x></a>', '<a><dc:x>1</dc:x></a>'],
    ['words of agencies', '<a photoshop:City="London"><Iptc4xmpExt:LocationShown><b/></Iptc4xmpExt:LocationShown></a>', '<a></a>'],
    ['all, where another prefix tells it', '<a xmlns:e="http://ns.adobe.com/exif/1.0/" e:GPSLatitude="51,30N"/>', null],
    ['all, where it is UTF-16', Buffer.from('<a exif:GPSLatitude="51,30N"/>', 'utf16le').toString('latin1'), null],
  ])('unlocated leaves out %s', (_, xmp, wanted) => {
    expect(texts(xmp, 'unlocated')).toBe(wanted)
    expect(texts(xmp, 'keep')).toBe(xmp)
  })

  it('of 60,000 bytes of openings takes no longer than reading them', () => {
    const openings = '<dc:rights ><rdf:li '.repeat(3000)
    expect(texts(openings)).toBeNull()
    expect(texts('<tiff:Orientation>'.repeat(3333), 'keep')).not.toBeNull()
    expect(texts('x'.repeat(60_001), 'keep')).toBeNull()
  })
})

it('a JPEG without segments says nothing', () => {
  const empty = Uint8Array.of(0xff, 0xd8, 0xff, 0xd9)
  expect([exifOfJpeg(empty), xmpOfJpeg(empty)]).toEqual([null, null])
})
