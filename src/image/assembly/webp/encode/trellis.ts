// Levels by what they cost: of each coefficient the nearest level and the one below, the cheapest way through all of a block's places.
import { beginCost, CONTEXT_BYTES, endCost, KIND_BYTES, levelBits, levelCosts, PLACE_BYTES } from './costs'

/** Transposed place of each zigzag place. */
const places: usize = memory.data<u8>([0, 4, 1, 2, 5, 8, 12, 9, 6, 3, 7, 10, 13, 14, 11, 15])
/** Of each place two nodes: their levels (u16), and which node of the place before leads to them (u8). */
const nodeLevels: usize = memory.data(64, 16)
const nodeBefore: usize = memory.data(32, 16)

const HALF: u32 = 1 << 15
const RECIPROCALS: usize = 32

/**
 * As `quantiseBlock`, from place `first` on. `lambda`: squared error of coefficients that 1/256 bit is worth. `context`: how many neighbours have levels.
 */
export function trellisBlock(coefficients: usize, quantiser: usize, levels: usize, restored: usize, first: i32, kind: usize, context: usize, lambda: f64): i32 {
  const zero = i64x2.splat(0)
  v128.store(levels, zero)
  v128.store(levels, zero, 16)
  v128.store(restored, zero)
  v128.store(restored, zero, 16)
  let last = -1
  let lastNode: usize = 0
  let least = lambda * <f64>endCost(kind, first, context)
  let score0 = context == 0 ? lambda * <f64>beginCost(kind, first) : 0
  let score1 = Infinity
  let row = levelCosts + kind * KIND_BYTES + <usize>first * PLACE_BYTES
  let row0 = row + context * CONTEXT_BYTES
  let row1 = row0
  for (let n = first; n < 16; n++) {
    const place = (<usize>load<u8>(places + <usize>n)) << 1
    const value = abs(<i32>load<i16>(coefficients + place))
    const step = <i32>load<u16>(quantiser + place)
    const nearest = <i32>((<u32>value * <u32>load<u16>(quantiser + place, RECIPROCALS) + HALF) >> 16)
    row += PLACE_BYTES
    let next0 = Infinity
    let next1 = Infinity
    for (let node: usize = 0; node < 2; node++) {
      const level = nearest - <i32>node
      if (level < 0) break
      const difference = <f64>(value - level * step)
      const error = difference * difference - <f64>value * <f64>value
      const by0 = score0 + lambda * <f64>levelBits(row0, level)
      const by1 = score1 + lambda * <f64>levelBits(row1, level)
      const its = min(by0, by1) + error
      store<u16>(nodeLevels + ((<usize>n) << 2) + (node << 1), level)
      store<u8>(nodeBefore + ((<usize>n) << 1) + node, by0 <= by1 ? 0 : 1)
      if (node == 0) next0 = its
      else next1 = its
      if (level == 0) continue
      const ended = its + lambda * <f64>endCost(kind, n + 1, <usize>min(level, 2))
      if (ended < least) {
        least = ended
        last = n
        lastNode = node
      }
    }
    score0 = next0
    score1 = next1
    row0 = row + <usize>min(nearest, 2) * CONTEXT_BYTES
    row1 = row + <usize>max(0, min(nearest - 1, 2)) * CONTEXT_BYTES
  }
  for (let n = last, node = lastNode; n >= first; n--) {
    const place = (<usize>load<u8>(places + <usize>n)) << 1
    const level = <i32>load<u16>(nodeLevels + ((<usize>n) << 2) + (node << 1))
    const signed = load<i16>(coefficients + place) < 0 ? -level : level
    store<i16>(levels + ((<usize>n) << 1), signed)
    store<i16>(restored + place, signed * <i32>load<u16>(quantiser + place))
    node = load<u8>(nodeBefore + ((<usize>n) << 1) + node)
  }
  return last
}
