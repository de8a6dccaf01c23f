// 3×3 convolution with the arithmetic of GD: 32-bit floats, each product and each sum rounded, in row order.
import { nearestBytes, pixelFloats } from './pixel-floats'

/**
 * One RGBA row as floats with its edge pixels repeated once on either side: `pixels` + 2 groups of four. A fully transparent pixel counts
 * as black.
 */
export function widenRow(from: usize, to: usize, pixels: usize): void {
  for (let p = from, o = to + 16, end = from + (pixels << 2); p < end; p += 4, o += 16) {
    const pixel = load<u32>(p)
    const visible = pixel >> 24 == 0 ? 0 : pixel
    v128.store(o, pixelFloats(visible))
  }
  v128.store(to, v128.load(to + 16))
  v128.store(to + ((pixels + 1) << 4), v128.load(to + (pixels << 4)))
}

/**
 * One output row from three widened rows. `kernel` holds eleven f32: nine weights row by row, divisor, offset.
 * c = trunc(clamp(Σ weight · c / divisor + offset)); alpha is the centre's.
 */
export function convolveRow(above: usize, row: usize, below: usize, kernel: usize, to: usize, pixels: usize): void {
  const k0 = v128.load32_splat(kernel)
  const k1 = v128.load32_splat(kernel, 4)
  const k2 = v128.load32_splat(kernel, 8)
  const k3 = v128.load32_splat(kernel, 12)
  const k4 = v128.load32_splat(kernel, 16)
  const k5 = v128.load32_splat(kernel, 20)
  const k6 = v128.load32_splat(kernel, 24)
  const k7 = v128.load32_splat(kernel, 28)
  const k8 = v128.load32_splat(kernel, 32)
  const divisor = v128.load32_splat(kernel, 36)
  const offset = v128.load32_splat(kernel, 40)
  const least = f32x4.splat(0)
  const most = f32x4.splat(255)
  for (let x: usize = 0; x < pixels; x++) {
    const i = x << 4
    let sum = f32x4.mul(v128.load(above + i), k0)
    sum = f32x4.add(sum, f32x4.mul(v128.load(above + i, 16), k1))
    sum = f32x4.add(sum, f32x4.mul(v128.load(above + i, 32), k2))
    sum = f32x4.add(sum, f32x4.mul(v128.load(row + i), k3))
    const centre = v128.load(row + i, 16)
    sum = f32x4.add(sum, f32x4.mul(centre, k4))
    sum = f32x4.add(sum, f32x4.mul(v128.load(row + i, 32), k5))
    sum = f32x4.add(sum, f32x4.mul(v128.load(below + i), k6))
    sum = f32x4.add(sum, f32x4.mul(v128.load(below + i, 16), k7))
    sum = f32x4.add(sum, f32x4.mul(v128.load(below + i, 32), k8))
    const shifted = f32x4.add(f32x4.div(sum, divisor), offset)
    // Whole numbers before they are packed, which rounds: GD truncates.
    const whole = f32x4.trunc(f32x4.pmin(f32x4.pmax(least, shifted), most))
    const words = nearestBytes(i8x16.shuffle(whole, centre, 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 28, 29, 30, 31))
    const halves = i16x8.narrow_i32x4_u(words, words)
    v128.store32_lane(to + (x << 2), i8x16.narrow_i16x8_u(halves, halves), 0)
  }
}
