import type { Codec, Probe } from '../../../../src/image/codecs/define.ts'
import type { RowsContext } from '../../../../src/image/context.ts'
import { concat, startsWith } from '../../../../src/image/engine/bytes.ts'
import { exifWithoutPlace, readExif } from '../../../../src/image/metadata/exif.ts'
import { xmpOfResult } from '../../../../src/image/metadata/xmp.ts'
import { codec, type FormatName } from '../../../../src/image/plan.ts'

const NOTHING = new Uint8Array()
const GZIP = Uint8Array.of(0x1f, 0x8b)
const MAKER_NOTE = 0x927c

/** Formats that have no room for a place. */
const WITHOUT_METADATA: readonly FormatName[] = ['bmp', 'ico']

/**
 * The same picture, bit for bit, in a file that does not tell where it was taken. What has a `bare` form (JPEG, WebP, still PNG, GIF) is written anew, of what is known to be of the picture: nothing
 * else of the file is left. Of other formats the file itself, when it tells no place.
 * @returns `null` when neither can be had.
 * @throws AppError of the codec for a damaged header.
 */
export function withoutPlace(file: Uint8Array, format: FormatName, context: Pick<RowsContext, 'core'>): Uint8Array | null {
  const known = codec(format)
  const probe = known.probe(file)
  const isAnimatedPng = format === 'png' && probe.frames > 1 // a still picture would be left of it
  return (
    (isAnimatedPng ? null : bareWithMetadata(file, known, probe, context)) ?? (tellsNoPlace(file, format, known, context) ? file : null)
  )
}

function bareWithMetadata(file: Uint8Array, known: Codec, probe: Probe, context: Pick<RowsContext, 'core'>): Uint8Array | null {
  const parts = known.bare?.(file, true)
  if (!parts) return null
  const bare = concat(parts)
  if (!known.embed) return bare
  const exif = exifWithoutPlace(known.exif?.(file) ?? NOTHING)
  const xmp = xmpOfResult(known.xmp?.(file, context) ?? NOTHING, 'unlocated')
  const found = known.gainMap?.find(file) ?? null
  const map = found === null || found === 'damaged' ? null : found
  const mapParts = map && (known.bare?.(map.file, false) ?? null)
  const gainMap = map && mapParts ? { ...map, file: concat(mapParts) } : null
  const whole = known.embed(bare, { icc: null, exif, xmp, gainMap })
  return known.probe(whole).orientation === probe.orientation ? whole : null
}

function tellsNoPlace(file: Uint8Array, format: FormatName, known: Codec, context: Pick<RowsContext, 'core'>): boolean {
  if (WITHOUT_METADATA.includes(format)) return true
  if (format === 'svg') return startsWith(file, GZIP) ? false : !/gps|latitude|longitude/i.test(new TextDecoder().decode(file))
  if (!known.exif || !known.xmp || known.bare) return false
  if (format === 'tiff' && known.probe(file).frames > 1) return false // each page has metadata of its own
  const exif = known.exif(file)
  const read = exif && readExif(exif)
  if (exif && (!read || read.gps.length > 0 || read.exif.some(({ tag }) => tag === MAKER_NOTE))) return false
  const xmp = known.xmp(file, context)
  return !xmp || xmpOfResult(xmp, 'unlocated')?.length === xmpOfResult(xmp, 'keep')?.length
}
