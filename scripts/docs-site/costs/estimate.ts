import { COSTS } from '../../../src/image/costs.ts'
import { PRICES } from './prices.ts'

/** What a service does in a month, as the calculator asks for it. */
export interface Usage {
  /** Of image URLs that reach the Worker. */
  readonly requests: number
  /** How many of them find their result made, 0 to 1. */
  readonly hitRate: number
  /** CPU time of one that does, in milliseconds. */
  readonly hitMs: number
  /** Of a source, a JPEG, in millions of pixels. */
  readonly megapixels: number
  /** Of a result, in pixels; three to two. */
  readonly width: number
  readonly format: 'jpeg' | 'webp' | 'avif'
  /** Of files and results, in GB. */
  readonly storedGb: number
}

export interface Estimate {
  /** Pictures that are made. */
  readonly renders: number
  readonly renderMs: number
  /** Of the month, in milliseconds. */
  readonly cpuMs: number
  /** In dollars. */
  readonly bill: Readonly<Record<'plan' | 'requests' | 'cpu' | 'storage' | 'writes' | 'reads' | 'total', number>>
}

/** A photograph has about 2.4 bits a pixel: 3.6 MB for 12 megapixels. */
const JPEG_BYTES_PER_PIXEL = 0.3

/** For a source: that it is there, and its bytes; for a result that nobody has kept: that it is not there. */
const READS_A_RENDER = 3

/**
 * CPU time of one picture that is made of a JPEG, in milliseconds of the machine of src/image/costs.ts: it is decoded to the size of the result, then encoded.
 */
export function renderMs({ megapixels, width, format }: Pick<Usage, 'megapixels' | 'width' | 'format'>): number {
  const stored = megapixels * 1e6
  const shown = Math.min(stored, (width * width * 2) / 3)
  const { decode, encode } = COSTS
  const decoding = decode.jpeg.byte * stored * JPEG_BYTES_PER_PIXEL + decode.jpeg.stored * stored + decode.jpeg.shown * shown
  return (decoding + encode[format].usual * shown) / 1e6
}

/** What Cloudflare asks for a month on the paid plan, beyond what it includes. Reads of a hit are counted as if no cache of the edge helped. */
export function estimate(usage: Usage): Estimate {
  const { requests, hitRate, hitMs, storedGb } = usage
  const renders = requests * (1 - hitRate)
  const each = renderMs(usage)
  const cpuMs = renders * each + requests * hitRate * hitMs
  const parts = {
    plan: PRICES.plan,
    requests: charge(requests / 1e6, PRICES.requests),
    cpu: charge(cpuMs / 1e6, PRICES.cpu),
    storage: charge(storedGb, PRICES.storage),
    writes: charge(renders / 1e6, PRICES.writes),
    reads: charge((renders * READS_A_RENDER + requests * hitRate) / 1e6, PRICES.reads),
  }
  const total = Object.values(parts).reduce((sum, part) => sum + part, 0)
  return { renders, renderMs: each, cpuMs, bill: { ...parts, total } }
}

const charge = (amount: number, { included, each }: { readonly included: number; readonly each: number }): number =>
  Math.max(0, amount - included) * each
