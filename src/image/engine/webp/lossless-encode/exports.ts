import type { Core } from '../../core.ts'

/** What the encoder calls in the WASM core: src/image/assembly/webp/lossless-encode says it in full. Places are bytes of its memory. */
export interface LosslessEncoderExports {
  vp8leRecord(): number
  vp8leStart(): void
  vp8leMatch(start: number, end: number): void
  vp8leParse(start: number, end: number): void
  vp8leTokens(start: number, end: number, to: number): number
  vp8leWrite(from: number, end: number, codes: number, to: number): number
  vp8leArgb(from: number, to: number, pixels: number): void
  vp8leSubtractGreen(at: number, pixels: number): void
  vp8leCountBytes(from: number, pixels: number, counts: number): void
  vp8leChooseModes(block: number, width: number, rows: number, bits: number, isFirst: number, prices: number, modes: number): void
  vp8leResiduals(block: number, width: number, rows: number, bits: number, isFirst: number, modes: number, to: number): void
  isOpaque(pixels: number, bytes: number): number
}

export type LosslessEncoderCore = Core<LosslessEncoderExports>
