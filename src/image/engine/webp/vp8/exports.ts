/** What the core does of VP8's decoder: src/image/assembly/webp/vp8 says it in full. Places are bytes of its memory, widths are samples. */
export interface Vp8DecoderExports {
  vp8Reader(index: number): number
  vp8StartReader(reader: number): void
  vp8ReadHeader(): void
  vp8FilterKind(): number
  vp8Partitions(): number
  vp8Row(): number
  vp8StartFrame(): void
  vp8DecodeRow(): number
  vp8FilterRow(): void
  vp8StretchLuma(row: number, width: number): void
  vp8StretchChroma(row: number, width: number): void
  vp8RgbaRow(
    luma: number,
    nearCb: number,
    farCb: number,
    nearCr: number,
    farCr: number,
    chromaWidth: number,
    out: number,
    width: number,
  ): void
  vp8PutAlpha(alpha: number, rgba: number, width: number): void
}
