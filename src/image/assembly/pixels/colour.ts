// Pixelwise colour: tables and matrices. Alpha is never changed.
import { nearestBytes } from './pixel-floats'

/** In place, three tables of 256 bytes: red, green, blue. */
export function lookUpPixels(at: usize, bytes: usize, tables: usize): void {
  for (let p = at, end = at + bytes; p < end; p += 4) {
    const v = load<u32>(p)
    const red = <u32>load<u8>(tables + (v & 255))
    const green = <u32>load<u8>(tables + ((v >> 8) & 255), 256)
    const blue = <u32>load<u8>(tables + ((v >> 16) & 255), 512)
    store<u32>(p, red | (green << 8) | (blue << 16) | (v & 0xff000000))
  }
}

/** In place, a matrix of three rows and four columns (f32, row by row): weights of red, green and blue, and a constant. Whole 16 bytes. */
export function multiplyPixels(at: usize, bytes: usize, matrix: usize): void {
  const low = i32x4.splat(255)
  for (let p = at, end = at + bytes; p < end; p += 16) {
    const v = v128.load(p)
    const red = f32x4.convert_i32x4_u(v128.and(v, low))
    const green = f32x4.convert_i32x4_u(v128.and(i32x4.shr_u(v, 8), low))
    const blue = f32x4.convert_i32x4_u(v128.and(i32x4.shr_u(v, 16), low))
    const newRed = combine(matrix, red, green, blue)
    const newGreen = combine(matrix + 16, red, green, blue)
    const newBlue = combine(matrix + 32, red, green, blue)
    const colours = v128.or(newRed, v128.or(i32x4.shl(newGreen, 8), i32x4.shl(newBlue, 16)))
    v128.store(p, v128.or(colours, v128.and(v, i32x4.splat(0xff000000))))
  }
}

/** One row of the matrix times four pixels: clamped, to the nearest. */
function combine(row: usize, red: v128, green: v128, blue: v128): v128 {
  let sum = f32x4.add(v128.load32_splat(row, 12), f32x4.mul(v128.load32_splat(row), red))
  sum = f32x4.add(sum, f32x4.mul(v128.load32_splat(row, 4), green))
  sum = f32x4.add(sum, f32x4.mul(v128.load32_splat(row, 8), blue))
  return nearestBytes(sum)
}

/** In place, three tables of 256 bytes by the luma trunc(0.299 R + 0.587 G + 0.114 B), in doubles as GD has it. */
export function lookUpLumaPixels(at: usize, bytes: usize, tables: usize): void {
  for (let p = at, end = at + bytes; p < end; p += 4) {
    const v = load<u32>(p)
    const luma = <usize>(<f64>(v & 255) * 0.299 + <f64>((v >> 8) & 255) * 0.587 + <f64>((v >> 16) & 255) * 0.114)
    const colour = <u32>load<u8>(tables + luma) | (<u32>load<u8>(tables + luma, 256) << 8) | (<u32>load<u8>(tables + luma, 512) << 16)
    store<u32>(p, colour | (v & 0xff000000))
  }
}
