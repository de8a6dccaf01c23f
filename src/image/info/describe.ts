import type { RowsContext } from '../context.ts'
import type { Raster } from '../raster.ts'
import { overWhite } from './areas.ts'
import { isPixelField, type InfoField, type PixelField } from './fields.ts'
import { blurHash, thumbHash } from './hashes.ts'
import { headerField, type InfoSource } from './header.ts'
import { type PaletteColour, paletteOf } from './palette.ts'
import { perceptualHash } from './perceptual-hash.ts'
import { placeholder } from './placeholder.ts'

const PALETTE_COLOURS = 6

const hex = ({ red, green, blue }: PaletteColour): string =>
  `#${[red, green, blue].map((level) => level.toString(16).padStart(2, '0')).join('')}`

const PIXELS: Readonly<Record<PixelField, (thumbnail: Raster, context: RowsContext) => unknown>> = {
  dominantColor(thumbnail) {
    const [first] = paletteOf(thumbnail, PALETTE_COLOURS)
    return first ? hex(first) : null
  },
  palette: (thumbnail) =>
    paletteOf(thumbnail, PALETTE_COLOURS).map((colour) => ({ color: hex(colour), share: Number(colour.share.toFixed(4)) })),
  thumbHash,
  blurHash: (thumbnail) => blurHash(overWhite(thumbnail)),
  perceptualHash: (thumbnail) => perceptualHash(overWhite(thumbnail)),
  placeholder,
}

/**
 * What is told of a picture, as JSON in UTF-8. `thumbnail` is needed for pixel fields alone: the result of at most 100 pixels a side, straight alpha.
 * Everything in the file is a stranger's word: texts are cut, and have no control characters.
 */
export async function describe(
  fields: readonly InfoField[],
  source: InfoSource,
  thumbnail: Raster | null,
  context: RowsContext,
): Promise<Uint8Array> {
  const told: Record<string, unknown> = {}
  for (const name of fields) {
    if (!isPixelField(name)) told[name] = headerField(name, source, context)
    else if (thumbnail) told[name] = await PIXELS[name](thumbnail, context)
  }
  return new TextEncoder().encode(JSON.stringify(told))
}
