import { defaultOptions } from '@jsquash/webp/meta.js'
import type { Raster, Shape } from '../../raster.ts'

export interface WebpOptions {
  readonly quality: number
  readonly effort?: number | undefined
  /** Every pixel comes back; the quality counts for nothing. */
  readonly lossless?: true | undefined
}

/** Up to here libwebp may keep all its tokens in memory, which makes it a third faster; the files are the same but for a few bytes. */
const KEEP_TOKENS_PIXELS = 700_000
/** Up to here alpha is compressed, which takes more than all else together; beyond, it is stored as it is: a larger file rather than none. */
const COMPRESS_ALPHA_PIXELS = 1_000_000
/** Beyond, the compression of alpha takes half as much memory again. */
const MAX_ALPHA_METHOD = 4

/** libwebp's `method`: 0 fastest … 6 smallest; 4 is its default. */
const methodOf = (effort: number | undefined): number => (effort === undefined ? 4 : Math.round(((effort - 1) / 99) * 6))

/** The settings of libwebp's `WebPConfig` for a raster of this size. */
export const webpSettings = ({ width, height }: Shape, { quality, effort }: WebpOptions, isOpaque: boolean) => ({
  ...defaultOptions,
  quality,
  method: isOpaque ? methodOf(effort) : Math.min(methodOf(effort), MAX_ALPHA_METHOD),
  low_memory: width * height > KEEP_TOKENS_PIXELS ? 1 : 0,
  alpha_compression: width * height > COMPRESS_ALPHA_PIXELS ? 0 : 1,
  alpha_filtering: width * height > COMPRESS_ALPHA_PIXELS ? 0 : 1,
})

/**
 * Upper bound of what libwebp takes of its memory, by measurement on noise: the pixels twice as they come in, ARGB, YUV; the tokens
 * (by quality); the file, which grows by doubling; or what the compression of alpha needs.
 */
export function webpMemoryBytes({ width, height }: Shape, { quality }: WebpOptions, isOpaque: boolean): number {
  const pixels = width * height
  if (!isOpaque && pixels <= COMPRESS_ALPHA_PIXELS) return 51 * pixels + 500_000
  const tokens = pixels > KEEP_TOKENS_PIXELS ? 0 : quality > 80 ? 27 : 16
  const file = isOpaque ? 2.6 * colourBytes(quality) : 5 + 3 * (colourBytes(quality) + 1.1)
  return pixels * (10.5 + tokens + file) + 500_000
}

/** Upper bound of the file's size. */
export const webpFileBytes = ({ width, height }: Shape, { quality }: WebpOptions, isOpaque: boolean): number =>
  width * height * (colourBytes(quality) + (isOpaque ? 0 : 1.1)) + 1_000

/** Of noise whose channels are all or nothing, in bytes a pixel: 0.84 at quality 80, 1.27 at 100. */
const colourBytes = (quality: number): number => (quality > 80 ? 1.35 : 0.9)

export function isOpaque({ data }: Raster): boolean {
  for (let i = 3; i < data.length; i += 4) if (data[i] !== 255) return false
  return true
}
