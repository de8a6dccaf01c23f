import { arenaWithin } from '../../arena.ts'
import type { Core } from '../../core.ts'
import { giveBack } from '../../parts.ts'
import type { Band } from '../../plane-stream.ts'
import { paintedRows, paintedRowsBytes } from '../../rows/painted.ts'
import { NO_ROWS, type PixelRows } from '../../rows/pixel-rows.ts'
import { decodePixels, pngDecodeBytes, type PngDecoderExports } from '../decoder.ts'
import { type PngHeader, type PngProbe, readPngHeader } from '../header.ts'
import type { ConvertDeepRow } from '../rows.ts'
import { clear, headerOf, paintFrame } from './canvas.ts'
import { covers } from './frames.ts'
import type { PngPage } from './page.ts'

/** Beside what decoding takes: a chunk's end, and what the passes of an interlaced frame have more. */
const SPARE_BYTES = 65_536 + 131_072

/**
 * A page of an animation: the canvas as its frame shows it, on transparent ground (PNG, third edition, §11.3.6). A frame that covers all is read row by row.
 * Levels of 8 bits are laid over each other as they are stored, before colours become sRGB; those of 16 bits behind `convert`.
 * @throws AppError `invalid_image` when a frame is damaged.
 */
export function pngPageRows(core: Core<PngDecoderExports>, file: Uint8Array, page: PngPage, convert?: ConvertDeepRow): PixelRows {
  const header = readPngHeader(file)
  const [first, ...others] = page.steps
  if (first && others.length === 0 && covers(first.frame, header)) {
    const rows = decodePixels(core, file, headerOf(header, first.frame), { convert })
    return { width: header.width, height: header.height, isOpaque: page.isOpaque, bands: bandsOf(rows) }
  }
  return canvasRows(core, file, header, page, convert)
}

function* bandsOf({ next }: { next(): Band | null }): Generator<Band> {
  for (let band = next(); band !== null; band = next()) yield band
}

/** Upper bound of what `pngPageRows` holds beside the file. */
export function pngPageRowsBytes(probe: PngProbe, page: PngPage): number {
  const [first, ...others] = page.steps
  if (first && others.length === 0 && covers(first.frame, probe)) return pngDecodeBytes(probe)
  const picture = probe.interlaced ? 4 * Math.max(...page.steps.map(({ frame }) => frame.width * frame.height)) : 0
  return roomBytes(probe, page) + picture + 4 * probe.width * probe.height + paintedRowsBytes(probe)
}

/** Core memory for one frame after the other. */
function roomBytes(header: Pick<PngHeader, 'colourType' | 'bitDepth'>, { steps }: PngPage): number {
  const bytes = steps.map(({ frame }) => pngDecodeBytes({ ...header, width: frame.width, height: frame.height, interlaced: false }))
  return Math.max(...bytes) + SPARE_BYTES
}

/** Composes frame upon frame, with a rest between some rows of them. */
function canvasRows(
  core: Core<PngDecoderExports>,
  file: Uint8Array,
  header: PngHeader,
  { steps, isOpaque }: PngPage,
  convert?: ConvertDeepRow,
): PixelRows {
  const { width, height } = header
  const canvas = new Uint32Array(width * height)
  const own = arenaWithin(core, roomBytes(header, { steps, isOpaque }))
  const place = own.mark()
  const painted = paintedRows(core, header, isOpaque, (y, row) => row.set(canvas.subarray(y * width, (y + 1) * width)))
  function* bands(): Generator<Band> {
    try {
      for (const { frame, paints } of steps) {
        own.release(place)
        if (!paints) clear(canvas, header, frame)
        else
          for (const _ of paintFrame(decodePixels(own, file, headerOf(header, frame), { convert }), own, header, frame, canvas))
            yield NO_ROWS
      }
      yield* painted.bands
    } finally {
      giveBack(new Uint8Array(canvas.buffer))
    }
  }
  return { ...painted, bands: bands() }
}
