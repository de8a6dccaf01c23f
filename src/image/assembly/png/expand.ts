// Plain PNG rows to straight-alpha RGBA, 8 bits a channel. All functions read and write up to 63 bytes behind their rows.

/** Samples of 1, 2, 4 or 8 bits, each looked up in a table of 256 RGBA pixels. Leftmost samples in the high bits (PNG §7.2). */
export function pngExpandIndexed(from: usize, to: usize, pixels: usize, depth: u32, table: usize): void {
  if (depth == 8) {
    for (let i: usize = 0; i < pixels; i++) store<u32>(to + (i << 2), load<u32>(table + ((<usize>load<u8>(from + i)) << 2)))
    return
  }
  const mask: u32 = (1 << depth) - 1
  let p = from
  let o = to
  const end = to + (pixels << 2)
  while (o < end) {
    const byte = <u32>load<u8>(p++)
    for (let shift = <i32>(8 - depth); shift >= 0 && o < end; shift -= <i32>depth) {
      store<u32>(o, load<u32>(table + ((<usize>((byte >> shift) & mask)) << 2)))
      o += 4
    }
  }
}

/** RGB; pixels equal to `key` (r | g << 8 | b << 16) become transparent, none when `key` is above 0xffffff. */
export function pngExpandRgb(from: usize, to: usize, pixels: usize, key: u32): void {
  const opaque = i32x4.splat(0xff000000)
  const transparent = i32x4.splat(key | 0xff000000)
  const isKeyed = key <= 0xffffff
  const end = to + (pixels << 2)
  for (let p = from, o = to; o < end; p += 12, o += 16) {
    const v = v128.load(p)
    let rgba = v128.or(i8x16.shuffle(v, v, 0, 1, 2, 2, 3, 4, 5, 5, 6, 7, 8, 8, 9, 10, 11, 11), opaque)
    if (isKeyed) rgba = v128.andnot(rgba, v128.and(i32x4.eq(rgba, transparent), opaque))
    v128.store(o, rgba)
  }
}

export function pngExpandGrayAlpha(from: usize, to: usize, pixels: usize): void {
  const end = to + (pixels << 2)
  for (let p = from, o = to; o < end; p += 8, o += 16) {
    const v = v128.load64_zero(p)
    v128.store(o, i8x16.shuffle(v, v, 0, 0, 0, 1, 2, 2, 2, 3, 4, 4, 4, 5, 6, 6, 6, 7))
  }
}

/**
 * 16-bit samples (big-endian) to 8 bits, nearest: round(v / 257) = (v − ((v + 128) >> 8) + 128) >> 8 for every 16-bit v, and nothing
 * overflows 16 bits when the inner sum saturates.
 */
export function pngNarrow(from: usize, to: usize, samples: usize): void {
  const half = i16x8.splat(128)
  for (let i: usize = 0; i < samples; i += 8) {
    const v = v128.load(from + (i << 1))
    const value = i8x16.shuffle(v, v, 1, 0, 3, 2, 5, 4, 7, 6, 9, 8, 11, 10, 13, 12, 15, 14)
    const correction = i16x8.shr_u(i16x8.add_sat_u(value, half), 8)
    const rounded = i16x8.shr_u(i16x8.add(i16x8.sub(value, correction), half), 8)
    v128.store64_lane(to + i, i8x16.narrow_i16x8_u(rounded, rounded), 0)
  }
}

/**
 * 16-bit gray or RGB (`channels` 1 or 3) with a transparent colour, which is compared in all its 16 bits (PNG §11.3.2.1).
 * `red`, `green`, `blue` are the key's samples; gray uses `red`.
 */
export function pngExpandKeyed16(from: usize, to: usize, pixels: usize, channels: usize, red: u32, green: u32, blue: u32): void {
  let p = from
  for (let o = to, end = to + (pixels << 2); o < end; o += 4, p += channels << 1) {
    const r = sample16(p)
    const g = channels == 3 ? sample16(p + 2) : r
    const b = channels == 3 ? sample16(p + 4) : r
    const isKey = r == red && (channels == 1 || (g == green && b == blue))
    store<u32>(o, nearest8(r) | (nearest8(g) << 8) | (nearest8(b) << 16) | (isKey ? 0 : 0xff000000))
  }
}

function sample16(at: usize): u32 {
  return <u32>bswap<u16>(load<u16>(at))
}

function nearest8(v: u32): u32 {
  return (v - ((v + 128) >> 8) + 128) >> 8
}

/**
 * 16-bit samples (big-endian) of `channels` 1 to 4 to R, G, B, A of 16 bits in the core's order. With `isKeyed`, pixels whose samples are `red`, `green`,
 * `blue` (gray: `red`) become transparent.
 */
export function pngDeepen(from: usize, to: usize, pixels: usize, channels: usize, isKeyed: bool, red: u32, green: u32, blue: u32): void {
  const isGray = channels < 3
  const hasAlpha = (channels & 1) == 0
  let p = from
  for (let o = to, end = to + (pixels << 3); o < end; o += 8, p += channels << 1) {
    const r = sample16(p)
    const g = isGray ? r : sample16(p + 2)
    const b = isGray ? r : sample16(p + 4)
    const isKey = isKeyed && r == red && (isGray || (g == green && b == blue))
    const alpha = hasAlpha ? sample16(p + ((channels - 1) << 1)) : isKey ? 0 : 0xffff
    store<u32>(o, r | (g << 16))
    store<u32>(o, b | (alpha << 16), 4)
  }
}
