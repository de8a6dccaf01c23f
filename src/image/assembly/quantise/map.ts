// Rows of pixels become rows of indices, with what is lost handed on to the pixels around. Source: R. Floyd, L. Steinberg, "An Adaptive Algorithm for Spatial
// Greyscale", 1976; rows run to and fro.
import { distanceAndIndex } from './nearest'
import { HAS_TRANSPARENT, TARGETS } from './state'

/** What a pixel hands on, in sixteenths: to the next one, and to those behind, below and before it in the next row. */
const NEXT: i32 = 7
const BEHIND: i32 = 3
const BELOW: i32 = 5
const BEFORE: i32 = 1

@inline
function wide(pixel: u32): v128 {
  return i32x4.extend_low_i16x8_u(i16x8.extend_low_i8x16_u(i32x4.splat(pixel)))
}

@inline
function clamped(x: v128): v128 {
  return i32x4.min_s(i32x4.max_s(x, i32x4.splat(0)), i32x4.splat(255))
}

@inline
function addTo(at: usize, error: v128, share: i32): void {
  v128.store(at, i32x4.add(v128.load(at), i32x4.mul(error, i32x4.splat(share))))
}

/**
 * Writes the indices of a row to `to`. `errors` is what the row above handed on, `below` what this one does: 16 bytes a pixel, with one more at either end;
 * `below` is cleared here. `strength`, 0 to 16, says how much counts. Transparent pixels hand on nothing, and neither do equal neighbours whose colour is in
 * the palette: what is flat stays flat.
 */
export function quantiserMapRow(
  state: usize, from: usize, pixels: u32, to: usize, errors: usize, below: usize, isBackwards: u32, strength: i32,
): void {
  memory.fill(below, 0, ((<usize>pixels) + 2) << 4)
  const forward: isize = isBackwards ? -1 : 1
  let x = <usize>(isBackwards ? pixels - 1 : 0)
  let last: u32 = 0
  let flat: i32 = -1
  for (let i: u32 = 0; i < pixels; i++, x += forward) {
    const pixel = load<u32>(from + (x << 2))
    const isRepeated = i > 0 && pixel == last
    if (!isRepeated) flat = -1
    last = pixel
    if (pixel < 0x01000000 && load<u32>(state, HAS_TRANSPARENT) != 0) {
      store<u8>(to + x, 0)
      continue
    }
    const own = wide(pixel)
    if (isRepeated && flat == -1) flat = exactIndex(state, own)
    if (flat >= 0) {
      store<u8>(to + x, <u8>flat)
      continue
    }
    const at = errors + ((x + 1) << 4)
    const handed = i32x4.shr_s(i32x4.add(i32x4.mul(v128.load(at), i32x4.splat(strength)), i32x4.splat(128)), 8)
    let wished = clamped(i32x4.add(own, handed))
    if (pixel >= 0xff000000) wished = i32x4.replace_lane(wished, 3, 255)
    const index = distanceAndIndex(state, wished) & 255
    store<u8>(to + x, <u8>index)
    const error = i32x4.sub(wished, v128.load(state + TARGETS + ((<usize>index) << 4)))
    const next = below + ((x + 1) << 4)
    addTo(at + (forward << 4), error, NEXT)
    addTo(next - (forward << 4), error, BEHIND)
    addTo(next, error, BELOW)
    addTo(next + (forward << 4), error, BEFORE)
  }
}

/** The index of a colour that is in the palette, else -2. */
function exactIndex(state: usize, own: v128): i32 {
  const found = distanceAndIndex(state, own)
  return found < 256 ? <i32>found : -2
}

/** In place: pixels of half opacity or more become opaque, the others transparent black. */
export function binaryAlpha(at: usize, pixels: u32): void {
  for (let end = at + ((<usize>pixels) << 2); at < end; at += 4) {
    const pixel = load<u32>(at)
    if (pixel >= 0x80000000) store<u32>(at, pixel | 0xff000000)
    else store<u32>(at, 0)
  }
}
