import type { Core } from '../../core.ts'

/** What the encoder calls in the WASM core. Numbers are byte offsets or counts; see src/image/assembly/webp/encode. */
export interface Vp8EncoderExports {
  vp8Encoder(): number
  vp8BitCosts(): number
  vp8PrepareCosts(): void
  vp8SetQuantiser(segment: number, index: number, rounding: number, lambda: number): void
  vp8StartPicture(): void
  vp8EncodeRow(y: number, tokens: number, modes: number): void
  vp8FixProbabilities(): void
  vp8StartBits(): void
  vp8WriteTokens(tokens: number, target: number): number
  vp8PutLiteral(value: number, bits: number, target: number): number
  vp8WriteProbabilities(target: number): number
  vp8WriteModes(modes: number, skip: number, segments: number, target: number): number
  vp8FinishBits(target: number): number
  rgbaToStudioLuma(rgba: number, y: number, pixels: number): void
  rgbaToStudioChroma(first: number, second: number, cb: number, cr: number, samples: number): void
  webpWeighPair(first: number, second: number, width: number): void
  webpTakeAlpha(rgba: number, alpha: number, width: number): void
  webpHalveAlpha(first: number, second: number, alpha: number, samples: number): void
  webpSmoothHidden(plane: number, stride: number, alpha: number, alphaStride: number, width: number, rows: number, memory: number): void
  padRows(rows: number, stride: number, count: number, width: number, padded: number): void
}

export type Vp8EncoderCore = Core<Vp8EncoderExports>
