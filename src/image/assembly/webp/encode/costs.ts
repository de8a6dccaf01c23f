// What tokens and modes cost in 1/256 bit, by the probabilities of the moment.
import { SUBBLOCK_MODE_PROBABILITIES } from '../tables'
import { bitCost } from './bit-costs'
import { probabilities } from './probabilities'

/** Kinds of blocks, as `COEFFICIENT_PROBABILITIES` has them. */
export const LUMA_WITHOUT_DC: usize = 0
export const LUMA_DCS: usize = 1
export const CHROMA: usize = 2
export const LUMA_WITH_DC: usize = 3

/** §13.3: the band of each place, and one behind the last. */
export const bands: usize = memory.data<u8>([0, 1, 2, 3, 6, 4, 5, 6, 6, 6, 6, 6, 6, 6, 6, 7, 0])

/** Levels beyond cost what this one does, but for their extra bits. */
const LARGEST: i32 = 67
/** Costs of the levels 0…67 for a context (u16), of the contexts for a place, of the places for a kind. */
export const CONTEXT_BYTES: usize = 136
export const PLACE_BYTES: usize = 408
export const KIND_BYTES: usize = 6528
export const levelCosts: usize = memory.data(4 * 6528, 16)
/** Cost of ending before a place: 4 kinds × 17 places × 3 contexts, u16; and of not ending at the first place in context 0, by kind and band. */
export const endCosts: usize = memory.data(4 * 17 * 6, 16)
const beginCosts: usize = memory.data(4 * 2 * 2, 16)
/** Costs of a subblock's mode: 10 modes above × 10 to the left × 10, u16. */
export const subblockModeCosts: usize = memory.data(1000 * 2, 16)

/** §13.2: probabilities of the extra bits of each category, and where they begin. */
export const categoryBits: usize = memory.data<u8>([
  159, 165, 145, 173, 148, 140, 176, 155, 140, 135, 180, 157, 141, 134, 130, 254, 254, 243, 230, 196, 177, 153, 140, 133, 130, 129,
])

@inline
export function categoryOf(level: i32): i32 {
  return level < 7 ? 0 : level < 11 ? 1 : level < 19 ? 2 : level < 35 ? 3 : level < 67 ? 4 : 5
}

/** The smallest level of a category, its extra bits, and the place of their probabilities. */
export function categoryBase(category: i32): i32 {
  return 3 + (2 << category)
}

@inline
export function categoryLength(category: i32): i32 {
  return category == 5 ? 11 : category + 1
}

@inline
export function categoryPlace(category: i32): usize {
  return <usize>((category * (category + 1)) >> 1)
}

function extraCost(level: i32): i32 {
  const category = categoryOf(level)
  const extra = level - categoryBase(category)
  const length = categoryLength(category)
  const place = categoryBits + categoryPlace(category)
  let cost = 0
  for (let i = 0; i < length; i++) cost += bitCost((extra >> (length - 1 - i)) & 1, load<u8>(place + <usize>i))
  return cost
}

/** §13.2: the path of a level from 1 on through the tree of tokens, its extra bits and its sign. */
function levelCost(level: i32, p: usize): i32 {
  if (level == 1) return 256 + bitCost(0, load<u8>(p, 2))
  const cost = 256 + bitCost(1, load<u8>(p, 2))
  if (level <= 4) {
    const low = cost + bitCost(0, load<u8>(p, 3))
    return level == 2 ? low + bitCost(0, load<u8>(p, 4)) : low + bitCost(1, load<u8>(p, 4)) + bitCost(level - 3, load<u8>(p, 5))
  }
  const category = categoryOf(level)
  const high = cost + bitCost(1, load<u8>(p, 3)) + extraCost(level)
  if (category < 2) return high + bitCost(0, load<u8>(p, 6)) + bitCost(category, load<u8>(p, 7))
  return high + bitCost(1, load<u8>(p, 6)) + bitCost((category - 2) >> 1, load<u8>(p, 8)) + bitCost(category & 1, load<u8>(p + 9 + <usize>((category - 2) >> 1)))
}

/** Makes the tables anew from `probabilities`. */
export function updateCosts(): void {
  for (let kind: usize = 0; kind < 4; kind++) {
    for (let place: usize = 0; place < 17; place++) {
      const band = <usize>load<u8>(bands + place)
      for (let context: usize = 0; context < 3; context++) {
        const p = probabilities + ((kind * 8 + band) * 3 + context) * 11
        store<u16>(endCosts + (kind * 17 + place) * 6 + context * 2, place == 16 ? 0 : bitCost(0, load<u8>(p)))
        if (place == 16) continue
        const row = levelCosts + kind * KIND_BYTES + place * PLACE_BYTES + context * CONTEXT_BYTES
        // The same band just before: the same costs.
        if (place > 0 && <usize>load<u8>(bands + place - 1) == band) {
          memory.copy(row, row - PLACE_BYTES, CONTEXT_BYTES)
          continue
        }
        // After a zero, the end is not asked for.
        const begin = context > 0 ? bitCost(1, load<u8>(p)) : 0
        store<u16>(row, begin + bitCost(0, load<u8>(p, 1)))
        const filled = begin + bitCost(1, load<u8>(p, 1))
        for (let level = 1; level <= LARGEST; level++) store<u16>(row + ((<usize>level) << 1), filled + levelCost(level, p))
      }
    }
    for (let band: usize = 0; band < 2; band++)
      store<u16>(beginCosts + kind * 4 + band * 2, bitCost(1, load<u8>(probabilities + (kind * 8 + band) * 33)))
  }
}

/** Cost of a level by its context's row of `levelCosts`. */
@inline
export function levelBits(row: usize, level: i32): i32 {
  return level <= LARGEST
    ? load<u16>(row + ((<usize>level) << 1))
    : <i32>load<u16>(row + ((<usize>LARGEST) << 1)) + extraCost(level) - extraCost(LARGEST)
}

@inline
export function endCost(kind: usize, place: i32, context: usize): i32 {
  return load<u16>(endCosts + kind * 102 + ((<usize>place * 3 + context) << 1))
}

@inline
export function beginCost(kind: usize, place: i32): i32 {
  return load<u16>(beginCosts + kind * 4 + ((<usize>place) << 1))
}

/** Cost of a block's levels from `first` on. `context`: how many of its two neighbours have levels. */
export function blockCost(levels: usize, last: i32, first: i32, kind: usize, context: usize): i32 {
  if (last < 0) return endCost(kind, first, context)
  let cost = context == 0 ? beginCost(kind, first) : 0
  let places = levelCosts + kind * KIND_BYTES + <usize>first * PLACE_BYTES
  let row = places + context * CONTEXT_BYTES
  let next: usize = 0
  for (let n = first; n <= last; n++) {
    const level = abs(<i32>load<i16>(levels + ((<usize>n) << 1)))
    next = <usize>min(level, 2)
    cost += levelBits(row, level)
    places += PLACE_BYTES
    row = places + next * CONTEXT_BYTES
  }
  return cost + endCost(kind, last + 1, next)
}

/** §11.2: mode of a macroblock's luma: DC, V, H, TM, by subblocks; of its chroma. */
export function lumaModeCost(mode: i32): i32 {
  if (mode == 4) return bitCost(0, 145)
  return bitCost(1, 145) + bitCost(mode >> 1, 156) + bitCost(mode & 1, mode < 2 ? 163 : 128)
}

export function chromaModeCost(mode: i32): i32 {
  if (mode == 0) return bitCost(0, 142)
  const cost = bitCost(1, 142)
  return mode == 1 ? cost + bitCost(0, 114) : cost + bitCost(1, 114) + bitCost(mode - 2, 183)
}

/** §11.2: for each subblock's mode the bits of its way through the tree, from the highest; and the nodes that it passes, 4 bits each from the lowest. */
export const modeBits: usize = memory.data<u8>([0b0, 0b10, 0b110, 0b11100, 0b11110, 0b111010, 0b111011, 0b111110, 0b1111110, 0b1111111])
export const modeLengths: usize = memory.data<u8>([1, 2, 3, 5, 5, 6, 6, 6, 7, 7])
export const modeNodes: usize = memory.data<u32>([0x0, 0x10, 0x210, 0x43210, 0x63210, 0x543210, 0x543210, 0x763210, 0x8763210, 0x8763210])

/** Must be called once, when the driver has filled the costs of bits. */
export function vp8PrepareCosts(): void {
  for (let pair: usize = 0; pair < 100; pair++) {
    const p = SUBBLOCK_MODE_PROBABILITIES + pair * 9
    for (let mode: usize = 0; mode < 10; mode++) {
      const length = <i32>load<u8>(modeLengths + mode)
      const bits = <i32>load<u8>(modeBits + mode)
      let nodes = load<u32>(modeNodes + (mode << 2))
      let cost = 0
      for (let i = length - 1; i >= 0; i--, nodes >>= 4) cost += bitCost((bits >> i) & 1, load<u8>(p + (nodes & 15)))
      store<u16>(subblockModeCosts + ((pair * 10 + mode) << 1), cost)
    }
  }
}
