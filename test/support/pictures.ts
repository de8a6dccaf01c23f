import { mkdir, readFile, rename, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import sharp, { type Sharp } from 'sharp'
import { enlarge } from '../../scripts/samples/enlarge.ts'
import { pngFile } from './png-file.ts'

/**
 * Whole pictures for tests, as files in memory. All come from the project's own samples; each is made once a process.
 * Turned ones are in oriented-picture.ts, broken ones in broken-pictures.ts.
 */
export type Bytes = Uint8Array<ArrayBuffer>

const ROOT = join(import.meta.dirname, '../..')
const made = new Map<string, Promise<Bytes>>()

/** Remembers a picture under its name, so that a test file pays for it once. */
export function once(name: string, make: () => Promise<Uint8Array>): Promise<Bytes> {
  const known = made.get(name) ?? make().then((bytes) => new Uint8Array(bytes))
  made.set(name, known)
  return known
}

/** One of the committed samples as it is: a baseline JPEG, 1600 x 1067, 4:2:0. */
export function sample(name: 'lake' | 'still-life' = 'lake'): Promise<Bytes> {
  return once(name, () => readFile(join(ROOT, `samples/${name}.jpg`)))
}

/** The lake at a size, to be encoded in some way. */
async function lake(width = 320, height = 213): Promise<Sharp> {
  return sharp(await sample()).resize(width, height, { fit: 'fill' })
}

export type PhotoOptions = {
  readonly width?: number
  readonly height?: number
  readonly format?: 'gif' | 'jpeg' | 'png' | 'webp'
  /** 1 to 100, for JPEG and WebP. */
  readonly quality?: number
}

/** A photograph of any size and kind; 320 x 213 JPEG of quality 85 unless told. */
export function photo({ width = 320, height = 213, format = 'jpeg', quality = 85 }: PhotoOptions = {}): Promise<Bytes> {
  return once(`photo ${width} ${height} ${format} ${quality}`, async () => {
    const picture = await lake(width, height)
    return (format === 'png' || format === 'gif' ? picture[format]() : picture.toFormat(format, { quality })).toBuffer()
  })
}

/** A photograph that fades from opaque at the left to transparent at the right, 160 x 107. */
export function translucent(format: 'png' | 'webp' = 'png'): Promise<Bytes> {
  return once(`translucent ${format}`, async () => {
    const [width, height] = [160, 107]
    const rgb = await (await lake(width, height)).raw().toBuffer()
    const alpha = Uint8Array.from({ length: width * height }, (_, i) => 255 - Math.round((255 * (i % width)) / (width - 1)))
    const picture = sharp(rgb, { raw: { width, height, channels: 3 } }).joinChannel(Buffer.from(alpha), {
      raw: { width, height, channels: 1 },
    })
    return picture.toFormat(format, { lossless: true }).toBuffer()
  })
}

/** Gray photographs of one channel. */
export function gray(format: 'jpeg' | 'png' = 'jpeg'): Promise<Bytes> {
  return once(`gray ${format}`, async () => (await lake()).toColourspace('b-w').toFormat(format).toBuffer())
}

/** PNG of colour type 3, with 2 to 256 colours: up to 16 give a bit depth of 4 or less. */
export function palettePng(colours = 64): Promise<Bytes> {
  return once(`palette ${colours}`, async () => (await lake()).png({ palette: true, colours }).toBuffer())
}

/** PNG of 16 bits a channel, RGB, whose low bytes are not those of the high ones. */
export function png16(): Promise<Bytes> {
  return once('16 bit', async () => (await lake()).linear(0.9, 3.3).toColourspace('rgb16').png().toBuffer())
}

/** PNG of one bit a pixel in a palette of two colours. */
export function png1(): Promise<Bytes> {
  return once('1 bit', async () => (await lake()).threshold(110).png({ palette: true, colours: 2 }).toBuffer())
}

/** Gray PNG (colour type 0) of less than eight bits a pixel, not filtered. 101 x 67, so that rows end inside a byte. */
export function lowGrayPng(bitDepth: 1 | 2 | 4): Promise<Bytes> {
  return once(`gray ${bitDepth}`, async () => {
    const [width, height] = [101, 67]
    const levels = await (await lake(width, height)).toColourspace('b-w').raw().toBuffer()
    const rowBytes = 1 + Math.ceil((width * bitDepth) / 8)
    const rows = new Uint8Array(rowBytes * height)
    levels.forEach((level, i) => {
      const bit = (i % width) * bitDepth
      rows[Math.floor(i / width) * rowBytes + 1 + (bit >> 3)]! |= (level >> (8 - bitDepth)) << (8 - bitDepth - (bit & 7))
    })
    return pngFile({ width, height, bitDepth, colourType: 0 }, rows)
  })
}

/** PNG with Adam7 interlace. */
export function interlacedPng(): Promise<Bytes> {
  return once('interlaced', async () => (await lake()).png({ progressive: true }).toBuffer())
}

/** Progressive JPEG, quality 85, 4:2:0. */
export function progressiveJpeg(width = 320, height = 213): Promise<Bytes> {
  return once(`progressive ${width} ${height}`, async () => (await lake(width, height)).jpeg({ quality: 85, progressive: true }).toBuffer())
}

/** JPEG without chroma subsampling. */
export function jpeg444(): Promise<Bytes> {
  return once('4:4:4', async () => (await lake()).jpeg({ quality: 85, chromaSubsampling: '4:4:4' }).toBuffer())
}

/** JPEG of four inks, as printers' files are. */
export function cmykJpeg(): Promise<Bytes> {
  return once('cmyk', async () => (await lake()).toColourspace('cmyk').jpeg().toBuffer())
}

/** JPEG with the Display P3 profile embedded. */
export function p3Jpeg(): Promise<Bytes> {
  return once('p3', async () => (await lake()).withIccProfile('p3').jpeg().toBuffer())
}

/** Three frames of 64 x 43, 100 ms each, for ever. */
export function animated(format: 'gif' | 'webp' = 'gif'): Promise<Bytes> {
  return once(`animated ${format}`, async () => {
    const frames = await Promise.all(
      [0.6, 1, 1.4].map(async (brightness) => (await lake(64, 43)).modulate({ brightness }).png().toBuffer()),
    )
    const picture = sharp(frames, { join: { animated: true } })
    return (format === 'gif' ? picture.gif({ delay: [100, 100, 100] }) : picture.webp({ delay: [100, 100, 100] })).toBuffer()
  })
}

/** A photograph of 12.1 megapixels (4260 x 2840 baseline JPEG), made in seconds from the sample and kept under build/. */
export function largePhoto(): Promise<Bytes> {
  return once('large', async () => {
    const [width, height] = [4260, 2840]
    const file = join(ROOT, 'build/samples/12mp.jpg')
    const kept = await readFile(file).catch(() => undefined)
    if (kept) return kept
    const rgb = await enlarge(await sample(), width, height, 12)
    const bytes = await sharp(rgb, { raw: { width, height, channels: 3 } })
      .jpeg({ quality: 85 })
      .toBuffer()
    await mkdir(join(ROOT, 'build/samples'), { recursive: true })
    // Written beside and renamed, because test files that run at the same time make it too.
    const draft = `${file}.${process.pid}`
    await writeFile(draft, bytes)
    await rename(draft, file)
    return bytes
  })
}
