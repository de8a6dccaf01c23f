import type { FormatName, OperationName, WrittenName } from './plan.ts'

/** What one of each takes, in nanoseconds of one core (Node 24.21.0, AMD EPYC). `npm run bench -- --calibrate` measures and writes it. */
export const COSTS: Costs = {
  decode: {
    avif: { byte: 60, stored: 140, shown: 0 },
    bmp: { byte: 1, stored: 8, shown: 0 },
    gif: { byte: 10, stored: 10, shown: 0 },
    ico: { byte: 1, stored: 10, shown: 0 },
    jpeg: { byte: 14.9, stored: 1.88, shown: 5.93 },
    png: { byte: 5.55, stored: 6.33, shown: 0 },
    tiff: { byte: 10, stored: 20, shown: 0 },
    webp: { byte: 94.5, stored: 25.8, shown: 0 },
  },
  steps: {
    blur: 23.5,
    brightness: 2.57,
    colorize: 2.51,
    composite: 1.36,
    contrast: 1.3,
    convolve: 9.58,
    cover: 4.73,
    crop: 0,
    enhance: 139,
    extend: 0,
    flatten: 0,
    flip: 0,
    gamma: 0.786,
    grayscale: 3.27,
    letterbox: 6.41,
    median: 1.16,
    modulate: 21.2,
    negate: 3.2,
    normalize: 12.6,
    oilPaint: 480,
    partialBlur: 45,
    partialPixelate: 20,
    pixelate: 5.73,
    recolour: 10,
    resize: 10.3,
    rotate: 6.61,
    roundCorners: 0.255,
    selectiveBlur: 39.2,
    sepia: 4.56,
    shadow: 190,
    sharpen: 29.8,
    smartCrop: 4.03,
    text: 2.61,
    threshold: 3.57,
    tint: 11.5,
    tornEdges: 15,
    trim: 0.618,
    unletterbox: 0,
    vignette: 40,
    zoom: 11.2,
  },
  recode: 11.1,
  encode: {
    jpeg: { usual: 10.7, byEffort: [18.6, 8.5, 28.7, 35.5, 378] },
    png: { usual: 103, byEffort: [70.7, 97.5, 130, 218, 610] },
    webp: { usual: 265, byEffort: [55.4, 78.7, 306, 319, 424] },
  },
}

export interface Costs {
  /** Of a byte of the file, a pixel that it stores, and a pixel of the decoder's result. */
  readonly decode: Readonly<Record<FormatName, { readonly byte: number; readonly stored: number; readonly shown: number }>>
  /** Of a pixel of the step's input or result, whichever has more. */
  readonly steps: Readonly<Record<OperationName, number>>
  /** Of a pixel of a JPEG that is made of a JPEG without RGBA between. */
  readonly recode: number
  /** Of a pixel: without an effort, and by the efforts of `MEASURED_EFFORTS`. */
  readonly encode: Readonly<Record<WrittenName, { readonly usual: number; readonly byEffort: readonly number[] }>>
}
