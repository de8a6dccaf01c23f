import type { Shape } from '../../raster.ts'
import type { Conversion } from '../../icc/conversion.ts'
import { conversionByProfile } from '../../icc/remembered.ts'
import { conversionByCalibration } from '../bmp/calibration.ts'
import { type Dib, dibRowBytes, readDib } from '../bmp/dib.ts'
import { paintDib, paintDibBytes, showsAlpha } from '../bmp/paint.ts'
import type { Core } from '../core.ts'
import { pngConversion } from '../png/colour.ts'
import { pngDecodeBytes, type PngDecoderExports, pngRows } from '../png/decoder.ts'
import { type PngProbe, probePng } from '../png/header.ts'
import type { InflateExports } from '../png/inflater.ts'
import type { ConvertDeepRow } from '../png/rows.ts'
import { paintedRows, paintedRowsBytes } from '../rows/painted.ts'
import type { PixelRows } from '../rows/pixel-rows.ts'
import type { IconEntry } from './entries.ts'

/** A picture of an icon with what its own header tells. */
export type IconPicture = { readonly entry: IconEntry } & (
  { readonly kind: 'png'; readonly png: PngProbe } | { readonly kind: 'bitmap'; readonly dib: Dib }
)

/** @throws AppError `invalid_image`, `unsupported_format`. */
export function readPicture(file: Uint8Array, entry: IconEntry): IconPicture {
  const { start, kind } = entry
  return kind === 'png' ? { entry, kind, png: probePng(pngOf(file, entry)) } : { entry, kind, dib: readDib(file, start, null, true) }
}

export const pictureShape = (picture: IconPicture): Shape => (picture.kind === 'png' ? picture.png : picture.dib)

const pngOf = (file: Uint8Array, { start, end }: IconEntry): Uint8Array => file.subarray(start, end)

/** How a picture's own colours become sRGB: a PNG tells them by its chunks, a bitmap by its header or a profile. `null`: they are. */
export function iconConversion(core: Core<InflateExports>, file: Uint8Array, picture: IconPicture): Conversion | null {
  if (picture.kind === 'png') return pngConversion(core, pngOf(file, picture.entry))
  const { profile, calibration } = picture.dib
  if (profile) return conversionByProfile(file.subarray(profile.start, profile.end), 'rgb')
  return calibration && conversionByCalibration(calibration)
}

/** The rows of a picture, transparent where its mask says so. @throws AppError `invalid_image`. */
export function iconRows(
  core: Core<PngDecoderExports>,
  file: Uint8Array,
  picture: IconPicture,
  warnings: Set<string>,
  convert?: ConvertDeepRow,
): PixelRows {
  if (picture.kind === 'png') return { ...pngRows(core, pngOf(file, picture.entry), true, warnings, convert), isOpaque: false }
  const { dib } = picture
  const paint = paintDib(file, dib, warnings)
  const isMasked = !showsAlpha(file, dib)
  return paintedRows(core, dib, false, (y, row) => {
    paint(y, row)
    if (isMasked) applyMask(file, dib, y, row)
  })
}

export const iconRowsBytes = (picture: IconPicture): number =>
  picture.kind === 'png' ? pngDecodeBytes(picture.png) : paintedRowsBytes(picture.dib) + paintDibBytes(picture.dib)

/** Behind the pixels stands a picture of one bit a pixel: where it is 1, the icon is transparent. */
function applyMask(file: Uint8Array, dib: Dib, y: number, row: Uint32Array): void {
  const { width, height, pixelsAt } = dib
  const maskRow = dib.isTopDown ? y : height - 1 - y
  const at = pixelsAt + dibRowBytes(dib) * height + dibRowBytes({ width, bitsPerPixel: 1 }) * maskRow
  for (let x = 0; x < width; x++) if (((file[at + (x >> 3)] ?? 0) & (0x80 >> (x & 7))) !== 0) row[x] = 0
}
