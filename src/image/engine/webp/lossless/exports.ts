/** What the core does of VP8L: src/image/assembly/webp/lossless says it in full. Places are bytes of its memory, widths are pixels. */
export interface LosslessExports {
  vp8lStateBytes(): number
  vp8lStart(state: number): void
  vp8lInput(state: number, from: number, end: number, isLast: number): void
  vp8lBits(state: number, n: number): number
  vp8lGroup(state: number, cacheBits: number, group: number, tables: number): number
  vp8lImage(
    state: number,
    width: number,
    height: number,
    ring: number,
    mask: number,
    groups: number,
    cache: number,
    cacheBits: number,
  ): void
  vp8lTiles(state: number, tiles: number, bits: number): void
  vp8lPixels(state: number, stop: number): number
  vp8lTakeRow(state: number, y: number, to: number): void
  vp8lPredictFirst(from: number, to: number, width: number): void
  vp8lPredict(from: number, above: number, to: number, width: number, modes: number, bits: number): void
  vp8lCrossColour(from: number, to: number, width: number, codes: number, bits: number): void
  vp8lAddGreen(from: number, to: number, width: number): void
  vp8lIndexed(from: number, to: number, width: number, bits: number, colours: number): void
  vp8lToRgba(from: number, to: number, width: number, opaque: number): void
  vp8lGreens(from: number, to: number, width: number, mask: number): void
  vp8lNumbers(from: number, to: number, width: number): void
}
