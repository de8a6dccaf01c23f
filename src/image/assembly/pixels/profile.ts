// From a profile's colours to sRGB's. Alpha is never changed; four inks become opaque pixels.

/** Bytes of the shares of 256 levels: four f32 each. */
const CHANNEL: usize = 256 * 16

/** Light of 1 in the shares: the square of the steps of its root. */
const WHITE: f32 = 16777216
/** Added to a float from 0 to 2^22, leaves the nearest whole number in the low bits, behind those of `ROUNDER_BITS`. */
const ROUNDER: f32 = 8388608
const ROUNDER_BITS: i32 = 0x4b000000

/** Stores the three levels of a pixel whose shares of light lie at three addresses. `levels`: of the table, in each lane, less `ROUNDER_BITS`. */
@inline
function storeLevels(p: usize, red: u64, green: u64, blue: u64, levels: v128): void {
  const sum = f32x4.add(
    f32x4.add(v128.load(<usize>(<u32>red)), v128.load(<usize>(<u32>green), CHANNEL)),
    v128.load(<usize>(<u32>blue), 2 * CHANNEL),
  )
  // No lane is a NaN, so the minimum and the maximum that take one instruction will do.
  const light = f32x4.pmin(f32x4.splat(WHITE), f32x4.pmax(f32x4.splat(0), sum))
  const at = i32x4.add(f32x4.add(f32x4.sqrt(light), f32x4.splat(ROUNDER)), levels)
  const redAndGreen = <u64>i64x2.extract_lane(at, 0)
  store<u8>(p, load<u8>(<usize>(<u32>redAndGreen)))
  store<u8>(p, load<u8>(<usize>(redAndGreen >> 32)), 1)
  store<u8>(p, load<u8>(<usize>i32x4.extract_lane(at, 2)), 2)
}

/**
 * In place, by groups of four pixels. `tables`: for each level of red, then green, then blue, its share of linear sRGB, times `WHITE`; then the levels of sRGB
 * by the root of linear light, 4,097 bytes (src/image/icc/conversion.ts).
 */
export function convertPixels(at: usize, bytes: usize, tables: usize): void {
  const first = i32x4.splat(<i32>tables)
  const levels = i32x4.splat(<i32>(tables + 3 * CHANNEL) - ROUNDER_BITS)
  const place = i32x4.splat(255 << 4)
  for (let p = at, end = at + bytes; p < end; p += 16) {
    const v = v128.load(p)
    const red = i32x4.add(v128.and(i32x4.shl(v, 4), place), first)
    const green = i32x4.add(v128.and(i32x4.shr_u(v, 4), place), first)
    const blue = i32x4.add(v128.and(i32x4.shr_u(v, 12), place), first)
    let r = <u64>i64x2.extract_lane(red, 0)
    let g = <u64>i64x2.extract_lane(green, 0)
    let b = <u64>i64x2.extract_lane(blue, 0)
    storeLevels(p, r, g, b, levels)
    storeLevels(p + 4, r >> 32, g >> 32, b >> 32, levels)
    r = <u64>i64x2.extract_lane(red, 1)
    g = <u64>i64x2.extract_lane(green, 1)
    b = <u64>i64x2.extract_lane(blue, 1)
    storeLevels(p + 8, r, g, b, levels)
    storeLevels(p + 12, r >> 32, g >> 32, b >> 32, levels)
  }
}

/** Bytes of an input's 256 places: the offset of the point before, u32, and the share of the next, f32 (src/image/icc/grid.ts). */
const PLACES: usize = 256 * 8
/** Colours of a grid are levels times this. */
const GRID_SCALE: f32 = 128

@inline
function point(at: usize): v128 {
  return f32x4.convert_i32x4_s(v128.load16x4_s(at))
}

@inline
function mix(near: v128, far: v128, share: v128): v128 {
  return f32x4.add(near, f32x4.mul(f32x4.sub(far, near), share))
}

/** Linear along three inputs. `along`, `across`: bytes from a point to the next along the first and the second. */
@inline
function inCube(at: usize, along: usize, across: usize, first: v128, second: v128, third: v128): v128 {
  const far = at + along
  const near = mix(mix(point(at), point(at + 8), third), mix(point(at + across), point(at + across + 8), third), second)
  const other = mix(mix(point(far), point(far + 8), third), mix(point(far + across), point(far + across + 8), third), second)
  return mix(near, other, first)
}

/** Three levels in the low bytes. */
@inline
function levelsOf(colour: v128): u32 {
  const scaled = i32x4.trunc_sat_f32x4_s(f32x4.add(f32x4.mul(colour, f32x4.splat(1 / GRID_SCALE)), f32x4.splat(0.5)))
  const words = i16x8.narrow_i32x4_s(scaled, scaled)
  return <u32>i32x4.extract_lane(i8x16.narrow_i16x8_u(words, words), 0)
}

/** In place. `tables`: the bytes of a grid of three inputs. */
export function convertByGrid3(at: usize, bytes: usize, tables: usize, points: usize): void {
  const colours = tables + 3 * PLACES
  const along = points * points * 8
  const across = points * 8
  for (let p = at, end = at + bytes; p < end; p += 4) {
    const v = load<u32>(p)
    const first = tables + ((v & 255) << 3)
    const second = tables + PLACES + (((v >> 8) & 255) << 3)
    const third = tables + 2 * PLACES + (((v >> 16) & 255) << 3)
    const from = colours + load<u32>(first) + load<u32>(second) + load<u32>(third)
    const colour = inCube(from, along, across, v128.load32_splat(first, 4), v128.load32_splat(second, 4), v128.load32_splat(third, 4))
    store<u32>(p, (levelsOf(colour) & 0xffffff) | (v & 0xff000000))
  }
}

/** In place: inks become opaque pixels. `tables`: the bytes of a grid of four inputs. */
export function convertByGrid4(at: usize, bytes: usize, tables: usize, points: usize): void {
  const colours = tables + 4 * PLACES
  const across = points * 8
  const along = points * across
  const apart = points * along
  for (let p = at, end = at + bytes; p < end; p += 4) {
    const v = load<u32>(p)
    const cyan = tables + ((v & 255) << 3)
    const magenta = tables + PLACES + (((v >> 8) & 255) << 3)
    const yellow = tables + 2 * PLACES + (((v >> 16) & 255) << 3)
    const black = tables + 3 * PLACES + ((v >> 24) << 3)
    const from = colours + load<u32>(cyan) + load<u32>(magenta) + load<u32>(yellow) + load<u32>(black)
    const first = v128.load32_splat(magenta, 4)
    const second = v128.load32_splat(yellow, 4)
    const third = v128.load32_splat(black, 4)
    const near = inCube(from, along, across, first, second, third)
    const far = inCube(from + apart, along, across, first, second, third)
    store<u32>(p, levelsOf(mix(near, far, v128.load32_splat(cyan, 4))) | 0xff000000)
  }
}
