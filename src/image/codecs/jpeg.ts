import createMozjpeg from '@jsquash/jpeg/codec/enc/mozjpeg_enc.js'
import { defaultOptions } from '@jsquash/jpeg/meta.js'
import * as z from 'zod'
import { AppError } from '../../errors.ts'
import { createJpegRowEncoder } from '../engine/jpeg/encode/rows.ts'
import { jpegConversion, jpegRgbProfile, readJpegProfile } from '../engine/jpeg/icc.ts'
import { resultBytes } from '../engine/parts.ts'
import { estimateEncodeBytes } from '../engine/jpeg/encode/encoder.ts'
import { estimateScaledBytes, readJpegSource, type JpegSource } from '../engine/jpeg/scaled/estimate.ts'
import { estimatePassBytes, estimateRecodeBytes, jpegPass, jpegToRasters } from '../engine/jpeg/scaled/shared-pass.ts'
import { jpegRows } from '../engine/jpeg/scaled/convert.ts'
import { jpegToJpegs } from '../engine/jpeg/scaled/recode.ts'
import { turnRowsBytes } from '../engine/rows/turn.ts'
import { collect } from '../collect.ts'
import { findGainMap } from '../metadata/gain-map/find.ts'
import { bareJpeg } from '../metadata/bare/jpeg.ts'
import { embedInJpeg, exifOfJpeg, gainMapOfJpeg, jpegHasC2pa, xmpOfJpeg } from '../metadata/jpeg.ts'
import { storedGeometry } from '../orientation.ts'
import type { Shape } from '../raster.ts'
import { defineCodec, type Probe } from './define.ts'
import { emscriptenInstances } from './emscripten-instances.ts'
import { recodeMap, recodeMapBytes, transcodeMap } from './jpeg/gain-map.ts'
import { hasQuantisersOf, transcodeObstacle } from './jpeg/transcode.ts'
import { estimateTranscodeBytes, transcodeJpeg } from '../engine/jpeg/transcode/transcode.ts'

interface Mozjpeg {
  encode(data: Uint8ClampedArray, width: number, height: number, settings: typeof defaultOptions): Uint8Array<ArrayBuffer>
}

const withMozjpeg = emscriptenInstances<Mozjpeg>(createMozjpeg, 'internal')

interface JpegProbe extends Probe {
  readonly source: JpegSource
}

const options = z.object({ quality: z.int().min(1).max(100), effort: z.int().min(1).max(100).optional() })
type JpegOptions = z.output<typeof options>

/** From here on MozJPEG's trellis quantisation makes the smallest files, at twenty times the time. */
const MOZJPEG_EFFORT = 90
/** Above this, our own encoder takes over: it needs a tenth of the memory. */
const MAX_MOZJPEG_BYTES = 40_000_000
const PROGRESSIVE_EFFORT = 60
const OPTIMISE_EFFORT = 20

/** Effort as the engine's encoder knows it: typical Huffman tables, tables made for the picture (the default), or several scans as well. */
const engineOptions = ({ quality, effort = OPTIMISE_EFFORT }: JpegOptions) =>
  ({ quality, subsampling: '4:2:0', optimise: effort >= OPTIMISE_EFFORT, progressive: effort >= PROGRESSIVE_EFFORT }) as const

/** The memory of MozJPEG, measured on random noise: it tries dozens of scans and keeps them. */
const mozjpegBytes = ({ width, height }: Shape, { quality }: JpegOptions): number =>
  width * height * (quality <= 80 ? 24 : quality <= 90 ? 38 : 53) + 1_000_000

const usesMozjpeg = (wish: JpegOptions, shape: Shape): boolean =>
  (wish.effort ?? 0) >= MOZJPEG_EFFORT && mozjpegBytes(shape, wish) <= MAX_MOZJPEG_BYTES

/** Rough work of encoding a pixel. */
const NS_PER_PIXEL = 10

/** Upper bound of a file, by measurement on random noise. */
const encodedBytes = ({ width, height }: Shape, { quality }: JpegOptions): number =>
  resultBytes(width * height * (quality <= 80 ? 1 : quality <= 90 ? 1.3 : 2.6) + 65_536)

/** A coding of colours, and what it codes. */
const COLOURS = { gray: 'gray', ycbcr: 'rgb', rgb: 'rgb', cmyk: 'cmyk', ycck: 'cmyk' } as const

export const jpeg = defineCodec({
  mime: 'image/jpeg',
  extension: 'jpg',
  can: { decode: true, encode: true, alpha: false },
  options,
  sniff: (head) => head[0] === 0xff && head[1] === 0xd8 && head[2] === 0xff,
  probe(file): JpegProbe {
    const source = readJpegSource(file)
    const { width, height, orientation, arithmetic } = source.header
    if (arithmetic)
      throw new AppError('unsupported_format', { reason: 'Expected a JPEG with Huffman coding, received one with arithmetic coding.' })
    return { width, height, orientation, hasAlpha: false, frames: 1, source }
  },
  conversion: (_file, { source }) => source.conversion,
  profile: (file, { source }) => jpegRgbProfile(file, source.header),
  exif: exifOfJpeg,
  xmp: xmpOfJpeg,
  about: (file, { source: { header } }) => ({
    bitDepth: header.precision,
    colours: COLOURS[header.colour],
    icc: () => readJpegProfile(file, header),
    gainMap: () => gainMapOfJpeg(file),
    hasC2pa: () => jpegHasC2pa(file),
  }),
  embed: embedInJpeg,
  bare: bareJpeg,
  gainMap: {
    find: findGainMap,
    fits: ({ source: { header } }) => header.components.length !== 4,
    recode: recodeMap,
    recodeBytes: recodeMapBytes,
    transcode: transcodeMap,
  },
  rows: (file, { orientation }, geometry, { core, warnings }) => Promise.resolve(jpegRows(core, file, orientation, geometry, warnings)),
  pass: {
    of: (probe, geometry) => jpegPass(probe.source.header, probe.orientation, geometry),
    decode: (file, { orientation }, geometries, { core, warnings, pace }) =>
      jpegToRasters(core, file, orientation, geometries, warnings, pace),
    bytes: ({ source, orientation }, geometries) => estimatePassBytes(source, orientation, geometries),
  },
  encode: (picture, wish, context) =>
    picture.read(async (rows) => {
      const { core, drain, wasm } = context
      if (usesMozjpeg(wish, rows)) {
        const { data, width, height } = await collect(context, rows)
        const run = { load: wasm.jpegEncoder, memoryBytes: mozjpegBytes(rows, wish) }
        return withMozjpeg(run, (encoder) => encoder.encode(data, width, height, { ...defaultOptions, quality: wish.quality }))
      }
      const encoder = createJpegRowEncoder(core, rows, { ...engineOptions(wish), colour: 'ycbcr' })
      await drain(rows, encoder.take, NS_PER_PIXEL)
      return encoder.finish()
    }),
  async recode(file, { orientation, source: { header } }, results, { core, warnings, pace }) {
    const [first, ...others] = results.map(({ geometry, options: wish }) => ({
      geometry,
      options: engineOptions(wish),
      conversion: jpegConversion(file, header, geometry.keepsColours),
    }))
    return first ? jpegToJpegs(core, file, orientation, [first, ...others], warnings, pace) : []
  },
  recodeBytes({ source, orientation }, results) {
    const { colour } = source.header
    // Grays of a profile are converted on pixels.
    if (source.conversion?.kind === 'gray') return null
    if (results.some(({ geometry, options: wish }) => usesMozjpeg(wish, geometry)) || (colour !== 'gray' && colour !== 'ycbcr')) return null
    const engine = estimateRecodeBytes(
      source,
      orientation,
      results.map(({ geometry, options: wish }) => ({ geometry, options: engineOptions(wish) })),
    )
    return results.reduce((sum, { geometry, options: wish }) => sum + encodedBytes(geometry, wish), engine)
  },
  transcode: {
    obstacle: (file, { orientation, source }, geometry) => transcodeObstacle(file, source.header, orientation, geometry),
    isOwnQuality: (file, { source, ...shape }, wish) => !usesMozjpeg(wish, shape) && hasQuantisersOf(file, source.header, wish.quality),
    async run(file, { orientation }, geometry, wish, { core, warnings, pace }) {
      const result = await transcodeJpeg(core, file, orientation, geometry, engineOptions(wish).progressive, warnings, pace)
      return result instanceof Uint8Array ? result : result.reason
    },
    bytes: ({ source, orientation }, geometry, wish) =>
      estimateTranscodeBytes(source.header, orientation, geometry, engineOptions(wish).progressive, source.fileBytes),
  },
  rowsBytes: ({ source, orientation, ...stored }, geometry) =>
    estimateScaledBytes(source, orientation, geometry) + turnRowsBytes(storedGeometry(geometry, stored, orientation), orientation, true),
  resultBytes: encodedBytes,
  encodeBytes: (shape: Shape, wish) =>
    usesMozjpeg(wish, shape)
      ? mozjpegBytes(shape, wish) + 7 * shape.width * shape.height
      : estimateEncodeBytes(shape, { ...engineOptions(wish), colour: 'ycbcr' }) + 4 * (shape.width + 32) + encodedBytes(shape, wish),
})
