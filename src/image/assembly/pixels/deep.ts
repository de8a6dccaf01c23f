// From samples of 16 bits in a profile's colours to sRGB of 8 bits. Four samples a pixel, little-endian; tables of src/image/icc/deep.ts.

/** Bytes of the matrix, and of a curve. */
const MATRIX: usize = 48
const LEVELS: usize = 4112
const CURVE: usize = 4 * 65536
/** Colours of a grid are levels times this. */
const GRID_SCALE: f32 = 128

/** 16 bits to 8, nearest. */
@inline
function nearest(v: u32): u32 {
  return (v - ((v + 128) >> 8) + 128) >> 8
}

/** By curves and a matrix. `tables`: the matrix, the levels by the root of light, the curves, `apart` bytes from one to the next. */
export function convertDeep(from: usize, to: usize, pixels: usize, tables: usize, apart: usize): void {
  const levels = tables + MATRIX
  const reds = levels + LEVELS
  const greens = reds + apart
  const blues = greens + apart
  const ofRed = v128.load(tables)
  const ofGreen = v128.load(tables, 16)
  const ofBlue = v128.load(tables, 32)
  const steps = f32x4.splat(4096)
  const half = f32x4.splat(0.5)
  const zero = f32x4.splat(0)
  const one = f32x4.splat(1)
  for (let p = from, o = to, end = to + (pixels << 2); o < end; p += 8, o += 4) {
    const red = f32x4.mul(ofRed, v128.load32_splat(reds + ((<usize>load<u16>(p)) << 2)))
    const green = f32x4.mul(ofGreen, v128.load32_splat(greens + ((<usize>load<u16>(p, 2)) << 2)))
    const blue = f32x4.mul(ofBlue, v128.load32_splat(blues + ((<usize>load<u16>(p, 4)) << 2)))
    const light = f32x4.min(one, f32x4.max(zero, f32x4.add(f32x4.add(red, green), blue)))
    const root = i32x4.trunc_sat_f32x4_s(f32x4.add(f32x4.mul(f32x4.sqrt(light), steps), half))
    const newRed = <u32>load<u8>(levels + i32x4.extract_lane(root, 0))
    const newGreen = <u32>load<u8>(levels + i32x4.extract_lane(root, 1))
    const newBlue = <u32>load<u8>(levels + i32x4.extract_lane(root, 2))
    store<u32>(o, newRed | (newGreen << 8) | (newBlue << 16) | (nearest(load<u16>(p, 6)) << 24))
  }
}

@inline
function point(at: usize): v128 {
  return f32x4.convert_i32x4_s(v128.load16x4_s(at))
}

@inline
function mix(near: v128, far: v128, share: f32): v128 {
  return f32x4.add(near, f32x4.mul(f32x4.sub(far, near), f32x4.splat(share)))
}

@inline
function before(position: f32, points: usize): usize {
  return min(<usize>position, points - 2)
}

/** Linear along three inputs, whose positions are in points. `at`: the grid's first point. */
function inCube(at: usize, points: usize, first: f32, second: f32, third: f32): v128 {
  const across = points << 3
  const along = points * across
  const x = before(first, points)
  const y = before(second, points)
  const z = before(third, points)
  const from = at + x * along + y * across + (z << 3)
  const far = from + along
  const u = third - <f32>z
  const v = second - <f32>y
  const near = mix(mix(point(from), point(from + 8), u), mix(point(from + across), point(from + across + 8), u), v)
  const other = mix(mix(point(far), point(far + 8), u), mix(point(far + across), point(far + across + 8), u), v)
  return mix(near, other, first - <f32>x)
}

/** Three levels in the low bytes. */
@inline
function levelsOf(colour: v128): u32 {
  const scaled = i32x4.trunc_sat_f32x4_s(f32x4.add(f32x4.mul(colour, f32x4.splat(1 / GRID_SCALE)), f32x4.splat(0.5)))
  const words = i16x8.narrow_i32x4_s(scaled, scaled)
  return <u32>i32x4.extract_lane(i8x16.narrow_i16x8_u(words, words), 0)
}

/** Where a sample lies among the points of an input. */
@inline
function place(curve: usize, sample: u32): f32 {
  return load<f32>(curve + ((<usize>sample) << 2))
}

/** By a grid of three inputs at `grid`; `curves`: where samples lie in it. */
export function convertDeepByGrid3(from: usize, to: usize, pixels: usize, grid: usize, curves: usize, points: usize): void {
  for (let p = from, o = to, end = to + (pixels << 2); o < end; p += 8, o += 4) {
    const first = place(curves, load<u16>(p))
    const second = place(curves + CURVE, load<u16>(p, 2))
    const third = place(curves + 2 * CURVE, load<u16>(p, 4))
    const colour = inCube(grid, points, first, second, third)
    store<u32>(o, (levelsOf(colour) & 0xffffff) | (nearest(load<u16>(p, 6)) << 24))
  }
}

/** By a grid of four inputs: inks become opaque pixels. */
export function convertDeepByGrid4(from: usize, to: usize, pixels: usize, grid: usize, curves: usize, points: usize): void {
  const apart = (points * points * points) << 3
  for (let p = from, o = to, end = to + (pixels << 2); o < end; p += 8, o += 4) {
    const cyan = place(curves, load<u16>(p))
    const magenta = place(curves + CURVE, load<u16>(p, 2))
    const yellow = place(curves + 2 * CURVE, load<u16>(p, 4))
    const black = place(curves + 3 * CURVE, load<u16>(p, 6))
    const at = before(cyan, points)
    const near = inCube(grid + at * apart, points, magenta, yellow, black)
    const far = inCube(grid + (at + 1) * apart, points, magenta, yellow, black)
    store<u32>(o, levelsOf(mix(near, far, cyan - <f32>at)) | 0xff000000)
  }
}
