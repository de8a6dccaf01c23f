/** What is known of an image without its pixels. */
export interface Shape {
  readonly width: number
  readonly height: number
}

/** Straight-alpha RGBA in sRGB, 8 bits a channel, row-major, no padding: `data.length === width * height * 4`. */
export interface Raster extends Shape {
  readonly data: Uint8ClampedArray
}

/** A transparent black raster. */
export const createRaster = ({ width, height }: Shape): Raster => ({ width, height, data: new Uint8ClampedArray(width * height * 4) })
