// From a profile's colours to sRGB's. Alpha is never changed.

/** Bytes of the shares of 256 levels: four f32 each. */
const CHANNEL: usize = 256 * 16

/**
 * In place. `tables`: for each level of red, then green, then blue, its share of linear sRGB; then the levels of sRGB by the root of linear light, 4,097
 * bytes (src/image/icc/conversion.ts).
 */
export function convertPixels(at: usize, bytes: usize, tables: usize): void {
  const levels = tables + 3 * CHANNEL
  const steps = f32x4.splat(4096)
  const half = f32x4.splat(0.5)
  const zero = f32x4.splat(0)
  const one = f32x4.splat(1)
  for (let p = at, end = at + bytes; p < end; p += 4) {
    const v = load<u32>(p)
    const red = v128.load(tables + ((v & 255) << 4))
    const green = v128.load(tables + (((v >> 8) & 255) << 4), CHANNEL)
    const blue = v128.load(tables + (((v >> 16) & 255) << 4), 2 * CHANNEL)
    const light = f32x4.min(one, f32x4.max(zero, f32x4.add(f32x4.add(red, green), blue)))
    const root = i32x4.trunc_sat_f32x4_s(f32x4.add(f32x4.mul(f32x4.sqrt(light), steps), half))
    const newRed = <u32>load<u8>(levels + i32x4.extract_lane(root, 0))
    const newGreen = <u32>load<u8>(levels + i32x4.extract_lane(root, 1))
    const newBlue = <u32>load<u8>(levels + i32x4.extract_lane(root, 2))
    store<u32>(p, newRed | (newGreen << 8) | (newBlue << 16) | (v & 0xff000000))
  }
}
