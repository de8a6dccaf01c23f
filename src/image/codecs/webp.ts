import * as z from 'zod'
import { AppError } from '../../errors.ts'
import type { RowsContext } from '../context.ts'
import { profileTablesBytes, toSrgb } from '../engine/pixels/to-srgb.ts'
import { BAND_ROWS, type PixelRows, rowsBytes } from '../engine/rows/pixel-rows.ts'
import { fanOut } from '../engine/rows/fan-out.ts'
import { turnRows, turnRowsBytes } from '../engine/rows/turn.ts'
import { resampleRows, resampleRowsBytes } from '../engine/resample/rows.ts'
import { type Geometry, isResampled, wholeImage } from '../geometry.ts'
import type { Conversion } from '../icc/conversion.ts'
import { isRgbProfile } from '../icc/profile.ts'
import { conversionByProfile, MAX_PROFILE_BYTES } from '../icc/remembered.ts'
import { storedGeometry } from '../orientation.ts'
import { defineCodec } from './define.ts'
import { animateWebp, animateWebpBytes } from './webp/animate.ts'
import { pageRows } from './webp/canvas.ts'
import { webpShownFrames, webpShownFramesBytes } from './webp/frames.ts'
import type { WebpFrame } from './webp/frame.ts'
import { encodeWebp, encodeWebpBytes } from './webp/encode.ts'
import { canvasBytes } from '../engine/webp/canvas.ts'
import type { WebpChunk } from '../engine/webp/container.ts'
import { frameRowsBytes, webpReader, type WebpReader } from './webp/pixels.ts'
import { bareWebp } from './webp/bare.ts'
import { embedInWebp, exifOfWebp, webpAnimation, webpHasC2pa, xmpOfWebp } from './webp/metadata.ts'
import { isWebp, probeWebp, type WebpProbe } from './webp/header.ts'

/** Who reads a still picture. */
const readerOf = (probe: WebpProbe, geometry: Geometry): WebpReader | null =>
  probe.pixels && webpReader(probe.pixels, probe, !probe.hasAlpha, storedGeometry(geometry, probe, probe.orientation))

/** The same of one that has a pass. */
function requireReader(probe: WebpProbe, geometry: Geometry): WebpReader {
  const reader = readerOf(probe, geometry)
  if (!reader) throw new AppError('internal', { detail: 'an animation has no pass' })
  return reader
}

/** The rows of a page: what its frames left on a canvas. */
function animationRows(context: RowsContext, file: Uint8Array, probe: WebpProbe, page: number): Promise<PixelRows> {
  const openFrame = (frame: WebpFrame) => {
    const whole = wholeImage(frame)
    return Promise.resolve(webpReader(frame, frame, false, whole).rows(context.core, file, [whole]))
  }
  return pageRows(context, file, probe, page, openFrame)
}

/** RFC 9649 §2.7.1.4: a chunk ICCP. VP8 and VP8L hold RGB alone. */
function webpConversion(file: Uint8Array, icc: WebpChunk | null, keepsColours = false): Conversion | null {
  if (keepsColours && webpProfile(file, icc)) return null
  return icc && conversionByProfile(file.subarray(icc.start, icc.end), 'rgb')
}

function webpProfile(file: Uint8Array, icc: WebpChunk | null): Uint8Array | null {
  const profile = icc && file.subarray(icc.start, icc.end)
  return profile && profile.length <= MAX_PROFILE_BYTES && isRgbProfile(profile) ? profile : null
}

export const webp = defineCodec({
  mime: 'image/webp',
  extension: 'webp',
  can: { decode: true, encode: true, alpha: true },
  // Lossless pixels have one quality, so that equal wishes are equal plans.
  writesExactly: true,
  options: z
    .object({ quality: z.int().min(1).max(100), effort: z.int().min(1).max(100).optional(), lossless: z.literal(true).optional() })
    .transform((options) => (options.lossless ? { ...options, quality: 100 } : options)),
  sniff: isWebp,
  probe: probeWebp,
  conversion: (file, { icc }) => webpConversion(file, icc),
  profile: (file, { icc }) => webpProfile(file, icc),
  exif: exifOfWebp,
  xmp: xmpOfWebp,
  about: (file, { icc, animation }) => ({
    bitDepth: 8,
    colours: 'rgb',
    icc: () => icc && file.subarray(icc.start, icc.end),
    animation: () => webpAnimation(file, animation),
    hasC2pa: () => webpHasC2pa(file),
  }),
  embed: embedInWebp,
  bare: bareWebp,
  frames: {
    open: (file, probe, keepsColours, context) => ({
      conversion: webpConversion(file, probe.icc, keepsColours),
      all: webpShownFrames(context, file, probe),
    }),
    bytes: webpShownFramesBytes,
  },
  animate: { open: animateWebp, bytes: animateWebpBytes },
  async rows(file, probe, geometry, context) {
    const { core } = context
    const stored = storedGeometry(geometry, probe, probe.orientation)
    const reader = readerOf(probe, geometry)
    const rows = reader
      ? reader.fit(core, reader.rows(core, file, [stored]), stored)
      : resampleRows(core, await animationRows(context, file, probe, geometry.page ?? 1), stored)
    return turnRows(core, toSrgb(core, rows, webpConversion(file, probe.icc, geometry.keepsColours)), probe.orientation)
  },
  pass: {
    of(probe, geometry) {
      const reader = readerOf(probe, geometry)
      return reader && `${reader.pass} ${geometry.keepsColours === true}`
    },
    async decode(file, probe, geometries, { core, pace }) {
      const mark = core.mark()
      try {
        const conversion = webpConversion(file, probe.icc, geometries[0]?.keepsColours)
        const fitted = geometries.map((geometry) => ({
          stored: storedGeometry(geometry, probe, probe.orientation),
          reader: requireReader(probe, geometry),
        }))
        const [first] = fitted
        if (!first) return []
        const all = fitted.map(({ stored }) => stored)
        const branches = fitted.map(({ stored, reader }) => ({
          stages: (rows: PixelRows) => turnRows(core, toSrgb(core, reader.fit(core, rows, stored), conversion), probe.orientation),
          onlyReads: isResampled(stored),
        }))
        return await fanOut(core, first.reader.rows(core, file, all), branches, pace)
      } finally {
        core.release(mark)
      }
    },
    bytes(probe, geometries) {
      const each = geometries.map((geometry) => {
        const stored = storedGeometry(geometry, probe, probe.orientation)
        const stages = profileTablesBytes(probe.icc !== null) + turnRowsBytes(stored, probe.orientation, !probe.hasAlpha)
        const copies = rowsBytes(probe.width, BAND_ROWS) + stored.width * stored.height * 4
        return requireReader(probe, geometry).fitBytes(stored) + stages + copies
      })
      const [first] = geometries
      const reading = first ? requireReader(probe, first).rowsBytes() : 0
      return each.reduce((sum, bytes) => sum + bytes, reading)
    },
  },
  holdsPicture: true,
  encode: encodeWebp,
  rowsBytes(probe, geometry, fileBytes) {
    const stored = storedGeometry(geometry, probe, probe.orientation)
    const reader = readerOf(probe, geometry)
    const decoding = reader
      ? reader.rowsBytes() + reader.fitBytes(stored)
      : canvasBytes(probe) + frameRowsBytes(probe, fileBytes) + resampleRowsBytes(probe, stored)
    return decoding + profileTablesBytes(probe.icc !== null) + turnRowsBytes(stored, probe.orientation, false)
  },
  encodeBytes: (shape, options, opaque = false) => encodeWebpBytes(shape, options, opaque),
})
