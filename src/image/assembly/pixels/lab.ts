// Changes of colour in L*a*b*, four pixels at a time. Alpha is never changed.

/**
 * In place. `linear` holds the light of each of the 256 levels (f32), `levels` the level (u8) of each light from 0 to 1 in steps of
 * 1/16,384. `change` holds four f32: the lightness's factor and addend, the chroma's factor times cosine and sine of the hue's turn.
 * Whole 16 bytes.
 */
export function changeLabPixels(at: usize, bytes: usize, linear: usize, levels: usize, change: usize): void {
  const factor = v128.load32_splat(change)
  const addend = v128.load32_splat(change, 4)
  const cosine = v128.load32_splat(change, 8)
  const sine = v128.load32_splat(change, 12)
  for (let p = at, end = at + bytes; p < end; p += 16) {
    const red = lightOf(p, linear)
    const green = lightOf(p + 1, linear)
    const blue = lightOf(p + 2, linear)
    // X, Y and Z, each over that of white (D65).
    const fx = root(sum(red, 0.4124564 / 0.95047, green, 0.3575761 / 0.95047, blue, 0.1804375 / 0.95047))
    const fy = root(sum(red, 0.2126729, green, 0.7151522, blue, 0.0721749))
    const fz = root(sum(red, 0.0193339 / 1.08883, green, 0.119192 / 1.08883, blue, 0.9503041 / 1.08883))
    const lightness = f32x4.sub(times(fy, 116), f32x4.splat(16))
    const a = times(f32x4.sub(fx, fy), 500)
    const b = times(f32x4.sub(fy, fz), 200)

    const newLightness = f32x4.add(f32x4.mul(lightness, factor), addend)
    const newA = f32x4.sub(f32x4.mul(a, cosine), f32x4.mul(b, sine))
    const newB = f32x4.add(f32x4.mul(a, sine), f32x4.mul(b, cosine))

    const newFy = times(f32x4.add(newLightness, f32x4.splat(16)), 1 / 116.0)
    const x = times(cube(f32x4.add(newFy, times(newA, 1 / 500.0))), 0.95047)
    const y = cube(newFy)
    const z = times(cube(f32x4.sub(newFy, times(newB, 1 / 200.0))), 1.08883)
    storeLevels(p, sum(x, 3.2404542, y, -1.5371385, z, -0.4985314), levels)
    storeLevels(p + 1, sum(x, -0.969266, y, 1.8760108, z, 0.041556), levels)
    storeLevels(p + 2, sum(x, 0.0556434, y, -0.2040259, z, 1.0572252), levels)
  }
}

/** The light of one channel, at `p`, of four pixels. */
@inline
function lightOf(p: usize, linear: usize): v128 {
  let light = v128.load32_zero(linear + (<usize>load<u8>(p) << 2))
  light = v128.load_lane<f32>(linear + (<usize>load<u8>(p, 4) << 2), light, 1)
  light = v128.load_lane<f32>(linear + (<usize>load<u8>(p, 8) << 2), light, 2)
  return v128.load_lane<f32>(linear + (<usize>load<u8>(p, 12) << 2), light, 3)
}

/** Stores one channel of four pixels. Adding 2^23 leaves the nearest step in the low bits; light that is no number counts as none. */
@inline
function storeLevels(p: usize, light: v128, levels: usize): void {
  const clamped = f32x4.pmin(f32x4.pmax(f32x4.splat(0), light), f32x4.splat(1))
  const steps = v128.and(f32x4.add(times(clamped, 16384), f32x4.splat(8388608)), i32x4.splat(0x7fff))
  store<u8>(p, load<u8>(levels + i32x4.extract_lane(steps, 0)))
  store<u8>(p, load<u8>(levels + i32x4.extract_lane(steps, 1)), 4)
  store<u8>(p, load<u8>(levels + i32x4.extract_lane(steps, 2)), 8)
  store<u8>(p, load<u8>(levels + i32x4.extract_lane(steps, 3)), 12)
}

@inline
function times(values: v128, factor: f32): v128 {
  return f32x4.mul(values, f32x4.splat(factor))
}

@inline
function sum(a: v128, weightA: f32, b: v128, weightB: f32, c: v128, weightC: f32): v128 {
  return f32x4.add(f32x4.add(times(a, weightA), times(b, weightB)), times(c, weightC))
}

/**
 * CIE 15: the cube root above (6/29)³, a line below. t^(1/3) is the 4/3rd power of t's fourth root, which a cubic meets within 2 parts in
 * 10,000 where t counts; one step of Newton's squares that error.
 */
function root(t: v128): v128 {
  const s = f32x4.sqrt(f32x4.sqrt(t))
  let guess = f32x4.add(times(s, -0.1073018), f32x4.splat(0.5138727))
  guess = f32x4.add(f32x4.mul(guess, s), f32x4.splat(0.6230002))
  guess = f32x4.sub(f32x4.mul(guess, s), f32x4.splat(0.0296668))
  const cubeRoot = times(f32x4.add(f32x4.add(guess, guess), f32x4.div(t, f32x4.mul(guess, guess))), 1 / 3.0)
  const line = f32x4.add(times(t, 24389 / 27.0 / 116), f32x4.splat(16 / 116.0))
  return v128.bitselect(cubeRoot, line, f32x4.gt(t, f32x4.splat(216 / 24389.0)))
}

/** The inverse of `root`. */
function cube(f: v128): v128 {
  const cubed = f32x4.mul(f32x4.mul(f, f), f)
  const line = times(f32x4.sub(times(f, 116), f32x4.splat(16)), 27 / 24389.0)
  return v128.bitselect(cubed, line, f32x4.gt(cubed, f32x4.splat(216 / 24389.0)))
}
