import { createRaster, type Raster } from './raster.ts'

/** The separable blend modes of W3C Compositing and Blending 1, §10.1, and plain addition. `s` is the layer, `b` the backdrop, both 0–1. */
const MODES = {
  normal: (_b: number, s: number) => s,
  multiply: (b: number, s: number) => b * s,
  screen: (b: number, s: number) => b + s - b * s,
  overlay: (b: number, s: number) => hardLight(s, b),
  darken: Math.min,
  lighten: Math.max,
  'color-dodge': (b: number, s: number) => (b === 0 ? 0 : s === 1 ? 1 : Math.min(1, b / (1 - s))),
  'color-burn': (b: number, s: number) => (b === 1 ? 1 : s === 0 ? 0 : 1 - Math.min(1, (1 - b) / s)),
  'hard-light': (b: number, s: number) => hardLight(b, s),
  'soft-light': softLight,
  difference: (b: number, s: number) => Math.abs(b - s),
  exclusion: (b: number, s: number) => b + s - 2 * b * s,
  add: (b: number, s: number) => Math.min(1, b + s),
} as const satisfies Record<string, (b: number, s: number) => number>

export type BlendMode = keyof typeof MODES
export const BLEND_MODES = Object.keys(MODES) as [BlendMode, ...BlendMode[]]

function hardLight(b: number, s: number): number {
  return s <= 0.5 ? b * 2 * s : b + (2 * s - 1) - b * (2 * s - 1)
}

function softLight(b: number, s: number): number {
  if (s <= 0.5) return b - (1 - 2 * s) * b * (1 - b)
  const d = b <= 0.25 ? ((16 * b - 12) * b + 4) * b : Math.sqrt(b)
  return b + (2 * s - 1) * (d - b)
}

/**
 * A new raster: `layer` over `backdrop` with its upper left corner at (x, y), cut at the backdrop's edges. With straight alpha
 * "a = aw + ab(1−aw), c = (cw·aw + cb·ab·(1−aw))/a" (spec/batch §4.14), where a blend mode other than normal mixes cw with cb first:
 * cs = (1 − ab)·cw + ab·B(cb, cw). `opacity` is 0–1.
 */
export function blend(backdrop: Raster, layer: Raster, x: number, y: number, mode: BlendMode, opacity: number): Raster {
  const result = createRaster(backdrop)
  result.data.set(backdrop.data)
  const [left, right] = [Math.max(0, x), Math.min(backdrop.width, x + layer.width)]
  const [top, bottom] = [Math.max(0, y), Math.min(backdrop.height, y + layer.height)]
  for (let row = top; row < bottom; row++) {
    let from = ((row - y) * layer.width + left - x) * 4
    let to = (row * backdrop.width + left) * 4
    for (let column = left; column < right; column++, from += 4, to += 4) {
      const alpha = ((layer.data[from + 3] as number) / 255) * opacity // both stay inside: the window is the intersection
      if (alpha > 0) blendPixel(result.data, to, layer.data, from, alpha, MODES[mode])
    }
  }
  return result
}

function blendPixel(
  to: Uint8ClampedArray,
  at: number,
  layer: Uint8ClampedArray,
  from: number,
  alpha: number,
  mode: (b: number, s: number) => number,
): void {
  const below = (to[at + 3] as number) / 255 // the caller stays inside both
  const covered = below * (1 - alpha)
  const total = alpha + covered
  for (let c = 0; c < 3; c++) {
    const [b, s] = [(to[at + c] as number) / 255, (layer[from + c] as number) / 255]
    const mixed = (1 - below) * s + below * mode(b, s)
    to[at + c] = (255 * (mixed * alpha + b * covered)) / total
  }
  to[at + 3] = 255 * total
}
