import { type Output, QUALITY_WISHES } from '../image/plan.ts'
import { invalidParameter, type ValueShape } from './args.ts'

/** The best that a limit of bytes may choose where no quality is named. */
export const MOST_QUALITY = 100

/** What a quality or a word for one wishes. */
export type QualityWish = Partial<Output> & Pick<Output, 'quality'>

export const QUALITY_SHAPE: ValueShape = {
  expected: `an integer from 1 to 100, or one of ${Object.keys(QUALITY_WISHES).join(', ')}`,
  words: Object.keys(QUALITY_WISHES),
  range: { min: 1, max: 100 },
}

/** A quality of 1 to 100, or a word for one that is looked for; each is all that counts then. @throws AppError `invalid_parameter`, which names `field`. */
export function readQuality(text: string | undefined, field: string): QualityWish | undefined {
  if (text === undefined) return undefined
  if (Object.hasOwn(QUALITY_WISHES, text)) return QUALITY_WISHES[text as keyof typeof QUALITY_WISHES]
  const quality = /^\d{1,3}$/.test(text) ? Number(text) : 0
  if (quality >= 1 && quality <= 100) return { quality, target: undefined }
  throw invalidParameter(field, QUALITY_SHAPE.expected, text)
}

/** The other way of `readQuality`. */
export function qualityWord({ quality, target, onlyLossless }: Pick<Output, 'quality' | 'target' | 'onlyLossless'>): string {
  if (onlyLossless) return 'lossless'
  return target === undefined ? String(quality) : `auto:${target}`
}
