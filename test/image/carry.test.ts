import exifr from 'exifr'
import sharp, { type Sharp } from 'sharp'
import { describe, expect, it } from 'vitest'
import { execute } from '../../src/image/execute.ts'
import { P3_PRIMARIES, SRGB_PRIMARIES } from '../../src/image/icc/primaries.ts'
import { canonical, step, type Output, type Step, type TransformPlan } from '../../src/image/plan.ts'
import { planExecution } from '../../src/image/planner.ts'
import { SECOND_STAGES } from '../../src/image/second/stages.ts'
import { CORE_STAGES } from '../../src/image/codecs/stages.ts'
import { psnr } from '../support/icc/decoded.ts'
import { iccChunk, jpegWithProfile, pngWithChunks, pngWithProfile, webpWithProfile } from '../support/icc/embed.ts'
import { grayProfile, gamma, matrixProfile, SRGB_CURVE, tableProfile, tablesTag } from '../support/icc/profile.ts'
import { embedInGif } from '../../src/image/metadata/gif.ts'
import { openImageContext } from '../support/image-context.ts'
import { animated } from '../support/pictures.ts'

const LIMITS = { maxSteps: 8, maxPixels: 10_000_000, maxSide: 4000 }
const [WIDTH, HEIGHT] = [160, 120]
const P3 = matrixProfile(P3_PRIMARIES, SRGB_CURVE)

const picture = () =>
  sharp(
    Buffer.from(
      Array.from({ length: WIDTH * HEIGHT }, (_, i) => [
        ((i % WIDTH) * 255) / WIDTH,
        (Math.floor(i / WIDTH) * 255) / HEIGHT,
        128 + 100 * Math.sin(i / 900),
      ]).flat(),
    ),
    { raw: { width: WIDTH, height: HEIGHT, channels: 3 } },
  )

const SOURCES = {
  jpeg: async (icc: Uint8Array) =>
    jpegWithProfile(new Uint8Array(await picture().jpeg({ quality: 95, chromaSubsampling: '4:4:4' }).toBuffer()), icc),
  png: async (icc: Uint8Array) => pngWithProfile(new Uint8Array(await picture().png().toBuffer()), icc),
  webp: async (icc: Uint8Array) =>
    webpWithProfile(new Uint8Array(await picture().webp({ lossless: true }).toBuffer()), { width: WIDTH, height: HEIGHT }, icc),
} as const
const FORMATS = ['jpeg', 'png', 'webp'] as const
const TARGETS = [...FORMATS, 'avif'] as const

async function run(file: Uint8Array, output: Partial<Output>, steps: readonly Step[] = [], stages = CORE_STAGES): Promise<Uint8Array> {
  const plan: TransformPlan = { steps, output: { format: 'png', quality: 95, ...output } }
  const { context, release } = openImageContext()
  const inputs = steps.map(({ op }) => ({
    inputs: op === 'composite' ? [{ width: 2, height: 2, data: new Uint8ClampedArray(16).fill(200) }] : [],
    files: [],
  }))
  const encoded = await execute(planExecution(plan, file, LIMITS, stages), file, inputs, context, (_phase, work) => Promise.resolve(work()))
  await release(true)
  return new Uint8Array(encoded.body)
}

const pixels = async (file: Uint8Array, convert = false): Promise<Uint8Array> =>
  new Uint8Array(await sharp(file, { ignoreIcc: !convert }).toColourspace('srgb').ensureAlpha().raw().toBuffer())
const iccOf = async (file: Uint8Array): Promise<Uint8Array | null> => {
  const { icc } = await sharp(file).metadata()
  return icc ? new Uint8Array(icc) : null
}

describe('colours that are kept', () => {
  it.each(FORMATS.flatMap((from) => TARGETS.map((to) => [from, to] as const)))(
    'of a %s in a %s: the profile and the levels of the file',
    async (from, to) => {
      const file = await SOURCES[from](P3)
      const kept = await run(file, { format: to, colours: 'keep' })
      expect(await iccOf(kept)).toEqual(P3)
      expect(psnr(await pixels(kept), await pixels(file))).toBeGreaterThan(to === 'png' ? 45 : 32)
      const converted = await run(file, { format: to })
      expect(await iccOf(converted)).toBeNull()
      expect(psnr(await pixels(kept, true), await pixels(converted))).toBeGreaterThan(33)
      expect(psnr(await pixels(kept), await pixels(converted))).toBeLessThan(32)
    },
  )

  it('through steps, and by the second engine', async () => {
    const steps = [step('resize', { width: 80 }), step('flip', { axis: 'horizontal' }), step('blur', { sigma: 1 })]
    for (const stages of [CORE_STAGES, SECOND_STAGES]) {
      const file = await SOURCES.jpeg(P3)
      const kept = await run(file, { colours: 'keep' }, steps, stages)
      expect(await iccOf(kept)).toEqual(P3)
      expect(psnr(await pixels(kept, true), await pixels(await run(file, {}, steps, stages)))).toBeGreaterThan(40)
    }
  })

  it('of a table for three channels', async () => {
    const form = { colourSpace: 'RGB ', pcs: 'XYZ ', points: 5, device: (levels: readonly number[]) => levels } as const
    const icc = tableProfile(form, { A2B0: tablesTag(form, 2) }, 2)
    expect(await iccOf(await run(await SOURCES.jpeg(icc), { format: 'jpeg', colours: 'keep' }))).toEqual(icc)
  })

  it('of a profile in several segments', async () => {
    const icc = new Uint8Array(200_000)
    icc.set(P3)
    new DataView(icc.buffer).setUint32(0, icc.length)
    const kept = await run(await SOURCES.jpeg(icc), { format: 'jpeg', colours: 'keep' })
    expect(await iccOf(kept)).toEqual(icc)
    expect(await iccOf(await run(kept, { format: 'png', colours: 'keep' }))).toEqual(icc)
  })

  it.each<[string, () => Promise<Uint8Array>, readonly Step[]]>([
    [
      'inks',
      async () => {
        const form = { colourSpace: 'CMYK', pcs: 'Lab ', points: 5, device: (levels: readonly number[]) => levels.slice(1) } as const
        return jpegWithProfile(
          new Uint8Array(await picture().toColourspace('cmyk').jpeg().toBuffer()),
          tableProfile(form, { A2B0: tablesTag(form, 2) }, 2),
        )
      },
      [],
    ],
    ['grays', async () => pngWithProfile(new Uint8Array(await picture().toColourspace('b-w').png().toBuffer()), grayProfile(gamma(1))), []],
    [
      'a gamma without a profile',
      async () => pngWithChunks(new Uint8Array(await picture().png().toBuffer()), { gAMA: Uint8Array.of(0, 1, 134, 160) }),
      [],
    ],
    [
      'code points before a profile',
      async () =>
        pngWithChunks(new Uint8Array(await picture().png().toBuffer()), {
          cICP: Uint8Array.of(12, 13, 0, 1),
          iCCP: iccChunk(matrixProfile(SRGB_PRIMARIES, gamma(1))),
        }),
      [],
    ],
    ['no profile', async () => new Uint8Array(await picture().png().toBuffer()), []],
    ['a picture that is drawn', () => SOURCES.png(P3), [step('composite', { path: '/logo.png' })]],
  ])('with %s the result is in sRGB', async (_, make, steps) => {
    const file = await make()
    expect(await run(file, { colours: 'keep' }, steps)).toEqual(await run(file, {}, steps))
  })
})

const XMP = `<?xpacket begin="" id="W5M0MpCehiHzreSzNTczkc9d"?><x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#"><rdf:Description rdf:about="" xmlns:dc="http://purl.org/dc/elements/1.1/" xmlns:tiff="http://ns.adobe.com/tiff/1.0/" xmlns:xmpRights="http://ns.adobe.com/xap/1.0/rights/" xmlns:xmp="http://ns.adobe.com/xap/1.0/" tiff:Orientation="6" xmp:Rating="4" xmpRights:WebStatement="https://example.com/licence?a=1&amp;b=2"><dc:creator><rdf:Seq><rdf:li>Ana &amp; Bo</rdf:li><rdf:li>Cy</rdf:li></rdf:Seq></dc:creator><dc:rights><rdf:Alt><rdf:li xml:lang="x-default">© Ana</rdf:li></rdf:Alt></dc:rights><dc:title><rdf:Alt><rdf:li xml:lang="x-default">Boats</rdf:li></rdf:Alt></dc:title></rdf:Description></rdf:RDF></x:xmpmeta><?xpacket end="w"?>`

/** As a camera writes it, with orientation 6 and a place. */
const described = (format: (typeof TARGETS)[number]): Promise<Buffer> =>
  picture()
    .withExif({
      IFD0: { Artist: 'Ana', Copyright: '© Ana', Model: 'Camera 1', ImageDescription: 'Boats', Orientation: '6' },
      IFD2: { LensModel: '35 mm', ExposureTime: '1/250' },
      IFD3: { GPSLatitudeRef: 'N', GPSLatitude: '51/1 30/1 3230/100', GPSLongitudeRef: 'W', GPSLongitude: '0/1 7/1 3000/100' },
    })
    .withMetadata({ orientation: 6 })
    .withXmp(XMP)
    .toFormat(format)
    .toBuffer()

const said = (file: Uint8Array): Promise<Record<string, unknown> | undefined> =>
  exifr.parse(Buffer.from(file), { tiff: true, exif: true, gps: true, xmp: true, icc: false, iptc: false, mergeOutput: true }) as Promise<
    Record<string, unknown> | undefined
  >
const exifOf = async (file: Uint8Array): Promise<Buffer | undefined> => (await sharp(file).metadata()).exif
const xmpOf = async (file: Uint8Array): Promise<string> => (await sharp(file).metadata()).xmp?.toString() ?? ''

describe('what a file says beside its pixels', () => {
  const pairs = TARGETS.flatMap((from) => TARGETS.map((to) => [from, to] as const))

  it.each(pairs)('from %s to %s is gone by default', async (from, to) => {
    const result = await run(new Uint8Array(await described(from)), { format: to })
    const { exif, xmp, orientation, width } = await sharp(result).metadata()
    expect([exif, xmp, orientation, width]).toEqual([undefined, undefined, undefined, HEIGHT])
  })

  it.each(pairs)('from %s to %s keeps author and licence', async (from, to) => {
    const result = await run(new Uint8Array(await described(from)), { format: to, metadata: 'copyright' })
    const exif = await exifOf(result)
    expect(exif?.toString('latin1')).toContain('Ana')
    expect(exif?.toString('latin1')).not.toContain('Camera')
    const xmp = await xmpOf(result)
    for (const kept of ['Ana &amp; Bo', '<rdf:li>Cy</rdf:li>', '© Ana', 'https://example.com/licence?a=1&amp;b=2'])
      expect(xmp).toContain(kept)
    for (const gone of ['Boats', 'Rating', 'Orientation']) expect(xmp).not.toContain(gone)
  })

  it.each(pairs)('from %s to %s keeps all that is still true', async (from, to) => {
    const result = await run(new Uint8Array(await described(from)), { format: to, metadata: 'keep' })
    const { orientation, width } = await sharp(result).metadata()
    expect([orientation ?? 1, width]).toEqual([1, HEIGHT])
    const exif = (await exifOf(result))?.toString('latin1') ?? ''
    for (const kept of ['Ana', 'Camera 1', '35 mm', 'Boats']) expect(exif).toContain(kept)
    const xmp = await xmpOf(result)
    expect([xmp.includes('Boats'), xmp.includes('xmp:Rating="4"'), xmp.includes('Orientation')]).toEqual([true, true, false])
  })

  describe('in a GIF, which has no EXIF', () => {
    /** exifr, which leaves entities as they are, reads no GIF: the packet, between its name and the bytes behind it, is told by way of a JPEG. */
    const saidOfGif = async (file: Uint8Array): Promise<Record<string, unknown> | undefined> => {
      const [, packet] = /XMP DataXMP([^]*?)\x01\xff\xfe\xfd/.exec(Buffer.from(file).toString('latin1')) ?? []
      return packet === undefined ? undefined : said(await picture().withXmp(Buffer.from(packet, 'latin1').toString()).jpeg().toBuffer())
    }
    const gif = async (metadata: 'copyright' | 'keep', made: Sharp): Promise<Uint8Array> =>
      run(new Uint8Array(await made.jpeg().toBuffer()), { format: 'gif', metadata })

    it.each(TARGETS)('from a %s: all or rights alone, and from there on', async (from) => {
      const whole = await run(new Uint8Array(await described(from)), { format: 'gif', metadata: 'keep' })
      expect(await saidOfGif(whole)).toMatchObject({ creator: ['Ana &amp; Bo', 'Cy'], Rating: 4, title: { value: 'Boats' } })
      const rights = await saidOfGif(await run(whole, { format: 'gif', metadata: 'copyright' }))
      expect(rights).toMatchObject({ creator: ['Ana &amp; Bo', 'Cy'], WebStatement: 'https://example.com/licence?a=1&amp;b=2' })
      expect(Object.keys(rights ?? {})).not.toContain('Rating')
      expect(await xmpOf(await run(whole, { format: from, metadata: 'keep' }))).toContain('Boats')
      const plain = await run(whole, { format: 'gif' })
      expect([await saidOfGif(plain), await pixels(plain)]).toEqual([undefined, await pixels(whole)])
    })

    it('artist and copyright of EXIF are told by XMP, where that does not tell them', async () => {
      const described = picture().withExif({ IFD0: { Artist: 'Ana & <Bo>', Copyright: 'Ana 2026', Model: 'Camera 1' } })
      for (const metadata of ['copyright', 'keep'] as const)
        expect(await saidOfGif(await gif(metadata, described))).toEqual({
          creator: 'Ana &amp; &lt;Bo&gt;',
          rights: { lang: 'x-default', value: 'Ana 2026' },
        })
      const both = await saidOfGif(await gif('copyright', described.withXmp(XMP.replace(/<dc:rights>.*<\/dc:rights>/, ''))))
      expect(both).toMatchObject({ creator: ['Ana &amp; Bo', 'Cy'], rights: { value: 'Ana 2026' } })
    })

    it('of an animation, whose frames and times stay', async () => {
      const film = new Uint8Array(await animated('gif'))
      const source = embedInGif(film, { exif: null, icc: null, xmp: new TextEncoder().encode(XMP) })
      const [plain, kept] = [await run(source, { format: 'gif' }), await run(source, { format: 'gif', metadata: 'keep' })]
      const of = async (file: Uint8Array) => {
        const { delay, loop, pages } = await sharp(file, { animated: true }).metadata()
        return { delay, loop, pages, data: await sharp(file, { animated: true }).raw().toBuffer() }
      }
      expect(await of(kept)).toEqual(await of(plain))
      expect([(await saidOfGif(kept))?.['Rating'], await saidOfGif(plain)]).toEqual([4, undefined])
    })
  })

  it('is read by others: every value as it was', async () => {
    const file = await described('jpeg')
    const [before, after] = [await said(file), await said(await run(new Uint8Array(file), { format: 'jpeg', metadata: 'keep' }))]
    for (const name of ['Artist', 'Copyright', 'Model', 'LensModel', 'ExposureTime', 'latitude', 'creator', 'rights', 'title'])
      expect([name, after?.[name]]).toEqual([name, before?.[name]])
    expect(before?.['latitude']).toBeCloseTo(51.509, 3)
  })

  it('has no place when rights alone are kept', async () => {
    const result = await said(await run(new Uint8Array(await described('jpeg')), { format: 'jpeg', metadata: 'copyright' }))
    expect([result?.['Artist'], result?.['latitude'], result?.['GPSLatitudeRef']]).toEqual(['Ana', undefined, undefined])
  })

  it('comes with the profile', async () => {
    const plain = await picture()
      .withExif({ IFD0: { Artist: 'Ana' } })
      .jpeg()
      .toBuffer()
    const file = jpegWithProfile(new Uint8Array(plain), P3)
    for (const format of TARGETS) {
      const result = await run(file, { format, colours: 'keep', metadata: 'copyright' })
      expect(await iccOf(result)).toEqual(P3)
      expect((await exifOf(result))?.toString('latin1')).toContain('Ana')
    }
  })

  it('with alpha too', async () => {
    const file = await picture()
      .ensureAlpha(0.5)
      .withExif({ IFD0: { Artist: 'Ana' } })
      .png()
      .toBuffer()
    const result = await run(new Uint8Array(file), { format: 'webp', metadata: 'copyright' })
    expect((await sharp(result).metadata()).hasAlpha).toBe(true)
    expect((await sharp(result).raw().toBuffer()).at(3)).toBe(127)
  })

  it('a thumbnail in EXIF and one in XMP, which show the picture as it was, are gone', async () => {
    const thumbnail = '<xmp:Thumbnails><rdf:Alt><rdf:li>AAAA</rdf:li></rdf:Alt></xmp:Thumbnails>'
    const file = await picture()
      .withXmp(XMP.replace('<dc:title>', `${thumbnail}<dc:title>`))
      .jpeg()
      .toBuffer()
    expect(await xmpOf(await run(new Uint8Array(file), { format: 'jpeg', metadata: 'keep' }))).not.toContain('AAAA')
  })

  it.each([
    ['hdrgm:Version="1.0"', true],
    ['hdrgm:GainMapMax="2"', false], // the map's own packet
    ['GContainer:x="1"', false],
  ])('does not speak of pictures and films that are not behind the result: %s', async (said, isKept) => {
    const file = await picture().withXmp(XMP.replace('xmp:Rating="4"', said)).jpeg().toBuffer()
    const xmp = await xmpOf(await run(new Uint8Array(file), { format: 'jpeg', metadata: 'keep' }))
    expect([xmp.includes(said), xmp.includes('Boats')]).toEqual([false, isKept])
  })
})

it('equal wishes have equal texts: what is not taken along is not in them', () => {
  const plan = (output: Partial<Output>): string => canonical({ steps: [], output: { format: 'jpeg', quality: 80, ...output } })
  expect(plan({ colours: undefined, metadata: undefined })).toBe(plan({}))
  expect(new Set([plan({}), plan({ colours: 'keep' }), plan({ metadata: 'keep' }), plan({ metadata: 'copyright' })]).size).toBe(4)
})
