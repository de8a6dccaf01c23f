import { AppError } from '../../errors.ts'
import { allocateRows, BAND_ROWS, type PixelRows, rowsBytes } from '../engine/rows/pixel-rows.ts'
import { turnRows, turnRowsBytes } from '../engine/rows/turn.ts'
import type { Core } from '../engine/core.ts'
import { storedGeometry } from '../orientation.ts'
import { RefusedByRenderer } from '../text/resvg-instance.ts'
import { type Renderer, RENDERER_MAX_BYTES, startRenderer } from '../text/resvg.ts'
import { defineReader, type Probe } from './define.ts'
import { readSvg, type SvgDocument } from './svg/document.ts'
import { FONT_NAMES, loadFaces } from './svg/fonts.ts'
import { damagedSvg } from './svg/limits.ts'
import { straighten } from './svg/straighten.ts'
import { isSvg } from './svg/text.ts'
import { stripsOf, type View } from './svg/view.ts'
import { weighSvg } from './svg/weigh/weigh.ts'
import { writeSvg } from './svg/write.ts'
import type { SvgElement } from './svg/xml.ts'

interface SvgProbe extends Probe {
  readonly document: SvgDocument
}

/** A text of JavaScript: twice, as it was read and as it is drawn. */
const CHARACTER_BYTES = 8
/** Of fonts, outside of the renderer. */
const FONTS_BYTES = 700_000

/** @throws AppError `invalid_image` */
function draw(
  renderer: Renderer,
  { root }: SvgDocument,
  view: View,
  far: ReadonlySet<SvgElement>,
  fonts: readonly Uint8Array[],
): Uint8Array<ArrayBuffer> {
  try {
    const { width, height, pixels } = renderer.render(writeSvg(root, view, far), fonts, FONT_NAMES)
    if (width !== view.width || height !== view.height) throw damagedSvg('its size cannot be drawn')
    return straighten(pixels)
  } catch (cause) {
    if (!(cause instanceof RefusedByRenderer)) throw cause
    throw new AppError('invalid_image', { reason: 'SVG: the renderer does not take it.', detail: `resvg: ${cause.message}`, cause })
  }
}

/** Rows that are drawn strip by strip, when they are asked for. */
function drawnRows(core: Core, strips: readonly View[], pixelsOf: (view: View, i: number) => Uint8Array): PixelRows {
  const [width, height] = [strips[0]?.width ?? 0, strips.reduce((sum, strip) => sum + strip.height, 0)]
  const { ptr, stride } = allocateRows(core, width, BAND_ROWS)
  function* bands() {
    for (const [i, strip] of strips.entries()) {
      const pixels = pixelsOf(strip, i)
      for (let top = 0; top < strip.height; top += BAND_ROWS) {
        const rows = Math.min(BAND_ROWS, strip.height - top)
        const memory = core.bytes()
        for (let row = 0; row < rows; row++)
          memory.set(pixels.subarray((top + row) * width * 4, (top + row + 1) * width * 4), ptr + row * stride)
        yield { ptr, stride, rows }
      }
    }
  }
  return { width, height, isOpaque: false, bands: bands() }
}

export const svg = defineReader<SvgProbe>({
  mime: 'image/svg+xml',
  extension: 'svg',
  sniff: isSvg,
  probe(file) {
    const document = readSvg(file)
    return { ...document.shape, hasAlpha: true, frames: 1, orientation: 1, isFlat: true, document }
  },
  about: () => ({ bitDepth: 8, colours: 'rgb' }),
  conversion: () => null,
  async rows(_file, { document, orientation, width, height }, geometry, context) {
    const { core, font, warnings } = context
    const strips = stripsOf(document, storedGeometry(geometry, { width, height }, orientation))
    const { far } = weighSvg(document, strips)
    const [renderer, fonts] = await Promise.all([startRenderer(context), loadFaces(document.root, font)])
    for (const warning of document.warnings) warnings.add(warning)
    return turnRows(
      core,
      drawnRows(core, strips, (strip, i) => draw(renderer, document, strip, far[i] ?? new Set(), fonts)),
      orientation,
    )
  },
  /** @throws AppError `too_many_pixels` when drawing takes more work or memory than it may. */
  rowsBytes({ document, orientation, width, height }, geometry) {
    const stored = storedGeometry(geometry, { width, height }, orientation)
    const strips = stripsOf(document, stored)
    const { bytes } = weighSvg(document, strips)
    if (bytes > RENDERER_MAX_BYTES) {
      const reason = `SVG: expected a drawing that takes at most ${RENDERER_MAX_BYTES} bytes at ${stored.width}×${stored.height}, received one of ${bytes}.`
      throw new AppError('too_many_pixels', { reason, limit: RENDERER_MAX_BYTES })
    }
    const strip = Math.max(...strips.map((view) => 4 * view.width * view.height))
    const held = strip + rowsBytes(stored.width, BAND_ROWS) + turnRowsBytes(stored, orientation, false)
    return bytes + held + CHARACTER_BYTES * document.characters + FONTS_BYTES
  },
})
