/** How much a picture may lose by being encoded: the least SSIM (src/image/definitions/ssim.ts), and the qualities that are tried for it. */
export interface Target {
  readonly ssim: number
  /** The first quality that is tried. */
  readonly start: number
  /** The score says little of broad gradients: below this they get bands. */
  readonly least: number
}

export const QUALITY_TARGETS = {
  high: { ssim: 0.985, start: 88, least: 50 },
  medium: { ssim: 0.965, start: 78, least: 40 },
  low: { ssim: 0.94, start: 62, least: 25 },
} as const satisfies Record<string, Target>

export type QualityTarget = keyof typeof QUALITY_TARGETS

/** Above it bytes grow, and nobody sees a difference. */
export const MOST_QUALITY = 95

/** Whether encoder options, as the format's own schema has parsed them, have a quality that counts. */
export function hasQuality(options: unknown): boolean {
  const { quality, lossless } = options as { readonly quality?: number; readonly lossless?: true }
  return quality !== undefined && lossless !== true
}
