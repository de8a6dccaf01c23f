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

/** What pixel fields are read from. */
interface Small {
  /** Straight alpha. */
  readonly picture: Raster
  readonly overWhite: Raster
  readonly palette: readonly PaletteColour[]
}

const PIXELS: Readonly<Record<PixelField, (small: Small, context: RowsContext) => unknown>> = {
  dominantColor: ({ palette: [first] }) => (first ? hex(first) : null),
  palette: ({ palette }) => palette.map((colour) => ({ color: hex(colour), share: Number(colour.share.toFixed(4)) })),
  thumbHash: ({ picture }) => thumbHash(picture),
  blurHash: (small) => blurHash(small.overWhite),
  perceptualHash: (small) => perceptualHash(small.overWhite),
  placeholder: ({ picture }, context) => placeholder(picture, context),
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
  const small = thumbnail && { picture: thumbnail, overWhite: overWhite(thumbnail), palette: paletteOf(thumbnail, PALETTE_COLOURS) }
  for (const name of fields) {
    if (!isPixelField(name)) told[name] = headerField(name, source, context)
    else if (small) told[name] = await PIXELS[name](small, context)
  }
  return new TextEncoder().encode(JSON.stringify(told))
}
