import * as z from 'zod'
import { isPng } from '../engine/png/chunks.ts'
import { pngDecodeBytes } from '../engine/png/decoder.ts'
import { encodePng, pngEncodeBytes } from '../engine/png/encoder.ts'
import { probePng } from '../engine/png/header.ts'
import { pngScaledBytes, pngToRaster } from '../engine/png/scaled.ts'
import { storedGeometry, turnUpright } from '../orientation.ts'
import { defineCodec } from './define.ts'

/** Effort 1–100 on the encoder's scale of 1–10. */
const levelOf = (effort: number | undefined): { readonly effort?: number } =>
  effort === undefined ? {} : { effort: Math.ceil(effort / 10) }

export const png = defineCodec({
  mime: 'image/png',
  extension: 'png',
  can: { decode: true, encode: true, alpha: true },
  options: z.object({ effort: z.int().min(1).max(100).optional() }),
  sniff: isPng,
  probe: probePng,
  async decode(file, probe, geometry, context) {
    const stored = storedGeometry(geometry, probe, probe.orientation)
    const { pause, warnings } = context
    const raster = await pngToRaster(await context.core(), file, stored, probe.hasAlpha, pause, warnings)
    return turnUpright(raster, probe.orientation)
  },
  async encode(raster, { effort }, context) {
    return encodePng(await context.core(), raster, levelOf(effort))
  },
  decodeBytes(probe, geometry) {
    const stored = storedGeometry(geometry, probe, probe.orientation)
    const turned = probe.orientation === 1 ? 0 : geometry.width * geometry.height * 4
    return pngDecodeBytes(probe) + pngScaledBytes(probe, stored, probe.hasAlpha) + turned
  },
  encodeBytes: pngEncodeBytes,
})
