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

export type Blend = (back: number, source: number) => number

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

/** How a layer lies over a picture. */
export interface LayerPlace {
  /** Where the layer's top left corner lies; may be outside. */
  readonly left: number
  readonly top: number
  readonly mode: CompositeMode
  /** 0–1, multiplies the layer's alpha. */
  readonly opacity: number
  /** Repeat the layer over the whole picture, one copy at (left, top). */
  readonly isTiled: boolean
}

/** Whether the backdrop stays where there is no source. */
export const keepsBackdrop = (mode: CompositeMode): boolean => operatorOf(mode).backdrop[0] === 1

/** Whether an opaque backdrop stays opaque, whatever the layer. */
export function keepsOpacity(mode: CompositeMode): boolean {
  const { source, backdrop } = operatorOf(mode)
  return backdrop[0] === 1 && source[0] + source[1] + backdrop[0] + backdrop[1] >= 1
}

export const modulo = (value: number, divisor: number): number => ((value % divisor) + divisor) % divisor
