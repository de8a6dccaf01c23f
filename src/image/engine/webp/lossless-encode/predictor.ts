import type { Shape } from '../../../raster.ts'
import type { LosslessEncoderCore } from './exports.ts'

/** Chooses predictions by tiles and subtracts them (RFC 9649 §4.1). */
export interface Predictor {
  /** Pixels along a tile's side, as a power of two. */
  readonly bits: number
  /** Writes what is left of the block's `rows` rows at `block`, in front of which lies the row above, to `to`. Blocks come in order. */
  subtract(block: number, rows: number, to: number): void
  /** Of all tiles, row by row. */
  modes(): Uint8Array
  /** About the bits that the modes take. */
  estimatedBits(): number
}

const LEAST_TILE_BITS = 4
/** More tiles than these are larger ones. */
const MOST_TILES = 65_536
const BYTES = 4 * 256
const MODES = 14

/** What residuals cost, in 1/256 bit, before any is known: small ones are likely. */
const FIRST_PRICES = Uint16Array.from({ length: BYTES }, (_, i) => {
  const value = i & 255
  return Math.round(256 * (1 + 1.5 * Math.log2(1 + Math.min(value, 256 - value))))
})

function tileBitsOf({ width, height }: Shape, blockBits: number): number {
  let bits = LEAST_TILE_BITS
  while (Math.ceil(width / 2 ** bits) * Math.ceil(height / 2 ** bits) > MOST_TILES) bits++
  return Math.min(bits, blockBits)
}

export function createPredictor(core: LosslessEncoderCore, shape: Shape, blockRows: number, blockBits: number): Predictor {
  const { width, height } = shape
  const { exports } = core
  const bits = tileBitsOf(shape, blockBits)
  const across = Math.ceil(width / 2 ** bits)
  const all = new Uint8Array(across * Math.ceil(height / 2 ** bits))
  const modes = core.alloc(across * Math.ceil(blockRows / 2 ** bits))
  const [prices, counts] = [core.alloc(BYTES * 2), core.alloc(BYTES * 4)]
  core.bytes().fill(0, counts, counts + BYTES * 4)
  new Uint16Array(core.exports.memory.buffer, prices, BYTES).set(FIRST_PRICES)
  let filled = 0

  function choose(block: number, rows: number, to: number): void {
    const isFirst = filled === 0 ? 1 : 0
    exports.vp8leChooseModes(block, width, rows, bits, isFirst, prices, modes)
    exports.vp8leResiduals(block, width, rows, bits, isFirst, modes, to)
    exports.vp8leCountBytes(to, width * rows, counts)
    const { buffer } = core.exports.memory
    price(new Uint32Array(buffer, counts, BYTES), new Uint16Array(buffer, prices, BYTES))
  }

  return {
    bits,
    subtract(block, rows, to) {
      if (filled === 0) choose(block, rows, to)
      choose(block, rows, to)
      const tiles = across * Math.ceil(rows / 2 ** bits)
      all.set(core.bytes().subarray(modes, modes + tiles), filled)
      filled += tiles
    },
    modes: () => all,
    estimatedBits() {
      const used = new Uint32Array(MODES)
      for (const mode of all) used[mode]!++
      return used.reduce((sum, count) => (count === 0 ? sum : sum + count * Math.log2(all.length / count)), 0)
    },
  }
}

/** Prices by counts, which are halved: what is older counts less. */
function price(counts: Uint32Array, prices: Uint16Array): void {
  for (let channel = 0; channel < BYTES; channel += 256) {
    let total = 0
    for (let i = channel; i < channel + 256; i++) total += counts[i] as number // of the channel
    const priceOf = (count: number): number => Math.round(256 * Math.log2((total + 128) / (count + 0.5)))
    // A small picture has few residuals.
    prices.fill(priceOf(0), channel, channel + 256)
    for (let i = channel; i < channel + 256; i++) {
      const count = counts[i] as number
      if (count === 0) continue
      prices[i] = priceOf(count)
      counts[i] = count >> 1
    }
  }
}
