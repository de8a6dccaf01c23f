// Where pixels were seen before: in the colour cache, near by in the picture, and farther away by chains of hashes.
import { distanceCode, makeDistanceCodes } from './distances'
import {
  CACHE,
  CACHE_BITS,
  CACHED,
  CHAIN,
  CHAINS,
  FAR_DISTANCES,
  FAR_LENGTHS,
  field,
  HASH_BITS,
  HEADS,
  LONGEST,
  NEAR_KINDS,
  NEAR_LENGTHS,
  ORIGIN,
  WIDTH,
  WINDOW_MASK,
} from './state'

/** A match that is at least so long is not sought to be longer. */
const NICE: u32 = 128
/** The farthest distance whose code has 20 bits. */
const FARTHEST: u32 = (1 << 20) - 120
const CACHE_HASH: u32 = 0x1e35a7bd

/** Distances near by that are always tried, those with short codes first, and their codes; u32 each. */
export const NEARS: usize = 8
const nearDistances: usize = memory.data(8 * 4, 16)
export const nearCodes: usize = memory.data(8 * 4, 16)
const runs: usize = memory.data(8 * 4, 16)

/** What follows from the width in the record. */
export function vp8leStart(): void {
  makeDistanceCodes()
  const width = <u32>field(WIDTH)
  setNear(0, width, width)
  setNear(1, 1, width)
  setNear(2, width + 1, width)
  setNear(3, max<u32>(width, 2) - 1, width)
  setNear(4, 2 * width, width)
  setNear(5, 2, width)
  setNear(6, width + 2, width)
  setNear(7, max<u32>(width, 3) - 2, width)
}

function setNear(kind: usize, distance: u32, width: u32): void {
  store<u32>(nearDistances + (kind << 2), distance)
  store<u32>(nearCodes + (kind << 2), distanceCode(distance, width))
}

/** Finds what the pixels from position `start` to `end` may be copied from. Blocks come in order; all before them that the window holds is there. */
export function vp8leMatch(start: u32, end: u32): void {
  if (field(CACHE_BITS) != 0) findCached(start, end)
  findNear(start, end)
  findFar(start, end)
}

function findCached(start: u32, end: u32): void {
  const origin = field(ORIGIN)
  const cache = field(CACHE)
  const shift = 32 - <u32>field(CACHE_BITS)
  let to = field(CACHED)
  for (let p = start; p < end; p++, to += 2) {
    const pixel = load<u32>(origin + ((<usize>p) << 2))
    const index = (pixel * CACHE_HASH) >> shift
    const at = cache + ((<usize>index) << 2)
    // A cache begins as zeros; so does the decoder's, and a pixel of zero is found there.
    const isThere = load<u32>(at) == pixel
    store<u16>(to, isThere ? <u16>(index + 1) : 0)
    store<u32>(at, pixel)
  }
}

/** From the end on: a match is one longer than that of the next pixel. */
function findNear(start: u32, end: u32): void {
  const origin = field(ORIGIN)
  const lengths = field(NEAR_LENGTHS)
  const kinds = field(NEAR_KINDS)
  memory.fill(runs, 0, NEARS << 2)
  for (let p = end; p > start; ) {
    p--
    const here = origin + ((<usize>p) << 2)
    const pixel = load<u32>(here)
    let best: u32 = 0
    let bestKind: usize = 0
    for (let kind: usize = 0; kind < NEARS; kind++) {
      const distance = load<u32>(nearDistances + (kind << 2))
      const run = runs + (kind << 2)
      if (distance > p || load<u32>(here - ((<usize>distance) << 2)) != pixel) {
        store<u32>(run, 0)
        continue
      }
      const length = min(load<u32>(run) + 1, LONGEST)
      store<u32>(run, length)
      if (length > best) {
        best = length
        bestKind = kind
      }
    }
    const i = <usize>(p - start)
    store<u16>(lengths + (i << 1), <u16>best)
    store<u8>(kinds + i, <u8>bestKind)
  }
}

/** Pixels from `p` on that are like the one at `p`, which is not counted; up to `end`. */
function runAfter(origin: usize, p: u32, end: u32): u32 {
  const pixel = load<u32>(origin + ((<usize>p) << 2))
  let n: u32 = 0
  while (p + n + 1 < end && load<u32>(origin + ((<usize>(p + n + 1)) << 2)) == pixel) n++
  return n
}

function findFar(start: u32, end: u32): void {
  const origin = field(ORIGIN)
  const heads = field(HEADS)
  const chains = field(CHAINS)
  const mask = <u32>field(WINDOW_MASK)
  const tries = <u32>field(CHAIN)
  const nearLengths = field(NEAR_LENGTHS)
  const lengths = field(FAR_LENGTHS)
  const distances = field(FAR_DISTANCES)
  const farthest = min(mask, FARTHEST)
  let length: u32 = 0
  let distance: u32 = 0
  let run: u32 = 0
  for (let p = start; p < end; p++) {
    const i = <usize>(p - start)
    const here = origin + ((<usize>p) << 2)
    // A pixel's match is at least what is left of the one before.
    if (length > 0) length--
    const near = <u32>load<u16>(nearLengths + (i << 1))
    if (length <= near) {
      length = 0
      distance = 0
    }
    if (p + 1 < end) {
      run = run > 0 ? run - 1 : runAfter(origin, p, end)
      // Within a run of one colour places differ by how long it goes on.
      const next = run > 0 ? run : load<u32>(here + 4) ^ 0x5bd1e995
      const hash = ((load<u32>(here) * 0x9e3779b1) ^ (next * 0x85ebca6b)) * 0xc2b2ae35
      const head = heads + ((<usize>(hash >> (32 - HASH_BITS))) << 2)
      let place = load<u32>(head)
      const most = min(LONGEST, end - p)
      let best = max(length, near)
      for (let left = best >= NICE ? 0 : tries; left > 0 && place != 0; left--) {
        const back = p + 1 - place
        if (back > farthest || best >= most) break
        const there = here - ((<usize>back) << 2)
        if (load<u32>(there + ((<usize>best) << 2)) == load<u32>(here + ((<usize>best) << 2))) {
          const found = matchLength(here, there, most)
          if (found > best) {
            best = found
            length = found
            distance = back
            if (found >= NICE) break
          }
        }
        place = load<u32>(chains + ((<usize>((place - 1) & mask)) << 2))
      }
      store<u32>(chains + ((<usize>(p & mask)) << 2), load<u32>(head))
      store<u32>(head, p + 1)
    }
    store<u16>(lengths + (i << 1), <u16>length)
    store<u32>(distances + (i << 2), distance)
  }
}

function matchLength(here: usize, there: usize, most: u32): u32 {
  let n: u32 = 0
  while (n < most) {
    const differ = load<u64>(here + ((<usize>n) << 2)) ^ load<u64>(there + ((<usize>n) << 2))
    if (differ != 0) return min(most, n + (<u32>differ == 0 ? 1 : 0))
    n += 2
  }
  return most
}
