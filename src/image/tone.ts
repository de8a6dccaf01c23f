import type { Engine } from './engine/engine.ts'
import type { PixelRows } from './engine/rows/pixel-rows.ts'
import { lookUp, lookUpLuma } from './engine/pixels/pixelwise.ts'
import { tableOf } from './definitions/look-up.ts'

/** What each of the 256 values of a channel becomes. */
export type ToneCurve = Uint8Array

/** `curve(c)` is clamped to 0–255 and rounded to nearest, half to even: give whole numbers where a formula truncates. */
export const toneCurve = (curve: (value: number) => number): ToneCurve => tableOf(curve)

/** Replaces red, green and blue by their curves; alpha stays. */
export const mapChannels = (core: Engine, input: PixelRows, red: ToneCurve, green: ToneCurve = red, blue: ToneCurve = red): PixelRows =>
  lookUp(core, input, [red, green, blue])

/** Replaces every pixel by the three curves' values of its luma `trunc(0.299R + 0.587G + 0.114B)`, GD's grey; alpha stays. */
export const mapLuma = (core: Engine, input: PixelRows, red: ToneCurve, green: ToneCurve = red, blue: ToneCurve = red): PixelRows =>
  lookUpLuma(core, input, [red, green, blue])
