import type { Shape } from '../../../raster.ts'
import type { Vp8EncoderCore } from './exports.ts'

/** Fields of the encoder's record in the core, by their place; see src/image/assembly/webp/encode/state.ts. */
const FIELDS = {
  luma: 0,
  lumaStride: 4,
  cb: 8,
  cr: 12,
  chromaStride: 16,
  across: 20,
  aboveLuma: 24,
  aboveChroma: 28,
  aboveFilled: 32,
  aboveModes: 36,
  writtenFilled: 40,
  writtenModes: 44,
  tries16: 48,
  tries4: 52,
  triesChroma: 56,
  tokensEnd: 60,
  modesEnd: 64,
  skipped: 68,
  modeCostLimit: 76,
  segmentLimit1: 80,
  segmentLimit2: 84,
  segmentLimit3: 88,
  segmentCount0: 92,
  segmentCount1: 96,
  segmentCount2: 100,
  segmentCount3: 104,
  trellis: 108,
} as const

type Field = keyof typeof FIELDS

/** The record of the picture that is encoded. */
export interface EncoderRecord {
  get(field: Field): number
  set(fields: Partial<Record<Field, number>>): void
}

export function openRecord(core: Vp8EncoderCore): EncoderRecord {
  const at = core.exports.vp8Encoder()
  return {
    get: (field) => core.view().getInt32(at + FIELDS[field], true),
    set(fields) {
      const view = core.view()
      for (const [field, value] of Object.entries(fields)) view.setInt32(at + FIELDS[field as Field], value, true)
    },
  }
}

export const macroblocksOf = ({ width, height }: Shape): { readonly across: number; readonly down: number } => ({
  across: Math.ceil(width / 16),
  down: Math.ceil(height / 16),
})

/** A macroblock's share of what is remembered of the row above, twice over but for samples. */
const REMEMBERED_BYTES = 16 + 16 + 2 * (16 + 4)

/** Core memory of the row above. */
export const rowAboveBytes = (across: number): number => across * REMEMBERED_BYTES + 6 * 16 + 16

/** Takes the memory for what is remembered of the row above. */
export function allocateRowAbove(core: Vp8EncoderCore, across: number): Partial<Record<Field, number>> {
  const [aboveLuma, aboveChroma] = [core.alloc(across * 16 + 16), core.alloc(across * 16)]
  const [aboveFilled, writtenFilled] = [core.alloc(across * 16), core.alloc(across * 16)]
  const [aboveModes, writtenModes] = [core.alloc(across * 4), core.alloc(across * 4)]
  const bytes = core.bytes()
  for (const [ptr, size] of [
    [aboveFilled, 16],
    [writtenFilled, 16],
    [aboveModes, 4],
    [writtenModes, 4],
  ] as const)
    bytes.fill(0, ptr, ptr + across * size)
  return { aboveLuma, aboveChroma, aboveFilled, aboveModes, writtenFilled, writtenModes }
}
