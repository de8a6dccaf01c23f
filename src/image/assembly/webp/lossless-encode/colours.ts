// Pixels as VP8L codes them, and back to bytes that are counted.

/** RGBA bytes become words of A, R, G, B: red and blue change places. Up to 12 bytes behind are read and written. */
export function vp8leArgb(from: usize, to: usize, pixels: u32): void {
  for (let end = to + ((<usize>pixels) << 2); to < end; to += 16, from += 16) {
    const x = v128.load(from)
    v128.store(to, i8x16.shuffle(x, x, 2, 1, 0, 3, 6, 5, 4, 7, 10, 9, 8, 11, 14, 13, 12, 15))
  }
}

/** RFC 9649 §4.3: red and blue less green. Up to 12 bytes behind are touched. */
export function vp8leSubtractGreen(at: usize, pixels: u32): void {
  for (let end = at + ((<usize>pixels) << 2); at < end; at += 16) {
    const x = v128.load(at)
    const green = i8x16.shuffle(x, i8x16.splat(0), 1, 16, 1, 16, 5, 16, 5, 16, 9, 16, 9, 16, 13, 16, 13, 16)
    v128.store(at, i8x16.sub(x, green))
  }
}

/** Adds up how often each byte is in each channel: 4 × 256 u32, blue first. */
export function vp8leCountBytes(from: usize, pixels: u32, counts: usize): void {
  for (let end = from + ((<usize>pixels) << 2); from < end; from += 4) {
    const pixel = load<u32>(from)
    for (let channel: u32 = 0; channel < 4; channel++) {
      const at = counts + ((<usize>((channel << 8) + ((pixel >> (channel << 3)) & 255))) << 2)
      store<u32>(at, load<u32>(at) + 1)
    }
  }
}
