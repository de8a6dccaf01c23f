// Cuts the cells into boxes, whose means are the palette. Source: X. Wu, "Efficient Statistical Computations for Optimal Color Quantization", in Graphics
// Gems II, 1991: a box is cut where the variances of both parts are least. Here sums over its cells, projected on each axis, stand in for the table of
// sums over all cells, since most of those are empty; and the box is cut next whose cut gains most.
import { BOX, BOX_BYTES, BOXES, CELL, CELL_BYTES, CELLS, COUNT, HAS_TRANSPARENT, ORDER, SPARE, SUMS } from './state'

const END: usize = 4
const AXIS: usize = 8
const LEVEL: usize = 12
const GAIN: usize = 16

/** Of a level of an axis: count, a gap, and the sums of four channels (f64). */
const BIN_BYTES: usize = 48
/** Cells are told apart by six bits at most. */
const LEVELS: u32 = 64
const AXIS_BYTES: usize = BIN_BYTES * LEVELS
const bins: usize = memory.data(12288, 16)

@inline
function levelOf(key: u32, axis: u32): u32 {
  return (key >> ((axis << 3) + 2)) & (LEVELS - 1)
}

@inline
function cellAt(state: usize, place: u32): usize {
  return state + CELL + CELL_BYTES * load<u32>(state + ORDER + ((<usize>place) << 2))
}

@inline
function squares(low: v128, high: v128): f64 {
  const sum = f64x2.add(f64x2.mul(low, low), f64x2.mul(high, high))
  return f64x2.extract_lane(sum, 0) + f64x2.extract_lane(sum, 1)
}

/** Makes the box of the cells from `start` to `end` in their order, with its best cut. A gain of 0: it cannot be cut. */
function setBox(state: usize, box: usize, start: u32, end: u32): void {
  store<u32>(box, start)
  store<u32>(box, end, END)
  store<f64>(box, 0, GAIN)
  if (end - start < 2) return
  memory.fill(bins, 0, AXIS_BYTES << 2)
  let totalLow = f64x2.splat(0)
  let totalHigh = f64x2.splat(0)
  let total: f64 = 0
  for (let place = start; place < end; place++) {
    const cell = cellAt(state, place)
    const key = load<u32>(cell)
    const count = <f64>load<u32>(cell, COUNT)
    const low = v128.load(cell, SUMS)
    const high = v128.load(cell, SUMS + 16)
    totalLow = f64x2.add(totalLow, low)
    totalHigh = f64x2.add(totalHigh, high)
    total += count
    for (let axis: u32 = 0; axis < 4; axis++) {
      const bin = bins + AXIS_BYTES * axis + BIN_BYTES * levelOf(key, axis)
      store<f64>(bin, load<f64>(bin) + count)
      v128.store(bin, f64x2.add(v128.load(bin, 16), low), 16)
      v128.store(bin, f64x2.add(v128.load(bin, 32), high), 32)
    }
  }
  const whole = squares(totalLow, totalHigh) / total
  let best: f64 = 0
  for (let axis: u32 = 0; axis < 4; axis++) {
    let count: f64 = 0
    let low = f64x2.splat(0)
    let high = f64x2.splat(0)
    for (let level: u32 = 0; level < LEVELS - 1; level++) {
      const bin = bins + AXIS_BYTES * axis + BIN_BYTES * level
      const own = load<f64>(bin)
      if (own == 0) continue
      count += own
      if (count >= total) break
      low = f64x2.add(low, v128.load(bin, 16))
      high = f64x2.add(high, v128.load(bin, 32))
      const rest = squares(f64x2.sub(totalLow, low), f64x2.sub(totalHigh, high)) / (total - count)
      const gain = squares(low, high) / count + rest - whole
      if (gain <= best) continue
      best = gain
      store<u32>(box, axis, AXIS)
      store<u32>(box, level, LEVEL)
    }
  }
  store<f64>(box, best, GAIN)
}

/** Puts the cells first whose byte at `shift` is at most `most`, and answers where the others begin. */
function part(state: usize, start: u32, end: u32, shift: u32, most: u32): u32 {
  const order = state + ORDER
  const spare = state + SPARE
  let below = start
  let above: u32 = 0
  for (let place = start; place < end; place++) {
    const number = load<u32>(order + ((<usize>place) << 2))
    const key = load<u32>(state + CELL + CELL_BYTES * number)
    if (((key >> shift) & 255) <= most) store<u32>(order + ((<usize>(below++)) << 2), number)
    else store<u32>(spare + ((<usize>(above++)) << 2), number)
  }
  memory.copy(order + ((<usize>below) << 2), spare, (<usize>above) << 2)
  return below
}

/** Cuts the histogram into boxes, at most so many as colours are left beside the transparent one. Boxes that lie near each other are neighbours. */
export function quantiserCut(state: usize, most: u32): void {
  const cells = load<u32>(state, CELLS)
  for (let i: u32 = 0; i < cells; i++) {
    const cell = state + CELL + CELL_BYTES * i
    for (let at: usize = SUMS; at < CELL_BYTES; at += 8) store<f64>(cell + at, <f64>load<u64>(cell + at))
    store<u32>(state + ORDER + ((<usize>i) << 2), i)
  }
  const boxes = most - load<u32>(state, HAS_TRANSPARENT)
  let count: u32 = 0
  // What is opaque has colours of its own.
  const translucent = part(state, 0, cells, 24, 254)
  if (translucent > 0) setBox(state, state + BOX + BOX_BYTES * count++, 0, translucent)
  if (translucent < cells) setBox(state, state + BOX + BOX_BYTES * count++, translucent, cells)
  while (count < boxes) {
    let widest: u32 = 0
    let gain: f64 = 0
    for (let i: u32 = 0; i < count; i++) {
      const own = load<f64>(state + BOX + BOX_BYTES * i, GAIN)
      if (own <= gain) continue
      gain = own
      widest = i
    }
    if (gain <= 0) break
    const box = state + BOX + BOX_BYTES * widest
    const start = load<u32>(box)
    const end = load<u32>(box, END)
    const cut = part(state, start, end, load<u32>(box, AXIS) << 3, (load<u32>(box, LEVEL) << 2) | 3)
    memory.copy(box + BOX_BYTES, box, BOX_BYTES * (count - widest))
    setBox(state, box, start, cut)
    setBox(state, box + BOX_BYTES, cut, end)
    count++
  }
  store<u32>(state, count, BOXES)
}

/** The sums of a box: count (returned) and four channels, to `sums`. */
export function boxSums(state: usize, number: u32, sums: usize): f64 {
  const box = state + BOX + BOX_BYTES * number
  let count: f64 = 0
  let low = f64x2.splat(0)
  let high = f64x2.splat(0)
  for (let place = load<u32>(box); place < load<u32>(box, END); place++) {
    const cell = cellAt(state, place)
    count += <f64>load<u32>(cell, COUNT)
    low = f64x2.add(low, v128.load(cell, SUMS))
    high = f64x2.add(high, v128.load(cell, SUMS + 16))
  }
  v128.store(sums, low)
  v128.store(sums, high, 16)
  return count
}
