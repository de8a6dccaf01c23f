import { createRaster, type Raster } from '../raster.ts'

/** Fractions of a layer that stay, as constant and multiple of the other layer's alpha: W3C Compositing and Blending §9.1. */
export interface Operator {
  /** Fa = source[0] + source[1] · αb. */
  readonly source: readonly [constant: number, slope: number]
  /** Fb = backdrop[0] + backdrop[1] · αs. */
  readonly backdrop: readonly [constant: number, slope: number]
}

const OVER: Operator = { source: [1, 0], backdrop: [1, -1] }

/** Porter and Duff's operators, §9.1.1–9.1.13, under sharp's names. */
export const OPERATORS = {
  clear: { source: [0, 0], backdrop: [0, 0] },
  source: { source: [1, 0], backdrop: [0, 0] },
  over: OVER,
  in: { source: [0, 1], backdrop: [0, 0] },
  out: { source: [1, -1], backdrop: [0, 0] },
  atop: { source: [0, 1], backdrop: [1, -1] },
  dest: { source: [0, 0], backdrop: [1, 0] },
  'dest-over': { source: [1, -1], backdrop: [1, 0] },
  'dest-in': { source: [0, 0], backdrop: [0, 1] },
  'dest-out': { source: [0, 0], backdrop: [1, -1] },
  'dest-atop': { source: [1, -1], backdrop: [0, 1] },
  xor: { source: [1, -1], backdrop: [1, -1] },
  add: { source: [1, 0], backdrop: [1, 0] },
} as const satisfies Record<string, Operator>

type Blend = (back: number, source: number) => number

const screen: Blend = (back, source) => back + source - back * source
const hardLight: Blend = (back, source) => (source <= 0.5 ? back * 2 * source : screen(back, 2 * source - 1))
const dodge: Blend = (back, source) => (back === 0 ? 0 : source >= 1 ? 1 : Math.min(1, back / (1 - source)))
const softLight: Blend = (back, source) => {
  if (source <= 0.5) return back - (1 - 2 * source) * back * (1 - back)
  const root = back <= 0.25 ? ((16 * back - 12) * back + 4) * back : Math.sqrt(back)
  return back + (2 * source - 1) * (root - back)
}

/** The separable blend modes, §10.1, of colours in 0–1. The order is the core's numbering, from 1. */
export const BLENDS = {
  multiply: (back, source) => back * source,
  screen,
  overlay: (back, source) => hardLight(source, back),
  darken: Math.min,
  lighten: Math.max,
  'color-dodge': dodge,
  'color-burn': (back, source) => 1 - dodge(1 - back, 1 - source),
  'hard-light': hardLight,
  'soft-light': softLight,
  difference: (back, source) => Math.abs(back - source),
  exclusion: (back, source) => back + source - 2 * back * source,
} as const satisfies Record<string, Blend>

export type CompositeMode = keyof typeof OPERATORS | keyof typeof BLENDS
export const COMPOSITE_MODES = [...Object.keys(OPERATORS), ...Object.keys(BLENDS)] as readonly CompositeMode[]

export const isOperator = (mode: CompositeMode): mode is keyof typeof OPERATORS => Object.hasOwn(OPERATORS, mode)
export const operatorOf = (mode: CompositeMode): Operator => (isOperator(mode) ? OPERATORS[mode] : OVER)
export const blendOf = (mode: CompositeMode): Blend => (isOperator(mode) ? (_back, source) => source : BLENDS[mode])

export interface Layer {
  readonly raster: Raster
  /** Where the layer's top left corner lies; may be outside. */
  readonly left: number
  readonly top: number
  readonly mode: CompositeMode
  /** 0–1, multiplies the layer's alpha. */
  readonly opacity: number
  /** Repeat the layer over the whole picture, one copy at (left, top). */
  readonly isTiled: boolean
}

/**
 * Draws a layer on a picture of straight alpha. What lies outside is cut; around the layer the backdrop stays as it is, or goes when the
 * operator keeps none of it. The definition of the engine's `composite`. Source: W3C Compositing and Blending Level 1, §§ 5–10.
 */
export function composite(input: Raster, layer: Layer): Raster {
  const output = createRaster(input)
  for (let y = 0; y < input.height; y++) {
    for (let x = 0; x < input.width; x++) {
      const at = (y * input.width + x) * 4
      const back = [...input.data.subarray(at, at + 4)]
      const source = layerPixel(layer, x, y)
      if (source !== null) output.data.set(mix(back, source, layer), at)
      else if (keepsBackdrop(layer.mode)) output.data.set(back, at)
    }
  }
  return output
}

/** Whether the backdrop stays where there is no source. */
export const keepsBackdrop = (mode: CompositeMode): boolean => operatorOf(mode).backdrop[0] === 1

function layerPixel({ raster: { width, height, data }, left, top, isTiled }: Layer, x: number, y: number): readonly number[] | null {
  const [u, v] = isTiled ? [modulo(x - left, width), modulo(y - top, height)] : [x - left, y - top]
  if (u < 0 || v < 0 || u >= width || v >= height) return null
  return [...data.subarray((v * width + u) * 4, (v * width + u) * 4 + 4)]
}

export const modulo = (value: number, divisor: number): number => ((value % divisor) + divisor) % divisor

function mix(back: readonly number[], source: readonly number[], { mode, opacity }: Layer): number[] {
  const operator = operatorOf(mode)
  const alphaB = (back[3] ?? 0) / 255
  const alphaS = ((source[3] ?? 0) / 255) * opacity
  const partS = alphaS * (operator.source[0] + operator.source[1] * alphaB)
  const partB = alphaB * (operator.backdrop[0] + operator.backdrop[1] * alphaS)
  const alpha = Math.min(1, partS + partB)
  if (Math.round(alpha * 255) === 0) return [0, 0, 0, 0]
  const colours = [0, 1, 2].map((c) => {
    const [cb, cs] = [(back[c] ?? 0) / 255, (source[c] ?? 0) / 255]
    const mixed = (1 - alphaB) * cs + alphaB * blendOf(mode)(cb, cs)
    return Math.round(Math.min(1, (partS * mixed + partB * cb) / alpha) * 255)
  })
  return [...colours, Math.round(alpha * 255)]
}
