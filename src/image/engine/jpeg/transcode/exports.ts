import type { Core } from '../../core.ts'
import type { JpegDecoderExports } from '../decode/exports.ts'
import type { JpegEncoderExports } from '../encode/frame.ts'

/** What work on coefficients calls in the WASM core; see src/image/assembly/jpeg/transcode.ts. Numbers are byte offsets or counts. */
export interface TranscodeExports {
  jpegKept(): number
  jpegTurn(): number
  jpegRecordBytes(blocks: number): number
  jpegRecordsAt(): number
  jpegPlaceRecords(at: number): void
  jpegStartTranscoding(): void
  jpegCoefficientsOverflow(): number
  jpegKeepRow(): number
  jpegKeepRecords(component: number, columns: number, dc: number): void
  jpegExpandRow(component: number, y: number, blocks: number, target: number, above: number): void
  jpegCodeRow(components: number, count: number, mcus: number, tokens: number, counts: number): number
}

export type TranscodeCore = Core<TranscodeExports & JpegDecoderExports & JpegEncoderExports>
