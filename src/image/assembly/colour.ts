// Pixelwise colour: tables and matrices. Alpha is never changed.
import { packed } from './pixel-floats'

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

/**
 * In place, a matrix of three rows and four columns given as four columns of four f32 (the fourth of each unused): the weights of red, of
 * green, of blue, and the constant.
 */
export function multiplyPixels(at: usize, bytes: usize, columns: usize): void {
  const red = v128.load(columns)
  const green = v128.load(columns, 16)
  const blue = v128.load(columns, 32)
  const constant = v128.load(columns, 48)
  for (let p = at, end = at + bytes; p < end; p += 4) {
    const pixel = load<u32>(p)
    let sum = f32x4.add(constant, f32x4.mul(red, f32x4.splat(<f32>(pixel & 255))))
    sum = f32x4.add(sum, f32x4.mul(green, f32x4.splat(<f32>((pixel >> 8) & 255))))
    sum = f32x4.add(sum, f32x4.mul(blue, f32x4.splat(<f32>((pixel >> 16) & 255))))
    store<u32>(p, (packed(sum) & 0xffffff) | (pixel & 0xff000000))
  }
}
