import { encode as encodeBlurHash } from 'blurhash'
import { rgbaToThumbHash } from 'thumbhash'
import type { Raster } from '../raster.ts'
import { areaMeans } from './areas.ts'

/** Most pixels of a side that BlurHash looks at: more give the same few frequencies. */
const BLUR_SIDE = 32

/** Base64 of a ThumbHash (evanw.github.io/thumbhash): about 25 bytes, alpha and aspect ratio among them. Sides of at most 100 pixels. */
export const thumbHash = ({ width, height, data }: Raster): string => btoa(String.fromCharCode(...rgbaToThumbHash(width, height, data)))

/** A BlurHash (blurha.sh) of an opaque picture: four frequencies along the longer side and three along the shorter, three each for a square. */
export function blurHash(picture: Raster): string {
  const { width, height } = picture
  const scale = Math.min(1, BLUR_SIDE / Math.max(width, height))
  const shape = { width: Math.max(1, Math.round(width * scale)), height: Math.max(1, Math.round(height * scale)) }
  const small = areaMeans(picture, shape)
  return encodeBlurHash(small.data, shape.width, shape.height, width > height ? 4 : 3, height > width ? 4 : 3)
}
