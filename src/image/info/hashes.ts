import { encode as encodeBlurHash } from 'blurhash'
import { rgbaToThumbHash } from 'thumbhash'
import type { Raster } from '../raster.ts'

/** Base64 of a ThumbHash (evanw.github.io/thumbhash): about 25 bytes, alpha and aspect ratio among them. Sides of at most 100 pixels. */
export const thumbHash = ({ width, height, data }: Raster): string => btoa(String.fromCharCode(...rgbaToThumbHash(width, height, data)))

/** A BlurHash (blurha.sh) of an opaque picture: four frequencies along the longer side and three along the shorter, three each for a square. */
export const blurHash = ({ width, height, data }: Raster): string =>
  encodeBlurHash(data, width, height, width > height ? 4 : 3, height > width ? 4 : 3)
