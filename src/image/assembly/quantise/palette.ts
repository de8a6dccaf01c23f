// The palette: the means of the boxes, then the means of what is nearest to each colour, as often as is wished.
import { boxSums } from './boxes'
import { distanceAndIndex, forgetRegions, weighed } from './nearest'
import {
  BOXES, CELL, CELL_BYTES, CELLS, COLOURS, COUNT, GROUP_BYTES, GROUPS, HAS_TRANSPARENT, MEAN_BYTES, MEANS, MOST_COLOURS, PALETTE, SUMS, TARGETS,
} from './state'

/** The nearest byte to each channel of sums over `count` pixels. */
@inline
function mean(sums: usize, count: f64, channel: usize): u32 {
  return min<u32>(255, <u32>(load<f64>(sums + (channel << 3)) / count + 0.5))
}

@inline
function meanPixel(sums: usize, count: f64): v128 {
  return i32x4(mean(sums, count, 0), mean(sums, count, 1), mean(sums, count, 2), mean(sums, count, 3))
}

/** Sets an entry to the mean of premultiplied pixels: the file has it straight, and what is compared is what the file will show. */
function setColour(state: usize, index: u32, sums: usize, count: f64): void {
  const alpha = mean(sums, count, 3)
  let straight = alpha << 24
  for (let channel: usize = 0; channel < 3; channel++) {
    const level = mean(sums, count, channel)
    straight |= min<u32>(255, alpha == 0 ? 0 : (level * 255 + (alpha >> 1)) / alpha) << (<u32>channel << 3)
  }
  setEntry(state, index, straight)
}

function setEntry(state: usize, index: u32, straight: u32): void {
  store<u32>(state + PALETTE + ((<usize>index) << 2), straight)
  const target = state + TARGETS + ((<usize>index) << 4)
  const alpha = straight >> 24
  store<u32>(target, alpha, 12)
  for (let channel: usize = 0; channel < 3; channel++) {
    store<u32>(target + (channel << 2), (((straight >> (<u32>channel << 3)) & 255) * alpha + 127) / 255)
  }
  setGroup(state, index, v128.load(target))
}

function setGroup(state: usize, place: u32, colour: v128): void {
  const pairs = weighed(colour)
  const group = state + GROUPS + GROUP_BYTES * (place >> 2) + ((<usize>(place & 3)) << 2)
  store<u32>(group, i32x4.extract_lane(pairs, 0))
  store<u32>(group, i32x4.extract_lane(pairs, 1), 16)
}

/** The last group is filled up with the first colour, which wins over its copies. */
function closePalette(state: usize, colours: u32): void {
  store<u32>(state, colours, COLOURS)
  for (let place = colours; (place & 3) != 0; place++) setGroup(state, place, v128.load(state + TARGETS))
  forgetRegions(state)
}

/** Makes the palette of the boxes; a transparent pixel's entry is the first. Answers how many colours there are. */
export function quantiserPalette(state: usize): u32 {
  let colours = load<u32>(state, HAS_TRANSPARENT)
  if (colours > 0) setEntry(state, 0, 0)
  const sums = state + MEANS
  for (let box: u32 = 0; box < load<u32>(state, BOXES); box++) setColour(state, colours++, sums, boxSums(state, box, sums))
  closePalette(state, colours)
  return colours
}

/** Moves each colour to the mean of the cells that are nearest to it. Source: S. Lloyd, "Least Squares Quantization in PCM", 1982. */
export function quantiserRefine(state: usize): void {
  memory.fill(state + MEANS, 0, MEAN_BYTES * MOST_COLOURS)
  for (let i: u32 = 0; i < load<u32>(state, CELLS); i++) {
    const cell = state + CELL + CELL_BYTES * i
    const count = <f64>load<u32>(cell, COUNT)
    const sums = cell + SUMS
    const to = state + MEANS + MEAN_BYTES * (distanceAndIndex(state, meanPixel(sums, count)) & 255)
    store<f64>(to, load<f64>(to, 32) + count, 32)
    for (let at: usize = 0; at < 32; at += 8) store<f64>(to + at, load<f64>(to + at) + load<f64>(sums + at))
  }
  const colours = load<u32>(state, COLOURS)
  for (let index = load<u32>(state, HAS_TRANSPARENT); index < colours; index++) {
    const sums = state + MEANS + MEAN_BYTES * index
    const count = load<f64>(sums, 32)
    if (count > 0) setColour(state, index, sums, count)
  }
  closePalette(state, colours)
}

/** The mean square of what cells lose with a palette: their own, or another state's. */
export function quantiserError(state: usize, palette: usize): f64 {
  let all: f64 = 0
  let sum: f64 = 0
  for (let i: u32 = 0; i < load<u32>(state, CELLS); i++) {
    const cell = state + CELL + CELL_BYTES * i
    const count = <f64>load<u32>(cell, COUNT)
    all += count
    sum += count * <f64>(distanceAndIndex(palette, meanPixel(cell + SUMS, count)) >> 8)
  }
  return all == 0 ? 0 : sum / all
}

/** Where the palette is: straight RGBA words. */
export function quantiserColours(state: usize): usize {
  return state + PALETTE
}
