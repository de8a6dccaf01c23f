import exifr from 'exifr'
import sharp, { type Sharp } from 'sharp'
import { describe, expect, it } from 'vitest'
import { bmpOf } from '../../../packages/upload/src/engine/bitmap.ts'
import { createMake, type MakeDeps } from '../../../packages/upload/src/engine/make.ts'
import type { Made, Order } from '../../../packages/upload/src/engine/order.ts'
import { fontFromDisk, wasmFromDisk } from '../../support/image-context.ts'
import { animated, type Bytes, photo, translucent } from '../../support/pictures.ts'
import { readUltraHdr } from '../../support/ultra-hdr/read.ts'
import { ultraHdr } from '../../support/ultra-hdr/write.ts'

const PLACE = {
  GPSLatitudeRef: 'N',
  GPSLatitude: '51/1 30/1 3230/100',
  GPSLongitudeRef: 'W',
  GPSLongitude: '0/1 7/1 3000/100',
  GPSMapDatum: 'SECRET PLACE',
}
const XMP =
  '<x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#"><rdf:Description rdf:about="" xmlns:dc="http://purl.org/dc/elements/1.1/" dc:source="Kept" xmlns:exif="http://ns.adobe.com/exif/1.0/" exif:GPSLatitude="51,30.5N" exif:GPSMapDatum="SECRET PLACE"/></rdf:RDF></x:xmpmeta>'

/** A picture that tells where it was taken. */
const located = async (format: 'jpeg' | 'png' | 'webp', orientation = 6): Promise<Bytes> =>
  new Uint8Array(
    await sharp(await photo({ format: 'png' }))
      .withExif({ IFD0: { Artist: 'Ana' }, IFD3: PLACE })
      .withXmp(XMP)
      .withMetadata({ orientation })
      .toFormat(format, { quality: 90 })
      .toBuffer(),
  )

const make = (order: Partial<Order> & { readonly bytes: Bytes }, deps: Partial<MakeDeps> = {}): Promise<Made> => {
  const { bytes, ...rest } = order
  const file = new Blob([bytes], { type: 'image/jpeg' })
  const none = { decodeByBrowser: async () => null, fetch: () => Promise.reject(new Error('no network')) }
  return createMake({ wasm: wasmFromDisk, font: fontFromDisk, ...none, ...deps })({
    file,
    parameters: null,
    stripLocation: true,
    limits: null,
    layers: null,
    ...rest,
  })
}
const codeOf = (made: Promise<Made>): Promise<unknown> =>
  made.then(
    () => 'none',
    (thrown: { code: unknown }) => thrown.code,
  )
const bodyOf = ({ body }: Made): Bytes => body ?? new Uint8Array()
/** By exifr, of the EXIF that sharp finds: exifr knows no WebP. */
async function placeOf(file: Uint8Array): Promise<unknown> {
  const { exif } = await sharp(file).metadata()
  return exif && exifr.gps(exif.subarray(exif.indexOf('Exif') === 0 ? 6 : 0))
}
const pixels = (file: Uint8Array): Promise<Buffer> => sharp(file, { animated: true }).raw().toBuffer()

describe('a picture that is sent as it is, without its place', () => {
  it.each(['jpeg', 'png', 'webp'] as const)('%s: the same pixels, upright, with author and profile', async (format) => {
    const source = await located(format)
    expect(await placeOf(source)).toMatchObject({ longitude: -0.125 })
    const made = await make({ bytes: source })
    const body = bodyOf(made)
    expect(Buffer.from(body).includes('SECRET PLACE') || Buffer.from(body).includes('GPS')).toBe(false)
    expect(await placeOf(body)).toBeUndefined()
    expect((await pixels(body)).equals(await pixels(source))).toBe(true)
    const [before, after] = [await sharp(source).metadata(), await sharp(body).metadata()]
    expect(after).toMatchObject({ orientation: 6, width: before.width, icc: before.icc })
    expect(Buffer.from(body).includes('Ana') && Buffer.from(body).includes('Kept')).toBe(true)
    expect(made).toMatchObject({ width: 213, height: 320, notice: null, extension: null })
  })

  it('a photograph with a gain map keeps both', async () => {
    const source = await ultraHdr()
    const [before, after] = [readUltraHdr(source), readUltraHdr(bodyOf(await make({ bytes: source })))]
    expect((await pixels(after.map)).equals(await pixels(before.map))).toBe(true)
  })

  it('an animated GIF keeps its frames', async () => {
    const source = await animated('gif')
    expect((await pixels(bodyOf(await make({ bytes: source })))).equals(await pixels(source))).toBe(true)
  })

  it('an AVIF is sent when it tells no place, and refused when it does', async () => {
    const avif = (picture: Sharp): Promise<Buffer> => picture.avif({ effort: 0 }).toBuffer()
    const png = await photo({ format: 'png' })
    const [plain, telling] = await Promise.all([avif(sharp(png)), avif(sharp(png).withExif({ IFD3: PLACE }))])
    expect(await make({ bytes: new Uint8Array(plain) })).toMatchObject({ body: null, width: 320, height: 213 })
    expect(await codeOf(make({ bytes: new Uint8Array(telling) }))).toBe('unsupported_format')
    expect(await make({ bytes: new Uint8Array(telling), stripLocation: false })).toMatchObject({ body: null })
  })

  it('what is no picture is refused, and sent where places may stay', async () => {
    const bytes = new Uint8Array(Buffer.from('51.5, -0.125'))
    expect(await codeOf(make({ bytes }))).toBe('unsupported_format')
    expect(await make({ bytes, stripLocation: false })).toMatchObject({ body: null, width: 0 })
  })
})

describe('a picture that is made', () => {
  const parameters = [
    ['w', '64'],
    ['f', 'jpeg'],
    ['metadata', 'keep'],
  ] as const

  it('takes all along but the place, unless that may stay', async () => {
    const bytes = await located('webp')
    const without = bodyOf(await make({ bytes, parameters }))
    expect(await exifr.parse(without, { gps: true })).toMatchObject({ Artist: 'Ana' })
    expect(await exifr.gps(without)).toBeUndefined()
    expect(Buffer.from(without).includes('SECRET')).toBe(false)
    expect(await exifr.gps(bodyOf(await make({ bytes, parameters, stripLocation: false })))).toMatchObject({ longitude: -0.125 })
    expect(await make({ bytes, parameters })).toMatchObject({ mime: 'image/jpeg', extension: 'jpg', width: 64, height: 96 })
  })

  it('draws pictures of the account, which are asked for by the key', async () => {
    const asked: string[] = []
    const mark = await translucent()
    const fetch: MakeDeps['fetch'] = (url, { headers }) => {
      asked.push(`${url} ${headers['Authorization']}`)
      return Promise.resolve(url.endsWith('none.png') ? new Response(null, { status: 404 }) : new Response(mark))
    }
    const layers = { url: 'https://images.example.com/Emu1s1n/raw', key: 'public_1' }
    const drawn = (image: string) =>
      make({ bytes: new Uint8Array(), file: new Blob([source]), parameters: [...parameters, ['image', image]], layers }, { fetch })
    const source = await photo()
    expect(bodyOf(await drawn('/a b.png'))).not.toEqual(bodyOf(await make({ bytes: source, parameters })))
    expect(asked).toEqual(['https://images.example.com/Emu1s1n/raw/a%20b.png Bearer public_1'])
    expect(await codeOf(drawn('/none.png'))).toBe('file_not_found')
  })

  it.each<[string, string, (bytes: Bytes) => Partial<Order>]>([
    ['is damaged', 'invalid_image', (bytes) => ({ file: new Blob([bytes.slice(0, 90)]) })],
    ['has too many bytes', 'file_too_large', () => ({ limits: limits({ maxFileBytes: 100 }) })],
    ['has too many pixels', 'too_many_pixels', () => ({ limits: limits({ maxPixels: 100 }) })],
    ['takes too much memory', 'too_many_pixels', () => ({ limits: limits({ memoryBytes: 30_000 }) })],
    ['shall be JSON', 'invalid_parameter', () => ({ parameters: [['f', 'json']] })],
    ['has a parameter that nobody knows', 'unknown_parameter', () => ({ parameters: [['widht', '9']] })],
  ])('is none when it %s', async (_, code, change) => {
    const bytes = await photo()
    expect(await codeOf(make({ bytes, parameters, ...change(bytes) }))).toBe(code)
  })
})

const limits = (change: object): Order['limits'] => ({
  heic: true,
  maxFileBytes: 50_000_000,
  maxPixels: 100_000_000,
  maxSide: 12_000,
  maxSteps: 64,
  memoryBytes: 80_000_000,
  ...change,
})

describe('a format that the engine has not', () => {
  /** A JPEG that says of itself to have arithmetic coding. */
  const arithmetic = async (): Promise<Bytes> => {
    const file = (await photo()).slice()
    file[Buffer.from(file).indexOf(Uint8Array.of(0xff, 0xc0)) + 1] = 0xc9
    return file
  }
  const order = async () => ({
    bytes: await arithmetic(),
    limits: limits({ maxFileBytes: 100_000, memoryBytes: 4_000_000 }),
    parameters: [['f', 'png']] as const,
  })

  it("is made of the browser's pixels, whatever its size, and that is told", async () => {
    const [width, height] = [301, 517]
    const rgba = await sharp(await photo())
      .resize(width, height, { fit: 'fill' })
      .ensureAlpha()
      .raw()
      .toBuffer()
    const bitmap = bmpOf(width, height, (top, rows) => new Uint8ClampedArray(rgba.subarray(4 * width * top, 4 * width * (top + rows))))
    const made = await make(await order(), { decodeByBrowser: async () => bitmap })
    expect(made).toMatchObject({ width, height, mime: 'image/png', notice: { code: 'browser_decoded' } })
    expect((await sharp(bodyOf(made)).ensureAlpha().raw().toBuffer()).equals(rgba)).toBe(true)
  })

  it('is refused where it might tell a place, and else sent as it is', async () => {
    expect(await codeOf(make(await order()))).toBe('unsupported_format')
    expect(await make({ ...(await order()), stripLocation: false })).toMatchObject({ body: null, notice: { code: 'original' } })
  })
})
