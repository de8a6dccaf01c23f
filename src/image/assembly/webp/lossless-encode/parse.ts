// Which copies, cached colours and literals a block is made of: the cheapest way through it by what symbols cost.
import { distanceCode } from './distances'
import { nearCodes } from './matches'
import {
  ALPHA,
  BLUE,
  CACHE_SYMBOLS,
  CACHED,
  COSTS,
  DISTANCE,
  extraBitsOf,
  FAR_DISTANCES,
  FAR_LENGTHS,
  field,
  GREEN,
  LENGTH_COSTS,
  LENGTHS,
  LONGEST,
  MODEL,
  NEAR_KINDS,
  NEAR_LENGTHS,
  ORIGIN,
  prefixOf,
  RED,
  STEP_CODES,
  STEP_LENGTHS,
  WIDTH,
} from './state'

/** A copy of at least so many pixels is taken whole. */
const TAKEN: u32 = 192
/** Copies up to here are tried in all their lengths, longer ones at the ends of their prefix codes. */
const EVERY_LENGTH: u32 = 8

@inline
function costOf(model: usize, symbol: usize): u32 {
  return load<u32>(model + (symbol << 2))
}

/** What a pixel costs by its four channels. */
@inline
export function literalCost(model: usize, pixel: u32): u32 {
  return (
    costOf(model, GREEN + ((pixel >> 8) & 255)) +
    costOf(model, RED + ((pixel >> 16) & 255)) +
    costOf(model, BLUE + (pixel & 255)) +
    costOf(model, ALPHA + (pixel >> 24))
  )
}

@inline
export function cachedCost(model: usize, cached: u32): u32 {
  return costOf(model, CACHE_SYMBOLS + <usize>cached - 1)
}

function priceLengths(model: usize, costs: usize): void {
  for (let length: u32 = 1; length <= LONGEST; length++) {
    const prefix = prefixOf(length)
    store<u32>(costs + ((<usize>length) << 2), costOf(model, LENGTHS + prefix) + (extraBitsOf(prefix) << 8))
  }
}

/** Chooses the steps of the block from position `start` to `end`: their lengths and codes, at the pixels where they begin; code 0 stands for one pixel by itself. */
export function vp8leParse(start: u32, end: u32): void {
  const model = field(MODEL)
  const origin = field(ORIGIN)
  const width = <u32>field(WIDTH)
  const costs = field(COSTS)
  const lengthCosts = field(LENGTH_COSTS)
  const cached = field(CACHED)
  const nearLengths = field(NEAR_LENGTHS)
  const nearKinds = field(NEAR_KINDS)
  const farLengths = field(FAR_LENGTHS)
  const farDistances = field(FAR_DISTANCES)
  const pixels = <usize>(end - start)
  priceLengths(model, lengthCosts)
  memory.fill(costs, 255, (pixels + 1) << 2)
  store<u32>(costs, 0)
  for (let i: usize = 0; i < pixels; ) {
    const cost = load<u32>(costs + (i << 2))
    const near = <u32>load<u16>(nearLengths + (i << 1))
    const far = <u32>load<u16>(farLengths + (i << 1))
    let code: u32 = 0
    if (far > near) {
      code = distanceCode(load<u32>(farDistances + (i << 2)), width)
      reach(costs, lengthCosts, i, cost + distanceCost(model, code), far, code)
      if (far >= TAKEN) {
        i += far
        continue
      }
    }
    if (near > 0) {
      code = load<u32>(nearCodes + ((<usize>load<u8>(nearKinds + i)) << 2))
      reach(costs, lengthCosts, i, cost + distanceCost(model, code), near, code)
      if (near >= TAKEN) {
        i += near
        continue
      }
    }
    const place = <u32>load<u16>(cached + (i << 1))
    let alone = literalCost(model, load<u32>(origin + ((<usize>start + i) << 2)))
    if (place != 0) alone = min(alone, cachedCost(model, place))
    relax(costs, i + 1, cost + alone, 1, 0)
    i++
  }
  turnSteps(pixels)
}

@inline
function distanceCost(model: usize, code: u32): u32 {
  const prefix = prefixOf(code)
  return costOf(model, DISTANCE + prefix) + (extraBitsOf(prefix) << 8)
}

@inline
function relax(costs: usize, to: usize, cost: u32, length: u32, code: u32): void {
  if (cost >= load<u32>(costs + (to << 2))) return
  store<u32>(costs + (to << 2), cost)
  store<u16>(field(STEP_LENGTHS) + (to << 1), <u16>length)
  store<u32>(field(STEP_CODES) + (to << 2), code)
}

function reach(costs: usize, lengthCosts: usize, from: usize, cost: u32, most: u32, code: u32): void {
  relax(costs, from + most, cost + load<u32>(lengthCosts + ((<usize>most) << 2)), most, code)
  if (most >= TAKEN) return
  const every = min(most, EVERY_LENGTH + 1)
  for (let length: u32 = 1; length < every; length++) {
    relax(costs, from + length, cost + load<u32>(lengthCosts + ((<usize>length) << 2)), length, code)
  }
  // Prefix codes end at 12, 16, 24, 32, 48 and so on.
  for (let end: u32 = 8; end < most; end <<= 1) {
    if (end + (end >> 1) < most) {
      const length = end + (end >> 1)
      relax(costs, from + length, cost + load<u32>(lengthCosts + ((<usize>length) << 2)), length, code)
    }
    if (end << 1 < most) relax(costs, from + (end << 1), cost + load<u32>(lengthCosts + ((<usize>(end << 1)) << 2)), end << 1, code)
  }
}

/** Steps are kept where they end; from the last one back they are put where they begin. */
function turnSteps(pixels: usize): void {
  const lengths = field(STEP_LENGTHS)
  const codes = field(STEP_CODES)
  let length = load<u16>(lengths + (pixels << 1))
  let code = load<u32>(codes + (pixels << 2))
  for (let at = pixels; at > 0; ) {
    at -= <usize>length
    const earlierLength = load<u16>(lengths + (at << 1))
    const earlierCode = load<u32>(codes + (at << 2))
    store<u16>(lengths + (at << 1), length)
    store<u32>(codes + (at << 2), code)
    length = earlierLength
    code = earlierCode
  }
}
