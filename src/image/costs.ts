import type { FormatName, OperationName, WrittenName } from './plan.ts'

/** What one of each takes, in nanoseconds of one core (Node 24.21.0, Intel(R) Xeon(R) Processor). `npm run bench -- --calibrate` measures and writes it. */
export const COSTS: Costs = {
  decode: {
    avif: { byte: 0, stored: 304, shown: 0 },
    bmp: { byte: 0.958, stored: 2, shown: 0 },
    gif: { byte: 5.64, stored: 10.7, shown: 0 },
    heic: { byte: 211, stored: 60.2, shown: 0 },
    ico: { byte: 10.1, stored: 0, shown: 0 },
    jxl: { byte: 0, stored: 96, shown: 0 },
    jpeg: { byte: 9.35, stored: 1.89, shown: 6.15 },
    png: { byte: 10.4, stored: 2.27, shown: 0 },
    svg: { byte: 679, stored: 0, shown: 249 },
    tiff: { byte: 15.5, stored: 33.4, shown: 0 },
    webp: { byte: 70.3, stored: 4.82, shown: 4.44 },
  },
  steps: {
    ascii: 40,
    blur: 34.1,
    brightness: 1.87,
    colorize: 3.98,
    composite: 0.923,
    contrast: 1.55,
    convolve: 7.69,
    cover: 4.56,
    crop: 0.0158,
    enhance: 147,
    extend: 1.09,
    flatten: 3.1,
    flip: 1.28,
    gamma: 3.58,
    grayscale: 7.63,
    letterbox: 7.26,
    median: 4.02,
    modulate: 23,
    negate: 3.76,
    normalize: 14.8,
    oilPaint: 423,
    partialBlur: 11.5,
    partialPixelate: 9.52,
    pixelate: 9.74,
    recolour: 5.1,
    resize: 13,
    rotate: 24.4,
    roundCorners: 1.7,
    selectiveBlur: 35.9,
    redact: 1.5,
    sepia: 4.53,
    shadow: 149,
    sharpen: 26.6,
    smartCrop: 5.18,
    text: 6.27,
    threshold: 7.62,
    tint: 10.6,
    tornEdges: 9.28,
    trim: 3.61,
    unletterbox: 3.28,
    vignette: 29.4,
    zoom: 9.76,
  },
  recode: 2.77,
  encode: {
    avif: { usual: 475, byEffort: [229, 455, 1010, 1080, 953] },
    gif: { usual: 88.8, byEffort: [125, 121, 89.1, 91.5, 89.3] },
    jxl: { usual: 372, byEffort: [351, 354, 358, 367, 1610] },
    jpeg: { usual: 7.06, byEffort: [11.5, 7.1, 25.4, 25.2, 207] },
    png: { usual: 111, byEffort: [61, 77.5, 119, 200, 700] },
    webp: { usual: 58.1, byEffort: [44.5, 45, 58.2, 95.4, 126] },
  },
  lossless: {
    jxl: { decode: { byte: 3.34, stored: 113, shown: 0 }, encode: { usual: 383, byEffort: [301, 406, 369, 388, 1650] } },
    webp: { decode: { byte: 0, stored: 23.4, shown: 0 }, encode: { usual: 479, byEffort: [246, 446, 558, 2230, 2110] } },
  },
}

export interface Costs {
  readonly decode: Readonly<Record<FormatName, DecodeCosts>>
  /** Of a pixel of the step's input or result, whichever has more. */
  readonly steps: Readonly<Record<OperationName, number>>
  /** Of a pixel of a JPEG that is made of a JPEG without RGBA between. */
  readonly recode: number
  readonly encode: Readonly<Record<WrittenName, EncodeCosts>>
  /** Of the lossless files of formats that have lossy ones too. */
  readonly lossless: Readonly<Partial<Record<FormatName, { readonly decode: DecodeCosts; readonly encode: EncodeCosts }>>>
}

/** Of a byte of the file, a pixel that it stores, and a pixel of the decoder's result. */
interface DecodeCosts {
  readonly byte: number
  readonly stored: number
  readonly shown: number
}

/** Of a pixel: without an effort, and by the efforts of `MEASURED_EFFORTS`. */
interface EncodeCosts {
  readonly usual: number
  readonly byEffort: readonly number[]
}
