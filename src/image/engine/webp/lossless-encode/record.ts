import type { LosslessEncoderCore } from './exports.ts'

/** Fields of the encoder's record in the core, by their place; see src/image/assembly/webp/lossless-encode/state.ts. */
const FIELDS = {
  width: 0,
  origin: 4,
  heads: 8,
  chains: 12,
  windowMask: 16,
  chain: 20,
  nearLengths: 24,
  nearKinds: 28,
  farLengths: 32,
  farDistances: 36,
  cached: 40,
  cache: 44,
  cacheBits: 48,
  costs: 52,
  stepLengths: 56,
  stepCodes: 60,
  model: 64,
  counts: 68,
  lengthCosts: 72,
  bitCount: 76,
  bits: 80,
  bitsAbove: 84,
} as const

type Field = keyof typeof FIELDS

/** Symbols of the five prefix codes, one behind the other, and where each of them begins: green, red, blue, alpha, distance. */
export const SYMBOLS = 280 + 2048 + 3 * 256 + 40
export const CODE_STARTS = [0, 2328, 2584, 2840, 3096] as const
/** Symbols of each code when the colour cache has so many bits. */
export const codeSizes = (cacheBits: number): readonly number[] => [280 + (cacheBits === 0 ? 0 : 1 << cacheBits), 256, 256, 256, 40]
/** Where lengths and the cache begin in green's alphabet. */
export const [LENGTH_SYMBOLS, CACHE_SYMBOLS] = [256, 280] as const

/** Sets fields of the record; those that are not named stay. */
export function setRecord(core: LosslessEncoderCore, fields: Partial<Record<Field, number>>): void {
  const view = core.view()
  const at = core.exports.vp8leRecord()
  for (const [field, value] of Object.entries(fields)) view.setUint32(at + FIELDS[field as Field], value, true)
}

export const getRecord = (core: LosslessEncoderCore, field: Field): number =>
  core.view().getUint32(core.exports.vp8leRecord() + FIELDS[field], true)
