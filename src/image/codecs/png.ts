import * as z from 'zod'
import { pngAnimation } from '../engine/png/animation.ts'
import { CHUNK_HEADER_BYTES, isPng } from '../engine/png/chunks.ts'
import { deepConverter, deepConverterBytes } from '../engine/pixels/deep.ts'
import { profileTablesBytes, toSrgb } from '../engine/pixels/to-srgb.ts'
import { pngConversion, pngRgbProfile } from '../engine/png/colour.ts'
import { pngDecodeBytes, pngRows } from '../engine/png/decoder.ts'
import { pngShownFrames, pngShownFramesBytes } from '../engine/png/apng/shown.ts'
import { pngPageRows, pngPageRowsBytes } from '../engine/png/apng/rows.ts'
import { encodePng, pngEncodeBytes } from '../engine/png/encoder.ts'
import { type PngProbe, probePng } from '../engine/png/header.ts'
import { MAX_PNG_PROFILE_BYTES, readPngProfile } from '../engine/png/icc.ts'
import { fanOut } from '../engine/rows/fan-out.ts'
import { BAND_ROWS, type PixelRows, rowsBytes } from '../engine/rows/pixel-rows.ts'
import { turnRows, turnRowsBytes } from '../engine/rows/turn.ts'
import { resampleRows, resampleRowsBytes } from '../engine/resample/rows.ts'
import { isResampled } from '../geometry.ts'
import { barePng } from '../metadata/bare/png.ts'
import { embedInPng, exifOfPng, xmpOfPng } from '../metadata/png.ts'
import { keepSmall, keptBytes } from './kept.ts'
import { storedGeometry } from '../orientation.ts'
import type { RowsContext } from '../context.ts'
import { defineCodec, type Probe } from './define.ts'

/** Effort 1–100 on the encoder's scale of 1–10. */
const levelOf = (effort: number | undefined): { readonly effort?: number } =>
  effort === undefined ? {} : { effort: Math.ceil(effort / 10) }

/**
 * The rows of the page that was probed, and what is left to do of the conversion: 16 bits are converted as they are read. A still picture is shown as far as
 * it goes.
 */
function storedRows(file: Uint8Array, probe: PngProbe, keepsColours: boolean | undefined, { core, warnings }: RowsContext) {
  const { page, hasAlpha, bitDepth } = probe
  const conversion = pngConversion(core, file, keepsColours)
  const convert = conversion && bitDepth === 16 ? deepConverter(core, conversion) : undefined
  const rows = page ? pngPageRows(core, file, page, convert) : pngRows(core, file, hasAlpha, warnings, convert)
  return { rows, conversion: convert ? null : conversion }
}

const storedRowsBytes = (probe: PngProbe): number =>
  (probe.page ? pngPageRowsBytes(probe, probe.page) : pngDecodeBytes(probe)) + (probe.bitDepth === 16 ? deepConverterBytes(3) : 0)

/** A palette is drawn, or was made of few colours on purpose. */
const flagged = (probe: PngProbe): PngProbe & Probe => ({ ...probe, isFlat: probe.colourType === 3 })

export const png = defineCodec({
  mime: 'image/png',
  extension: 'png',
  can: { decode: true, encode: true, alpha: true },
  writesExactly: true,
  options: z.object({ effort: z.int().min(1).max(100).optional(), palette: z.literal(true).optional() }),
  sniff: isPng,
  probe: (file, page) => flagged(probePng(file, page)),
  conversion: (file, _probe, { core }) => pngConversion(core, file),
  profile: (file, _probe, { core }) => pngRgbProfile(core, file),
  exif: exifOfPng,
  xmp: (file, { core }) => xmpOfPng(core, file),
  about: (file, { bitDepth, colourType, hasC2pa, dataAt }, { core }) => ({
    bitDepth,
    colours: colourType === 0 || colourType === 4 ? 'gray' : 'rgb',
    icc: () => readPngProfile(core, file.subarray(0, dataAt + CHUNK_HEADER_BYTES), MAX_PNG_PROFILE_BYTES),
    animation: () => pngAnimation(file),
    hasC2pa: () => hasC2pa,
  }),
  embed: embedInPng,
  bare: barePng,
  frames: {
    open(file, { bitDepth }, keepsColours, { core, warnings, pace }) {
      const conversion = pngConversion(core, file, keepsColours)
      const convert = conversion && bitDepth === 16 ? deepConverter(core, conversion) : undefined
      return { conversion: convert ? null : conversion, all: pngShownFrames(core, file, warnings, pace, convert) }
    },
    bytes: (probe) => pngShownFramesBytes(probe) + (probe.bitDepth === 16 ? deepConverterBytes(4) : 0),
  },
  async rows(file, probe, geometry, context) {
    const { core } = context
    const stored = storedGeometry(geometry, probe, probe.orientation)
    const { rows, conversion } = storedRows(file, probe, geometry.keepsColours, context)
    return turnRows(core, toSrgb(core, resampleRows(core, rows, stored), conversion), probe.orientation)
  },
  pass: {
    of: (_probe, { keepsColours, page }) => `page ${page ?? 1}${keepsColours ? ', kept' : ''}`,
    async decode(file, probe, geometries, context) {
      const { core, pace } = context
      const mark = core.mark()
      try {
        const { rows: all, conversion } = storedRows(file, probe, geometries[0]?.keepsColours, context)
        const branches = geometries.map((geometry) => {
          const stored = storedGeometry(geometry, probe, probe.orientation)
          return {
            stages: (rows: PixelRows) => turnRows(core, toSrgb(core, resampleRows(core, rows, stored), conversion), probe.orientation),
            onlyReads: isResampled(stored),
          }
        })
        return await fanOut(core, all, branches, pace)
      } finally {
        core.release(mark)
      }
    },
    bytes(probe, geometries) {
      const results = geometries.map((geometry) => storedGeometry(geometry, probe, probe.orientation))
      const stages = results.map(
        (stored) =>
          profileTablesBytes(probe.hasIcc) + resampleRowsBytes(probe, stored) + turnRowsBytes(stored, probe.orientation, !probe.hasAlpha),
      )
      const copies = results.map((stored) => rowsBytes(probe.width, BAND_ROWS) + stored.width * stored.height * 4)
      return [...stages, ...copies].reduce((sum, bytes) => sum + bytes, storedRowsBytes(probe))
    },
  },
  async encode(picture, { effort, palette }, context) {
    return encodePng(context.core, await keepSmall(context, picture), context.drain, { ...levelOf(effort), palette })
  },
  rowsBytes(probe, geometry) {
    const stored = storedGeometry(geometry, probe, probe.orientation)
    const converting = profileTablesBytes(probe.hasIcc)
    return (
      storedRowsBytes(probe) + converting + resampleRowsBytes(probe, stored) + turnRowsBytes(stored, probe.orientation, !probe.hasAlpha)
    )
  },
  encodeBytes: (shape, { palette }) => pngEncodeBytes(shape, palette) + keptBytes(shape),
})
