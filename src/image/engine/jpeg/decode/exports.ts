import type { Core } from '../../core.ts'

/** What the JPEG decoder calls in the WASM core. Numbers are byte offsets or counts; see src/image/assembly/jpeg. */
export interface JpegDecoderExports {
  jpegWindowBytes(bytes: number, unitBytes: number): number
  jpegStartInput(window: number, windowBytes: number, unitBytes: number): void
  jpegSupply(raw: number, bytes: number, last: number): void
  jpegRawLeft(): number
  jpegInput(): number
  jpegWindowLeft(): number
  jpegResumeInput(): void
  jpegPassRestarts(count: number): number
  jpegWarnings(): number
  jpegFinishScan(): number
  jpegHuffmanTable(index: number): number
  jpegHuffmanDefinition(): number
  jpegBuildHuffman(index: number): number
  jpegBuildSkip(number: number): number
  jpegBuildPairs(number: number): number
  jpegScan(): number
  jpegComponents(): number
  jpegDecodeRow(): number
  jpegResetStore(): void
  jpegChunkBytes(): number
  jpegChunksWanted(blocks: number): number
  jpegAddChunks(chunk: number, count: number): void
  jpegBeginRead(component: number): void
  jpegBeginRewrite(component: number): void
  jpegEndRewrite(component: number): void
  jpegDropRecords(component: number): void
  jpegDcRow(): number
  jpegAcRow(): number
  jpegCoefficientRow(
    component: number,
    columns: number,
    first: number,
    end: number,
    dc: number,
    map: number,
    size: number,
    out: number,
    stride: number,
  ): void
  invertRow(row: number, bytes: number): void
}

export type JpegCore = Core<JpegDecoderExports>
