import { AppError } from '../../../errors.ts'

/** What a document may have. One call of the renderer cannot be stopped: what it may take is known before. */
export const SVG_LIMITS = {
  /** Characters, behind gzip and entities. */
  characters: 4_000_000,
  elements: 20_000,
  /** Of all elements. */
  attributes: 250_000,
  /** Of all shapes that are drawn. */
  segments: 300_000,
  /** Elements inside elements, what `use` and others refer to included. */
  nesting: 200,
  /** Selectors of style sheets. */
  selectors: 2_000,
  /** Looks at an element by a selector. */
  comparisons: 500_000,
  /** Elements that are drawn, one that is used twice counted twice. */
  drawn: 30_000,
  /** Pixels of all embedded pictures, one that is drawn twice counted twice. */
  imagePixels: 4_000_000,
  /** Of drawing: about a microsecond of one core each. */
  work: 3_000_000,
  /** The longer side of a document by the shorter. */
  aspect: 1_000,
  /** A side, in pixels. */
  side: 100_000,
} as const

const NAMES: Readonly<Record<keyof typeof SVG_LIMITS, string>> = {
  characters: 'characters',
  elements: 'elements',
  attributes: 'attributes',
  segments: 'segments of paths',
  nesting: 'elements inside each other',
  selectors: 'selectors of style sheets',
  comparisons: 'comparisons of selectors with elements',
  drawn: 'drawn elements',
  imagePixels: 'pixels in embedded pictures',
  work: 'units of drawing work',
  aspect: 'times as long a side as the other',
  side: 'pixels a side',
}

export const damagedSvg = (problem: string): AppError => new AppError('invalid_image', { reason: `SVG: ${problem}.` })

/** @throws AppError `too_many_pixels` that tells the limit and the number when that is over it; `where` ends the sentence. */
export function checkSvg(what: keyof typeof SVG_LIMITS, received: number, where = ''): void {
  const limit = SVG_LIMITS[what]
  if (received <= limit) return
  const number = Number.isFinite(received) ? String(Math.ceil(received)) : 'more'
  throw new AppError('too_many_pixels', { reason: `SVG: expected at most ${limit} ${NAMES[what]}${where}, received ${number}.`, limit })
}
