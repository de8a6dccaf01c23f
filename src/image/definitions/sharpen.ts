/** The parameters of libvips's and sharp's `sharpen`, in units of lightness (0–100) where they are levels. */
export interface Sharpening {
  /** Of the Gaussian that is taken away. */
  readonly sigma: number
  /** How much of the difference is added in flat areas (sharp's m1) and beyond the threshold (m2). */
  readonly flat: number
  readonly jagged: number
  /** Difference that parts flat from jagged (x1). */
  readonly threshold: number
  /** Most that a pixel is brightened (y2) and darkened (y3). */
  readonly brighter: number
  readonly darker: number
}

export const SHARPENING: Omit<Sharpening, 'sigma'> = { flat: 1, jagged: 2, threshold: 2, brighter: 10, darker: 20 }

/** Luma levels per unit of lightness. */
export const LEVELS_PER_LIGHTNESS = 2.55
