import type { Shape } from './raster.ts'

/** A rectangle in pixels; fractions are allowed where a resampler reads it. */
export interface Rectangle {
  readonly x: number
  readonly y: number
  readonly width: number
  readonly height: number
}

export const RESAMPLE_KERNELS = ['lanczos3', 'mitchell', 'catmull-rom', 'triangle', 'box', 'nearest'] as const
export type ResampleKernel = (typeof RESAMPLE_KERNELS)[number]

/**
 * The leading geometry of a plan, for a decoder to perform while it decodes: cut `window` (upright source pixels), then resample it to
 * `width` × `height`. A decode that returns the whole picture has the window `0, 0, source width, source height` and the source's size.
 */
export interface Geometry extends Shape {
  readonly window: Rectangle
  readonly kernel: ResampleKernel
  /** Which frame or page, from 1; the first when absent. */
  readonly page?: number | undefined
  /** The colours of an RGB profile stay as they are, for a result that has the profile. */
  readonly keepsColours?: true | undefined
}

export const wholeImage = ({ width, height }: Shape): Geometry => ({
  window: { x: 0, y: 0, width, height },
  width,
  height,
  kernel: 'lanczos3',
})

/** Whether a resample has anything to do: false for a pure cut at whole pixels. */
export const isResampled = ({ window, width, height }: Geometry): boolean =>
  window.width !== width || window.height !== height || !Number.isInteger(window.x) || !Number.isInteger(window.y)

/** A side in whole pixels, never less than one. */
export const roundSide = (side: number): number => Math.max(1, Math.round(side))

/** Which point of a frame and of what is placed in it coincide: 0 is left or top, ½ the centre, 1 right or bottom. */
export interface Anchor {
  readonly x: number
  readonly y: number
}

/** The nine named positions of every dialect. */
export const ANCHORS = {
  center: { x: 0.5, y: 0.5 },
  top: { x: 0.5, y: 0 },
  bottom: { x: 0.5, y: 1 },
  left: { x: 0, y: 0.5 },
  right: { x: 1, y: 0.5 },
  'top-left': { x: 0, y: 0 },
  'top-right': { x: 1, y: 0 },
  'bottom-left': { x: 0, y: 1 },
  'bottom-right': { x: 1, y: 1 },
} as const satisfies Record<string, Anchor>

export type Position = keyof typeof ANCHORS
export const POSITIONS = Object.keys(ANCHORS) as [Position, ...Position[]]
