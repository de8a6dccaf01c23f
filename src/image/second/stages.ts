import { AppError } from '../../errors.ts'
import type { Codec, Probe } from '../codecs/define.ts'
import { avif } from '../codecs/avif.ts'
import { bmp } from '../codecs/bmp.ts'
import { gif } from '../codecs/gif.ts'
import { heic } from '../codecs/heic.ts'
import { ico } from '../codecs/ico.ts'
import { jpeg } from '../codecs/jpeg.ts'
import { jxl } from '../codecs/jxl.ts'
import { png } from '../codecs/png.ts'
import { svg } from '../codecs/svg.ts'
import { tiff } from '../codecs/tiff.ts'
import { webp } from '../codecs/webp.ts'
import { collect } from '../collect.ts'
import type { RowsContext } from '../context.ts'
import { BAND_ROWS, lastRows, type PixelRows, rowsBytes } from '../engine/rows/pixel-rows.ts'
import { toSrgb } from '../engine/pixels/to-srgb.ts'
import { cutRows } from '../engine/rows/stages.ts'
import { turnRows, turnRowsBytes } from '../engine/rows/turn.ts'
import { type Geometry, isResampled, wholeImage } from '../geometry.ts'
import { storedGeometry } from '../orientation.ts'
import type { FormatName } from '../plan.ts'
import type { Raster, Shape } from '../raster.ts'
import type { Stages } from '../codecs/stages.ts'
import { decodeJpeg, decodeJpegBytes, encodeJpeg, encodeJpegBytes } from './jpeg.ts'
import { decodePng, decodePngBytes, encodePng, encodePngBytes } from './png.ts'
import { cutAndScale, resizeBytes } from './resize.ts'
import { decodeWebp, decodeWebpBytes, encodeWebp, encodeWebpBytes } from './webp.ts'

/** Whole rasters through @jsquash's modules, behind the same interface as the core's codecs. */
interface RasterCodec<P> {
  decode(context: RowsContext, file: Uint8Array, probe: P, page: number): Promise<Raster>
  decodeBytes(probe: P, fileBytes: number): number
  encode?(context: RowsContext, raster: Raster, quality: number, lossless: boolean): Promise<Uint8Array>
  encodeBytes?(shape: Shape, quality: number, lossless: boolean): number
}

function throughRasters<P extends Probe>(own: Codec, { decode, decodeBytes, encode, encodeBytes }: RasterCodec<P>): Codec {
  const { recode: _recode, recodeBytes: _recodeBytes, transcode: _transcode, pass: _pass, ...kept } = own
  return {
    ...kept,
    holdsPicture: true,
    async rows(file, probe, geometry, context) {
      const raster = await decode(context, file, probe as P, geometry.page ?? 1)
      if (raster.width !== probe.width || raster.height !== probe.height)
        throw new AppError('invalid_image', { reason: 'The header lies about the size.' })
      const stored = storedGeometry(geometry, probe, probe.orientation)
      const scaled = await cutAndScale(context, raster, stored, !probe.hasAlpha)
      const rows = toSrgb(
        context.core,
        lastRows(context.core, scaled),
        geometry.keepsColours && own.profile?.(file, probe, context) ? null : own.conversion(file, probe, context),
      )
      return turnRows(context.core, rows, probe.orientation)
    },
    rowsBytes(probe, geometry, fileBytes) {
      const stored = storedGeometry(geometry, probe, probe.orientation)
      const rows = rowsBytes(stored.width, BAND_ROWS) + turnRowsBytes(stored, probe.orientation, !probe.hasAlpha)
      return decodeBytes(probe as P, fileBytes) + resizeBytes(stored, !probe.hasAlpha) + rows
    },
    ...(encode && {
      encode: (picture, { quality, lossless = false }, context) =>
        picture.read(async (rows) => encode(context, await collect(context, rows), quality, lossless)),
    }),
    ...(encodeBytes && { encodeBytes: (shape, { quality, lossless = false }) => encodeBytes(shape, quality, lossless) }),
  } as Codec
}

/** A format that is read by TypeScript, of which the core only takes the rows: with them it is its own second. */
function throughOwnRows(own: Codec): Codec {
  const whole = (probe: Probe, page: number): Geometry => ({ ...wholeImage(probe), page, keepsColours: true })
  return throughRasters(
    // What has no profile of RGB comes out of `rows` in sRGB.
    { ...own, conversion: (file, probe, context) => (own.profile?.(file, probe, context) ? own.conversion(file, probe, context) : null) },
    {
      decode: async (context, file, probe, page) => {
        const mark = context.core.mark()
        try {
          return await collect(context, await own.rows(file, { ...probe, orientation: 1 }, whole(probe, page), context))
        } finally {
          context.core.release(mark)
        }
      },
      decodeBytes: (probe, fileBytes) => own.rowsBytes(probe, whole(probe, probe.frames), fileBytes) + 4 * probe.width * probe.height,
    },
  )
}

const CODECS: Record<FormatName, Codec> = {
  avif: throughOwnRows(avif as unknown as Codec),
  bmp: throughOwnRows(bmp as unknown as Codec),
  gif: throughOwnRows(gif as unknown as Codec),
  heic: throughOwnRows(heic as unknown as Codec),
  ico: throughOwnRows(ico as unknown as Codec),
  jpeg: throughRasters<ReturnType<typeof jpeg.probe>>(jpeg as unknown as Codec, {
    decode: (context, file, { source }) => decodeJpeg(context, file, source.header),
    decodeBytes: ({ source }, fileBytes) => decodeJpegBytes(source.header, fileBytes),
    encode: encodeJpeg,
    encodeBytes: encodeJpegBytes,
  }),
  jxl: throughOwnRows(jxl as unknown as Codec),
  png: throughRasters<ReturnType<typeof png.probe>>(png as unknown as Codec, {
    decode: decodePng,
    decodeBytes: decodePngBytes,
    encode: encodePng,
    encodeBytes: encodePngBytes,
  }),
  svg: svg as unknown as Codec,
  tiff: throughOwnRows(tiff as unknown as Codec),
  webp: throughRasters<ReturnType<typeof webp.probe>>(webp as unknown as Codec, {
    decode: decodeWebp,
    decodeBytes: decodeWebpBytes,
    encode: encodeWebp,
    encodeBytes: encodeWebpBytes,
  }),
}

/** Decodes, scales and encodes without the core, whose steps stay: those of a fresh instance. */
export const SECOND_STAGES: Stages = {
  name: 'second',
  codec: (name) => CODECS[name],
  async resample(context, rows: PixelRows, geometry: Geometry) {
    if (!isResampled(geometry)) return cutRows(rows, geometry.window.x, geometry.window.y, geometry)
    const raster = await collect(context, rows)
    return lastRows(context.core, await cutAndScale(context, raster, geometry, rows.isOpaque))
  },
  resampleBytes: (source, geometry, isOpaque) =>
    4 * source.width * source.height + resizeBytes(geometry, isOpaque) + rowsBytes(geometry.width, BAND_ROWS),
}
