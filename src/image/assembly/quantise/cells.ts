// The histogram: pixels that agree in their upper bits share a cell. When cells run out, they are joined by one bit less.
import { CELL, CELL_BYTES, CELLS, COUNT, HAS_TRANSPARENT, MASK, MOST_CELLS, SLOT_BITS, SLOTS, SUMS } from './state'

/** Six bits a channel at first. */
const FIRST_MASK: u32 = 0xfcfcfcfc
const OPAQUE: u32 = 0xff000000

export function quantiserStart(state: usize): void {
  memory.fill(state, 0, CELL)
  store<u32>(state, FIRST_MASK, MASK)
}

/** Full opacity is kept apart from what is next to it. */
@inline
function keyOf(pixel: u32, mask: u32): u32 {
  return (pixel & mask) | (pixel >= OPAQUE ? OPAQUE : 0)
}

/** The slot of a key: its own, or the empty one where it belongs. */
@inline
function slotOf(state: usize, key: u32): usize {
  const slots = state + SLOTS
  let slot = ((key * 0x9e3779b1) >> (32 - SLOT_BITS)) << 2
  let cell = load<u32>(slots + slot)
  while (cell != 0 && load<u32>(state + CELL + CELL_BYTES * (cell - 1)) != key) {
    slot = (slot + 4) & ((4 << SLOT_BITS) - 1)
    cell = load<u32>(slots + slot)
  }
  return slots + slot
}

function addRun(state: usize, pixel: u32, count: u32): void {
  if (pixel < 0x01000000) {
    store<u32>(state, 1, HAS_TRANSPARENT)
    return
  }
  let slot = slotOf(state, keyOf(pixel, load<u32>(state, MASK)))
  while (load<u32>(slot) == 0 && load<u32>(state, CELLS) == MOST_CELLS) {
    joinCells(state)
    slot = slotOf(state, keyOf(pixel, load<u32>(state, MASK)))
  }
  let number = load<u32>(slot)
  if (number == 0) {
    number = load<u32>(state, CELLS) + 1
    store<u32>(state, number, CELLS)
    store<u32>(slot, number)
    const fresh = state + CELL + CELL_BYTES * (number - 1)
    memory.fill(fresh, 0, CELL_BYTES)
    store<u32>(fresh, keyOf(pixel, load<u32>(state, MASK)))
  }
  const cell = state + CELL + CELL_BYTES * (number - 1)
  store<u32>(cell, load<u32>(cell, COUNT) + count, COUNT)
  for (let channel: usize = 0; channel < 4; channel++) {
    const at = cell + SUMS + (channel << 3)
    store<u64>(at, load<u64>(at) + (<u64>((pixel >> (<u32>channel << 3)) & 255)) * count)
  }
}

/** Drops a bit of each channel. Cells only move down, so that none is written before it is read. */
function joinCells(state: usize): void {
  const before = load<u32>(state, CELLS)
  const mask = load<u32>(state, MASK)
  const coarser = (mask << 1) & mask
  memory.fill(state + SLOTS, 0, 4 << SLOT_BITS)
  store<u32>(state, coarser, MASK)
  let cells: u32 = 0
  for (let i: u32 = 0; i < before; i++) {
    const from = state + CELL + CELL_BYTES * i
    const key = keyOf(load<u32>(from), coarser)
    const slot = slotOf(state, key)
    const known = load<u32>(slot)
    if (known == 0) {
      const to = state + CELL + CELL_BYTES * cells++
      store<u32>(slot, cells)
      memory.copy(to, from, CELL_BYTES)
      store<u32>(to, key)
      continue
    }
    const to = state + CELL + CELL_BYTES * (known - 1)
    store<u32>(to, load<u32>(to, COUNT) + load<u32>(from, COUNT), COUNT)
    for (let at: usize = SUMS; at < CELL_BYTES; at += 8) store<u64>(to + at, load<u64>(to + at) + load<u64>(from + at))
  }
  store<u32>(state, cells, CELLS)
}

/** Adds a row. Its pixels are premultiplied, or opaque and transparent alone. */
export function quantiserAdd(state: usize, from: usize, pixels: u32): void {
  if (pixels == 0) return
  let run: u32 = 0
  let last = load<u32>(from)
  for (let at = from, end = from + ((<usize>pixels) << 2); at < end; at += 4) {
    const pixel = load<u32>(at)
    if (pixel == last) {
      run++
      continue
    }
    addRun(state, last, run)
    last = pixel
    run = 1
  }
  addRun(state, last, run)
}
